"""A pipeline killed in the middle goes on from its saved state, which holds nothing of a face."""

from __future__ import annotations

import json

import pytest

from mien.errors import SettingError
from mien.video.types import Frame
from mien.vision.pipeline import FacePipeline
from mien.vision.settings import CameraView
from support.clips import steady
from support.facemesh import Actor, Stance, background, faces, picture

ROOM = background(640, 360)
CAST = [
    Actor(faces()[1], lambda t_s: Stance(x=150 + 20 * t_s, y=170, height=90, pitch=40 if t_s > 0.9 else 0)),
    Actor(faces()[5], lambda _: Stance(x=480, y=180, height=80)),
]


def frames(seconds: float, *more: Actor) -> list[Frame]:
    return [Frame(picture(ROOM, [*CAST, *more], t_s), t_s, i) for i, t_s in enumerate(steady(10, seconds))]


# Between two searches of the whole picture, and in one.
@pytest.mark.parametrize("stop", [16, 18, 20])
def test_a_restored_pipeline_gives_exactly_what_an_uninterrupted_one_gives(stop: int) -> None:
    view = CameraView(exclude=(((0.9, 0.0), (1.0, 0.0), (1.0, 1.0), (0.9, 1.0)),))
    extra = Actor(faces()[3], lambda _: Stance(x=580, y=180, height=90))
    whole, first, second = FacePipeline(view=view), FacePipeline(view=view), FacePipeline(view=view)
    film = frames(3.2, extra)
    expected = [whole.process(frame) for frame in film]
    assert {one.excluded for one in expected} == {1}
    for frame in film[:stop]:
        first.process(frame)
    second.restore(json.loads(json.dumps(first.state())))
    resumed = [second.process(frame) for frame in film[stop:]]
    for ours, theirs in zip(resumed, expected[stop:], strict=True):
        assert [o.track_id for o in ours.observations] == [o.track_id for o in theirs.observations]
        assert [o.left_out for o in ours.observations] == [o.left_out for o in theirs.observations]
        assert ours.ended == theirs.ended == []
        assert ours.excluded == theirs.excluded
        for one, other in zip(ours.observations, theirs.observations, strict=True):
            assert one.box.tolist() == other.box.tolist()
            assert (one.cues, one.tired) == (other.cues, other.tired)
            assert (one.reading is None) == (other.reading is None)
            if one.reading is not None and other.reading is not None:
                assert one.reading.probabilities.tolist() == other.reading.probabilities.tolist()
    assert {str(o.left_out) for r in resumed for o in r.observations} >= {"phone", "None"}
    assert second.state() == whole.state()
    assert second.finish() == whole.finish() == [1, 2]


def test_the_state_holds_no_landmarks_and_stays_small() -> None:
    pipeline = FacePipeline()
    for frame in frames(0.8):
        pipeline.process(frame)
    state = pipeline.state()
    assert len(json.dumps(state)) < 5000
    numbers = json.dumps(state["tracks"]).count(",")
    assert numbers < 80, "two tracks are boxes, speeds and times, not 478 points"


@pytest.mark.parametrize(
    "state", [{}, {"version": 2}, {"version": 1, "t_s": "noon", "tracks": {}, "attention": {}}]
)
def test_a_state_of_something_else_is_refused(state: dict[str, object]) -> None:
    with pytest.raises(SettingError, match="start the analysis anew"):
        FacePipeline().restore(state)
