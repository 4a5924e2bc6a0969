"""Segments by apparent age and gender, as the site file switches them on."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from mien.marking import N_
from mien.segments import Attribute
from mien.site.decided import Decided
from mien.site.part import WrongValue, one_name_each


class Segments(Decided):
    """Counts interactions by apparent age band and gender, in aggregate. Off unless switched on."""

    attributes: Annotated[tuple[Attribute, ...], AfterValidator(one_name_each)] = Field(
        default=(), description=N_("what is guessed, some of age, gender")
    )

    @model_validator(mode="after")
    def _named(self) -> Self:
        if self.enabled and not self.attributes:
            raise WrongValue(
                'enabled is true without attributes; name what you need and no more, such as ["gender"], or leave '
                "segments off with enabled = false"
            )
        return self
