"""Readings of tracks become interactions, once and whole, also after a stop."""

import json
import uuid
from dataclasses import replace

import numpy as np
import pytest

from mien.errors import InputError, SettingError
from mien.expressions import EXPRESSIONS, valence
from mien.journey import Context, InteractionBuilder, Outcome, score_interaction
from mien.journey import track as track_module
from mien.vision.types import ExpressionReading, LeftOut, Observation, Quality, Visibility

CONTEXT = Context(site="north", touchpoint="checkout", type="a sale")
VARIANCES = np.array([0.02, 0.01, 0.03])


def shares(happiness):
    p = np.zeros(len(EXPRESSIONS))
    p[1], p[3], p[0] = max(happiness, 0), max(-happiness, 0), 1 - abs(happiness)
    return p


def observation(track_id, t_s, happiness=0.3, left_out=None, seen=Visibility.FULL):
    usable = left_out is None
    return Observation(
        track_id=track_id,
        t_s=t_s,
        box=np.array([10, 10, 90, 110], dtype=np.float32),
        quality=Quality(height_px=100, sharpness=1, brightness=0.5, contrast=0.2, inside=1),
        pose=None,
        gaze=None,
        visibility=seen if usable else Visibility.UNUSABLE,
        reading=ExpressionReading(shares(happiness), VARIANCES, seen) if usable else None,
        left_out=left_out,
    )


def builder(**options):
    return InteractionBuilder("visit.mp4", CONTEXT, reader="test 1", **options)


def visit(track_id=1, start_s=2.0, duration_s=12.0, seed=0, masked_from_s=np.inf):
    rng = np.random.default_rng(seed)
    for k in range(int(duration_s * 10)):
        level = -0.4 if k < duration_s * 5 else 0.4
        t_s, level = start_s + k / 10, level + 0.1 * rng.uniform(-1, 1)
        yield observation(
            track_id, t_s, level, seen=Visibility.FULL if t_s < masked_from_s else Visibility.EYES
        )


def test_a_visit_becomes_one_scored_interaction():
    build = builder()
    observations = list(visit())
    for item in observations:
        build.add(item)
    assert build.open_tracks == (1,)
    interaction = build.end(1)
    assert build.open_tracks == ()
    assert interaction.outcome is Outcome.IMPROVED
    assert interaction.context == CONTEXT
    assert (interaction.start_s, interaction.end_s) == (2.0, pytest.approx(13.9))
    assert (interaction.readings, interaction.score.n) == (120, 120)
    assert (interaction.scale, interaction.reader, interaction.interrupted) == ("balance", "test 1", False)
    assert sum(interaction.expressions) == pytest.approx(1)
    assert interaction.curve.t_s[0] == pytest.approx(2.0)
    read = [valence(o.reading.probabilities) for o in observations]
    direct = score_interaction([o.t_s for o in observations], read, np.full(120, VARIANCES[0]))
    assert interaction.score == direct
    assert uuid.UUID(interaction.id).version == 5


def test_seconds_hold_what_was_read_and_what_was_left_out():
    build = builder()
    for k in range(20):
        build.add(observation(7, 5.5 + k / 10, 0.5, LeftOut.BLURRED if k >= 10 else None))
    seconds = build.end(7).seconds
    assert [s.t_s for s in seconds] == [5, 6, 7]
    assert [s.n for s in seconds] == [5, 5, 0]
    assert [dict(s.left_out) for s in seconds] == [{}, {"blurred": 5}, {"blurred": 5}]
    assert seconds[0].valence == pytest.approx(0.5)
    assert seconds[0].expressions == pytest.approx(shares(0.5))
    assert VARIANCES[0] / 5 < seconds[0].variance < VARIANCES[0]  # neighbours share their noise
    assert (seconds[2].expressions, seconds[2].valence, seconds[2].variance) == (None, None, None)


def test_readings_by_the_eyes_alone_are_counted_and_decide_what_is_said():
    build = builder()
    observations = list(visit(masked_from_s=9.0))
    observations[-20:-15] = [replace(o, left_out=LeftOut.BLURRED) for o in observations[-20:-15]]
    for item in observations:
        build.add(item)
    interaction = build.end(1)
    assert (interaction.by_eyes, interaction.score.n, interaction.readings) == (45, 115, 120)
    assert (interaction.eps, interaction.score.reason) == (None, "visibility changed")
    assert interaction.happiness_index is not None
    for item in visit():
        build.add(item)
    assert build.end(1).by_eyes == 0


def test_expressions_weigh_time_not_readings():
    build = builder()
    for t in [*np.arange(0, 5, 1.0), *np.arange(5, 10, 0.05)]:
        build.add(observation(1, float(t), -0.8 if t < 5 else 0.8))
    expressions = build.end(1).expressions
    assert expressions[1] == pytest.approx(0.4, abs=0.06)
    assert expressions[3] == pytest.approx(0.4, abs=0.06)


