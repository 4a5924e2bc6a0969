"""A film of real people, from a sample, who are moved through a room over a door line in its middle."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from support.clips import write_clip
from support.command import SAMPLES, read_picture

if TYPE_CHECKING:
    from pathlib import Path


def door_film(path: Path) -> Path:
    """15 s in which one person passes from left to right, then another one, then the first goes back half way."""
    group = read_picture(SAMPLES / "multi_face.jpg")
    people = [cv2.resize(group[240:667, left:right], (150, 180)) for left, right in ((645, 1000), (445, 765))]
    room = np.full((270, 480, 3), 150, np.uint8)
    room[200:] = (90, 110, 120)
    soft = cv2.GaussianBlur(cv2.rectangle(np.zeros((180, 150)), (12, 8), (138, 180), 1.0, -1), (0, 0), 4)[
        ..., None
    ]

    def draw(number: int) -> np.ndarray:
        t_s = number / 4.0
        image = room.copy()
        who, x = (0, 10 + 80 * (t_s - 0.5)) if t_s < 5.0 else (1, 10 + 80 * (t_s - 5.5))
        if t_s >= 10.0:
            who, x = 0, 320 - 40 * abs(min(t_s - 10.5, 14.5 - t_s, 2.0))
        if 0.0 <= x < 330.0:
            part = image[80:260, int(x) : int(x) + 150]
            part[:] = (soft * people[who] + (1 - soft) * part).astype(np.uint8)
        return image

    return write_clip(path, [k / 4.0 for k in range(60)], size=(480, 270), draw=draw)
