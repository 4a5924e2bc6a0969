"""What Python and the system say of a file, in sentences that pages can say in several languages.

Whatever is not known here stays English, as it was said.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from mien.marking import N_, Said, recognised
from mien.site.part import NOTHING

if TYPE_CHECKING:
    import csv

SYSTEM: Final = (
    N_("No such file or directory"),
    N_("Permission denied"),
    N_("Operation not permitted"),
    N_("Is a directory"),
    N_("Not a directory"),
    N_("File exists"),
    N_("File name too long"),
    N_("Input/output error"),
    N_("No space left on device"),
    N_("Disk quota exceeded"),
    N_("Read-only file system"),
    N_("Device or resource busy"),
    N_("Too many open files"),
    N_("Too many levels of symbolic links"),
    N_("embedded null byte"),
)
"""What the system says of a file that cannot be opened or written."""

_CSV: Final = (
    (r"unexpected end of data", N_("unexpected end of data")),
    (r"'(?P<one>.)' expected after '(?P<other>.)'", N_("'%(one)s' expected after '%(other)s'")),
    (r"field larger than field limit \((?P<most>\d+)\)", N_("field larger than field limit (%(most)s)")),
)
_TOML: Final = (
    (r"Invalid statement", N_("Invalid statement")),
    (
        r"Expected newline or end of document after a statement",
        N_("Expected newline or end of document after a statement"),
    ),
    (r"Cannot overwrite a value", N_("Cannot overwrite a value")),
    (r"Cannot mutate immutable namespace (?P<what>.+)", N_("Cannot mutate immutable namespace %(what)s")),
    (r"Cannot redefine namespace (?P<what>.+)", N_("Cannot redefine namespace %(what)s")),
    (
        r"Expected '\]' at the end of a table declaration",
        N_("Expected ']' at the end of a table declaration"),
    ),
    (
        r"Expected '\]\]' at the end of an array declaration",
        N_("Expected ']]' at the end of an array declaration"),
    ),
    (
        r"Expected '=' after a key in a key/value pair",
        N_("Expected '=' after a key in a key/value pair"),
    ),
    (r"Expected (?P<what>['\"].+['\"])", N_("Expected %(what)s")),
    (r"Invalid initial character for a key part", N_("Invalid initial character for a key part")),
    (r"Found invalid character (?P<what>.+)", N_("Found invalid character %(what)s")),
    (r"Illegal character (?P<what>.+)", N_("Illegal character %(what)s")),
    (r"Duplicate inline table key (?P<what>.+)", N_("Duplicate inline table key %(what)s")),
    (r"Unclosed array", N_("Unclosed array")),
    (r"Unclosed inline table", N_("Unclosed inline table")),
    (r"Unescaped '\\' in a string", N_("Unescaped '\\' in a string")),
    (r"Unterminated string", N_("Unterminated string")),
    (r"Invalid hex value", N_("Invalid hex value")),
    (
        r"Escaped character is not a Unicode scalar value",
        N_("Escaped character is not a Unicode scalar value"),
    ),
    (r"Invalid date or datetime", N_("Invalid date or datetime")),
    (r"Invalid value", N_("Invalid value")),
)
_HINTS: Final = (
    ("Invalid value", N_("; put texts and hours in quotes, and write true and false small")),
    ("Unescaped '\\'", N_("; write '/' in paths, or put them in 'single quotes'")),
    ("Cannot overwrite a value", N_("; the same key stands there twice; keep one")),
    ("Invalid statement", N_("; each line is a key = value, a [table] or a # comment")),
    (
        "Expected '='",
        N_("; each line is a key = value, a [table] or a # comment; names with spaces need quotes"),
    ),
    ("Expected ']'", N_("; names with spaces need quotes in a [table]")),
)

_PLACE: Final = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
_TWICE: Final = re.compile(r"Cannot declare \((.+)\) twice")


def of_system(error: OSError | ValueError) -> Said:
    """Why the system opens or writes a file not."""
    return Said(getattr(error, "strerror", None) or str(error))


def of_csv(error: csv.Error) -> Said:
    """Why a line is no row of a CSV file."""
    return recognised(str(error), _CSV) or Said(str(error))


def of_toml(said: str, text: str) -> tuple[int, Said]:
    """Line and sentence for what `tomllib` says; it tells no values, so no credential either.

    Args:
        said: The message.
        text: What was read.
    """
    place = _PLACE.search(said)
    line = int(place[1]) if place is not None and place[1] else text.count("\n") + 1
    said = _PLACE.sub("", said)
    twice = _TWICE.search(said)
    if twice is not None:
        table = ".".join(word.strip().strip("'\"") for word in twice[1].strip(",").split(", "))
        return line, Said(
            "the table [%(table)s] stands here a second time; give it another name, or keep one", table=table
        )
    hint = next((Said(hint) for begin, hint in _HINTS if said.startswith(begin)), NOTHING)
    return line, Said(
        "is no valid TOML (%(why)s)%(hint)s", why=recognised(said, _TOML) or Said(said), hint=hint
    )
