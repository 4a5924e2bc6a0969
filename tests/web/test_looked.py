"""The log of looks is told in the language of its reader, whatever is noted in it."""

import ast
from pathlib import Path

import pytest

import mien
from mien.web.looked import subject_of
from mien.web.texts import LANGUAGES, language

SOURCE = Path(mien.__file__).parent


def noted():
    """Every sentence that some module notes, with `x` for each value."""
    for path in SOURCE.rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and ast.unparse(call.func).endswith(("note_look", "looks.note")):
                for argument in call.args:
                    if isinstance(argument, ast.JoinedStr):
                        parts = (p.value if isinstance(p, ast.Constant) else "x" for p in argument.values)
                        yield "".join(parts)
                    elif isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                        yield argument.value


def test_the_sources_are_read():
    assert {"signed out", "notice x recorded", "x taken from x"} <= set(noted())


@pytest.mark.parametrize("code", LANGUAGES[1:])
def test_whatever_is_noted_is_told_in_each_language(code):
    spoken = language(code)
    same = {"interaction x"} if code == "fr" else set()  # the same word in both
    assert {text for text in noted() if subject_of(text, spoken) == text} == same


def test_values_stay_as_they_are():
    assert (
        subject_of("key till 1 made for sales at Lyon 2", language("es"))
        == "clave till 1 creada para sales (Lyon 2)"
    )
    assert subject_of("notice 3 recorded", language("en")) == "notice 3 recorded"
    assert subject_of("something of another version", language("uk")) == "something of another version"
