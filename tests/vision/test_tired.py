"""What lids show over time: blinks that are there, no more; a tired look, or why it cannot be told."""

from __future__ import annotations

import json
from itertools import pairwise

import cv2
import numpy as np
import pytest

from mien.training.covers import draw_cover
from mien.video.types import Frame
from mien.vision.detect import YuNet
from mien.vision.landmarks import MediaPipeLandmarker
from mien.vision.pipeline import FacePipeline
from mien.vision.tired import TiredMemory, TrackTired
from mien.vision.types import FaceCues, Observation, TiredLook, Untold, Visibility
from support.clips import steady
from support.facemesh import faces
from support.lids import drawn, lowered_lids

BLINKS = ((0.8, 0.96), (1.5, 1.66), (2.1, 2.26))


def shut(t_s: float, blinks: tuple[tuple[float, float], ...] = BLINKS) -> float:
    return 1.0 if any(start_s <= t_s < end_s for start_s, end_s in blinks) else 0.0


def blinking(rate: float, seconds: float) -> list[Frame]:
    face = faces()[5]
    eyes = {share: drawn(face, lowered_lids(face, share)) for share in (0.0, 1.0)}
    return [Frame(eyes[shut(t_s)], t_s, i) for i, t_s in enumerate(steady(rate, seconds))]


def watch(pipeline: FacePipeline, film: list[Frame]) -> list[Observation]:
    return [one for frame in film for one in pipeline.process(frame).observations]


def shares(happiness: float = 0.0, sadness: float = 0.0) -> np.ndarray:
    return np.array([1.0 - happiness - sadness, happiness, 0.0, sadness, 0.0, 0.0, 0.0, 0.0])


CALM = shares()


def cues(closure: float | None, wink: float = 0.0) -> FaceCues:
    opening = None if closure is None else 0.3 - 0.24 * closure
    return FaceCues(None, 0.0, 0.0, closure, opening, None if closure is None else wink, 0.0, None, 2.0)


def follow(seconds: float, rate: float, closed: dict[str, float] | None = None, **more: float) -> TiredLook:
    """A track whose lids shut for `lasting` every `every` seconds."""
    memory, look = TiredMemory(), None
    plan = closed or {"every": 4.0, "lasting": 0.15}
    for t_s in steady(rate, seconds):
        phase = (t_s + plan["every"] / 2) % plan["every"]
        look = memory.take(1, t_s, cues(1.0 if phase < plan["lasting"] else more.get("open", 0.1)), CALM)
    assert look is not None
    return look


def test_every_blink_of_a_film_is_counted_once() -> None:
    seen = watch(FacePipeline(), blinking(25.0, 2.6))
    counts = [one.tired.blinks for one in seen if one.tired is not None]
    assert counts[-1] == len(BLINKS)
    assert all(after - before in (0, 1) for before, after in pairwise(counts))
    assert seen[-1].tired is not None and seen[-1].tired.long_closures == 0


def test_a_stop_in_the_middle_of_a_blink_changes_nothing() -> None:
    film = blinking(25.0, 1.3)
    whole, first, second = FacePipeline(), FacePipeline(), FacePipeline()
    expected = watch(whole, film)
    stop = next(i for i, frame in enumerate(film) if frame.t_s > 0.85)
    watch(first, film[:stop])
    second.restore(json.loads(json.dumps(first.state())))
    resumed = watch(second, film[stop:])
    assert [one.tired for one in resumed] == [one.tired for one in expected[stop:]]
    assert [one.cues for one in resumed] == [one.cues for one in expected[stop:]]
    assert second.state() == whole.state()


def test_the_rate_of_blinks_has_its_interval() -> None:
    look = follow(40.0, 25.0)
    assert look.blinks == 10
    assert look.blink_rate == pytest.approx(15.0, abs=0.1)
    assert (look.blink_low, look.blink_high) == pytest.approx((7.2, 27.6), abs=0.2)


@pytest.mark.parametrize(
    ("seconds", "rate", "why"), [(10.0, 25.0, Untold.TOO_SHORT), (60.0, 10.0, Untold.TOO_FEW)]
)
def test_no_rate_of_blinks_is_told_from_too_little(seconds: float, rate: float, why: Untold) -> None:
    look = follow(seconds, rate)
    assert (look.blink_rate, look.blink_low, look.blink_high) == (None, None, None)
    assert look.blinks_untold is why


