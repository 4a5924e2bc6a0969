"""What the faces in view show now, and what is not said of them."""

from __future__ import annotations

import numpy as np
import pytest

from mien.journey.moods import Colour
from mien.journey.now import Look, NowBook
from mien.vision.types import LeftOut, Visibility
from support.site_words import face


def fed(smile: float, *, seconds: float = 3.0, **changes: object) -> NowBook:
    """A book after one face was read ten times a second."""
    book = NowBook()
    for n in range(int(seconds * 10)):
        seen = face(n / 10, smile=smile).model_copy(update=changes)
        book.take([seen.observation()], [])
    return book


def test_a_smile_is_pleasant_with_its_interval() -> None:
    [one] = fed(0.8).people(3.0)
    assert one.look is Look.PLEASANT
    assert one.valence == pytest.approx(0.85, abs=0.05)
    assert one.low is not None
    assert one.high is not None
    assert one.low < 0.85 < one.high
    assert one.n == 30


def test_a_frown_is_unpleasant_and_no_expression_is_even() -> None:
    frown = (0.2, 0.0, 0.0, 0.4, 0.4, 0.0, 0.0, 0.0)
    [sad] = fed(0.0, probabilities=frown).people(3.0)
    [plain] = fed(-0.05).people(3.0)
    assert (sad.look, plain.look) == (Look.UNPLEASANT, Look.EVEN)
    # As one in ten resting faces is read.
    resting = (0.5, 0.0, 0.0, 0.4, 0.1, 0.0, 0.0, 0.0)
    [stern] = fed(0.0, probabilities=resting).people(3.0)
    assert stern.valence == pytest.approx(-0.5, abs=0.05)
    assert stern.look is Look.EVEN


@pytest.mark.parametrize(
    ("seconds", "changes", "reason"),
    [
        (0.7, {}, "seen too shortly"),
        (3.0, {"left_out": LeftOut.TURNED_AWAY}, LeftOut.TURNED_AWAY.value),
        (3.0, {"variances": (1.0, 1.0, 1.0)}, "interval too wide"),
    ],
)
def test_where_it_cannot_be_told_the_reason_is(
    seconds: float, changes: dict[str, object], reason: str
) -> None:
    [one] = fed(0.8, seconds=seconds, **changes).people(seconds)
    assert (one.valence, one.look, one.reason) == (None, Look.UNCLEAR, reason)


def test_a_face_that_is_covered_begins_anew_and_is_told_by_its_eyes() -> None:
    book = fed(0.8)
    for n in range(30, 60):
        book.take(
            [face(n / 10, smile=-0.05).model_copy(update={"read_from": Visibility.EYES}).observation()], []
        )
    [one] = book.people(6.0)
    assert (one.covered, one.n, one.look) == (True, 30, Look.EVEN)


def test_a_face_that_turned_away_is_not_read_into() -> None:
    book = fed(0.8)
    for n in range(30, 60):
        away = face(n / 10).model_copy(update={"left_out": LeftOut.TURNED_AWAY})
        book.take([away.observation()], [])
    [one] = book.people(6.0)
    assert (one.valence, one.reason) == (None, LeftOut.TURNED_AWAY.value)


def test_who_left_or_may_not_be_read_is_forgotten() -> None:
    book = fed(0.8)
    assert book.people(4.5)
    assert book.people(5.5) == ()
    book.take([], [1])
    assert book.people(3.0) == ()


def test_the_state_follows_the_face() -> None:
    book = fed(0.9)
    rng = np.random.default_rng(1)
    for n in range(30, 80):
        sad = (0.1, 0.0, 0.0, 0.8 + 0.02 * float(rng.normal()), 0.1, 0.0, 0.0, 0.0)
        book.take([face(n / 10).model_copy(update={"probabilities": sad}).observation()], [])
    [one] = book.people(8.0)
    assert one.look is Look.UNPLEASANT


def test_of_a_covered_face_the_mood_of_its_eyes_is_told_and_of_a_whole_one_none() -> None:
    smile = {"read_from": Visibility.EYES, "shown": (0.05, 0.9, 0.05, 0.0, 0.0, 0.0, 0.0, 0.0)}
    [masked] = fed(0.85, **smile).people(3.0)
    [whole] = fed(0.85, shown=smile["shown"]).people(3.0)
    assert (masked.covered, masked.mood, masked.colour) == (True, "joy", Colour.GREEN)
    assert (whole.covered, whole.mood, whole.colour) == (False, None, None)
