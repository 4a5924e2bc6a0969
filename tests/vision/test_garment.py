"""The colour of an upper garment in one picture: named under several lights, or not told where it cannot be."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from tools.scene.clothes import LIGHTS
from tools.scene.room import background

from mien.guests import COLOURS, Colour, Unnamed
from mien.vision.exclude import ExcludedZones
from mien.vision.garment import Light, colours_of, shares

FACE = np.array([180, 40, 240, 120], np.float32)
SKINS = ((150, 180, 222), (92, 124, 178), (48, 66, 98))
WORN = {
    Colour.BLACK: (26, 24, 24),
    Colour.WHITE: (240, 242, 242),
    Colour.GREY: (128, 128, 128),
    Colour.RED: (48, 36, 190),
    Colour.ORANGE: (30, 128, 240),
    Colour.YELLOW: (60, 210, 240),
    Colour.GREEN: (64, 130, 40),
    Colour.BLUE: (170, 84, 36),
    Colour.PURPLE: (150, 40, 110),
    Colour.PINK: (180, 120, 250),
}
RNG = np.random.default_rng(5)


def wearing(*colours, skin=SKINS[0]):
    """Somebody before a room, in a garment of one colour or of stripes."""
    picture = background(420, 420, 2)
    for number in range(20):
        top = 134 + 16 * number
        cv2.rectangle(picture, (120, top), (300, top + 15), colours[number % len(colours)], -1)
    cv2.rectangle(picture, (120, 130), (300, 133), skin, -1)
    cv2.rectangle(picture, (195, 110), (225, 133), skin, -1)
    cv2.rectangle(picture, (180, 30), (240, 120), skin, -1)
    return picture


def seen(picture, others=(), kept=None, face=FACE):
    return shares(picture, face, list(others), Light.of(picture, [face, *others]), kept)


@pytest.mark.parametrize("name", ["even", "warm", "cool", "half"])
def test_a_plain_garment_has_its_name_in_every_usual_light(name):
    lit = next(one for one in LIGHTS if one.name == name)
    told = {colour: colours_of(seen(lit.on(wearing(level), RNG))) for colour, level in WORN.items()}
    if name == "warm":
        del told[Colour.WHITE]  # white in warm light and a beige garment in even light are the same picture
    assert told == {colour: (colour,) for colour in told}


@pytest.mark.parametrize("skin", SKINS)
def test_a_name_does_not_hang_on_who_wears_it(skin):
    for colour, level in WORN.items():
        assert colours_of(seen(wearing(level, skin=skin))) == (colour,)


def test_stripes_have_two_names_and_many_colours_none():
    two = colours_of(seen(wearing(WORN[Colour.BLUE], WORN[Colour.WHITE])))
    assert set(two) == {Colour.BLUE, Colour.WHITE}
    many = seen(wearing(*(WORN[one] for one in (Colour.RED, Colour.GREEN, Colour.BLUE, Colour.YELLOW))))
    assert colours_of(many) == ()


@pytest.mark.parametrize("skin", SKINS)
def test_bare_shoulders_are_no_garment(skin):
    shaded = tuple(int(0.9 * level) for level in skin)
    assert seen(wearing(skin, shaded, skin=skin)) is Unnamed.NOT_SEEN


def test_what_stands_in_front_or_may_not_be_looked_at_is_no_garment_of_the_one_behind():
    picture = wearing(WORN[Colour.RED])
    nearer = np.array([170, 150, 250, 256], np.float32)
    farther = np.array([290, 30, 330, 80], np.float32)
    assert seen(picture, [nearer]) is Unnamed.NOT_SEEN
    assert colours_of(seen(picture, [farther])) == (Colour.RED,)
    zones = ExcludedZones([[(0.0, 0.36), (1.0, 0.36), (1.0, 1.0), (0.0, 1.0)]])
    dark = zones.blacked_out(picture)
    assert seen(dark, kept=zones.kept(dark)) is Unnamed.NOT_SEEN


def test_below_the_picture_nothing_is_seen_and_in_the_dark_no_colours_are():
    picture = wearing(WORN[Colour.RED])
    assert seen(picture[:160]) is Unnamed.NOT_SEEN
    night = next(one for one in LIGHTS if one.name == "night")
    assert seen(night.on(picture, RNG)) is Unnamed.DARK


def test_shares_are_of_the_twelve_terms_and_sum_to_one():
    found = seen(wearing(WORN[Colour.GREEN], WORN[Colour.YELLOW]))
    assert found.shape == (len(COLOURS),)
    assert found.sum() == pytest.approx(1.0)