def test_winks_and_narrow_eyes_are_no_blinks() -> None:
    memory = TiredMemory()
    looks = [
        memory.take(1, t_s, cues(0.5 if 2.0 < t_s < 2.2 else 0.1, wink=0.8), CALM)
        for t_s in steady(25.0, 4.0)
    ]
    assert looks[-1].blinks == 0
    assert follow(30.0, 25.0, {"every": 60.0, "lasting": 0.0}, open=0.5).blinks == 0


def test_blinks_of_narrow_eyes_are_seen() -> None:
    assert follow(60.0, 25.0, open=0.45).blinks == 15


def test_lids_that_stay_shut_are_long_closures_and_time() -> None:
    look = follow(60.0, 10.0, {"every": 10.0, "lasting": 2.0})
    assert (look.blinks, look.long_closures) == (0, 6)
    assert look.shut_share == pytest.approx(0.2, abs=0.01)


def test_lowered_lids_and_sadness_look_more_tired_and_happiness_less() -> None:
    still = {"every": 60.0, "lasting": 0.0}
    awake, lowered = (follow(6.0, 10.0, still, open=open_).looks_tired for open_ in (0.0, 0.6))
    assert awake is not None and lowered is not None
    assert awake < 0.3
    assert lowered > 0.6
    memory = TiredMemory()
    smiling = [memory.take(1, t_s, cues(0.6), shares(happiness=0.9)) for t_s in steady(10.0, 6.0)][
        -1
    ].looks_tired
    assert smiling is not None and smiling < 0.1
    memory = TiredMemory()
    sad = [memory.take(1, t_s, cues(0.0), shares(sadness=0.6)) for t_s in steady(10.0, 6.0)][-1].looks_tired
    assert sad is not None and sad > awake + 0.2


def test_no_more_is_told_than_was_borne_out() -> None:
    memory = TiredMemory()
    looks = [memory.take(1, t_s, cues(1.0), shares(sadness=1.0)) for t_s in steady(10.0, 6.0)]
    assert (looks[-1].looks_tired, looks[-1].at_start) == (0.7, 0.7)


def test_blinks_do_not_make_a_face_look_tired() -> None:
    rare, often = (follow(8.0, 10.0, {"every": every, "lasting": 0.2}).looks_tired for every in (100.0, 1.0))
    assert rare == pytest.approx(often, abs=0.02)


def test_the_look_of_the_start_stays_what_it_was() -> None:
    memory = TiredMemory()
    looks = [memory.take(1, t_s, cues(0.7 if t_s < 5.5 else 0.0), CALM) for t_s in steady(10.0, 12.0)]
    assert looks[20].at_start is None
    starts = {look.at_start for look in looks[60:]}
    (start,) = starts
    assert start is not None and looks[-1].looks_tired is not None
    assert start > 0.6 > looks[-1].looks_tired


def test_why_no_look_is_told() -> None:
    too_short, no_lids = TiredMemory(), TiredMemory()
    assert too_short.take(1, 0.0, cues(0.1), CALM).untold is Untold.TOO_SHORT
    looks = [no_lids.take(1, t_s, cues(None), CALM) for t_s in steady(10.0, 4.0)]
    assert (looks[-1].untold, looks[-1].looks_tired, looks[-1].shut_share) == (Untold.NO_LIDS, None, None)


def test_what_is_remembered_does_not_grow_and_goes_with_the_track() -> None:
    memory = TiredMemory()
    for t_s in steady(10.0, 60.0):
        memory.take(7, t_s, cues(shut(t_s % 3.0)), CALM)
    kept = memory.state()[7]
    assert TrackTired.model_validate_json(kept.model_dump_json()) == kept
    assert len(kept.model_dump_json()) < 400
    memory.forget([7])
    assert memory.state() == {}


def test_a_masked_face_tells_lids_and_a_tired_look_but_no_smile() -> None:
    image = drawn(faces()[5])
    mesh = MediaPipeLandmarker().locate(image, YuNet().detect(image)[0])
    grey = np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8)
    mask = draw_cover(np.random.default_rng(2), grey, mesh.points, ("mask",))
    assert mask.mouth > 0.9
    masked = np.repeat(mask.image[..., None], 3, axis=2)
    seen = watch(FacePipeline(), [Frame(masked, t_s, i) for i, t_s in enumerate(steady(5.0, 3.0))])[-1]
    assert seen.visibility is Visibility.EYES
    assert seen.cues is not None and seen.tired is not None
    assert seen.cues.smile is None
    assert seen.cues.lid_closure is not None
    assert seen.tired.looks_tired is not None
