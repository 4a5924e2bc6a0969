"""Joined visits together: lengths and ways as they were made, and nothing that fewer than ten went."""

from __future__ import annotations

import numpy as np
import pytest

from mien.insight import Passage, VisitDay, visit_flow

ROLES = {"door": "entrance", "shelf": "department", "till": "checkout", "out": "exit"}
SEEN = dict.fromkeys(ROLES, 100)


def way(*stops: str, every_s: float = 100.0) -> tuple[Passage, ...]:
    """A visit that is seen at touchpoints for 20 s each, one after the other."""
    return tuple(Passage(stop, n * every_s, n * every_s + 20.0) for n, stop in enumerate(stops))


def test_lengths_and_ways_are_those_of_the_visits() -> None:
    found = visit_flow(
        [VisitDay.of([way("door", "till", "out")] * 30 + [way("door", "shelf", "till")] * 20, 50)],
        SEEN,
        ROLES,
    )
    assert (found.visits, found.joined) == (100, 50)
    assert found.joined_share is not None
    assert found.joined_share.low < 0.5 < found.joined_share.high
    assert (found.through.n, found.through.median.value_s) == (30, 220.0)
    assert [(one.stops, one.n) for one in found.paths] == [
        (("door", "till", "out"), 30),
        (("door", "shelf", "till"), 20),
    ]
    assert list(found.stops) == list(ROLES)
    assert {dwell.median.value_s for dwell in found.stops.values()} == {20.0}
    steps = {here.touchpoint: {step.to: step.n for step in here.steps} for here in found.leaving}
    assert steps == {
        "door": {"till": 30, "shelf": 20},
        "shelf": {"till": 20},
        "till": {"out": 30, None: 20},
    }
    assert [(one.touchpoint, one.joined) for one in found.parts] == [
        ("door", 50),
        ("shelf", 20),
        ("till", 50),
        ("out", 30),
    ]


def test_a_track_that_broke_is_one_stop() -> None:
    broken = (Passage("door", 0, 20), Passage("door", 25, 60), Passage("out", 100, 120))
    found = visit_flow([VisitDay.of([broken] * 10, 0)], SEEN, ROLES)
    assert found.paths[0].stops == ("door", "out")
    assert found.stops["door"].median.value_s == 60.0
    assert found.parts[0].joined == 20


def test_who_was_seen_at_one_touchpoint_only_is_counted_and_in_nothing_else() -> None:
    twice = (Passage("till", 0, 20), Passage("till", 25, 60))
    found = visit_flow([VisitDay.of([twice] * 12, 3)], SEEN, ROLES)
    assert (found.visits, found.joined, found.paths, found.leaving, dict(found.stops)) == (15, 0, (), (), {})


def test_of_nine_nothing_is_shown() -> None:
    found = visit_flow([VisitDay.of([way("door", "out")] * 9, 0)], SEEN, ROLES)
    assert found.through.median.value_s is None
    assert "needs 10" in (found.through.median.reason or "")
    assert (found.through.bars, found.paths, found.leaving) == ((), (), ())
    assert found.others == 9


@pytest.mark.parametrize("few", range(1, 10))
def test_how_few_went_another_way_cannot_be_worked_out(few: int) -> None:
    rare = [way("door", "shelf", "out")] * few
    found = visit_flow(
        [VisitDay.of([way("door", "till", "out")] * 40 + [way("door", "out")] * 12 + rare, 0)], SEEN, ROLES
    )
    assert [one.n for one in found.paths] == [40]
    assert found.others == 12 + few
    door = found.leaving[0]
    assert ([step.n for step in door.steps], door.others) == ([40], 12 + few)


def test_intervals_of_medians_hold_the_truth() -> None:
    rng = np.random.default_rng(4)
    truth, held, rounds = 400.0, 0, 400
    for _ in range(rounds):
        lasted = rng.lognormal(np.log(truth), 0.8, size=40)
        made = [(Passage("door", 0.0, 5.0), Passage("out", s - 1e-9, s)) for s in lasted]
        median = visit_flow([VisitDay.of(made, 0)], {}, ROLES).through.median
        assert median.low_s is not None
        assert median.high_s is not None
        held += median.low_s <= truth <= median.high_s
    assert held / rounds > 0.93


@pytest.mark.parametrize("n", [12, 45, 150, 3000])
def test_bars_hold_everybody_once_and_never_a_few(n: int) -> None:
    rng = np.random.default_rng(n)
    lasted = rng.lognormal(6.0, 0.7, size=n)
    made = [(Passage("door", 0.0, 1.0), Passage("out", s - 1e-9, s)) for s in lasted]
    bars = visit_flow([VisitDay.of(made, 0)], {}, ROLES).through.bars
    assert len(bars) >= 3 if n >= 150 else n > 12 or not bars
    assert len(bars) <= 14
    for bar in bars:
        until = np.inf if bar.to_s is None else bar.to_s
        assert bar.n == np.sum((lasted >= bar.from_s) & (lasted < until))
        assert bar.n == 0 or bar.n >= 10
    assert not bars or sum(bar.n for bar in bars) == n
