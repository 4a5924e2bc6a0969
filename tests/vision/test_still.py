"""Posters and screens are nobody; whoever lives is not taken for one, however still they stand."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pytest

from mien.vision.still import FLAG_FORGOTTEN_AFTER_S, FORGOTTEN_AFTER_S, StillWatch
from mien.vision.still_place import StillState
from mien.vision.types import DropReason, LeftOut

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

SIZE = (640, 480)
HEIGHT = 60.0
STEP_S = 0.5


def box(x: float, y: float, height: float = HEIGHT) -> NDArray[np.float32]:
    return np.array([x - 0.4 * height, y - height / 2, x + 0.4 * height, y + height / 2], np.float32)


def poster(seed: int = 1, x: float = 300.0, y: float = 200.0) -> Callable[[float], NDArray[np.float32]]:
    """A printed face as it is found: every twentieth box is askew, the others jitter as measured."""
    rng = np.random.default_rng(seed)

    def at(_: float) -> NDArray[np.float32]:
        spread = 0.06 if rng.random() < 0.05 else 0.006
        dx, dy, grown = rng.normal(0.0, spread, 3)
        return box(x + dx * HEIGHT, y + dy * HEIGHT, HEIGHT * (1 + grown))

    return at


def standing(
    seed: int, *, shift: float = 0.083, seconds: float = 900.0
) -> Callable[[float], NDArray[np.float32]]:
    """Somebody who stands quite still: sway of 5 mm and a shift of weight, as in long standing.

    Of the shifts (22 mm, one in 200 s) and fidgets (one in 50 s) that Duarte & Zatsiorsky (1999, Motor Control 3)
    found, only a single shift of 15 mm is made; a face is 18 cm high.
    """
    rng = np.random.default_rng(seed)
    steps = round(seconds / STEP_S) + 1
    kept = np.exp(-STEP_S / 3.0)
    sway = np.zeros((steps, 2))
    for i in range(1, steps):
        sway[i] = kept * sway[i - 1] + rng.normal(0.0, 0.028 * np.sqrt(1 - kept**2), 2)
    sway[round(rng.uniform(60, 200) / STEP_S) :, 0] += shift
    noise = rng.normal(0.0, 0.006, (steps, 3))

    def at(t_s: float) -> NDArray[np.float32]:
        i = round(t_s / STEP_S)
        x, y = (sway[i] + noise[i, :2]) * HEIGHT
        return box(300 + x, 200 + y, HEIGHT * (1 + noise[i, 2]))

    return at


@dataclass
class Told:
    """What a watch said over time."""

    left_out: dict[int, list[float]] = field(default_factory=dict)
    after_hours: dict[int, list[float]] = field(default_factory=dict)
    ended: dict[int, float] = field(default_factory=dict)
    dropped: dict[int, float] = field(default_factory=dict)


def play(
    watch: StillWatch,
    times_s: Iterable[float],
    seen: Callable[[float], dict[int, NDArray[np.float32]]],
    *,
    told: Told | None = None,
    closed: Callable[[float], bool] = lambda _: False,
) -> Told:
    """Show a watch what is seen; a track that is not seen ends 3 s later, as the tracker does it."""
    told = told or Told()
    last: dict[int, float] = {}
    for t_s in times_s:
        boxes = seen(t_s)
        gone = [track for track, at_s in last.items() if t_s - at_s > 3.0]
        for track in gone:
            del last[track]
        last.update(dict.fromkeys(boxes, t_s))
        answer = watch.take(t_s, boxes, gone, size=SIZE, closed=closed(t_s))
        for track, reason in answer.left_out.items():
            told_of = told.left_out if reason is LeftOut.STILL else told.after_hours
            told_of.setdefault(track, []).append(t_s)
        told.ended.update(dict.fromkeys(answer.ended, t_s))
        assert all(order.reason is DropReason.STILL for order in answer.dropped)
        told.dropped.update({order.track_id: t_s for order in answer.dropped})
    return told


def every(upto_s: float, from_s: float = 0.0) -> NDArray[np.float64]:
    return np.arange(from_s, upto_s, STEP_S)


def test_a_poster_is_dropped_after_five_minutes_and_left_out_from_then_on() -> None:
    watch, face = StillWatch(), poster()
    told = play(watch, every(400), lambda t_s: {1: face(t_s)})
    assert list(told.dropped) == [1]
    assert 299 <= told.dropped[1] <= 330
    assert told.left_out[1] == list(every(400, told.dropped[1]))
    [spot] = watch.spots
    assert spot.box == pytest.approx((276 / 640, 170 / 480, 324 / 640, 230 / 480), abs=0.005)
    assert (spot.since_s, spot.why, spot.until_s, spot.tracks) == (0.0, "no motion", None, 1)
    assert 360 <= spot.left_out_s <= 400


def test_before_five_minutes_nothing_is_dropped() -> None:
    face = poster()
    told = play(StillWatch(), every(295), lambda t_s: {1: face(t_s)})
    assert (told.dropped, told.left_out) == ({}, {})


def test_a_poster_that_passers_by_hide_is_one_place_and_nothing_of_it_is_told() -> None:
    watch, face = StillWatch(), poster()

    def seen(t_s: float) -> dict[int, NDArray[np.float32]]:
        """Every 40 s a taller face comes along and hides the poster, for 15 s in all: the next track is another."""
        turn, within_s = divmod(t_s, 40.0)
        number = int(turn)
        if within_s < 25.0:
            return {10 * number + 1: face(t_s)}
        return {10 * number + 2: box(300 + 20 * (within_s - 32.0) * 2, 215, 85.0)}

    told = play(watch, every(900), seen)
    walkers = {10 * n + 2 for n in range(22)}
    assert set(told.dropped) == {10 * n + 1 for n in range(13)}
    assert len(set(told.dropped.values())) == 1, "all at once, backwards"
    assert set(told.left_out) == {10 * n + 1 for n in range(12, 23)}
    early = [track for track, at_s in told.dropped.items() if told.ended.get(track, at_s + 1) <= at_s]
    assert early == [], "what was dropped was never told as ended before"
    assert walkers <= set(told.ended)
    assert len(watch.spots) == 1
    assert watch.spots[0].until_s is None


@pytest.mark.parametrize("shift", [0.083, 0.0])
@pytest.mark.parametrize("seed", range(4))
def test_somebody_who_stands_quite_still_is_no_poster(seed: int, shift: float) -> None:
    face = standing(seed, shift=shift)
    watch = StillWatch()
    told = play(watch, every(900), lambda t_s: {1: face(t_s)})
    assert (told.dropped, told.left_out, watch.spots) == ({}, {}, [])


def test_who_leaves_after_standing_still_is_told_at_the_latest_two_minutes_later() -> None:
    told = play(StillWatch(), every(300), lambda t_s: {1: box(300, 200)} if t_s < 60 else {})
    assert 60 + 3 < told.ended[1] <= 60 + FORGOTTEN_AFTER_S + 1
    assert told.dropped == {}


def test_who_walks_is_told_at_once() -> None:
    def seen(t_s: float) -> dict[int, NDArray[np.float32]]:
        return {1: box(50 + 40 * t_s, 200)} if t_s < 12 else {}

    assert 15 <= play(StillWatch(), every(30), seen).ended[1] <= 16


def chair(newcomer: Callable[[float], NDArray[np.float32]]) -> tuple[StillWatch, Told]:
    """Somebody sits without any motion for six minutes and leaves; a minute later the next one sits down there."""

    def seen(t_s: float) -> dict[int, NDArray[np.float32]]:
        if t_s < 360:
            return {1: box(300, 200)}
        if t_s < 364:
            return {1: box(300 + 45 * (t_s - 360), 190)}
        return {} if t_s < 420 else {2: newcomer(t_s)}

    watch = StillWatch()
    return watch, play(watch, every(520), seen)


def test_a_chair_whose_face_moved_away_is_free_for_the_next_customer() -> None:
    watch, told = chair(lambda _: box(301, 199))
    assert set(told.dropped) == {1}
    assert max(told.left_out[1]) < 362, "once they move away they are read again"
    assert 2 not in told.left_out
    assert watch.spots[0].until_s == pytest.approx(360, abs=3)


def test_a_next_customer_at_the_very_same_place_is_read_once_they_move() -> None:
    """The one before vanished instead of moving away, so the flag is still there."""

    def seen(t_s: float) -> dict[int, NDArray[np.float32]]:
        if t_s < 360:
            return {1: box(300, 200)}
        return {} if t_s < 420 else {2: box(300 + (5 if t_s > 424 else 0), 200)}

    watch = StillWatch()
    told = play(watch, every(520), seen)
    assert told.left_out[2][0] == 420
    assert told.left_out[2][-1] < 424 + 12
    assert watch.spots[0].until_s is not None


def test_who_walks_up_to_a_poster_is_read_before_it() -> None:
    face = poster()

    def seen(t_s: float) -> dict[int, NDArray[np.float32]]:
        if t_s < 320:
            return {1: face(t_s)}
        place = max(0.0, 100 - 40 * (t_s - 320))
        return {2: box(300 + place + 4 * np.sin(t_s), 203 + 4 * np.cos(t_s))}

    told = play(StillWatch(), every(400), seen)
    assert set(told.left_out) == {1}


def test_a_customer_whose_number_the_poster_took_is_read_and_the_flag_stays() -> None:
    face = poster()

    def seen(t_s: float) -> dict[int, NDArray[np.float32]]:
        if t_s < 320:
            return {1: face(t_s)}
        walker = {1: box(300 + 50 * (t_s - 320), 200)} if t_s < 325 else {}
        if t_s >= 400:
            return {3: face(t_s)} if t_s >= 440 else {}
        return walker | ({2: face(t_s)} if t_s >= 322 else {})

    watch = StillWatch()
    told = play(watch, every(460), seen)
    assert max(told.left_out[1]) <= 321
    assert told.left_out[2] == list(every(400, 322))
    assert told.left_out[3] == list(every(460, 440)), "the flag outlives the mix-up"
    assert [spot.until_s for spot in watch.spots] == [None]


def test_a_poster_that_took_the_number_of_a_customer_is_left_out_once_it_is_still() -> None:
    face = poster()

    def seen(t_s: float) -> dict[int, NDArray[np.float32]]:
        if t_s < 320:
            return {1: face(t_s)}
        return {2: box(100 + 50 * (t_s - 320), 200) if t_s < 324 else face(t_s)}

    told = play(StillWatch(), every(400), seen)
    assert 328 <= told.left_out[2][0] <= 332
    assert told.left_out[2] == list(every(400, told.left_out[2][0]))


def test_who_is_first_found_in_front_of_a_poster_is_read_when_the_poster_shows_again_beside_them() -> None:
    face = poster()

    def seen(t_s: float) -> dict[int, NDArray[np.float32]]:
        if t_s < 320:
            return {1: face(t_s)}
        customer = {2: box(300, 200) if t_s < 326 else box(312, 208)}
        return customer | ({3: face(t_s)} if t_s >= 327 else {})

    told = play(StillWatch(), every(400), seen)
    assert max(told.left_out[2]) <= 328
    assert told.left_out[3] == list(every(400, 327))


def test_a_first_box_askew_does_not_make_the_place() -> None:
    def face(t_s: float) -> NDArray[np.float32]:
        return box(301.5 if t_s == 0 else 300.5 if t_s % 1.0 else 299.5, 200)

    told = play(StillWatch(), every(340), lambda t_s: {1: face(t_s)})
    assert told.dropped[1] <= 301, "the place was not begun anew"


def test_a_flag_is_forgotten_when_nobody_was_there_for_long() -> None:
    watch, face = StillWatch(), poster()
    times = [*every(310), 310 + FLAG_FORGOTTEN_AFTER_S + 5]
    play(watch, times, lambda t_s: {1: face(t_s)} if t_s < 310 else {})
    assert watch.spots[0].until_s == pytest.approx(310, abs=1)
    assert watch.state().places == {}


def test_the_state_survives_a_stop_at_any_time() -> None:
    def seen(t_s: float) -> dict[int, NDArray[np.float32]]:
        rng = np.random.default_rng(round(t_s * 10))
        return {1 + int(t_s // 60): box(*rng.normal((300, 200), 0.3))} if t_s % 60 < 50 else {}

    times = every(420)
    whole = StillWatch()
    expected = play(whole, times, seen)
    assert expected.dropped
    assert expected.left_out
    found, watch = Told(), StillWatch()
    for t_s, gone in ((t, [int(t // 60)] if t % 60 == 3.5 and t > 60 else []) for t in times):
        again = StillWatch()
        again.restore(StillState.model_validate(json.loads(watch.state().model_dump_json())))
        watch = again
        answer = watch.take(t_s, seen(t_s), gone, size=SIZE)
        found.dropped.update({order.track_id: t_s for order in answer.dropped})
        found.ended.update(dict.fromkeys(answer.ended, t_s))
        for track in answer.left_out:
            found.left_out.setdefault(track, []).append(t_s)
    assert found.dropped == expected.dropped
    assert found.left_out == expected.left_out


def test_a_cut_after_which_the_poster_is_there_again_changes_nothing() -> None:
    """Somebody who steps before the camera can look like a cut to another scene, which ends every track."""
    watch, face = StillWatch(), poster()
    play(watch, every(200), lambda t_s: {1: face(t_s)})
    assert watch.take(200.0, {}, [1], size=SIZE).ended == []
    told = play(watch, every(320, 202), lambda t_s: {2: face(t_s)})
    assert set(told.dropped) == {1, 2}


def test_a_seek_backwards_begins_with_nothing_and_tells_who_waited() -> None:
    watch = StillWatch()
    play(watch, every(20), lambda t_s: {1: box(300, 200)} if t_s < 10 else {})
    assert watch.waiting == [1]
    answer = watch.take(5.0, {}, size=SIZE)
    assert (answer.ended, watch.waiting, watch.state().places) == ([1], [], {})


def test_after_hours_a_poster_is_flagged_within_a_minute_and_stays_so_when_the_shop_opens() -> None:
    watch, face = StillWatch(), poster()
    told = play(watch, every(200), lambda t_s: {1: face(t_s)}, closed=lambda t_s: t_s < 100)
    assert 59 <= told.dropped[1] <= 75
    assert told.left_out[1] == list(every(200, told.dropped[1]))
    assert told.after_hours[1] == list(every(told.dropped[1]))
    assert watch.spots[0].why == "seen while closed"


def screen(t_s: float) -> NDArray[np.float32]:
    """A face that plays: it nods and sways by a fifth of its height."""
    return box(300 + 12 * np.sin(t_s), 200 + 10 * np.cos(1.7 * t_s), HEIGHT * (1 + 0.1 * np.sin(0.6 * t_s)))


def test_a_face_in_motion_on_a_screen_is_flagged_after_hours_only() -> None:
    by_day = play(StillWatch(), every(400), lambda t_s: {1: screen(t_s)})
    assert (by_day.left_out, by_day.dropped) == ({}, {})
    watch = StillWatch()
    night = play(watch, every(400), lambda t_s: {1 + int(t_s // 50): screen(t_s)}, closed=lambda t: t < 200)
    assert set(range(4, 9)) <= set(night.left_out), "still left out by day"
    assert night.dropped == {}
    assert [spot.why for spot in watch.spots] == ["seen while closed"]


def test_a_cleaner_after_hours_flags_nothing_and_is_nobody() -> None:
    def seen(t_s: float) -> dict[int, NDArray[np.float32]]:
        return {1: box(320 + 200 * np.sin(t_s / 9), 200 + 30 * np.sin(t_s / 5))}

    watch = StillWatch()
    told = play(watch, every(300), seen, closed=lambda _: True)
    assert (watch.spots, told.left_out) == ([], {})
    assert told.after_hours[1] == list(every(300))


def test_a_customer_who_stays_beyond_closing_time_keeps_what_was_read() -> None:
    sway = standing(3)
    told = play(StillWatch(), every(180), lambda t_s: {1: sway(t_s)}, closed=lambda t_s: t_s >= 60)
    assert told.dropped == {}
    assert told.after_hours[1][0] == 60


def test_a_face_that_is_found_often_and_never_for_long_does_not_wait_without_end() -> None:
    """One sight in four seconds makes a track each time, and no time at the place in which it could be judged."""
    watch, told = StillWatch(), 0
    for number in range(1, 601):
        t_s = 4.0 * number
        told += len(watch.take(t_s, {number: box(300, 200)}, [], size=SIZE).ended)
        told += len(watch.take(t_s + 3.5, {}, [number], size=SIZE).ended)
    assert 390 <= told <= 410
    assert len(watch.waiting) == 600 - told
