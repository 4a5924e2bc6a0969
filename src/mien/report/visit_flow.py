"""What joined visits say together, as its JSON document and in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mien.journey.parts import rounded
from mien.visits import SELECTED

if TYPE_CHECKING:
    from mien.insight import Dwell, VisitFlow
    from mien.journey.flow import Quantile, Share

MISSED: Final = (
    "A touchpoint that somebody passed unseen is missing in the way; who was seen at one end only is in none."
)
"""What ways of joined visits cannot show, beside `mien.visits.SELECTED`."""


def visit_flow_document(flow: VisitFlow) -> dict[str, Any]:
    """The document, for programs; numbers that cannot be told are null, with their reason."""
    return {
        "visits": flow.visits,
        "joined": flow.joined,
        "joined_share": _share(flow.joined_share),
        "entrance_to_exit": _dwell(flow.through),
        "touchpoints": [
            {
                "touchpoint": one.touchpoint,
                "interactions": one.seen,
                "joined": one.joined,
                "joined_share": _share(one.share),
                "lasted": None if one.touchpoint not in flow.stops else _dwell(flow.stops[one.touchpoint]),
            }
            for one in flow.parts
        ],
        "ways": [
            {"touchpoints": list(one.stops), "visits": one.n, **_spread(one.share)} for one in flow.paths
        ],
        "other_ways": flow.others,
        "next": [
            {
                "from": leaving.touchpoint,
                "times": leaving.n,
                "to": [
                    {
                        "touchpoint": step.to,
                        "seen_again": step.to is not None,
                        "times": step.n,
                        **_spread(step.share),
                    }
                    for step in leaving.steps
                ],
                "others": leaving.others,
            }
            for leaving in flow.leaving
        ],
        "holds_for": SELECTED,
        "misses": MISSED,
    }


def _dwell(dwell: Dwell) -> dict[str, Any]:
    return {
        "visits": dwell.n,
        **_median(dwell.median),
        "distribution": [{"from_s": bar.from_s, "to_s": bar.to_s, "visits": bar.n} for bar in dwell.bars],
    }


def _median(median: Quantile) -> dict[str, Any]:
    return {
        "median_s": rounded(median.value_s, 1),
        "low_s": rounded(median.low_s, 1),
        "high_s": rounded(median.high_s, 1),
        "reason": median.reason,
    }


def _share(share: Share | None) -> dict[str, Any] | None:
    return None if share is None else _spread(share)


def _spread(share: Share) -> dict[str, Any]:
    return {"share": rounded(share.value), "low": rounded(share.low), "high": rounded(share.high)}
