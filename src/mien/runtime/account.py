"""What an analysis tells apart from its interactions: counts, warnings, length, and what was asked for.

It goes into the store with every checkpoint, so that `mien show` tells what `mien analyze` told and a continued
analysis counts nothing twice and forgets nothing.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING, Any

from mien.journey.types import Context
from mien.report.figures import clock, lasting
from mien.report.model import VideoReport
from mien.vision.still_place import StillSpot
from mien.vision.types import NOBODY, DropReason, LeftOut

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from mien.expressions import ScaleName
    from mien.journey.builder import Discarded
    from mien.journey.given import GivenReading
    from mien.journey.types import Interaction
    from mien.vision.types import Observation


@dataclass(slots=True)
class Account:
    """What was counted and noted so far.

    Attributes:
        frames: Pictures decoded.
        readings: Readings of faces, usable or not.
        excluded: Faces seen in excluded zones and not read.
        left_out: Readings left out, by reason.
        still: Places taken for posters or screens, as `StillSpot` tells them.
        warnings: What went wrong without ending the analysis, one sentence each.
        remarks: What must be known of the reader, one sentence each.
        length_s: Measured length of the recording, seconds; `None` before its end was reached.
        rate: Readings per second that were asked for.
        scale: Valence scale that was asked for.
        context: Where and how it took place.
        tool: What wrote the log that was taken in; `None` where Mien read pictures.
    """

    frames: int = 0
    readings: int = 0
    excluded: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    still: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    length_s: float | None = None
    rate: float = 10.0
    scale: ScaleName = "balance"
    context: Context = field(default_factory=Context)
    tool: str | None = None

    def add(self, observations: Iterable[Observation], excluded: int) -> None:
        """Count one picture's faces."""
        self.excluded += excluded
        for seen in observations:
            self.readings += 1
            if seen.left_out is not None:
                self.left_out[seen.left_out.value] += 1

    def add_given(self, given: GivenReading) -> None:
        """Count one reading of a log."""
        self.readings += 1
        if given.left_out is not None:
            self.left_out[given.left_out] += 1

    def drop(self, reason: DropReason, gone: Discarded) -> None:
        """Count the readings of a track that was deleted backwards.

        Those of a poster or screen become readings left out for it. What badges delete is told by their own account.
        """
        if reason is DropReason.STILL and gone.readings:
            self.left_out.subtract(gone.left_out)
            self.left_out[LeftOut.STILL.value] += gone.readings
            self.left_out = +self.left_out

    def as_counters(self) -> dict[str, Any]:
        """JSON-able, under the names of the attributes."""
        return {**asdict(self), "left_out": dict(self.left_out)}

    @classmethod
    def of(cls, counters: Mapping[str, Any]) -> Account:
        """The account that `as_counters` gave; nothing counted where it is empty."""
        known = {part.name: counters[part.name] for part in fields(cls) if part.name in counters}
        known["left_out"] = Counter(known.get("left_out", {}))
        known["context"] = Context(**known.get("context", {}))
        return cls(**known)

    def report(
        self, video: str, interactions: Sequence[Interaction], *, complete: bool, position_s: float
    ) -> VideoReport:
        """The recording as reports show it, now or from the store.

        Args:
            video: What the recording is called.
            interactions: What was scored.
            complete: Whether it was taken in to its end.
            position_s: How far it was taken in, seconds.
        """
        length_s = self.length_s if complete and self.length_s is not None else position_s
        partly = [] if complete else [f"Analysed up to {position_s:.1f} s only."]
        return VideoReport(
            video=video,
            duration_s=round(length_s, 3),
            frames=self.frames,
            readings=self.readings,
            left_out=dict(self.left_out.most_common()),
            warnings=[*self.remarks, *self.warnings, *map(told_spot, self._spots()), *partly],
            interactions=sorted(interactions, key=lambda i: (i.start_s, i.track_id)),
            context=self.context,
            sample_rate=self.rate,
            tool=self.tool,
            reason=None if interactions else self._why_nothing(complete=complete, position_s=position_s),
        )

    def _spots(self) -> list[StillSpot]:
        return [StillSpot.model_validate(spot) for spot in self.still]

    def _why_nothing(self, *, complete: bool, position_s: float) -> str:
        """Why there is no interaction, one clause."""
        if not complete:
            return f"stopped at {position_s:.1f} s, before anybody had left"
        if self.readings == 0 and self.tool is not None:
            return "no row of the log tells of a face"
        if self.readings == 0:
            passed = f" ({self.excluded} in excluded zones)" if self.excluded else ""
            return f"no face was found{passed}"
        if self.readings == sum(self.left_out[reason] for reason in NOBODY):
            return "no face was seen but on posters or screens, or after hours"
        if self.frames == 1:
            return "a single picture has no beginning and no end"
        return "faces were seen too briefly to be an interaction"


def told_spot(spot: StillSpot) -> str:
    """A place taken for a poster or screen, in one sentence."""
    x1, y1, x2, y2 = spot.box
    what = (
        "did not move for 5 minutes"
        if spot.why == "no motion"
        else "was there for a minute while the site was closed"
    )
    over = "" if spot.until_s is None else f" to {clock(spot.until_s)}"
    return (
        f"A face {100 * (x1 + x2) / 2:.0f} % from the left and {100 * (y1 + y2) / 2:.0f} % from the top "
        f"{what}: taken for a poster or screen from {clock(spot.since_s)}{over}, "
        f"{lasting(spot.left_out_s)} of it left out."
    )
