"""Gather the texts of the pages into their catalogues, and say what is missing.

`python tools/texts.py` rewrites `src/mien/spoken/locale/LANGUAGE.po`: new texts get an empty translation, those that
are gone are dropped, what is there stays. `--check` changes nothing and fails where something would change or lacks.
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SOURCE: Final = Path(__file__).parents[1] / "src" / "mien"
SPOKEN: Final = SOURCE / "spoken"
LANGUAGES: Final = ("fr", "es", "ru", "uk")
_SHOWN: Final = (
    "action/*.py",
    "web/*.py",
    "web/call/*.py",
    "web/monthly/*.py",
    "web/pages/*.py",
    "web/signin/*.py",
    "guests.py",
    "privacy/notice.py",
    "runtime/call/*.py",
    "runtime/demo/alerts.py",
    "runtime/demo/sample.py",
    "runtime/flow_stored.py",
    "runtime/live/children.py",
    "runtime/live/supervisor.py",
    "runtime/monthly/month.py",
    "runtime/playbook.py",
    "runtime/site_file.py",
    "runtime/site_files.py",
    "runtime/site_history.py",
    "runtime/delivery/crm_words.py",
    "runtime/delivery/report_words.py",
    "runtime/delivery/wording.py",
    "runtime/reacting.py",
    "runtime/unhappy.py",
    "runtime/sending_health.py",
    "runtime/still.py",
    "runtime/tension_lock.py",
    "site/*.py",
    "spoken/reasons.py",
    "store/accounts.py",
    "store/account_records.py",
    "store/keys.py",
    "store/links.py",
    "store/notices.py",
    "store/playbooks.py",
    "store/sessions.py",
    "store/user_rows.py",
    "video/address.py",
    "vision/exclude.py",
)
"""Modules whose texts pages show: the pages themselves, and what refuses what people ask for there."""
_METHODS: Final = [
    ("web/signin/provider_file.py", "ignore"),  # read before there is a page
    *((one, "python") for one in _SHOWN),
    ("web/templates/**.j2", "jinja2"),
]
_REFUSALS: Final = (
    "Busy",
    "Forged",
    "ImageError",
    "InputError",
    "NoticeError",
    "NotFound",
    "ProviderError",
    "Said",
    "SettingError",
    "StoreError",
    "TooLong",
    "Unprocessable",
    "VideoError",
    "WrongValue",
    "ZoneError",
)
"""What has its sentence as its first argument: errors, and pieces of them."""
_FOR_PROGRAMS: Final = frozenset({"description", "examples", "json_schema_extra", "summary", "warnings"})
"""Arguments whose sentences stand in OpenAPI, or in what only the terminal shows."""
_LOGGED: Final = frozenset({"failure", "reason"})
"""Attributes that keep for the log and the terminal why a process ended."""
_ELSEWHERE: Final = ("web/serving.py", "web/settings.py", "web/signin/provider_file.py")
"""Modules whose sentences only the command says, before there is a page."""
_UNSEEN: Final = frozenset({"WebSocketException"})
"""Calls whose sentence no page shows."""
_KEYWORDS: Final = dict.fromkeys(("_", "N_", "gettext", "text", *_REFUSALS)) | {"ngettext": (1, 2)}


def gathered() -> Catalog:
    """Every text of the pages, English, sorted, without the places where they stand."""
    catalogue = Catalog(charset="utf-8")
    options = {
        "web/templates/**.j2": {
            "silent": "false",
            "trimmed": "true",
            "newstyle_gettext": "true",
            "extensions": "jinja2.ext.do",
        }
    }
    for _, _, message, _, _ in extract_from_dir(
        SOURCE, method_map=_METHODS, options_map=options, keywords=_KEYWORDS
    ):
        catalogue.add(message)
    return catalogue


def shown_modules() -> list[Path]:
    """The modules whose sentences pages show."""
    elsewhere = {SOURCE / one for one in _ELSEWHERE}
    return sorted({path for one in _SHOWN for path in SOURCE.glob(one)} - elsewhere)


def unmarked(texts: Catalog, modules: Iterable[Path]) -> list[str]:
    """Sentences that pages would say in English whatever their language is, each with its place.

    A sentence begins with a capital, has three words and ends with a full stop; docstrings and what OpenAPI says are
    none. One with its values put in already (an f-string) can be looked up in no catalogue, so it counts as well.

    Args:
        texts: What is gathered.
        modules: Where to look.
    """
    known = {one if isinstance(one, str) else one[0] for one in (message.id for message in texts)}
    return [
        f"{path.name}:{line}: {text}"
        for path in modules
        for line, text in _sentences(ast.parse(path.read_text(encoding="utf-8")))
        if text not in known
    ]


def _sentences(tree: ast.Module) -> Iterator[tuple[int, str]]:
    passed: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            passed.add(id(node.value))
        elif isinstance(node, ast.keyword) and node.arg in _FOR_PROGRAMS:
            passed |= {id(one) for one in ast.walk(node.value)}
        elif _unseen(node):
            passed |= {id(one) for one in ast.walk(node)}
        if id(node) in passed or not isinstance(node, ast.expr):
            continue
        text = ""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
        elif isinstance(node, ast.JoinedStr):
            passed |= {id(one) for one in node.values}
            text = "".join(str(one.value) if isinstance(one, ast.Constant) else "{}" for one in node.values)
        if re.match(r"[A-Z{]", text) and text.endswith(".") and len(re.findall(r"[A-Za-z]{2,}", text)) > 2:
            yield node.lineno, text


def _unseen(node: ast.AST) -> bool:
    """Whether what stands in it is seen by no page: why a process ended, or why a line was closed."""
    if isinstance(node, ast.Assign):
        return any(isinstance(one, ast.Attribute) and one.attr in _LOGGED for one in node.targets)
    return isinstance(node, ast.Call) and ast.unparse(node.func) in _UNSEEN


def catalogue_of(language: str) -> Catalog:
    """The catalogue of a language as it is."""
    return read_po(BytesIO((SPOKEN / "locale" / f"{language}.po").read_bytes()), locale=language)


def brought_up_to_date(language: str, texts: Catalog) -> Catalog:
    """The catalogue of a language with all texts and no others; nothing is guessed but apostrophes."""
    catalogue = catalogue_of(language)
    catalogue.update(texts, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    for message in catalogue:
        if isinstance(message.string, tuple | list):
            message.string = tuple(apostrophes(language, one) for one in message.string)
        else:
            message.string = apostrophes(language, message.string or "")
    return catalogue


def apostrophes(language: str, text: str) -> str:
    """A text with the apostrophes of its language, everywhere the same: curly in French, plain in Ukrainian.

    Example:
        >>> apostrophes("fr", "l'un d'%(n)s"), apostrophes("uk", "пам’ять")
        ('l’un d’%(n)s', "пам'ять")
    """
    wrong, right = {"fr": ("'", "’"), "uk": ("[’ʼ]", "'")}.get(language, ("", ""))
    return re.sub(rf"(?<=\w){wrong}(?=[\w%])", right, text) if wrong else text


def written(catalogue: Catalog) -> bytes:
    """A catalogue as its file has it: no dates, so that the same texts give the same file."""
    out = BytesIO()
    write_po(out, catalogue, width=120, no_location=True, omit_header=True, sort_output=True)
    head = f'msgid ""\nmsgstr ""\n"Language: {catalogue.locale}\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
    head += f'"Plural-Forms: {catalogue.plural_forms}\\n"\n\n'
    return head.encode() + out.getvalue().lstrip(b"\n")


def missing(catalogue: Catalog) -> list[str]:
    """Texts without a translation."""
    found = []
    for message in catalogue:
        said = message.string if isinstance(message.string, tuple | list) else (message.string,)
        if message.id and not all(said):
            found.append(message.id if isinstance(message.id, str) else message.id[0])
    return found


def main() -> int:
    """Rewrite the catalogues, or only check them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    texts = gathered()
    english = unmarked(texts, shown_modules())
    for one in english:
        print(f"not marked: {one}")
    wrong = len(english)
    for language in LANGUAGES:
        catalogue = brought_up_to_date(language, texts)
        new = written(catalogue)
        path = SPOKEN / "locale" / f"{language}.po"
        changed = new != path.read_bytes()
        lacking = missing(catalogue)
        print(
            f"{language}: {len(catalogue)} texts, {len(lacking)} without translation{', changed' * changed}"
        )
        if check:
            wrong += changed + len(lacking)
        elif changed:
            path.write_bytes(new)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
