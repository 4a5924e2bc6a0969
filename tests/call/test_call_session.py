"""A call as a whole: nothing before the other side was told, nobody but who was marked, the scores of a recording."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from tools.calls.play import OTHER, calm, change

from mien import analyze
from mien.errors import InputError, NoticeError
from mien.runtime.call.session import CallSession
from mien.runtime.call.types import Phase, StopReason
from mien.video import open_video
from support.command import SAMPLES

CLIP = SAMPLES / "crying_to_smiling.mp4"


@pytest.fixture(scope="module")
def pictures():
    """The sample, five pictures a second: seconds and picture."""
    with open_video(CLIP) as video:
        return [(frame.t_s, frame.image.copy()) for frame in video.frames(rate=5.0)]


@pytest.fixture
def session(models):
    made = CallSession(models)
    made.told()
    return made


def read(session, pictures):
    """The states after each picture, to the first stop."""
    states = []
    for t_s, image in pictures:
        states.append(session.take(1000.0 * t_s, image))
        if states[-1].phase is Phase.STOPPED:
            break
    return states


def tiles(call, seconds):
    """The marked rectangle of a simulated call."""
    x, y, w, h = call.tile
    for t_s, window in call.pictures(seconds):
        yield (
            t_s,
            cv2.resize(window[y : y + h, x : x + w], (480, round(480 * h / w)), interpolation=cv2.INTER_AREA),
        )


def test_nothing_is_read_before_the_other_side_was_told(models, pictures):
    session = CallSession(models)
    with pytest.raises(NoticeError, match="told"):
        session.mark()
    with pytest.raises(NoticeError, match="told"):
        session.take(0.0, pictures[0][1])
    assert session.end().interactions == ()


def test_nothing_is_read_before_a_tile_was_marked(session, pictures):
    assert read(session, pictures[:10])[-1].phase is Phase.UNMARKED
    summary = session.end()
    assert (summary.pictures, summary.interactions) == (0, ())


def test_a_call_is_scored_as_the_same_pictures_of_a_recording_are(session, pictures):
    session.mark()
    states = read(session, pictures)
    (found,) = session.end().interactions
    (known,) = analyze(CLIP, rate=5.0, role="call").interactions
    assert (found.readings, found.left_out) == (known.readings, known.left_out)
    assert found.score.n == known.score.n
    for name in ("eps_mean", "eps_sd", "hi_mean", "hi_sd"):
        assert getattr(found.score, name) == pytest.approx(getattr(known.score, name), abs=1e-3)
    # Live: nothing before eight readings, never a number without its band, unpleasant first and pleasant last.
    assert all(state.valence is None for state in states if state.readings < 8)
    told = [state for state in states if state.valence is not None]
    assert all(state.low <= state.valence <= state.high and state.high - state.low < 0.6 for state in told)
    assert told[0].high < 0 < told[-1].low
    assert "rose" in {state.hint for state in states}
    assert "fell" not in {state.hint for state in states}


def test_what_is_told_is_a_second_old_so_that_it_can_still_be_taken_back(session, pictures):
    session.mark()
    for state in read(session, pictures[:20]):
        assert state.at_s is None or state.t_s - state.at_s >= 1.0


@pytest.mark.parametrize(
    ("what", "seed"),
    [
        ("two tiles swap", 2),
        ("two tiles swap, one background", 1),
        ("another person takes the seat", 1),
        ("a second person comes in", 2),
    ],
)
def test_reading_stops_before_somebody_else_counts(session, what, seed):
    call = replace(change(what, seed), at_s=3.0)
    session.mark()
    states = read(session, tiles(call, 4.0))
    assert states[-1].phase is Phase.STOPPED
    assert 3.0 <= states[-1].t_s < 4.0
    (found,) = session.end().interactions
    assert found.end_s < 3.0
    assert found.score.n == found.readings == states[-1].readings


def test_a_calm_call_under_changing_light_is_read_to_its_end(session):
    call = replace(calm(3), light="changing")
    assert call.people[OTHER].mask is not None
    session.mark()
    states = read(session, tiles(call, 8.0))
    assert {state.phase for state in states} == {Phase.READING}


def test_after_a_stop_the_same_person_goes_on_and_somebody_else_begins_anew(session, pictures):
    session.mark()
    read(session, pictures[:15])
    session.stop(StopReason.LAYOUT)
    assert session.take(1000.0 * pictures[16][0], pictures[16][1]).phase is Phase.STOPPED
    session.mark(same_person=True)
    read(session, pictures[20:35])
    session.pause()
    session.mark(same_person=False)
    read(session, pictures[35:50])
    summary = session.end()
    first, second = summary.interactions
    assert (first.start_s, second.start_s) == (pytest.approx(pictures[0][0]), pytest.approx(pictures[35][0]))
    assert first.end_s < pictures[34][0]  # what waited at the pause is dropped
    assert [stop.reason for stop in summary.stops] == [StopReason.LAYOUT]
    assert summary.stops[0].dropped > 0


def test_an_empty_chair_or_a_black_tile_stops_reading(session, pictures):
    session.mark()
    empty = [(pictures[10][0] + k / 5, np.full_like(pictures[0][1], 90)) for k in range(1, 4)]
    assert read(session, [*pictures[:11], *empty])[-1].stopped is StopReason.ROOM


def test_a_tile_of_another_size_and_a_long_silence_stop_reading(session, pictures):
    session.mark()
    read(session, pictures[:5])
    assert session.take(1000.0 * pictures[5][0], pictures[5][1][:300]).stopped is StopReason.SIZE
    session.mark()
    read(session, pictures[10:15])
    assert session.take(1000.0 * (pictures[14][0] + 4.0), pictures[15][1]).stopped is StopReason.GAP


def test_times_must_grow_and_the_call_goes_on_when_they_did_not(session, pictures):
    session.mark()
    read(session, pictures[:5])
    with pytest.raises(InputError, match="times must grow"):
        session.take(1000.0 * pictures[2][0], pictures[2][1])
    assert session.take(1000.0 * pictures[5][0], pictures[5][1]).phase is Phase.READING


def test_where_no_face_is_marked_it_is_said_and_no_number_is_told(session):
    session.mark()
    blank = np.full((270, 480, 3), 120, np.uint8)
    states = read(session, [(k / 5, blank) for k in range(60)])
    assert states[-1].stopped is StopReason.NOBODY
    assert all(state.valence is None and state.colour is None for state in states)
    assert "no face is seen" in {state.untold for state in states}
