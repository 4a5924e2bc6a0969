"""The eyes chart: 32 moods in green, amber and red, from `chart.toml` beside this file."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Final

from mien.expressions import EXPRESSIONS, LEVELS
from mien.journey.moods.types import Colour, Mood

COLOURS: Final = tuple({1: Colour.GREEN, 0: Colour.AMBER, -1: Colour.RED}[level] for level in LEVELS.tolist())
"""The colour of each expression, in the order of `mien.expressions.EXPRESSIONS`: pleasant, neutral, unpleasant."""


@cache
def chart() -> tuple[Mood, ...]:
    """All moods: green ones first, then amber, then red.

    Example:
        >>> [mood.key for mood in chart() if mood.expression == "anger"]
        ['anger']
    """
    text = (files("mien.journey.moods") / "chart.toml").read_text(encoding="utf-8")
    return tuple(Mood.model_validate(entry) for entry in tomllib.loads(text)["moods"])


@cache
def by_expression() -> tuple[Mood, ...]:
    """The mood that is read for each expression, in the order of `mien.expressions.EXPRESSIONS`."""
    read = {mood.expression: mood for mood in chart()}
    return tuple(read[expression] for expression in EXPRESSIONS)