def test_a_face_nobody_could_read_is_an_interaction_without_a_score():
    build = builder()
    for k in range(40):
        build.add(observation(1, k / 10, left_out=LeftOut.TURNED_AWAY))
    interaction = build.end(1)
    assert interaction.left_out == {"turned away": 40}
    assert (interaction.expressions, interaction.curve, interaction.eps) == (None, None, None)
    assert interaction.score.reason == "no usable reading"


@pytest.mark.parametrize("times", [[0.0, 0.1, 0.2], [0.0, 2.0]])
def test_a_face_passing_by_is_counted_only(times):
    build = builder()
    for t in times:
        build.add(observation(1, t))
    assert build.end(1) is None
    assert build.passing == 1


def test_a_rerun_names_alike_and_others_differ():
    def names(recording="visit.mp4", context=CONTEXT):
        build = InteractionBuilder(recording, context, reader="test 1")
        for left, right in zip(visit(1), visit(2), strict=True):
            build.add(left)
            build.add(right)
        return [interaction.id for interaction in build.finish()]

    assert names() == names()
    all_names = [*names(), *names("other.mp4"), *names(context=replace(CONTEXT, shift="late"))]
    assert len(set(all_names)) == 6


def test_finishing_ends_every_track_as_interrupted():
    build = builder()
    for left, right in zip(visit(4), visit(2, start_s=3.0), strict=True):
        build.add(left)
        build.add(right)
    ended = build.finish()
    assert [i.track_id for i in ended] == [2, 4]
    assert all(i.interrupted for i in ended)
    assert build.finish() == []


@pytest.mark.parametrize("cut", [1, 55, 119])
def test_a_stop_and_a_restart_change_nothing(cut):
    whole, first = builder(), builder()
    masked = visit(2, start_s=2.0, seed=1, masked_from_s=8.0)
    observations = [o for pair in zip(visit(1), masked, strict=True) for o in pair]
    observations[60:70] = [replace(o, left_out=LeftOut.PHONE) for o in observations[60:70]]
    for item in observations:
        whole.add(item)
    for item in observations[:cut]:
        first.add(item)
    second = builder()
    second.restore(json.loads(json.dumps(first.state())))
    for item in observations[cut:]:
        second.add(item)
    for expected, found in zip(whole.finish(), second.finish(), strict=True):
        assert (found.id, found.score, found.seconds) == (expected.id, expected.score, expected.seconds)
        assert (found.expressions, found.left_out) == (expected.expressions, expected.left_out)
        assert found.by_eyes == expected.by_eyes


def test_a_state_of_another_version_or_scale_is_refused():
    with pytest.raises(InputError, match="version 99"):
        builder().restore({**builder().state(), "version": 99})
    with pytest.raises(InputError, match="circumplex"):
        builder().restore(builder(scale="circumplex").state())


def test_long_tracks_stay_in_bounds_and_lose_nothing_that_is_said(monkeypatch):
    monkeypatch.setattr(track_module, "CAPACITY", 1500)
    build = builder()
    for item in visit(duration_s=400.0):
        build.add(item)
    kept = len(build.state()["tracks"][0]["times"])
    interaction = build.end(1)
    assert kept <= 1500
    assert interaction.score.n == interaction.readings == 4000
    assert len(interaction.seconds) == 400
    assert interaction.outcome is Outcome.IMPROVED
    assert interaction.score.usable_s == pytest.approx(400, abs=1)
    assert interaction.score.eps_low < 80 < interaction.score.eps_high


def test_long_tracks_keep_in_mind_what_was_read_by_the_eyes(monkeypatch):
    monkeypatch.setattr(track_module, "CAPACITY", 1500)
    build = builder()
    for item in visit(duration_s=400.0, masked_from_s=202.0):
        build.add(item)
    saved = build.state()["tracks"][0]
    assert saved["by_eyes"] == [int(t >= 202.0) for t in saved["times"]]
    interaction = build.end(1)
    assert (interaction.by_eyes, interaction.score.n) == (2000, 4000)
    assert interaction.score.reason == "visibility changed"
    assert interaction.moments == ()


def test_scales_choose_their_own_variance():
    build = builder(scale="circumplex")
    for item in visit():
        build.add(item)
    assert set(build.state()["tracks"][0]["variance"]) == {VARIANCES[1]}
    assert build.end(1).scale == "circumplex"
    with pytest.raises(SettingError):
        builder(scale="happy")


def test_mistakes_of_the_caller_are_named():
    build = builder()
    build.add(observation(1, 5.0))
    with pytest.raises(InputError, match="in order"):
        build.add(observation(1, 4.0))
    with pytest.raises(InputError, match="Track 3 is not open"):
        build.end(3)


def test_class_means_are_of_the_temporal_reading_and_valence_of_the_single_ones():
    made = builder()
    for k in range(40):
        made.add(replace(observation(1, k / 10, happiness=0.8), shown=shares(-0.5)))
    (told,) = made.finish()
    assert told.expressions == pytest.approx(tuple(shares(-0.5)))
    assert told.seconds[1].expressions == pytest.approx(tuple(shares(-0.5)))
    assert told.seconds[1].valence == pytest.approx(0.8)
    assert told.score.happiness_index > 60
