"""What is wrong in a site file: where it stands, what is wrong, what is allowed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mien.fields import led_to, shortened, table_of
from mien.site.masking import masked
from mien.site.model import Site
from mien.site.part import NAMES_ARE, nearest

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
        text: What is wrong and what is allowed, one line.
    """

    file: Path
    line: int | None
    text: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line is not None else str(self.file)
        return f"{where}: {self.text}"


def told(error: ErrorDetails) -> tuple[KeyPath, str]:
    """One thing that pydantic found: the keys that lead there, and a sentence.

    Args:
        error: One of the errors that a `Site` was refused with.
    """
    keys: KeyPath = tuple(key for key in error["loc"] if key != "[key]")
    name = dotted(keys)
    kind = error["type"]
    if kind == "value_error":
        return keys, f"{name}: {error['ctx']['error']}" if name else str(error["ctx"]["error"])
    if error["loc"][-1:] == ("[key]",):
        return keys, f"{name}: the name '{keys[-1]}' is not allowed; give {NAMES_ARE}"
    if kind == "extra_forbidden":
        return keys, f"{name}: {_unknown(keys)}"
    field = led_to(Site, keys)[1]
    allowed = f"; give {field.description}" if field is not None and field.description else ""
    if kind == "missing":
        return keys, f"{name} is missing{allowed}"
    if _NEVER_REPEATED & set(keys):
        return keys, f"{name} has a value that is not allowed{allowed}"
    return keys, f"{name} is {_short(error['input'])}{allowed}"


def dotted(keys: Sequence[str | int]) -> str:
    """Keys as one would speak of them: `cameras.door.zones.till.corners`, places in lists counted from 1."""
    text = ""
    for key in keys:
        text += f"[{key + 1}]" if isinstance(key, int) else f".{key}" if text else key
    return text


def all_told(error: ValidationError) -> list[tuple[KeyPath, str]]:
    """Everything that pydantic found."""
    return [told(one) for one in error.errors(include_url=False)]


def _unknown(keys: KeyPath) -> str:
    key = str(keys[-1])
    table = led_to(Site, keys[:-1])[0]
    known = list(table.model_fields)
    meant = nearest(key, known)
    if not meant and table is not Site and key in Site.model_fields:
        kind = "the table" if table_of(Site.model_fields[key]) is not None else "the key"
        return (
            f"is not known in [{dotted(keys[:-1])}]; {kind} '{key}' belongs to the top of the file, above its "
            "first [table]"
        )
    where = f"[{dotted(keys[:-1])}]" if len(keys) > 1 else "a site file"
    return f"is not known; {meant}{where} may have {', '.join(known)}"


def _short(value: object) -> str:
    if isinstance(value, dict):
        return "a table"
    return shortened(masked(repr(value)))
