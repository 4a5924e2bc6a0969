"""The colours of charts and pages, light and dark, one place for all.

Chosen to stay apart for people who do not see red or green; where green, amber and red carry a meaning, a
shape and a word always say it too. The tests hold every text colour to WCAG AA.
"""

from __future__ import annotations

from typing import Final

COLOURS: Final[dict[str, tuple[str, str]]] = {
    "paper": ("#f7f4ee", "#14171c"),
    "sheet": ("#fffdf9", "#1b2027"),
    "sunken": ("#f0ece3", "#232932"),
    "rule": ("#ddd6c8", "#353d48"),
    "ink": ("#1c2430", "#eceae4"),
    "soft": ("#56606c", "#a9b2bd"),
    "accent": ("#34459a", "#aab6ff"),
    "band": ("#b9c2ee", "#3c4784"),
    "other": ("#a24b00", "#ffb066"),
    "other-band": ("#f0d3b4", "#6e4620"),
    "good": ("#0a6b4b", "#66d3a8"),
    "middling": ("#855300", "#ecb95a"),
    "bad": ("#ad3216", "#ff9a80"),
    "none": ("#56606d", "#a9b2be"),
    "neutral": ("#dcd7cc", "#3b424d"),
    "happiness": ("#52b896", "#52b897"),
    "surprise": ("#eecb62", "#e9c864"),
    "sadness": ("#74a3d4", "#76a6d8"),
    "anger": ("#e17f5b", "#e4835f"),
    "disgust": ("#b6955c", "#b99960"),
    "fear": ("#a999dc", "#ad9de0"),
    "contempt": ("#d7a3c6", "#d9a7c9"),
    "on-fill": ("#10151c", "#10151d"),
    "on-neutral": ("#3a424d", "#d5d9df"),
}
"""Name -> (light, dark). A light value occurs once, so that a chart's colour leads back to its name."""

STACK: Final = ("happiness", "surprise", "neutral", "sadness", "fear", "contempt", "disgust", "anger")
"""Expressions from the bottom of a stacked chart to its top: pleasant below, unpleasant above."""


def light(name: str) -> str:
    """Colour `name` on a light ground, `#rrggbb`."""
    return COLOURS[name][0]


def variable_of(colour: str) -> str:
    """The CSS variable of a light colour, `var(--name)`; any other text comes back as it is."""
    for name, (light_value, _) in COLOURS.items():
        if colour.lower() == light_value:
            return f"var(--{name})"
    return colour
