"""Zones that could never match anything are refused; the others are given on as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mien.vision.exclude import ExcludedZones

if TYPE_CHECKING:
    from collections.abc import Callable

    from mien.site import Checked

DESK = "[[0, 0], [0.25, 0], [0.25, 1], [0, 1]]"
ENDS = "[[0.3, 0.8], [0.9, 0.8]]"
INSIDE = "[0.6, 0.95]"
IN_DOOR = '[cameras.door.zones."{}"]\nkind = "{}"\ncorners = {}\n'


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (DESK, "[[0, 0], [1, 1]]", "zones.desk.corners: A zone needs at least three corners"),
        (DESK, "[[0, 0], [1, 1], [1, 0], [0, 1]]", "crosses itself"),
        (DESK, "[[0, 0], [0.5, 0.5], [1, 1]]", "has no area, so it could never match anything"),
        (DESK, "[[0, 0], [1, 0], [0, 0]]", "has no area"),
        (
            DESK,
            "[[0, 0], [480, 0], [480, 1080]]",
            "leaves the picture; its coordinates are shares of the picture's width "
            "and height, 0 to 1. Divide pixels by",
        ),
        (DESK, "[[0, 0], [-0.1, 0], [0, 1]]", "leaves the picture"),
        (DESK, "[[0, 0], [nan, 0], [0, 1]]", "zones.desk.corners[2][1] is nan; give at least three corners"),
        (DESK, "[[0, 0, 0], [1, 0, 0], [0, 1, 0]]", "give at least three corners [[x, y], [x, y], [x, y]]"),
        (DESK, '"0,0 1,0 1,1"', "give at least three corners [[x, y]"),
        (DESK, "[[0, 0], [1, 0], [1, 1], [0, 1]]", "blacks out the whole picture"),
        (DESK, f'{DESK}\nservice_points = ["till 1"]', "kind 'staff' has no service_points; only 'queue'"),
        (ENDS, "[[0.5, 0.8], [0.5, 0.8]]", "the door line is 0.000 long, so nobody could cross it"),
        (ENDS, "[[0.3, 0.8], [1.9, 0.8]]", "1.9, 0.8 is outside the picture"),
        (ENDS, "[[0.3, 0.8], [0.9, 0.8], [1, 1]]", "door_lines.sill.ends"),
        (
            ENDS,
            "[[0.05, 0.1], [0.05, 0.9]]",
            "door_lines.sill lies wholly in the blacked-out zone desk, so nobody could",
        ),
        (INSIDE, "[0.5, 0.8]", "the point 'inside' lies on the door line"),
        (INSIDE, "[0.99, 0.801]", "the point 'inside' lies on the door line"),
    ],
)
def test_a_zone_that_is_none_is_refused(
    check: Callable[..., Checked], old: str, new: str, words: str
) -> None:
    problems = check((old, new)).problems
    assert any(words in problem.text for problem in problems), [problem.text for problem in problems]
    assert all(problem.line is not None for problem in problems)


@pytest.mark.parametrize("kind", ["read", "queue"])
def test_a_zone_within_blacked_out_ones_is_refused(check: Callable[..., Checked], kind: str) -> None:
    inside = IN_DOOR.format("counter", kind, "[[0.05, 0.1], [0.2, 0.1], [0.2, 0.9], [0.05, 0.9]]")
    (problem,) = check(more=inside).problems
    assert (
        "cameras.door.zones.counter lies wholly in the blacked-out zone desk, so it could never"
        in problem.text
    )

    # Half out of one and half in the next: nothing of it is left either.
    across = IN_DOOR.format("counter", kind, "[[0.2, 0.1], [0.3, 0.1], [0.3, 0.9], [0.2, 0.9]]")
    assert not check(more=across).problems
    beside = IN_DOOR.format("guests", "no-reading", "[[0.25, 0], [0.4, 0], [0.4, 1], [0.25, 1]]")
    (problem,) = check(more=across + beside).problems
    assert "lies wholly in the blacked-out zones desk, guests" in problem.text


def test_a_shelf_may_lie_in_a_staff_zone(check: Callable[..., Checked]) -> None:
    shelf = IN_DOOR.format("shelf", "shelf", "[[0.05, 0.1], [0.2, 0.1], [0.2, 0.9]]")
    assert not check(more=shelf).problems


def test_a_queue_leads_to_service_points_that_exist(check: Callable[..., Checked]) -> None:
    queue = IN_DOOR.format("line", "queue", "[[0.5, 0], [0.9, 0], [0.9, 0.9]]")
    assert not check(more=queue + 'service_points = ["till 1", "till 2"]\n').problems
    (problem,) = check(more=queue + 'service_points = ["till 1", "till 3"]\n').problems
    assert (
        "service_points[2] is 'till 3', which is no service point of this file; did you mean" in problem.text
    )


def test_zones_and_door_lines_of_a_camera_share_their_names(check: Callable[..., Checked]) -> None:
    sill = IN_DOOR.format("sill", "read", "[[0.5, 0], [0.9, 0], [0.9, 0.9]]")
    (problem,) = check(more=sill).problems
    assert (
        "cameras.door.door_lines.sill: its name is taken by cameras.door.zones.sill already" in problem.text
    )


def test_what_is_blacked_out_goes_to_the_reader_as_it_stands(check: Callable[..., Checked]) -> None:
    guests = IN_DOOR.format("guests", "no-reading", "[[0.8, 0], [1, 0], [1, 1]]")
    shelf = IN_DOOR.format("shelf", "shelf", "[[0.5, 0], [0.6, 0], [0.6, 1]]")
    site = check(more=guests + shelf).site
    assert site is not None
    corners = site.cameras["door"].excluded
    assert corners == (((0, 0), (0.25, 0), (0.25, 1), (0, 1)), ((0.8, 0), (1, 0), (1, 1)))
    assert len(ExcludedZones(corners).polygons) == 2
    assert not site.cameras["tills"].excluded
