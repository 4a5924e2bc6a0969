"""What is wrong with a field of a form or an address, in sentences that pages say in several languages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from mien.marking import N_, Said

if TYPE_CHECKING:
    from collections.abc import Mapping

_WHAT: Final = (
    ("missing", N_("this is missing")),
    ("extra_forbidden", N_("this does not belong here")),
    ("string_too_long", N_("this has over %(max_length)s characters")),
    ("string_too_short", N_("this has under %(min_length)s characters")),
    ("too_long", N_("there are over %(max_length)s of these")),
    ("too_short", N_("there are under %(min_length)s of these")),
    ("greater_than_equal", N_("this is under %(ge)s")),
    ("less_than_equal", N_("this is over %(le)s")),
    ("enum", N_("this is none of: %(expected)s")),
    ("literal_error", N_("this is none of: %(expected)s")),
    ("int_", N_("this is no whole number")),
    ("float_", N_("this is no number")),
    ("finite_number", N_("this is no number")),
    ("bool_", N_("this is neither true nor false")),
    ("datetime_", N_("this is no time; write one as 2026-05-04T09:30:00+02:00")),
    ("date_", N_("this is no day; write one as 2026-05-04")),
    ("json_", N_("this is no JSON")),
    ("string_type", N_("this is no text")),
)
"""What is said of each kind of error of pydantic, by how the kind begins; the narrower first."""


def told(error: Mapping[str, Any]) -> Said:
    """What is wrong with one field.

    Args:
        error: One of those that pydantic or FastAPI tell.
    """
    kind = str(error["type"])
    text = next((text for begin, text in _WHAT if kind.startswith(begin)), N_("this cannot be used"))
    values = dict(error.get("ctx", {}))
    if "expected" in values:  # 'a', 'b' or 'c': names stand beside each other in every language
        values["expected"] = ", ".join(re.findall(r"'[^']*'", str(values["expected"]))) or values["expected"]
    return Said(text, **values)


def place_of(error: Mapping[str, Any]) -> str:
    """Where it stands: `query.before`."""
    return ".".join(str(part) for part in error["loc"])
