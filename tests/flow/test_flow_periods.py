"""Counts add up over periods and stops, gaps are told and not filled in, and the balance says what must be wrong."""

from __future__ import annotations

import json

import pytest

from mien.errors import InputError
from mien.journey.flow import (
    DoorPeriods,
    FaceTurn,
    FlowBook,
    FlowCounts,
    FlowLine,
    FlowPlan,
    FlowSettings,
    FlowZone,
    balance,
)
from support.walkers import run, steps, way

PLAN = FlowPlan(
    (FlowLine("sill", ((0.0, 0.3), (1.0, 0.3)), (0.5, 0.9)),),
    (
        FlowZone("waiting", "queue", ((0.1, 0.4), (0.4, 0.4), (0.4, 0.9), (0.1, 0.9)), ("till",)),
        FlowZone("till", "read", ((0.6, 0.4), (0.9, 0.4), (0.9, 0.9), (0.6, 0.9))),
    ),
)
CUSTOMERS = [
    way((k, 0.25, 0.1), (k + 4, 0.25, 0.6), (k + 20, 0.25, 0.6), (k + 23, 0.75, 0.6), (k + 40, 0.75, 0.6), (k + 45,
    0.75, 0.1)) for k in range(0, 160, 20)
]  # fmt: skip
MINUTE = FlowSettings(quarter_s=60.0)


def comparable(counts: FlowCounts) -> dict:
    return json.loads(counts.model_dump_json(), parse_float=lambda text: round(float(text), 6))


def test_a_book_stopped_and_restored_counts_what_one_that_ran_through_counts():
    times = steps(220.0)
    whole = FlowBook(PLAN, MINUTE)
    run(whole, CUSTOMERS, times)
    for cut in (33, 97, 160):
        first, second = FlowBook(PLAN, MINUTE), FlowBook(PLAN, MINUTE)
        run(first, CUSTOMERS, times[:cut])
        second.restore(json.loads(json.dumps(first.state())))
        run(second, CUSTOMERS, times[cut:])
        assert [comparable(q.counts)["lines"] for q in second.quarters()] == [
            comparable(q.counts)["lines"] for q in whole.quarters()
        ]
        assert (
            comparable(second.total())["queues"]["waiting"]["served"]["ended"]
            == (comparable(whole.total())["queues"]["waiting"]["served"]["ended"])
        )
        assert second.total().watched_s == pytest.approx(whole.total().watched_s)
    assert whole.total().lines["sill"].came_in == whole.total().lines["sill"].went_out == len(CUSTOMERS)


def test_periods_that_are_over_are_handed_over_once_and_add_up():
    book, whole = FlowBook(PLAN, MINUTE), FlowBook(PLAN, MINUTE)
    run(whole, CUSTOMERS, steps(220.0))
    kept = []
    for begin in range(0, 220, 10):
        run(book, CUSTOMERS, steps(begin + 10.0, begin_s=float(begin)), hidden_s=2.0)
        kept += book.closed()
    assert [quarter.begin_s for quarter in kept] == [0.0, 60.0, 120.0]
    assert [quarter.begin_s for quarter in book.quarters()] == [180.0]
    total = sum((quarter.counts for quarter in kept), FlowCounts()) + book.total()
    assert total.lines == whole.total().lines
    assert total.watched_s == pytest.approx(219.5)


def test_counts_survive_being_stored():
    book = FlowBook(PLAN, MINUTE)
    run(book, CUSTOMERS, steps(220.0))
    total = book.total()
    assert FlowCounts.model_validate_json(total.model_dump_json()) == total


def test_periods_begin_with_the_quarters_of_the_hour():
    book = FlowBook(PLAN, FlowSettings(quarter_s=900.0), into_period_s=600.0)
    run(book, [], steps(400.0))
    assert [(q.begin_s, q.end_s) for q in book.quarters()] == [(-600.0, 300.0), (300.0, 1200.0)]
    assert not any(quarter.whole for quarter in book.quarters())


