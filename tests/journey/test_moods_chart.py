"""The eyes chart as data: whole in every language, each colour where its valence says, each mood its own look."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from pydantic import ValidationError

from mien.expressions import EXPRESSIONS, LEVELS, arousal, valence
from mien.journey.moods import COLOURS, LANGUAGES, Colour, Mood, by_expression, chart


def test_there_are_32_moods_and_none_is_there_twice():
    assert len(chart()) == 32
    assert len({mood.key for mood in chart()}) == 32
    for language in LANGUAGES:
        for texts in ("names", "advice"):
            said = [getattr(mood, texts)[language].casefold() for mood in chart()]
            assert len(set(said)) == 32, f"{texts} in {language}: {[s for s in said if said.count(s) > 1]}"


def test_names_of_other_alphabets_are_written_in_them():
    for mood in chart():
        for language, texts in mood.names.items():
            cyrillic = any("а" <= letter <= "я" or letter in "іїєґ" for letter in texts.casefold())
            assert cyrillic is (language in ("ru", "uk")), (mood.key, language, texts)
        assert not set("іїєґ") & set(mood.names["ru"] + mood.advice["ru"])
        assert not set("ыэёъ") & set(mood.names["uk"] + mood.advice["uk"])


def test_green_is_pleasant_and_red_is_not():
    for mood in chart():
        if mood.colour is Colour.GREEN:
            assert mood.valence > 0.25, mood.key
        if mood.colour is Colour.RED:
            assert mood.valence < -0.2, mood.key


def test_each_expression_is_read_as_one_mood_of_its_level_at_its_place():
    for i, mood in enumerate(by_expression()):
        only = np.eye(len(EXPRESSIONS))[i]
        assert mood.expression == EXPRESSIONS[i]
        assert mood.colour is COLOURS[i]
        assert {Colour.GREEN: 1, Colour.AMBER: 0, Colour.RED: -1}[mood.colour] == LEVELS[i]
        assert mood.valence == pytest.approx(float(valence(only, "circumplex")))
        assert mood.arousal == pytest.approx(float(arousal(only)))


def test_every_mood_that_is_not_read_is_marked_as_on_the_chart_only():
    read = {mood.key for mood in chart() if not mood.chart_only}
    assert read == {mood.key for mood in by_expression()} | {"exhaustion"}


def test_no_two_moods_look_alike():
    def look(mood: Mood) -> np.ndarray:
        return np.array([v for v in mood.signature.model_dump().values() if isinstance(v, float)])

    for one, other in combinations(chart(), 2):
        assert np.abs(look(one) - look(other)).max() >= 0.2, (one.key, other.key)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"names": {"en": "joy"}}, "no names in fr, es, ru, uk"),
        ({"cue": "looks tired"}, "from an expression or from a cue"),
        ({"signature": {"lid": 1.5}}, "less than or equal to 1"),
        ({"signature": {"ears": 1.0}}, "Extra inputs"),
        ({"colour": "blue"}, "'green', 'amber' or 'red'"),
    ],
)
def test_a_mood_that_is_not_whole_is_refused(change, complaint):
    with pytest.raises(ValidationError, match=complaint):
        Mood.model_validate(chart()[0].model_dump() | change)
