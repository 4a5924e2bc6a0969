"""A live camera at a door, and what it shows."""

import cv2
import numpy as np

from support.command import read_picture
from support.facemesh import PORTRAIT
from support.sites import HEAD

SITE = (
    HEAD
    + """\
[touchpoints.entrance]
role = "entrance"

[cameras.door]
touchpoint = "entrance"
url = "{url}"
rate = 5
"""
)


def pictures(*, face: bool) -> tuple[bytes, ...]:
    """A grey wall, or two seconds of somebody before it who sways, as nobody on a poster does."""
    wall = np.random.default_rng(3).integers(90, 160, (480, 640, 3)).astype(np.uint8)
    wall = cv2.GaussianBlur(wall, (0, 0), 6)
    shown = []
    for step in range(40 if face else 1):
        seen = wall.copy()
        if face:
            x = 190 + round(25 * np.sin(2 * np.pi * step / 40))
            seen[100:356, x : x + 256] = cv2.resize(read_picture(PORTRAIT), (256, 256))
        shown.append(bytes(cv2.imencode(".jpg", seen)[1]))
    return tuple(shown)
