"""The log of looks is told in the language of its reader, whatever is noted in it."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

import mien
from mien.privacy.roles import Grant, Right, Role
from mien.store.account_records import LinkPurpose
from mien.store.user_rows import told
from mien.web.looked import subject_of
from mien.web.texts import LANGUAGES, language
from mien.web.words import RIGHT_WORDS, ROLE_WORDS

SOURCE = Path(mien.__file__).parent
NOTES = {"note_look": "", "note": "", "note_saved": "site file changed: ", "begin_session": "signed in by "}
"""What notes something, and how what it notes begins."""


@cache
def noted():
    """Every sentence that some module notes, with `x` for each value."""
    return frozenset(
        text
        for path in SOURCE.rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call)
        for begin in [NOTES.get(ast.unparse(call.func).rpartition(".")[2])]
        if begin is not None
        for text in (f"{begin}{one}" for one in sentences(call))
    )


def sentences(call):
    """The texts that a call is given."""
    for argument in call.args:
        if isinstance(argument, ast.JoinedStr):
            parts = (p.value if isinstance(p, ast.Constant) else "x" for p in argument.values)
            yield "".join(parts)
        elif isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            yield argument.value


def test_the_sources_are_read():
    assert {
        "signed out",
        "notice x recorded",
        "x taken from x",
        "signed in by one-time link",
        "site file changed: an earlier version restored",
    } <= noted()


@pytest.mark.parametrize("code", LANGUAGES[1:])
def test_whatever_is_noted_is_told_in_each_language(code):
    spoken = language(code)
    same = {"interaction x"} if code == "fr" else set()  # the same word in both
    assert {text for text in noted() if subject_of(text, spoken) == text} == same


@pytest.mark.parametrize("code", LANGUAGES[1:])
def test_the_words_in_it_are_told_in_the_language_too(code):
    spoken = language(code)
    for role in Role:
        word = spoken.text(ROLE_WORDS[role])
        for grant in (Grant(role, "Lyon 2"), Grant(role)):
            for subject in (f"{told(grant)} given to anna", f"anna made, {told(grant)}, {told(grant)}"):
                shown = subject_of(subject, spoken)
                assert word in shown
                assert " at " not in shown
                assert "every site" not in shown
    for right in Right:
        shown = subject_of(f"key till made for {right}, {right} at every site", spoken)
        assert shown.count(spoken.text(RIGHT_WORDS[right])) == 2
        assert "every site" not in shown
    for known in (*(f"link to {one} made for anna" for one in LinkPurpose), "anna made, without a role"):
        assert not re.search(r"first admin|sign in|set password|without a role", subject_of(known, spoken))
    changed = subject_of("site file changed: 3 lines new, 1 gone", spoken)
    assert "3" in changed
    assert "new" not in changed


def test_names_stay_as_they_are():
    assert (
        subject_of("key till 1 made for sales at Lyon 2", language("es"))
        == "clave till 1 creada para recibos de caja (Lyon 2)"
    )
    assert subject_of("notice 3 recorded", language("en")) == "notice 3 recorded"
    assert subject_of("something of another version", language("uk")) == "something of another version"
