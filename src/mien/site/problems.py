"""What is wrong in a site file: where it stands, what is wrong, what is allowed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mien.fields import led_to, shortened, table_of
from mien.marking import Said
from mien.masking import masked
from mien.site.model import Site
from mien.site.part import NAMES_ARE, NOTHING, WrongValue, nearest

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

    from mien.site.toml_lines import KeyPath

_NEVER_REPEATED: Final = frozenset({"url", "host", "urls", "user", "password"})
"""What stands under these keys is not repeated in a message: it may be a credential, or hold one."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong, or worth a warning, in a site file or a roster.

    Attributes:
        file: Where it stands.
        line: Line from 1; `None` where it concerns the whole file.
        said: What is wrong and what is allowed, without a full stop.
    """

    file: Path
    line: int | None
    said: Said

    @property
    def text(self) -> str:
        """The same in English, one line."""
        return str(self.said).replace("\n", " ").rstrip(".")

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line is not None else str(self.file)
        return f"{where}: {self.text}"


def told(error: ErrorDetails) -> tuple[KeyPath, Said]:
    """One thing that pydantic found: the keys that lead there, and a sentence.

    Args:
        error: One of the errors that a `Site` was refused with.
    """
    keys: KeyPath = tuple(key for key in error["loc"] if key != "[key]")
    name = dotted(keys)
    kind = error["type"]
    if kind == "value_error":
        found = error["ctx"]["error"]
        said = found.said if isinstance(found, WrongValue) else Said(str(found))
        return keys, about(keys, said) if name else said
    if error["loc"][-1:] == ("[key]",):
        return keys, Said(
            "%(key)s: the name '%(name)s' is not allowed; give %(allowed)s",
            key=name,
            name=keys[-1],
            allowed=Said(NAMES_ARE),
        )
    if kind == "extra_forbidden":
        return keys, about(keys, _unknown(keys))
    field = led_to(Site, keys)[1]
    allowed = (
        Said("; give %(what)s", what=Said(field.description))
        if field is not None and field.description
        else NOTHING
    )
    if kind == "missing":
        return keys, Said("%(key)s is missing%(allowed)s", key=name, allowed=allowed)
    if _NEVER_REPEATED & set(keys):
        return keys, Said("%(key)s has a value that is not allowed%(allowed)s", key=name, allowed=allowed)
    return keys, Said(
        "%(key)s is %(value)s%(allowed)s", key=name, value=_short(error["input"]), allowed=allowed
    )


def about(keys: Sequence[str | int], what: Said) -> Said:
    """What is wrong with what keys lead to."""
    return Said("%(key)s: %(what)s", key=dotted(keys), what=what)


def dotted(keys: Sequence[str | int]) -> str:
    """Keys as one would speak of them: `cameras.door.zones.till.corners`, places in lists counted from 1."""
    text = ""
    for key in keys:
        text += f"[{key + 1}]" if isinstance(key, int) else f".{key}" if text else key
    return text


def all_told(error: ValidationError) -> list[tuple[KeyPath, Said]]:
    """Everything that pydantic found."""
    return [told(one) for one in error.errors(include_url=False)]


def _unknown(keys: KeyPath) -> Said:
    key = str(keys[-1])
    table = led_to(Site, keys[:-1])[0]
    known, where = list(table.model_fields), dotted(keys[:-1])
    meant = nearest(key, known)
    if meant is NOTHING and table is not Site and key in Site.model_fields:
        if table_of(Site.model_fields[key]) is not None:
            return Said(
                "is not known in [%(where)s]; the table '%(name)s' belongs to the top of the file, above its first "
                "[table]",
                where=where,
                name=key,
            )
        return Said(
            "is not known in [%(where)s]; the key '%(name)s' belongs to the top of the file, above its first [table]",
            where=where,
            name=key,
        )
    if not where:
        return Said(
            "is not known; %(meant)sa site file may have %(known)s", meant=meant, known=", ".join(known)
        )
    return Said(
        "is not known; %(meant)s[%(where)s] may have %(known)s",
        meant=meant,
        where=where,
        known=", ".join(known),
    )


def _short(value: object) -> Said | str:
    return Said("a table") if isinstance(value, dict) else shortened(masked(repr(value)))
