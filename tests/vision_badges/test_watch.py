"""How long a watch waits, what it holds and what it keeps over a stop, without pictures."""

from __future__ import annotations

import json

import numpy as np
import pytest

from mien.vision.badges import BadgeSettings, BadgeState, BadgeWatch, Decision, Marker, Seen, TorsoLook

CORNERS = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
CLEAR, AWAY = TorsoLook((), in_view=True), TorsoLook((), in_view=False)


def shows(number: int) -> TorsoLook:
    return TorsoLook((Marker(number, CORNERS),), in_view=True)


def run(watch: BadgeWatch[str], looks: list[TorsoLook | None], *, start: int = 0) -> list[float]:
    """Times of what was read, of one face at 10 pictures a second."""
    read = []
    for number, look in enumerate(looks, start=start):
        for held in watch.take(number / 10, [Seen(1, 80.0, look, "crop")]).read:
            watch.note_read(held.track_id, held.t_s)
            read.append(held.t_s)
    return read


def test_a_single_false_sighting_delays_a_customer_and_loses_nobody() -> None:
    read = run(BadgeWatch(), [CLEAR] * 30 + [shows(4)] + [CLEAR] * 30)
    assert read == pytest.approx([number / 10 for number in range(61)])


def test_from_the_first_sighting_on_nothing_is_read() -> None:
    watch: BadgeWatch[str] = BadgeWatch()
    assert max(run(watch, [CLEAR] * 30 + [shows(4)] + [CLEAR] * 10)) == pytest.approx(2.9)
    [order] = watch.take(4.1, [Seen(1, 80.0, shows(4), "crop")]).dropped
    assert (order.readings, order.read_s) == (30, pytest.approx(2.9))
    assert watch.waiting == 0


def test_two_different_markers_confirm_nothing() -> None:
    watch: BadgeWatch[str] = BadgeWatch()
    run(watch, [shows(1), shows(2), CLEAR])
    assert watch.decision(1) is Decision.UNDECIDED


def test_a_sighting_long_ago_confirms_nothing() -> None:
    watch: BadgeWatch[str] = BadgeWatch(BadgeSettings(confirm_s=1.0))
    run(watch, [shows(1), *[CLEAR] * 20, shows(1)])
    assert watch.decision(1) is Decision.UNDECIDED


def test_crops_older_than_the_wait_are_dropped_and_counted_even_when_their_face_is_gone() -> None:
    watch: BadgeWatch[str] = BadgeWatch()
    run(watch, [CLEAR] * 5)
    assert watch.waiting == 5
    watch.take(2.35, [])
    assert watch.waiting == 1
    assert watch.account.crops_dropped == 4


def test_a_torso_out_of_view_or_not_searched_clears_nobody() -> None:
    for look in (AWAY, None):
        watch: BadgeWatch[str] = BadgeWatch()
        assert run(watch, [look] * 60) == []
        assert watch.waiting <= 21


def test_time_without_a_search_is_no_search() -> None:
    watch: BadgeWatch[str] = BadgeWatch()
    for t_s in (0.0, 10.0, 20.0, 30.0):
        assert watch.take(t_s, [Seen(1, 80.0, CLEAR, "crop")]).read == []


def test_no_more_crops_are_held_than_allowed() -> None:
    watch: BadgeWatch[int] = BadgeWatch(BadgeSettings(most_crops=50))
    for number in range(15):
        watch.take(number / 10, [Seen(track, 80.0, CLEAR, track) for track in range(1, 9)])
        assert watch.waiting <= 50
    assert watch.account.crops_dropped == 15 * 8 - 50


def test_torsos_of_the_undecided_are_always_due_of_customers_now_and_then_of_staff_never() -> None:
    watch: BadgeWatch[str] = BadgeWatch()
    run(watch, [CLEAR] * 21)
    watch.take(2.0, [Seen(2, 80.0, CLEAR, None), Seen(3, 80.0, shows(1), None)])
    watch.take(2.1, [Seen(3, 80.0, shows(1), None)])
    assert watch.due(2.2, [1, 2, 3, 4]) == [2, 4]
    assert watch.due(2.5, [1, 2, 3, 4]) == [1, 2, 4]


def test_a_restored_watch_goes_on_as_if_nothing_had_been_but_the_crops() -> None:
    watch: BadgeWatch[str] = BadgeWatch()
    assert run(watch, [CLEAR] * 15 + [shows(6)]) == []
    saved = json.loads(json.dumps(watch.state().model_dump(mode="json")))
    other: BadgeWatch[str] = BadgeWatch()
    other.restore(BadgeState.model_validate(saved))
    assert other.waiting == 0
    assert other.state() == watch.state()
    [order] = other.take(1.6, [Seen(1, 80.0, shows(6), "crop")]).dropped
    assert (order.marker, order.since_s) == (6, 0.0)
    assert watch.decision(1) is Decision.UNDECIDED, "the two share nothing"


def test_the_state_holds_no_crop() -> None:
    watch: BadgeWatch[str] = BadgeWatch()
    run(watch, [CLEAR] * 5)
    assert "crop" not in watch.state().model_dump_json().replace("crops_dropped", "")


def test_a_dropped_track_stays_dropped_until_it_is_forgotten() -> None:
    watch: BadgeWatch[str] = BadgeWatch()
    assert run(watch, [shows(1), shows(1)] + [CLEAR] * 60) == []
    assert watch.decision(1) is Decision.STAFF
    watch.forget([1])
    assert watch.account.undecided == 0
    assert watch.decision(1) is Decision.UNDECIDED
