"""Counts that add up."""

from __future__ import annotations

from typing import Any, Self

from pydantic import BaseModel, ConfigDict


class Counts(BaseModel):
    """Counts of which those of adjacent times add up, field by field: numbers, other counts, and these by name."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def __add__(self, other: Self) -> Self:
        fields = type(self).model_fields
        return type(self)(**{name: _sum(getattr(self, name), getattr(other, name)) for name in fields})


def _sum(one: Any, other: Any) -> Any:  # noqa: ANN401  (whatever a field holds)
    """Both together; of what has names, name by name, in the order in which they were met."""
    if not isinstance(one, dict):
        return one + other
    found = {**one, **other}
    return found | {name: _sum(one[name], other[name]) for name in one if name in other}
