"""Stays, waits and paths: who only passes is none, who is lost is not taken for gone, who gives up is told apart."""

from __future__ import annotations

import numpy as np
import pytest

from mien.errors import SettingError
from mien.journey.flow import (
    Durations,
    FlowBook,
    FlowLine,
    FlowPlan,
    FlowZone,
    Outcome,
    Sighting,
    Stay,
)
from support.walkers import run, steps, way

WAITING = FlowZone("waiting", "queue", ((0.1, 0.4), (0.4, 0.4), (0.4, 0.9), (0.1, 0.9)), ("till",))
TILL = FlowZone("till", "read", ((0.6, 0.4), (0.9, 0.4), (0.9, 0.9), (0.6, 0.9)))
PLAN = FlowPlan((FlowLine("sill", ((0.0, 0.3), (1.0, 0.3)), (0.5, 0.9)),), (WAITING, TILL))


def stays(*ways, plan=PLAN, end_s=80.0):
    book = FlowBook(plan)
    events = run(book, ways, steps(end_s)) + book.finish()
    found = {(e.zone, e.track_id): e for e in events if isinstance(e, Stay)}
    return found, book.total()


def test_a_wait_ends_at_the_till():
    found, total = stays(
        way((0, 0.25, 0.6), (30, 0.25, 0.6), (33, 0.75, 0.6), (50, 0.75, 0.6), (55, 0.75, 1.0))
    )
    wait, served = found["waiting", 1], found["till", 1]
    assert wait.outcome is Outcome.SERVED
    assert wait.length_s == pytest.approx(30.5, abs=1.0)
    assert served.outcome is Outcome.LEFT
    queue = total.queues["waiting"]
    assert (queue.joined, queue.served.n, queue.gave_up.n, queue.longest) == (1, 1, 0, 1)
    assert total.paths == {"waiting": {"till": 1}}


def test_leaving_the_queue_is_told_apart_from_being_served():
    found, total = stays(
        way(
            (0, 0.25, 0.6), (20, 0.25, 0.6), (24, 0.5, 0.95), (40, 0.5, 0.95)
        ),  # walks off and stays in sight
        way((0, 0.15, 0.6), (20, 0.15, 0.6), (24, 0.0, 0.6)),  # walks out of the picture
    )
    assert {stay.outcome for (zone, _), stay in found.items() if zone == "waiting"} == {Outcome.GAVE_UP}
    queue = total.queues["waiting"]
    assert (queue.served.n, queue.gave_up.n) == (0, 2)
    assert queue.share_given_up.value == 1.0
    assert 0.0 < queue.share_given_up.low < 0.5


def test_who_is_lost_from_sight_or_still_there_counts_as_cut():
    found, total = stays(
        way((0, 0.25, 0.6), (20, 0.25, 0.6)), way((0, 0.3, 0.6), (100, 0.3, 0.6)), end_s=40.0
    )
    assert {stay.outcome for stay in found.values()} == {Outcome.CUT}
    assert (total.queues["waiting"].served.n, total.queues["waiting"].served.n_cut) == (0, 2)


def test_who_only_passes_does_not_join():
    found, total = stays(way((0, 0.05, 0.6), (2.5, 0.5, 0.6), (8, 0.5, 0.95)))
    assert ("waiting", 1) not in found
    assert total.queues["waiting"].joined == 0
    assert total.zones["waiting"].person_s > 0.5


def test_a_step_out_of_the_zone_and_back_is_one_stay():
    found, total = stays(
        way((0, 0.25, 0.6), (10, 0.25, 0.6), (10.5, 0.45, 0.6), (11, 0.45, 0.6), (11.5, 0.25, 0.6), (30, 0.25, 0.6),
            (34, 0.25, 1.0)), end_s=50.0
    )  # fmt: skip
    assert found["waiting", 1].length_s == pytest.approx(33.0, abs=1.0)
    assert total.queues["waiting"].joined == 1


def test_the_length_of_a_queue_over_time():
    long, short = way((0, 0.2, 0.6), (40, 0.2, 0.6)), way((10, 0.3, 0.6), (30, 0.3, 0.6), (33, 0.75, 0.6))
    _, total = stays(long, short, end_s=40.0)
    queue = total.queues["waiting"]
    assert queue.longest == 2
    assert queue.length_s[2] == pytest.approx(20.0, abs=4.0)
    assert sum(queue.length_s.values()) == pytest.approx(total.watched_s)
    assert queue.mean_length == pytest.approx(sum(n * s for n, s in queue.length_s.items()) / total.watched_s)


def test_a_queue_that_leads_nowhere_in_this_picture_tells_nothing_apart():
    plan = FlowPlan((), (FlowZone("waiting", "queue", WAITING.corners),))
    found, total = stays(way((0, 0.25, 0.6), (20, 0.25, 0.6), (24, 0.6, 0.6), (60, 0.6, 0.6)), plan=plan)
    assert found["waiting", 1].outcome is Outcome.LEFT
    queue = total.queues["waiting"]
    assert (queue.left.n, queue.served.n, queue.gave_up.n) == (1, 0, 0)
    assert queue.share_given_up is None


def test_paths_begin_at_the_door():
    to_till = ((0, 0.25, 0.1), (4, 0.25, 0.6), (20, 0.25, 0.6), (23, 0.75, 0.6))
    _, total = stays(way(*to_till, (30, 0.75, 0.6), (34, 0.5, 0.1)))
    assert total.paths == {"sill (in)": {"waiting": 1}, "waiting": {"till": 1}, "till": {"sill (out)": 1}}


def test_feet_that_are_not_in_the_picture_are_told():
    book = FlowBook(PLAN)
    for t_s in steps(10.0):
        book.take(t_s, [Sighting(1, 0.75, 1.4, 0.9, feet=t_s < 5.0)])
    zone = book.total().zones["till"]
    assert zone.feetless_s == pytest.approx(4.5, abs=0.6)
    assert zone.person_s == pytest.approx(9.5, abs=0.1)


def test_the_heat_map_holds_the_seconds_where_people_stood():
    book = FlowBook(PLAN)
    run(book, [way((0, 0.26, 0.6), (10, 0.26, 0.6))], steps(10.1))
    cells = book.total().heat_map(book.settings.rows, book.settings.columns)
    row, column = np.unravel_index(int(cells.argmax()), cells.shape)
    assert (row, column) == (int(0.6 * 18), int(0.26 * 32))
    assert cells.sum() == cells.max() == pytest.approx(10.0)


def test_the_median_takes_those_into_account_who_were_not_seen_to_leave():
    """Simulated: waits of 60 s on average, half of them lost from sight at a time that has nothing to do with them."""
    chance = np.random.default_rng(3)
    held = 0
    for _ in range(60):
        waits, lost = chance.exponential(60.0, 300), chance.exponential(60.0, 300)
        found = Durations.of(waits[waits <= lost].tolist(), cut=lost[lost < waits].tolist()).quantile()
        assert found.low_s <= found.value_s <= found.high_s
        held += found.low_s * 0.955 <= 60.0 * np.log(2.0) <= found.high_s * 1.045
    assert held >= 54, "an interval of 95 % that holds the truth in 54 of 60 or fewer is none"


def test_too_few_give_no_median():
    assert Durations.of([10.0] * 4).quantile().value_s is None
    assert "under 5" in Durations.of([10.0] * 4).quantile().reason
    assert "not seen to their end" in Durations.of([10.0] * 5, cut=[20.0] * 20).quantile().reason


def test_a_queue_to_nowhere_is_refused():
    with pytest.raises(SettingError, match="there is no such zone"):
        FlowPlan((), (WAITING,))