def test_a_gap_is_told_in_the_periods_that_it_falls_into_and_not_filled_in():
    book = FlowBook(PLAN, MINUTE)
    run(book, [way((0, 0.25, 0.6), (400, 0.25, 0.6))], [*steps(50.0), *steps(240.0, begin_s=130.0)])
    gaps = {quarter.begin_s: round(quarter.counts.gap_s, 1) for quarter in book.quarters()}
    assert gaps == {0.0: 10.5, 60.0: 60.0, 120.0: 10.0, 180.0: 0.0}
    assert [quarter.whole for quarter in book.quarters()][-1]
    total = book.total()
    assert total.gaps == 1
    assert total.zones["waiting"].person_s == pytest.approx(total.watched_s, abs=1.0)
    assert sum(total.queues["waiting"].length_s.values()) == pytest.approx(total.watched_s)


def test_the_balance_tells_what_must_be_wrong():
    inward = [way((k, 0.5, 0.1), (k + 4, 0.5, 0.6)) for k in (0, 10, 70)]
    outward = [way((k, 0.5, 0.6), (k + 4, 0.5, 0.1)) for k in (20, 30, 40, 50)]
    book = FlowBook(PLAN, MINUTE)
    run(book, inward + outward, steps(130.0))
    found = balance(DoorPeriods.of(book.quarters()), empty=True)
    # 2 in and 4 out in the first minute: two who came in were missed. Then one in and nobody out: one more is wrong.
    assert (found.came_in, found.went_out, found.net, found.lowest) == (3, 4, -1, -2)
    assert found.wrong == 3
    assert found.share == pytest.approx(3 / 7)
    assert balance(DoorPeriods.of(book.quarters()), empty=False).wrong is None
    assert balance(DoorPeriods.of([]), empty=True).wrong == 0


def test_doors_of_several_cameras_are_balanced_together():
    front, back = FlowBook(PLAN, MINUTE), FlowBook(PLAN, MINUTE)
    run(front, [way((5, 0.5, 0.1), (9, 0.5, 0.6))], steps(130.0))
    run(back, [way((95, 0.5, 0.6), (99, 0.5, 0.1))], steps(130.0))
    assert balance(DoorPeriods.of(front.quarters()), empty=True).wrong == 1
    assert balance(DoorPeriods.of([*front.quarters(), *back.quarters()]), empty=True).wrong == 0
    assert balance(DoorPeriods.of([*front.quarters(), *back.quarters()]), empty=True).gaps == 1, (
        "the last minute was seen in part"
    )


@pytest.mark.parametrize("change", [{"version": 99}, {"lines": {}}, {"zones": {}}, {"t_s": "x"}])
def test_a_state_of_something_else_is_refused(change):
    book = FlowBook(PLAN)
    with pytest.raises(InputError, match="begin the stream anew"):
        book.restore({**book.state(), **change})


class TestTurning:
    PLAN = FlowPlan((), (FlowZone("goods", "shelf", ((0.8, 0.1), (1, 0.1), (1, 0.9), (0.8, 0.9))),))

    def seconds(self, *faces: FaceTurn) -> tuple[float, float, float]:
        book = FlowBook(self.PLAN)
        for t_s in steps(10.5):
            book.take(t_s, [], faces=faces)
        total = book.total()
        return total.zones["goods"].turned_s, total.facing_s, total.faces_s

    def test_a_face_turned_to_the_side_of_the_shelf_counts(self):
        assert self.seconds(FaceTurn(0.5, 0.5, 50.0, 0.0)) == (10.0, 0.0, 10.0)

    @pytest.mark.parametrize("yaw", [-50.0, -90.0])
    def test_one_turned_away_does_not(self, yaw):
        assert self.seconds(FaceTurn(0.5, 0.5, yaw, 0.0)) == (0.0, 0.0, 10.0)

    def test_one_that_looks_down_does_not(self):
        assert self.seconds(FaceTurn(0.2, 0.5, 0.0, 50.0))[0] == 0.0

    def test_of_one_turned_to_the_camera_nothing_is_told(self):
        assert self.seconds(FaceTurn(0.5, 0.5, 15.0, 5.0)) == (0.0, 10.0, 10.0)
