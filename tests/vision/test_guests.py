"""What guests are told by: once, from pictures that agree, of nobody who may not be read, and not held for long."""

from __future__ import annotations

import numpy as np
import pytest
from tools.scene.body import draw_badge
from tools.scene.clothes import Clothes, draw_dressed
from tools.scene.mesh import Stance
from tools.scene.room import background

from mien.guests import MADE_S, Came, Colour, GuestLook, Place, Unnamed
from mien.video.types import Frame
from mien.vision.badges import BadgeSettings, Readable
from mien.vision.exclude import ExcludedZones
from mien.vision.guests import LATEST_S, TOLD_AFTER_S, GuestWatch
from mien.vision.pipeline import FacePipeline
from mien.vision.settings import CameraView
from mien.vision.sight import Sight
from mien.vision.types import FaceMesh, LeftOut, Quality
from support.facemesh import faces

MESH = FaceMesh(np.zeros((478, 3), np.float32), 1.0)
GOOD = Quality(60.0, 1.0, 0.5, 0.2, 1.0)
RED, GREEN, SKIN = (40, 30, 200), (60, 140, 40), (150, 180, 222)
NO_ZONES = ExcludedZones()


def standing(x, colour, *, height=60.0):
    """A picture 640 wide, and the face in it."""
    box = np.array([x - 0.37 * height, 60, x + 0.37 * height, 60 + height], np.float32)
    picture = background(640, 360, 1)
    picture[int(60 + 1.2 * height) :, int(x - height) : int(x + height)] = colour
    picture[60 : int(60 + 1.2 * height), int(box[0]) : int(box[2])] = SKIN
    return picture, box


def take(watch, t_s, x, colour=RED, *, left_out=None, height=60.0):
    picture, box = standing(x, colour, height=height)
    sight = Sight(1, box, MESH, GOOD, None, None, left_out)
    watch.take(picture, t_s, [Readable(t_s, picture, [sight])], {1: box}, NO_ZONES)


def walked(*, to=600, colours=(RED,), last_height=60.0):
    """What is told of somebody who walks from 100 to a place and stays."""
    watch = GuestWatch()
    for number in range(13):
        share = min(number / 8, 1.0)
        height = 60.0 + share * (last_height - 60.0)
        take(watch, number / 5, 100 + share * (to - 100), colours[number % len(colours)], height=height)
        if told := watch.news(number / 5, []):
            return number / 5, told[1]
    raise AssertionError("nobody was told of")


def test_a_guest_is_told_of_once_with_colour_way_and_place_and_nothing_is_held_then():
    watch = GuestWatch()
    told = {}
    for number in range(30):
        take(watch, number / 5, 100 + min(number, 8) * 50)
        told[number / 5] = watch.news(number / 5, [])
    assert {t_s: one for t_s, one in told.items() if one} == {
        TOLD_AFTER_S: {1: (0.0, GuestLook((Colour.RED,), None, (Came.FROM_LEFT,), Place.RIGHT))}
    }
    assert watch.news(6.0, [1]) == {}


def test_the_way_is_told_as_the_camera_sees_it():
    assert walked(to=20)[1][1].came == (Came.FROM_RIGHT,)
    assert walked(to=100, last_height=75.0)[1][1].came == (Came.TOWARDS,)
    assert walked(to=100)[1][1].came == ()
    assert walked(to=20)[1][1].place is Place.LEFT_EDGE


def test_pictures_that_do_not_agree_tell_no_colour():
    (_, (_, look)) = walked(colours=(RED, GREEN))
    assert (look.colours, look.unnamed) == ((), Unnamed.MIXED)


def test_a_garment_that_never_shows_is_waited_for_and_then_not_told():
    watch = GuestWatch()
    times = []
    for number in range(30):
        picture, box = standing(300, RED)
        crop = picture[:130]
        sight = Sight(1, box, MESH, GOOD, None, None, None)
        watch.take(crop, number / 5, [Readable(number / 5, crop, [sight])], {1: box}, NO_ZONES)
        times += [(number / 5, look) for _, look in watch.news(number / 5, []).values()]
    ((t_s, look),) = times
    assert t_s == LATEST_S
    assert (look.colours, look.unnamed) == ((), Unnamed.NOT_SEEN)


def test_of_who_is_never_read_or_may_not_be_nothing_is_told():
    watch = GuestWatch()
    for number in range(30):
        take(watch, number / 5, 300, left_out=LeftOut.PHONE)
    assert watch.news(6.0, [1]) == {}
    for number in range(30, 36):
        take(watch, number / 5, 300)
    watch.forget([1])
    assert watch.news(20.0, [1]) == {}


def test_who_was_lost_at_once_is_not_told_of():
    watch = GuestWatch()
    for number in range(2):
        take(watch, number / 5, 300)
    assert watch.news(3.4, [1]) == {}


def test_what_waits_for_a_picture_that_never_comes_is_forgotten():
    now = [0.0]
    watch = GuestWatch(lambda: now[0])
    for number in range(5):
        take(watch, number / 5, 300)
    now[0] = MADE_S + 1.0
    watch.expire()
    assert watch.news(1.0, [1]) == {}


def test_the_words_do_not_show_where_objects_are_printed():
    look = walked()[1][1]
    assert "red" not in repr(look)
    assert "left" not in repr(look)


@pytest.mark.parametrize("badge", [False, True])
def test_a_guest_before_the_chain_has_a_colour_and_a_badge_wearer_is_never_told_of(badge):
    view = CameraView(
        badges=BadgeSettings(family="apriltag-25h9", staff=frozenset({7}), no_reading=frozenset())
    )
    pipeline, watch = FacePipeline(view=view), GuestWatch()
    pipeline.watch_guests(watch)
    told, dropped = {}, []
    for number in range(36):
        canvas = background(640, 480, 3)
        stance = Stance(x=320 + 6 * np.sin(number / 3), y=110, height=100, yaw=6 * np.sin(number / 4))
        draw_dressed(canvas, faces()[5], stance, Clothes((60, 150, 60)))
        if badge:
            draw_badge(canvas, stance)
        result = pipeline.process(Frame(canvas, number / 5, number))
        dropped += result.dropped
        told |= watch.news(number / 5, result.ended)
    if badge:
        assert dropped
        assert told == {}
    else:
        assert [look.colours for _, look in told.values()] == [(Colour.GREEN,)]
