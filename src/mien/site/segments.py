"""Segments by apparent age and gender, as the site file switches them on."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from mien.segments import ATTRIBUTES, Attribute
from mien.site.decided import Decided


class Segments(Decided):
    """Counts interactions by apparent age band and gender, in aggregate. Off unless switched on."""

    attributes: tuple[Attribute, ...] = Field(
        default=(), description=f"what is guessed, some of {', '.join(ATTRIBUTES)}"
    )

    @model_validator(mode="after")
    def _named(self) -> Self:
        for name in self.attributes:
            if self.attributes.count(name) > 1:
                raise ValueError(f"attributes names {name} twice; name each once")
        if self.enabled and not self.attributes:
            raise ValueError(
                'enabled is true without attributes; name what you need and no more, such as ["gender"], or leave '
                "segments off with enabled = false"
            )
        return self
