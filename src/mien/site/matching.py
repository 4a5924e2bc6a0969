"""The joining of interactions to visits, as the site file switches it on."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from mien.marking import N_
from mien.site.decided import Decided
from mien.site.part import Name, Part, WrongValue

Seconds = Annotated[float, Field(ge=0.0, le=43_200.0)]


class Travel(Part):
    """How long customers are on the way from one touchpoint to another."""

    leaving: Name = Field(description=N_("the touchpoint where they were seen last, one of [touchpoints]"))
    reaching: Name = Field(description=N_("the touchpoint where they are seen next, one of [touchpoints]"))
    least_s: Seconds = Field(default=0.0, description=N_("seconds between the two at least, 0 to 43200"))
    most_s: Seconds = Field(default=3600.0, description=N_("seconds between the two at most, 0 to 43200"))

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.most_s < self.least_s:
            raise WrongValue(
                "most_s is %(most)s, under least_s, %(least)s; give at least as many",
                most=f"{self.most_s:g}",
                least=f"{self.least_s:g}",
            )
        return self


class Matching(Decided):
    """Joins the interactions of one customer at different cameras of the same visit. Off unless switched on."""

    travel: tuple[Travel, ...] = Field(
        default=(), description=N_("tables [[matching.travel]] with leaving, reaching, least_s and most_s")
    )
