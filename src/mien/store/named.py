"""What a sentence names, as JSON: moments among it keep the clock that they are said on."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_MOMENT: Final = "moment"
_DAY: Final = "day"


def packed(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as JSON can hold them.

    Args:
        values: Strings, numbers, days, and moments with their zone.
    """
    return {name: _packed(value) for name, value in values.items()}


def unpacked(values: Mapping[str, Any]) -> dict[str, Any]:
    """What `packed` was given; a moment has the offset of its zone."""
    return {name: _unpacked(value) for name, value in values.items()}


def _packed(value: object) -> object:
    if isinstance(value, datetime):
        return {_MOMENT: value.isoformat()}
    return {_DAY: value.isoformat()} if isinstance(value, date) else value


def _unpacked(value: object) -> object:
    if not isinstance(value, dict):
        return value
    ((kind, said),) = value.items()
    return datetime.fromisoformat(said) if kind == _MOMENT else date.fromisoformat(said)
