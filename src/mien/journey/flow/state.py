"""What a book of counts keeps over a stop."""

from __future__ import annotations

from typing import Final

from pydantic import BaseModel, ConfigDict

from mien.journey.flow.counts import FlowCounts
from mien.journey.flow.crossing import LineTrack
from mien.journey.flow.stays import OpenStay

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
