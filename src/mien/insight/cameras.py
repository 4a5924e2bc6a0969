"""Which cameras the states of a comparison come from, and how they are allowed for."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from mien.insight.allowance import Allowance, Cameras
from mien.journey.thresholds import THRESHOLDS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from mien.insight.types import StateRecord, Way
    from mien.journey.camera_pair import MeasuredPair


def camera_of(record: StateRecord) -> str:
    """The camera that a record is from; where nobody knows it its touchpoint in brackets, as no camera is called."""
    return f"(at {record.touchpoint})" if record.camera is None else record.camera


def shares_of(came: Mapping[str, int], went: Mapping[str, int]) -> dict[str, float]:
    """Share of each camera at the exit minus that at the entrance, from how many states are of each.

    Example:
        >>> shares_of({"front": 30, "side": 10}, {"back": 20})
        {'back': 1.0, 'front': -0.75, 'side': -0.25}
    """
    here, there = sum(came.values()), sum(went.values())
    names = sorted({*came, *went})
    return {name: went.get(name, 0) / there - came.get(name, 0) / here for name in names}


def cameras_of(
    records: Sequence[StateRecord],
    entrance: Collection[str],
    way: Way,
    pairs: Sequence[MeasuredPair],
) -> Cameras | None:
    """How the cameras of a comparison are allowed for.

    All states are brought to one camera, to which each other must have been measured directly: of the newest
    measurements those count that were made with the same reader and scale. Of several such cameras it is the one with
    which the offset of the whole time is known best.

    Args:
        records: Interactions, all read in this way.
        entrance: Touchpoints of the entrance.
        way: How they were read.
        pairs: Measured pairs of the site, in any order.

    Returns:
        The cameras; `None` where a side has no states, so that there is nothing to allow for.
    """
    states = [one for one in records if one.state is not None and not one.covered]
    came = Counter(camera_of(one) for one in states if one.touchpoint in entrance)
    went = Counter(camera_of(one) for one in states if one.touchpoint not in entrance)
    if not came or not went:
        return None
    known = _newest(pairs, way)
    sides = tuple(sorted(came)), tuple(sorted(went))
    # Of cameras that would serve alike, one of the side that has fewer is measured with the least walking.
    names = list(dict.fromkeys([*sides[0], *sides[1]] if len(came) <= len(went) else [*sides[1], *sides[0]]))
    if len(names) == 1 and not names[0].startswith("("):
        return Cameras(Allowance.ONE, *sides)
    shares = shares_of(came, went)
    possible = [
        Cameras(
            Allowance.CALIBRATED, *sides, name, tuple(known[name, other] for other in names if other != name)
        )
        for name in names
        if all((name, other) in known for other in names if other != name)
    ]
    if possible:
        return min(possible, key=lambda one: one.part(shares).variance)
    named = [name for name in names if not name.startswith("(")]
    middle = max(named, key=lambda name: sum((name, other) in known for other in named), default="")
    lacking = tuple((middle, other) for other in named if other != middle and (middle, other) not in known)
    assumed = THRESHOLDS[way.scale].uncalibrated_shared_sd
    return Cameras(Allowance.UNCALIBRATED, *sides, unmeasured=lacking, assumed_sd=assumed)


def _newest(pairs: Sequence[MeasuredPair], way: Way) -> dict[tuple[str, str], MeasuredPair]:
    """The newest measurement of each pair in both directions."""
    found: dict[tuple[str, str], MeasuredPair] = {}
    for one in sorted(pairs, key=lambda pair: pair.measured_at):
        if (one.reader, one.scale) == (way.reader, way.scale):
            found[one.from_camera, one.to_camera] = one
            found[one.to_camera, one.from_camera] = one.reversed()
    return found
