"""What an analysis tells apart from its interactions: counts, warnings, length, and what was asked for.

It goes into the store with every checkpoint, so that `mien show` tells what `mien analyze` told and a continued
analysis counts nothing twice and forgets nothing.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING, Any

from mien.journey.types import Context
from mien.report.model import VideoReport

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from mien.expressions import ScaleName
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
        warnings: What went wrong without ending the analysis, one sentence each.
        remarks: What must be known of the reader, one sentence each.
        length_s: Measured length of the recording, seconds; `None` before its end was reached.
        rate: Readings per second that were asked for.
        scale: Valence scale that was asked for.
        context: Where and how it took place.
    """

    frames: int = 0
    readings: int = 0
    excluded: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    warnings: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    length_s: float | None = None
    rate: float = 10.0
    scale: ScaleName = "balance"
    context: Context = field(default_factory=Context)

    def add(self, observations: Iterable[Observation], excluded: int) -> None:
        """Count one picture's faces."""
        self.excluded += excluded
        for seen in observations:
            self.readings += 1
            if seen.left_out is not None:
                self.left_out[seen.left_out.value] += 1

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
            warnings=[*self.remarks, *self.warnings, *partly],
            interactions=sorted(interactions, key=lambda i: (i.start_s, i.track_id)),
            context=self.context,
            sample_rate=self.rate,
            reason=None if interactions else self._why_nothing(complete=complete, position_s=position_s),
        )

    def _why_nothing(self, *, complete: bool, position_s: float) -> str:
        """Why there is no interaction, one clause."""
        if not complete:
            return f"stopped at {position_s:.1f} s, before anybody had left"
        if self.readings == 0:
            passed = f" ({self.excluded} in excluded zones)" if self.excluded else ""
            return f"no face was found{passed}"
        if self.frames == 1:
            return "a single picture has no beginning and no end"
        return "faces were seen too briefly to be an interaction"
