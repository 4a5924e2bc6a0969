"""What a book of counts keeps over a stop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from mien.errors import InputError
from mien.journey.flow.counts import FlowCounts, FlowQuarter
from mien.journey.flow.crossing import LineTrack
from mien.journey.flow.stays import OpenStay

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from mien.journey.flow.plan import FlowSettings

STATE_VERSION: Final = 1
"""Of what `FlowBook.state` gives; what another version saved is begun anew."""


class Followed(BaseModel):
    """What is remembered of one track: where it was last seen, and the last place on its path."""

    model_config = ConfigDict(extra="forbid")

    t_s: float
    x: float
    y: float
    height: float
    feet: bool
    place: str | None = None


class ZoneState(BaseModel):
    """Who is in a zone, and who left it without its being known what for."""

    model_config = ConfigDict(extra="forbid")

    open: dict[int, OpenStay]
    leaving: dict[int, OpenStay]


class BookState(BaseModel):
    """Everything a book of counts needs to go on after a stop. Nothing of a picture."""

    model_config = ConfigDict(extra="forbid")

    version: int
    t_s: float | None
    followed: dict[int, Followed]
    lines: dict[str, dict[int, LineTrack]]
    zones: dict[str, ZoneState]
    periods: dict[int, FlowCounts]

    @classmethod
    def of(cls, state: Mapping[str, Any]) -> Self:
        """What `FlowBook.state` gave.

        Raises:
            InputError: It is no such state, or is of another version.
        """
        try:
            saved = cls.model_validate(dict(state))
        except ValidationError as error:
            raise InputError(
                f"The saved counts cannot be used ({error.error_count()} wrong values); begin the stream anew."
            ) from error
        if saved.version != STATE_VERSION:
            raise InputError(
                f"The saved counts have version {saved.version}, this Mien goes on from {STATE_VERSION}; begin the "
                "stream anew."
            )
        return saved


def left_open(state: Mapping[str, Any], settings: FlowSettings, begins: datetime | None) -> list[FlowQuarter]:
    """The periods in what a book saved that nobody will go on with, as far as they were counted.

    Who was in a zone then is in their seconds and not among the stays.

    Args:
        state: From `FlowBook.state`.
        settings: How the book counted.
        begins: What time it was at 0 s of the stream, with zone.

    Raises:
        InputError: It is no such state, or is of another version.
    """
    saved = BookState.of(state)
    into_s, length_s = settings.into_period_s(begins), settings.quarter_s
    return [
        FlowQuarter(begin_s=number * length_s - into_s, end_s=(number + 1) * length_s - into_s, counts=counts)
        for number, counts in sorted(saved.periods.items())
    ]
