"""Gather the texts of the pages into their catalogues, and say what is missing.

`python tools/texts.py` rewrites `src/mien/spoken/locale/LANGUAGE.po`: new texts get an empty translation, those that
are gone are dropped, what is there stays. `--check` changes nothing and fails where something would change or lacks.
"""

from __future__ import annotations

import argparse
import sys
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

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
    "runtime/monthly/month.py",
    "runtime/playbook.py",
    "runtime/site_file.py",
    "runtime/site_files.py",
    "runtime/site_history.py",
    "runtime/delivery/crm_words.py",
    "runtime/delivery/report_words.py",
    "runtime/delivery/wording.py",
    "runtime/reacting.py",
    "runtime/sending_health.py",
    "runtime/still.py",
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


def catalogue_of(language: str) -> Catalog:
    """The catalogue of a language as it is."""
    return read_po(BytesIO((SPOKEN / "locale" / f"{language}.po").read_bytes()), locale=language)


def brought_up_to_date(language: str, texts: Catalog) -> Catalog:
    """The catalogue of a language with all texts and no others; nothing is guessed."""
    catalogue = catalogue_of(language)
    catalogue.update(texts, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    return catalogue


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
    texts, wrong = gathered(), 0
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
