"""Counts that add up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self, cast

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from collections.abc import Sequence


class Counts(BaseModel):
    """Counts of which those of adjacent times add up, field by field: numbers, other counts, and these by name."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def __add__(self, other: Self) -> Self:
        return type(self).total([self, other])

    @classmethod
    def total(cls, those: Sequence[Self]) -> Self:
        """All of them together, in one go; none where there are none."""
        if not those:
            return cls()
        if len(those) == 1:
            return those[0]
        # What was checked when it was made is right in sum as well.
        fields = {name: _total([getattr(one, name) for one in those]) for name in cls.model_fields}
        return cast("Self", cls.model_construct(**fields))


def _total(those: Sequence[Any]) -> Any:  # noqa: ANN401  (whatever a field holds)
    """All together; of what has names, name by name, in the order in which they were met."""
    first = those[0]
    if isinstance(first, Counts):
        return type(first).total(those)
    if len(those) == 1:
        return first
    if not isinstance(first, dict):
        return sum(those)
    found: dict[Any, list[Any]] = {}
    for one in those:
        for name, value in one.items():
            found.setdefault(name, []).append(value)
    return {name: _total(values) for name, values in found.items()}
