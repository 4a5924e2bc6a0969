"""The window of a call: where its tiles are, and what stands between and around them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

WINDOW: Final = (1280, 720)
"""Width and height of the window, pixels."""
_BAR: Final = 64
_GAP: Final = 10

Rect = tuple[int, int, int, int]
"""x, y, width, height, pixels."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Who is shown where.

    Attributes:
        tiles: The rectangle of each person, by number in the call; 0 is the one whose window it is.
        share: Where a shared screen is shown, if one is.
        size: Width and height of the window.
        cameras_off: Whose tile shows a letter instead of a camera.
    """

    tiles: Mapping[int, Rect]
    share: Rect | None = None
    size: tuple[int, int] = WINDOW
    cameras_off: frozenset[int] = frozenset()

    def swapped(self, one: int, other: int) -> Layout:
        """The same with two people in each other's place; who was not shown takes the place."""
        there = dict(self.tiles)
        a, b = there.pop(one), there.pop(other, None)
        there[other] = a
        if b is not None:
            there[one] = b
        return replace(self, tiles=there)


def gallery(people: list[int], size: tuple[int, int] = WINDOW) -> Layout:
    """Equal tiles in rows."""
    columns = 1 if len(people) == 1 else 2 if len(people) <= 4 else 3
    rows = -(-len(people) // columns)
    room_w, room_h = size[0] - _GAP * (columns + 1), size[1] - _BAR - _GAP * (rows + 1)
    w = min(room_w // columns, (room_h // rows) * 16 // 9)
    h = w * 9 // 16
    x0, y0 = (
        (size[0] - columns * w - (columns - 1) * _GAP) // 2,
        (size[1] - _BAR - rows * h - (rows - 1) * _GAP) // 2,
    )
    return Layout(
        {
            who: (x0 + (n % columns) * (w + _GAP), y0 + (n // columns) * (h + _GAP), w, h)
            for n, who in enumerate(people)
        },
        size=size,
    )


def speaker(big: int, others: list[int], size: tuple[int, int] = WINDOW) -> Layout:
    """One large tile, the others small above it."""
    small = {who: (_GAP + n * 178, _GAP, 168, 94) for n, who in enumerate(others)}
    h = size[1] - _BAR - 94 - 3 * _GAP
    w = min(h * 16 // 9, size[0] - 2 * _GAP)
    return Layout({big: ((size[0] - w) // 2, 94 + 2 * _GAP, w, h), **small}, size=size)


def with_own_small(big: int, size: tuple[int, int] = WINDOW) -> Layout:
    """The other side in the large tile, oneself in a small one over its corner, as in a call of two."""
    h = size[1] - _BAR - 2 * _GAP
    w = min(h * 16 // 9, size[0] - 2 * _GAP)
    x = (size[0] - w) // 2
    return Layout({big: (x, _GAP, w, h), 0: (x + w - 210, _GAP + h - 124, 200, 112)}, size=size)


def sharing(others: list[int], size: tuple[int, int] = WINDOW) -> Layout:
    """A shared screen, and small tiles at its right."""
    tiles = {who: (size[0] - 230, _GAP + n * 130, 220, 124) for n, who in enumerate(others)}
    return Layout(tiles, share=(_GAP, _GAP, size[0] - 260, size[1] - _BAR - 2 * _GAP), size=size)


def draw(
    layout: Layout,
    cameras: Mapping[int, NDArray[np.uint8]],
    *,
    speaks: int | None = None,
    bar: bool = True,
    slide: int = 0,
) -> NDArray[np.uint8]:
    """The window: (H, W, 3) uint8 BGR.

    Args:
        layout: Who is where.
        cameras: What the camera of each shows.
        speaks: Whose tile has the bright border of who speaks.
        bar: Whether the buttons at the lower edge are shown, which hide themselves.
        slide: Number of the page on a shared screen.
    """
    w, h = layout.size
    image = np.full((h, w, 3), (36, 33, 32), np.uint8)
    if layout.share is not None:
        x, y, sw, sh = layout.share
        image[y : y + sh, x : x + sw] = _slide(slide, sw, sh)
    for who in sorted(layout.tiles, key=lambda one: -layout.tiles[one][2]):
        x, y, tw, th = layout.tiles[who]
        shot = _letter(who) if who in layout.cameras_off else cameras[who]
        how = cv2.INTER_AREA if tw < shot.shape[1] else cv2.INTER_LINEAR
        image[y : y + th, x : x + tw] = cv2.resize(shot, (tw, th), interpolation=how)
        cv2.rectangle(image, (x + 6, y + th - 26), (x + 76, y + th - 6), (30, 30, 30), -1)
        cv2.putText(
            image, f"guest {who}", (x + 10, y + th - 11), cv2.FONT_HERSHEY_SIMPLEX, 0.42, (240, 240, 240), 1
        )
        if who == speaks:
            cv2.rectangle(image, (x, y), (x + tw - 1, y + th - 1), (80, 200, 250), 3)
    if bar:
        image[h - _BAR :] = (48, 44, 42)
        for n in range(7):
            cv2.circle(image, (w // 2 + (n - 3) * 64, h - _BAR // 2), 20, (80, 76, 74), -1)
    return image


def _letter(who: int) -> NDArray[np.uint8]:
    image = np.full((360, 640, 3), (60, 50, 46), np.uint8)
    cv2.circle(image, (320, 180), 80, (140, 90 + 10 * who, 60), -1)
    cv2.putText(image, str(who), (295, 205), cv2.FONT_HERSHEY_SIMPLEX, 2.4, (250, 250, 250), 5)
    return image


def _slide(number: int, w: int, h: int) -> NDArray[np.uint8]:
    rng = np.random.default_rng([number, 5])
    image = np.full((h, w, 3), 250, np.uint8)
    cv2.putText(image, f"Offer, page {number}", (40, 70), cv2.FONT_HERSHEY_SIMPLEX, 1.4, (60, 60, 60), 3)
    for n in range(6):
        x = 60 + n * (w - 120) // 6
        height = int(rng.integers(40, h - 160))
        colour = tuple(int(v) for v in rng.integers(40, 220, 3))
        cv2.rectangle(image, (x, h - 40 - height), (x + 60, h - 40), colour, -1)
    return image
