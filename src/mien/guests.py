"""Which guest an arrival card is about: words for clothes, way and place, so that staff find the right person.

They are held in memory, for `HELD_S` and no longer, and are never stored, logged or sent. Nothing is said of a person's
body, skin, age or gender: what is told is what somebody wears on the upper body, and where they came in.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from mien.marking import N_

HELD_S: Final = 120.0
"""For how long anything of it is held, seconds: in the camera's process and thereafter, together."""

MADE_S: Final = 20.0
"""How much of that it may take to make it and to tell it, seconds."""


class Colour(StrEnum):
    """Colour terms: the eleven basic ones of English (Berlin and Kay, 1969), and beige, which clothes often are."""

    BLACK = "black"
    WHITE = "white"
    GREY = "grey"
    RED = "red"
    ORANGE = "orange"
    YELLOW = "yellow"
    GREEN = "green"
    BLUE = "blue"
    PURPLE = "purple"
    PINK = "pink"
    BROWN = "brown"
    BEIGE = "beige"

    @property
    def word(self) -> str:
        """Its name, English, to be translated."""
        return _COLOUR_WORDS[self]


COLOURS: Final = tuple(Colour)


class Unnamed(StrEnum):
    """Why no colour is told."""

    NOT_SEEN = "not seen"
    DARK = "too dark"
    MIXED = "no clear colour"

    @property
    def words(self) -> str:
        """In words, English, to be translated."""
        return _UNNAMED_WORDS[self]


class Came(StrEnum):
    """How somebody came in, as the camera sees it."""

    FROM_LEFT = "from the left"
    FROM_RIGHT = "from the right"
    TOWARDS = "towards the camera"

    @property
    def words(self) -> str:
        """In words, English, to be translated."""
        return _CAME_WORDS[self]


class Place(StrEnum):
    """Where in the picture somebody was when this was told, as the camera sees it."""

    LEFT_EDGE = "near the left edge"
    LEFT = "left of the middle"
    MIDDLE = "in the middle"
    RIGHT = "right of the middle"
    RIGHT_EDGE = "near the right edge"

    @property
    def words(self) -> str:
        """In words, English, to be translated."""
        return _PLACE_WORDS[self]


_COLOUR_WORDS: Final[dict[Colour, str]] = {
    Colour.BLACK: N_("black"),
    Colour.WHITE: N_("white"),
    Colour.GREY: N_("grey"),
    Colour.RED: N_("red"),
    Colour.ORANGE: N_("orange"),
    Colour.YELLOW: N_("yellow"),
    Colour.GREEN: N_("green"),
    Colour.BLUE: N_("blue"),
    Colour.PURPLE: N_("purple"),
    Colour.PINK: N_("pink"),
    Colour.BROWN: N_("brown"),
    Colour.BEIGE: N_("beige"),
}

_UNNAMED_WORDS: Final[dict[Unnamed, str]] = {
    Unnamed.NOT_SEEN: N_("the upper garment is not seen well enough"),
    Unnamed.DARK: N_("it is too dark to tell colours"),
    Unnamed.MIXED: N_("no one or two colours stand out"),
}

_CAME_WORDS: Final[dict[Came, str]] = {
    Came.FROM_LEFT: N_("from the left"),
    Came.FROM_RIGHT: N_("from the right"),
    Came.TOWARDS: N_("towards the camera"),
}

_PLACE_WORDS: Final[dict[Place, str]] = {
    Place.LEFT_EDGE: N_("near the left edge of the picture"),
    Place.LEFT: N_("left of the middle of the picture"),
    Place.MIDDLE: N_("in the middle of the picture"),
    Place.RIGHT: N_("right of the middle of the picture"),
    Place.RIGHT_EDGE: N_("near the right edge of the picture"),
}


@dataclass(frozen=True, slots=True)
class GuestLook:
    """What one track is told by. It does not show in `repr`, so that no log holds it.

    Attributes:
        colours: Colours of the upper garment, the one with more of it first; one, two, or none where they cannot be
            told.
        unnamed: Why there is none; `None` where there is one.
        came: How they came in, at most one side and `TOWARDS`; empty for who was there and did not move.
        place: Where they were last.
    """

    colours: tuple[Colour, ...] = field(repr=False)
    unnamed: Unnamed | None = field(repr=False)
    came: tuple[Came, ...] = field(repr=False)
    place: Place = field(repr=False)


@dataclass(frozen=True, slots=True)
class ArrivalLook:
    """Which guest an alert is about.

    Attributes:
        touchpoint: Where.
        seen_at: When they were first seen, UTC.
        guest: What they are told by.
    """

    touchpoint: str
    seen_at: datetime
    guest: GuestLook
