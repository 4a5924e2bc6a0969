"""Who crosses a door line is counted once, in the right direction, and nobody else is."""

from __future__ import annotations

import numpy as np
import pytest

from mien.errors import InputError, SettingError
from mien.journey.flow import Crossing, FlowBook, FlowLine, FlowPlan
from support.walkers import run, steps, way

SILL = FlowLine("sill", ((0.2, 0.5), (0.8, 0.5)), (0.5, 0.9))
PLAN = FlowPlan((SILL,))


def counted(*ways, plan=PLAN, jitter=0.0, rate=2.0, end_s=40.0, seed=1):
    book = FlowBook(plan)
    events = run(book, ways, steps(end_s, rate), jitter=jitter, seed=seed)
    events += book.finish()
    line = book.total().lines["sill"]
    return line.came_in, line.went_out, line.unclear, [e for e in events if isinstance(e, Crossing)]


@pytest.mark.parametrize("rate", [0.7, 1.0, 2.0, 5.0])
def test_who_walks_through_is_counted_once_with_the_time(rate):
    came_in, went_out, unclear, events = counted(
        way((1, 0.5, 0.2), (7, 0.5, 0.8)), way((20, 0.4, 0.8), (26, 0.4, 0.2)), rate=rate
    )
    assert (came_in, went_out, unclear) == (1, 1, 0)
    assert [event.direction for event in events] == ["in", "out"]
    assert [event.t_s for event in events] == pytest.approx([4.0, 23.0], abs=0.01)


def test_the_inner_side_tells_the_direction():
    turned = FlowPlan((FlowLine("sill", SILL.ends, (0.5, 0.1)),))
    assert counted(way((1, 0.5, 0.2), (7, 0.5, 0.8)), plan=turned)[:2] == (0, 1)


def test_who_turns_back_on_the_line_is_not_counted():
    assert counted(way((1, 0.5, 0.2), (5, 0.5, 0.51), (9, 0.5, 0.2)))[:3] == (0, 0, 0)


def test_who_comes_in_and_turns_back_inside_is_counted_both_ways():
    assert counted(way((1, 0.5, 0.2), (5, 0.5, 0.65), (9, 0.5, 0.2)))[:3] == (1, 1, 0)


@pytest.mark.parametrize("seed", range(5))
def test_who_stands_on_the_line_counts_once_at_most_however_boxes_jitter(seed):
    stands = way((1, 0.5, 0.2), (5, 0.5, 0.5), (30, 0.5, 0.5), (34, 0.5, 0.8))
    assert counted(stands, jitter=0.015, seed=seed)[:2] == (1, 0)
    leaves = way((1, 0.5, 0.2), (5, 0.5, 0.5), (30, 0.5, 0.5), (34, 0.5, 0.2))
    assert counted(leaves, jitter=0.015, seed=seed)[:2] == (0, 0)


def test_passing_beside_the_door_is_no_coming_in():
    assert counted(way((1, 0.95, 0.2), (7, 0.95, 0.8)))[:3] == (0, 0, 0)
    # Around the door: past its end, then to its inner side.
    assert counted(way((1, 0.5, 0.3), (4, 0.97, 0.3), (7, 0.97, 0.8), (10, 0.5, 0.8)))[:3] == (0, 0, 0)


def test_whoever_comes_into_sight_or_is_lost_on_the_line_is_told_apart():
    assert counted(way((1, 0.5, 0.505), (5, 0.5, 0.8)))[:3] == (0, 0, 1)
    assert counted(way((1, 0.5, 0.2), (5, 0.5, 0.51)))[:3] == (0, 0, 1)
    assert counted(way((1, 0.5, 0.2), (5, 0.5, 0.4)))[:3] == (0, 0, 0)


def test_the_margin_grows_with_the_person():
    """A wobble that is an error for somebody near is a step for somebody far off."""
    wobble = way((0, 0.5, 0.48), (1, 0.5, 0.48), (2, 0.5, 0.53), (4, 0.5, 0.53))
    near, far = FlowBook(PLAN), FlowBook(PLAN)
    run(near, [wobble], steps(4.5), height=0.9)
    run(far, [wobble], steps(4.5), height=0.3)
    assert near.total().lines["sill"].came_in == 0
    assert far.total().lines["sill"].came_in == 1


def test_a_slanted_line_is_measured_in_the_shape_of_the_picture():
    slanted = FlowPlan((FlowLine("sill", ((0.2, 0.2), (0.8, 0.8)), (0.2, 0.8)),), aspect=2.0)
    assert counted(way((1, 0.7, 0.3), (7, 0.3, 0.7)), plan=slanted)[:3] == (1, 0, 0)


def test_a_crowd_with_errors_of_boxes_is_counted_right():
    """Simulated: 60 people, every third turns back, feet off by 1.5 % of their height."""
    chance = np.random.default_rng(7)
    ways, truth = [], 0
    for number in range(60):
        begin, x = 5.0 * number, float(chance.uniform(0.3, 0.7))
        if number % 3 == 0:
            ways.append(way((begin, x, 0.2), (begin + 4, x, 0.46), (begin + 8, x, 0.2)))
        else:
            ways.append(way((begin, x, 0.2), (begin + 6, x, 0.8)))
            truth += 1
    assert counted(*ways, jitter=0.015, end_s=320.0)[:3] == (truth, 0, 0)


def test_pictures_out_of_order_are_refused():
    book = FlowBook(PLAN)
    book.take(1.0, [])
    with pytest.raises(InputError, match="in order of time"):
        book.take(1.0, [])


def test_a_plan_that_could_only_count_wrongly_is_refused():
    with pytest.raises(SettingError, match="two of the door line 'sill'"):
        FlowPlan((SILL, SILL))
