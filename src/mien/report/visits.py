"""What visits say together, and their JSON document."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from mien.journey.parts import rounded
from mien.journey.visit_average import FEWEST, VisitAverage, average_eps
from mien.report.visit_parts import visit_part
from mien.visits import SELECTED, Ended

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from mien.journey.visit import VisitScore
    from mien.store import StoredVisit

SCHEMA: Final = "urn:mien:visits:1"

TOO_WIDE: Final = "known too widely to be shown"
"""Why visits have no EPS whose interval is not narrow enough, each by its own width."""


@dataclass(frozen=True, slots=True)
class VisitsReport:
    """Visits of one site or of all.

    Attributes:
        site: Name of the site; `None` for all.
        time_zone: On whose clock times are told.
        visits: In order of their beginning.
    """

    site: str | None
    time_zone: str
    visits: tuple[StoredVisit, ...]

    def clock(self, moment: datetime) -> str:
        """A moment on the clock of the site."""
        return f"{moment.astimezone(ZoneInfo(self.time_zone)):%H:%M:%S}"

    def day(self, moment: datetime) -> str:
        """Its day there."""
        return f"{moment.astimezone(ZoneInfo(self.time_zone)):%Y-%m-%d}"

    @property
    def endings(self) -> Mapping[Ended | None, int]:
        """How many visits ended in each way, and under `None` how many are open: every way is named."""
        counted = Counter(visit.ended for visit in self.visits)
        return {how: counted[how] for how in (*Ended, None)}

    @property
    def scores(self) -> list[VisitScore]:
        """The scores of those that have ended."""
        return [visit.score for visit in self.visits if visit.score is not None]

    @property
    def joined(self) -> int:
        """Visits that were seen at two touchpoints or more."""
        return sum(len({member.touchpoint for member in visit.members}) > 1 for visit in self.visits)

    @property
    def unscored(self) -> Mapping[str, int]:
        """Why ended visits show no EPS, the commonest first."""
        whys = Counter(
            (score.reason or "") if score.eps_mean is None else TOO_WIDE
            for score in self.scores
            if score.eps is None
        )
        return dict(whys.most_common())

    @property
    def average(self) -> VisitAverage | str:
        """The mean EPS with its interval, or why there is none."""
        known = [
            visit for visit in self.visits if visit.score is not None and visit.score.eps_mean is not None
        ]
        if len(known) < FEWEST:
            return f"No mean: it needs {FEWEST} visits with an EPS, shown or not, and there are {len(known)}."
        ways = {(visit.site, one.scale, one.reader) for visit in known if (one := visit.score) is not None}
        mean = average_eps(self.scores) if len(ways) == 1 else None
        return mean or "No mean: these visits are of several sites, readers or scales; name a site or a time."

    def to_json(self) -> str:
        """The document, for programs; numbers that cannot be told are null, with their reason."""
        mean = self.average
        document = {
            "schema": SCHEMA,
            "site": self.site,
            "visits": [visit_part(visit).model_dump(mode="json") for visit in self.visits],
            "ended": {"open" if how is None else how.value: n for how, n in self.endings.items()},
            "joined": self.joined,
            "scored": sum(score.eps is not None for score in self.scores),
            "unscored": dict(self.unscored),
            "mean": None if isinstance(mean, str) else _average(mean),
            "mean_reason": mean if isinstance(mean, str) else None,
        }
        return json.dumps(document, indent=2, ensure_ascii=False)


def _average(mean: VisitAverage) -> dict[str, Any]:
    return {
        "eps": rounded(mean.mean, 2),
        "eps_low": rounded(mean.low, 2),
        "eps_high": rounded(mean.high, 2),
        "visits": mean.n,
        "calibrated": mean.calibrated,
        "holds_for": SELECTED,
    }
