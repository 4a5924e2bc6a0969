"""Who is who: faces keep their number through occlusion, crossings and gaps, and never get two."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from mien.video.types import Frame
from mien.vision.pipeline import FacePipeline
from mien.vision.settings import PipelineSettings
from mien.vision.track import Candidate, Tracker
from mien.vision.types import LeftOut
from support.clips import steady
from support.facemesh import Actor, Stance, background, faces, picture

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mien.vision.pipeline import FrameResult

ROOM = background(640, 360)


def play(
    pipeline: FacePipeline, actors: Sequence[Actor], times_s: Sequence[float], first: int = 0
) -> list[FrameResult]:
    return [
        pipeline.process(Frame(picture(ROOM, actors, t_s), t_s, first + number))
        for number, t_s in enumerate(times_s)
    ]


def whose(results: Sequence[FrameResult], x: Callable[[float], float]) -> set[int]:
    """Ids of what was seen within half a face of a moving place."""
    return {
        o.track_id
        for result in results
        for o in result.observations
        if abs((o.box[0] + o.box[2]) / 2 - x(o.t_s)) < 45
    }


def standing(x: float, who: int, height: float = 90) -> Actor:
    return Actor(faces()[who], lambda _: Stance(x=x, y=180, height=height))


def test_a_face_hidden_for_a_second_comes_back_as_the_same() -> None:
    def seen_or_hidden(t_s: float) -> Stance | None:
        return None if 1.0 <= t_s < 2.0 else Stance(x=320 + 3 * t_s, y=180, height=100)

    pipeline = FacePipeline()
    results = play(pipeline, [Actor(faces()[1], seen_or_hidden)], steady(10, 3.0))
    assert {o.track_id for r in results for o in r.observations} == {1}
    assert sum(len(r.observations) for r in results) == 20
    assert [r.ended for r in results if r.ended] == []
    assert pipeline.finish() == [1]


def test_a_face_gone_for_long_ends_and_a_newcomer_is_new() -> None:
    def stance(t_s: float) -> Stance | None:
        return None if 0.5 <= t_s < 4.5 else Stance(x=320 + 16 * t_s, y=180, height=100)

    pipeline = FacePipeline()
    results = play(pipeline, [Actor(faces()[1], stance)], steady(4, 5.5))
    assert [r.ended for r in results if r.ended] == [[1]]
    assert {o.track_id for r in results for o in r.observations} == {1, 2}


def test_who_comes_in_where_another_has_just_left_is_another() -> None:
    def leaves(t_s: float) -> Stance | None:
        x = 500 + 90 * t_s
        return Stance(x=x, y=180, height=90) if x < 650 else None

    def comes(t_s: float) -> Stance | None:
        return None if t_s < 3.0 else Stance(x=650 - 90 * (t_s - 3.0), y=178, height=92)

    actors = [Actor(faces()[1], leaves), Actor(faces()[5], comes)]
    results = play(FacePipeline(), actors, steady(10, 5.0))
    before = {o.track_id for r in results for o in r.observations if o.t_s < 2.0}
    after = {o.track_id for r in results for o in r.observations if o.t_s > 3.5}
    assert (len(before), len(after), before & after) == (1, 1, set())


def test_who_had_left_before_a_stop_is_not_who_comes_in_after_it() -> None:
    def face(x: float) -> list[Candidate]:
        box = np.array([x - 35, 135, x + 35, 225], np.float32)
        return [Candidate(box, None, detected=True, may_start=True)]

    first, second = Tracker(), Tracker()
    first.assign(face(603.0), 1.0, (640, 360))
    first.assign([], 1.2, (640, 360))
    second.restore(first.state(), 1.2)
    ((track, _),) = second.assign(face(600.0), 2.4, (640, 360))
    assert track.id == 2


def test_a_face_at_the_edge_that_is_missed_in_a_picture_stays_the_same() -> None:
    def blinks(t_s: float) -> Stance | None:
        return None if 1.0 <= t_s < 1.25 else Stance(x=592, y=180, height=90)

    results = play(FacePipeline(), [Actor(faces()[1], blinks)], steady(10, 2.5))
    assert {o.track_id for r in results for o in r.observations} == {1}


@pytest.mark.parametrize("speed", [90.0, 180.0])
def test_two_faces_that_cross_keep_their_numbers(speed: float) -> None:
    def right(t_s: float) -> float:
        return 120 + speed * t_s

    def left(t_s: float) -> float:
        return 520 - speed * t_s

    actors = [
        Actor(faces()[1], lambda t_s: Stance(x=right(t_s), y=180, height=92)),
        Actor(faces()[5], lambda t_s: Stance(x=left(t_s), y=172, height=84)),
    ]
    results = play(FacePipeline(), actors, steady(10, 400 / speed))
    third = len(results) // 3
    before, after = results[:third], results[-third:]
    assert {o.track_id for r in results for o in r.observations} == {1, 2}
    assert whose(before, right) == whose(after, right)
    assert whose(before, left) == whose(after, left)
    assert whose(before, right) != whose(before, left)


def test_a_face_half_behind_another_is_not_read() -> None:
    front = Actor(faces()[1], lambda _: Stance(x=300, y=180, height=130))
    back = Actor(faces()[5], lambda t_s: Stance(x=480 - 100 * t_s, y=165, height=84))
    results = play(FacePipeline(), [front, back], steady(10, 1.5))
    read = [(o.track_id, o.t_s) for r in results for o in r.observations if o.reading is not None]
    assert [t_s for track, t_s in read if track == 1] == steady(10, 1.5)
    hidden_since = 1.05
    assert {t_s for track, t_s in read if track == 2 and t_s < 0.95} == set(steady(10, 0.95))
    assert not [t_s for track, t_s in read if track != 1 and t_s > hidden_since]
    assert LeftOut.UNUSABLE in {o.left_out for r in results for o in r.observations}


def test_somebody_walking_past_does_not_take_over_who_stands() -> None:
    walker = Actor(faces()[5], lambda t_s: Stance(x=100 + 130 * t_s, y=185, height=110))
    results = play(FacePipeline(), [standing(320, 1), walker], steady(10, 3.2))
    assert whose(results[:8], lambda _: 320.0) == whose(results[-6:], lambda _: 320.0)
    assert {o.track_id for r in results for o in r.observations} == {1, 2}


def test_three_faces_are_three_tracks_at_any_time() -> None:
    actors = [standing(120, 1), standing(320, 3), standing(520, 4)]
    results = play(FacePipeline(), actors, steady(10, 1.5))
    assert all([o.track_id for o in r.observations] == [1, 2, 3] for r in results)


def test_what_the_detector_no_longer_finds_is_followed_for_a_while_only() -> None:
    # Searched at 64 pixels of width, a face is found when near and no longer when it has stepped back.
    def stepping_back(t_s: float) -> Stance:
        return Stance(x=320, y=180, height=float(np.clip(240 - 130 * t_s, 70, 240)))

    pipeline = FacePipeline(PipelineSettings(detect_long_side=64))
    results = play(pipeline, [Actor(faces()[1], stepping_back)], steady(10, 4.5))
    last = max(o.t_s for r in results for o in r.observations)
    assert 2.0 < last < 4.0
    assert {o.track_id for r in results for o in r.observations} == {1}


def test_each_pipeline_counts_from_one() -> None:
    for _ in range(2):
        (result,) = play(FacePipeline(), [standing(320, 1)], [0.0])
        assert [o.track_id for o in result.observations] == [1]


def test_a_cut_to_another_scene_ends_every_track() -> None:
    pipeline = FacePipeline()
    # Somebody who moves: a face that never did may be a poster's, of which nothing is told before it is judged.
    walking = Actor(faces()[1], lambda t_s: Stance(x=300 + 40 * t_s, y=180, height=130))
    play(pipeline, [walking], steady(10, 1.0))
    other = picture(background(640, 360, seed=7)[::-1].copy(), [standing(320, 5, 130)], 0.0)
    result = pipeline.process(Frame(255 - other // 2, 1.0, 10))
    assert result.ended == [1]
    assert 1 not in {o.track_id for o in result.observations}


def test_a_lamp_switched_on_ends_nothing() -> None:
    pipeline = FacePipeline()
    seen = []
    for number, light in enumerate([0.6, 0.6, 1.0, 1.0, 1.25, 0.6]):
        lit = np.clip(picture(ROOM, [standing(320, 1)], 0.0) * light, 0, 255).astype(np.uint8)
        result = pipeline.process(Frame(lit, number / 5, number))
        assert result.ended == []
        seen.append([o.track_id for o in result.observations])
    assert seen == [[1]] * 6


def test_a_seek_backwards_ends_every_track() -> None:
    pipeline = FacePipeline()
    play(pipeline, [standing(320, 1)], [5.0, 5.1])
    (result,) = play(pipeline, [standing(320, 1)], [1.0])
    assert result.ended == [1]
    assert [o.track_id for o in result.observations] == [2]


def test_a_dropped_black_picture_ends_nothing() -> None:
    pipeline = FacePipeline()
    play(pipeline, [standing(320, 1)], [0.0, 0.1])
    assert pipeline.process(Frame(np.zeros_like(ROOM), 0.2, 2)).observations == []
    (result,) = play(pipeline, [standing(320, 1)], [0.3])
    assert [o.track_id for o in result.observations] == [1]


def test_the_same_walk_is_followed_at_uneven_times() -> None:
    times = np.cumsum(np.random.default_rng(3).uniform(0.03, 0.3, 20)).tolist()
    walker = Actor(faces()[1], lambda t_s: Stance(x=100 + 120 * t_s, y=180, height=90))
    results = play(FacePipeline(), [walker], times)
    assert {o.track_id for r in results for o in r.observations} == {1}
