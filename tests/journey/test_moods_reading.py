"""From shares of expressions to a mood, its colour alone, or nothing."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mien.expressions import EXPRESSIONS
from mien.journey.moods import COLOURS, SHOWN, Colour, by_expression, chart, read_mood
from mien.journey.moods.reading import CHANCE, COLOUR_LEAST, MARGIN
from mien.vision.models import session


def shares(**given: float) -> np.ndarray:
    """(8,) shares; what is left is spread evenly over those not given."""
    rest = (1 - sum(given.values())) / (len(EXPRESSIONS) - len(given))
    return np.array([given.get(name, rest) for name in EXPRESSIONS])


shares_of_any_face = st.lists(st.floats(0.001, 1.0), min_size=8, max_size=8).map(
    lambda numbers: np.array(numbers) / sum(numbers)
)


@given(shares_of_any_face, st.none() | st.floats(0.0, 1.0))
def test_what_is_told_is_likely_enough(p, tired):
    found = read_mood(p, tired)
    assert sum(found.shares.values()) == pytest.approx(1.0)
    assert set(found.shares) == {mood.key for mood in chart() if not mood.chart_only}
    likeliest = max(found.shares, key=lambda key: found.shares[key])
    if found.mood is not None:
        assert found.mood.key == likeliest
        assert likeliest in SHOWN
        assert found.shares[likeliest] >= CHANCE[likeliest] + MARGIN
        assert found.colour is found.mood.colour
    elif found.colour is not None:
        assert found.colour_share >= COLOUR_LEAST
    assert found.colour in (COLOURS[int(np.argmax(p))], None)
    assert found.colour is read_mood(p).colour, "whether a face looks tired changes no colour"


@pytest.mark.parametrize(
    ("expression", "mood"), [("happiness", "joy"), ("anger", "anger"), ("neutral", "calm")]
)
def test_a_mood_that_is_sure_enough_is_told(expression, mood):
    assert read_mood(shares(**{expression: 0.9})).mood.key == mood


def test_a_mood_that_is_not_sure_enough_shows_its_colour_alone():
    found = read_mood(shares(happiness=CHANCE["joy"] + MARGIN - 0.01))
    assert (found.colour, found.mood) == (Colour.GREEN, None)


def test_a_mood_that_faces_did_not_bear_out_shows_its_colour_alone():
    assert {"sadness", "fear", "disgust", "contempt"}.isdisjoint(SHOWN)
    for expression in ("sadness", "fear", "disgust", "contempt"):
        found = read_mood(shares(**{expression: 0.95}))
        assert (found.colour, found.mood) == (Colour.RED, None)


def test_of_eyes_that_may_show_anything_nothing_is_told():
    found = read_mood(np.full(8, 1 / 8))
    assert (found.colour, found.mood) == (None, None)
    assert read_mood(shares(neutral=0.4, happiness=0.35)).colour is None


def test_a_face_that_looks_tired_is_neither_calm_nor_sad():
    plain, tired = (read_mood(shares(neutral=0.7, sadness=0.2), t) for t in (0.0, 0.9))
    assert plain.shares["exhaustion"] == 0.0
    assert tired.shares["exhaustion"] == pytest.approx(0.81)
    assert tired.shares["calm"] == pytest.approx(0.07)
    assert (plain.mood.key, tired.mood) == ("calm", None)
    assert plain.colour is tired.colour is Colour.AMBER
    smiling = read_mood(shares(happiness=0.95), 0.9)
    assert smiling.mood.key == "joy"


def test_chance_is_what_the_reader_was_taught():
    known = session("expression_eyes").get_modelmeta().custom_metadata_map["prior"]
    taught = json.loads(known)["probabilities"]
    assert [CHANCE[mood.key] for mood in by_expression()] == pytest.approx(taught, abs=0.0006)
