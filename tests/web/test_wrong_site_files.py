"""What is wrong in a site file is told in the reader's language: every sentence, with every piece in it."""

import ast
import html
import re
from datetime import date
from pathlib import Path

import pytest
from tools.texts import gathered

import mien
from mien.fields import table_of
from mien.marking import Said
from mien.privacy.roles import Role
from mien.site.foreign import SYSTEM
from mien.site.model import Site
from mien.spoken import LANGUAGES, language
from mien.store import Store
from mien.web.texts import COOKIE
from support.new_store import ready_made
from support.web_people import Place, token_in
from support.whole_site import WHOLE
from support.wrong_sites import wrong_sites

SOURCE = Path(mien.__file__).parent
MARKS = {"N_", "Said", "WrongValue"}
TOLD_BY_COMMANDS = {"csv_stream.py", "edit.py", "hidden.py", "local_times.py", "receipts.py", "walks.py"}
"""Modules whose sentences no check of a site file tells."""
SAID_ELSEWHERE = {
    *SYSTEM,
    # Of files of receipts and logs, whose other columns are of no concern.
    "%(meant)sthe line names %(known)s%(more)s",
    "%(meant)sthe first line names %(known)s%(more)s",
    " and %(count)s more",
    "has no line that begins with '%(begin)s' and names the columns",
    # Where credentials of a camera are kept.
    "from %(variable)s",
    "from the keyring (%(entry)s)",
    "written in the file",
}


def calls():
    """Each call in a module of site files, with the name of the module and of what is called."""
    for path in sorted(SOURCE.glob("site/*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield path.name, ast.unparse(node.func), node


def marked():
    """Every sentence and piece that is marked there, by the module."""
    for module, called, node in calls():
        if called in MARKS and node.args and isinstance(node.args[0], ast.Constant):
            yield module, node.args[0].value


def described(model):
    """What is allowed for each key of a table and of the tables in it."""
    for field in model.model_fields.values():
        yield field.description
        inner = table_of(field)
        if inner is not None:
            yield from described(inner)


def pieces(said):
    """The texts of a sentence and of the pieces in it."""
    yield said.text
    for value in said.values.values():
        if isinstance(value, Said):
            yield from pieces(value)


def runs(text):
    """Each four words in a row of a text, with no sign, value or end between them."""
    text = re.sub(r"%\(\w+\)s", ",", text)
    for clause in re.split(r"[^\w\s]|\d", text):
        words = clause.lower().split()
        yield from (tuple(words[at : at + 4]) for at in range(len(words) - 3))


def english_in(shown, texts):
    """Four English words in a row of any of the texts that stand in what is shown."""
    return set(runs(shown)) & {run for text in texts for run in runs(text)}


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """All that is wrong with wrong site files or worth a warning there, on a day on which no notice hangs."""
    found = wrong_sites(tmp_path_factory.mktemp("wrong"))
    return [problem for one in found for problem in (*one.problems, *one.remarks(date(2026, 4, 1), {}))]


def test_english_is_found_where_it_stands():
    text = "%(key)s is there already; give a name and a password"
    assert english_in("avis : give a name and a password", [text])
    assert not english_in("%(key)s existe déjà ; indiquez un nom", [text])


def test_what_a_check_says_is_marked_as_text_and_never_glued():
    known = {message.id for message in gathered()}
    for module, called, node in calls():
        assert called != "ValueError", f"{module}: raise WrongValue, so that pages can translate it"
        if called in MARKS and node.args:
            assert not isinstance(node.args[0], ast.JoinedStr | ast.BinOp), ast.unparse(node)
    assert {text for _, text in marked()} <= known
    assert None not in set(described(Site))
    assert set(described(Site)) <= known, "mark the description of a key by N_"


def test_there_is_a_wrong_site_file_for_every_sentence(told):
    said = {text for problem in told for text in pieces(problem.said)} | SAID_ELSEWHERE
    allowed = set(described(Site))
    missing = {
        text for module, text in marked() if module not in TOLD_BY_COMMANDS and text not in said | allowed
    }
    assert missing == set(), "add a site file that is wrong in this way to support/wrong_sites.py"


@pytest.mark.parametrize("code", LANGUAGES[1:])
def test_no_sentence_of_site_files_keeps_more_than_three_words_in_a_row(code):
    spoken = language(code)
    for _, text in marked():
        assert not english_in(spoken.text(text), [text]), text


@pytest.mark.parametrize("code", LANGUAGES[1:])
def test_whatever_is_wrong_is_told_in_the_language_with_every_piece(code, told):
    spoken = language(code)
    for problem in told:
        shown = spoken.said(problem.said)
        assert shown is not None, problem.text
        texts = list(pieces(problem.said))
        assert set(texts) - {""} <= spoken.known, texts
        assert not english_in(shown, texts), shown
        assert "%(" not in shown


def test_in_english_it_is_what_the_command_line_says(told):
    assert all(language("en").said(problem.said) == str(problem.said) for problem in told)
    assert {str(problem.said).rstrip(".") for problem in told} == {problem.text for problem in told}


@pytest.mark.parametrize("code", LANGUAGES[1:])
def test_the_pages_tell_it_so(code, tmp_path):
    wrong = (
        WHOLE.replace('role = "entrance"', 'role = "x"')
        .replace("webcam = 0", "webcm = 0")
        .replace('hours = "08:30-14:00"', 'hours = "early"')
        .replace("Europe/Paris", "Europe/Pariss")
    )
    file = tmp_path / "shop.toml"
    file.write_text(wrong)
    (tmp_path / "good.toml").write_text(WHOLE.replace("Lyon 2", "North"))
    (tmp_path / "roster.csv").write_text("date,shift,person\n")
    with Store.open(ready_made(tmp_path / "s.sqlite")) as store:
        browser = Place(store, sites=tmp_path).signed_in(Role.ADMIN, None)
        browser.cookies.set(COOKIE, code)
        cards = browser.get("/settings")
        token = token_in(browser.get("/settings/Lyon%202"))
        found = browser.post("/settings/Lyon%202/check", data={"csrf_token": token, "text": wrong})
        summary = browser.get("/settings/North")
    assert found.text.count("<li>") == 4
    texts = {text for _, text in marked()} | set(described(Site))
    for page in (cards, found, summary):
        assert page.status_code == 200
        assert '<span lang="en">' not in page.text
        plain = html.unescape(re.sub(r"(?s)<textarea.*?</textarea>|<[^>]+>", ",", page.text))
        assert not english_in(plain, texts)
