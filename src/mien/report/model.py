"""What a report is made from: videos that were analysed, and how."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mien.journey.types import Context

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from mien.expressions import ScaleName
    from mien.journey.types import Interaction


@dataclass(frozen=True, slots=True, eq=False)
class VideoReport:
    """One analysed video.

    Attributes:
        video: Name or path of the file, as the user gave it.
        duration_s: Length to the end of the last picture that was decoded, seconds; how far it was taken in where it
            was stopped.
        frames: Pictures decoded; of a log, times at which it has a row.
        readings: Readings of faces, usable or not.
        left_out: Readings left out, by reason.
        warnings: What the user must know, one sentence each (a truncated file, an early end ...).
        interactions: What was scored, in order of time.
        context: Site, touchpoint, type, service point, shift and protocol that were asked for.
        sample_rate: Readings per second that were asked for.
        simulated: Whether the video is made up; said at every place it is shown.
        reason: Why there is no interaction, one clause in plain words; `None` where there is one.
        tool: What made the readings, where they come from the log of another tool and no picture was seen.
    """

    video: str
    duration_s: float | None
    frames: int
    readings: int
    left_out: Mapping[str, int]
    warnings: Sequence[str]
    interactions: Sequence[Interaction]
    context: Context = field(default_factory=Context)
    sample_rate: float = 10.0
    simulated: bool = False
    reason: str | None = None
    tool: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """All that one page, one summary or one document tells.

    Attributes:
        videos: The analysed videos, in the order of the command.
        made_at: When the analysis was made, with a time zone.
        mien_version: Version of Mien.
        reader: Name and version of the expression reader.
        scale: Valence scale of every number in it.
        command: The command that made it, as typed; empty where there was none.
    """

    videos: Sequence[VideoReport]
    made_at: datetime
    mien_version: str
    reader: str
    scale: ScaleName
    command: str = ""

    @property
    def interactions(self) -> list[tuple[VideoReport, Interaction]]:
        """Every interaction with the video it comes from, in order."""
        return [(video, interaction) for video in self.videos for interaction in video.interactions]
