"""What a browser may send: one time and one JPEG or PNG of a tile's size, and nothing that could hurt."""

from __future__ import annotations

import struct

import cv2
import numpy as np
import pytest

from mien.errors import ImageError
from mien.runtime.call.limits import CallLimits
from mien.runtime.call.pace import Pace
from mien.runtime.call.picture import TilePicture

LIMITS = CallLimits()
TILE = np.random.default_rng(1).integers(0, 255, (90, 160, 3), dtype=np.uint8)


def test_a_png_comes_through_to_the_pixel_and_a_jpeg_as_good_as_it_is(message):
    whole = TilePicture.of(message(1500.0, TILE), LIMITS)
    assert whole.ms == 1500.0
    assert np.array_equal(whole.decode(LIMITS), TILE)
    smooth = cv2.GaussianBlur(TILE, (0, 0), 6)
    lossy = TilePicture.of(message(1500.0, smooth, ".jpg"), LIMITS).decode(LIMITS)
    assert np.abs(lossy.astype(int) - smooth).mean() < 3


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "holds no picture"),
        (b"\0" * 8, "holds no picture"),
        (struct.pack(">d", float("nan")) + b"\xff\xd8\xff", "finite"),
        (struct.pack(">d", -1.0) + b"\xff\xd8\xff", "finite"),
        (struct.pack(">d", 1.0) + b"GIF89a" + b"\0" * 40, "neither JPEG nor PNG"),
        (struct.pack(">d", 1.0) + b"\xff\xd8\xff" + b"\0" * LIMITS.most_bytes, "at most 524288"),
    ],
)
def test_what_is_no_picture_is_refused_before_anything_decodes_it(data, says):
    with pytest.raises(ImageError, match=says):
        TilePicture.of(data, LIMITS)


def test_a_picture_that_unpacks_to_far_more_than_it_weighs_is_not_unpacked(message):
    bomb = message(0.0, np.zeros((6000, 6000, 3), np.uint8))
    assert len(bomb) < LIMITS.most_bytes
    with pytest.raises(ImageError, match="larger than 960 x 960"):
        TilePicture.of(bomb, LIMITS).decode(LIMITS)


@pytest.mark.parametrize("suffix", [".png", ".jpg"])
@pytest.mark.parametrize("keep", [0.2, 0.9])
def test_a_damaged_picture_is_said_to_be_damaged(message, suffix, keep):
    data = message(0.0, TILE, suffix)
    with pytest.raises(ImageError, match="damaged"):
        TilePicture.of(data[: int(keep * len(data))], LIMITS).decode(LIMITS)


@pytest.mark.parametrize("shape", [(40, 200, 3), (80, 964, 3)])
def test_a_tile_out_of_its_size_says_which_sizes_there_are(message, shape):
    with pytest.raises(ImageError, match="64 to 960"):
        TilePicture.of(message(0.0, np.zeros(shape, np.uint8)), LIMITS).decode(LIMITS)


def test_pictures_in_a_hurry_are_dropped_down_to_the_rate():
    pace = Pace(8.0)
    admitted = sum(pace.admits(k / 100) for k in range(1000))  # ten seconds at 100 a second
    assert 80 <= admitted <= 84
