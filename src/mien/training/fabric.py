"""What drawn covers are made of: cloth, paper, wool, skin, with prints, folds and light.

Every texture is drawn in the *frame of the face*: x to the right and y down along the turned head, in widths of the
face, so that prints and pleats turn and grow with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Field = NDArray[np.float32]

PRINTS: Final = ("plain", "stripes", "checks", "dots", "blotches", "weave", "letters", "mouth")


def noise(rng: np.random.Generator, shape: tuple[int, int], cells: float) -> Field:
    """Smooth noise of unit size with about `cells` bumps along the longer side."""
    count = max(round(cells), 2)
    small = rng.standard_normal((count, count), dtype=np.float32)
    return np.asarray(cv2.resize(small, shape[::-1], interpolation=cv2.INTER_CUBIC), np.float32)


def _waves(rng: np.random.Generator, x: Field, y: Field, lengths: tuple[float, float]) -> Field:
    angle, length = rng.uniform(0.0, np.pi), rng.uniform(*lengths)
    along = x * np.float32(np.cos(angle)) + y * np.float32(np.sin(angle))
    return np.asarray(np.sin(along * np.float32(2.0 * np.pi / length) + rng.uniform(0.0, 6.0)), np.float32)


def _letters(rng: np.random.Generator, shape: tuple[int, int]) -> Field:
    """Some writing, or what a camera makes of it."""
    height, width = shape
    out = np.zeros((height, width), np.uint8)
    text = "".join(rng.choice(list("ABCDEFGHKLMNOPRSTUVWXYZ&*23"), size=int(rng.integers(2, 7))))
    scale = width / 220.0 * rng.uniform(0.5, 1.4)
    place = (int(width * rng.uniform(0.1, 0.5)), int(height * rng.uniform(0.6, 0.85)))
    cv2.putText(
        out, text, place, cv2.FONT_HERSHEY_SIMPLEX, scale, 255, max(1, round(2.5 * scale)), cv2.LINE_AA
    )
    return np.asarray(out, np.float32) / np.float32(255.0)


def _mouth(rng: np.random.Generator, x: Field, y: Field) -> Field:
    """A printed mouth: smiling or not, it says nothing of the face behind."""
    wide, bend, thick = rng.uniform(0.12, 0.3), rng.uniform(-1.5, 1.5), rng.uniform(0.015, 0.05)
    height = rng.uniform(0.3, 0.5)
    off = np.abs(y - height + np.float32(bend) * (x * x - np.float32(wide * wide)))
    return np.asarray(((off < thick) & (np.abs(x) < wide)) * 2.0 - 0.5, np.float32)


def printed(rng: np.random.Generator, x: Field, y: Field, kind: str) -> Field:
    """A print of about unit size over the frame of the face.

    Args:
        rng: Source of chance.
        x: (H, W) place to the right of the nose, widths of the face.
        y: (H, W) place below the eyes, widths of the face.
        kind: One of `PRINTS`.
    """
    drawn: dict[str, Callable[[], Field]] = {
        "stripes": lambda: _edged(rng, _waves(rng, x, y, (0.04, 0.3))),
        "checks": lambda: np.sign(_waves(rng, x, y, (0.06, 0.3))) * np.sign(_waves(rng, x, y, (0.06, 0.3))),
        "dots": lambda: _above(
            _waves(rng, x, y, (0.06, 0.2)) * _waves(rng, x, y, (0.06, 0.2)), rng.uniform(0.3, 0.7)
        ),
        "blotches": lambda: _edged(rng, noise(rng, (x.shape[0], x.shape[1]), rng.uniform(4, 14))),
        "weave": lambda: 0.5 * (_waves(rng, x, y, (0.02, 0.06)) + _waves(rng, x, y, (0.02, 0.06))),
        "letters": lambda: _letters(rng, (x.shape[0], x.shape[1])),
        "mouth": lambda: _mouth(rng, x, y),
        "plain": lambda: np.zeros_like(x),
    }
    return drawn[kind]()


def _edged(rng: np.random.Generator, field: Field) -> Field:
    """The field, or its sign."""
    return np.sign(field) if rng.random() < 0.5 else field


def _above(field: Field, least: float) -> Field:
    return np.asarray((field > least) * 2.0 - 0.5, np.float32)


def cloth(rng: np.random.Generator, x: Field, y: Field, light: float, *, pleats: bool) -> Field:
    """A piece of cloth or paper before the face: (H, W) float32, about 0-255.

    Args:
        rng: Source of chance.
        x: (H, W) place to the right of the nose, widths of the face.
        y: (H, W) place below the eyes, widths of the face.
        light: Mean brightness of the face beside it, 0-255; white cloth is a good deal brighter.
        pleats: Whether it is folded as surgical masks are.
    """
    shade = np.clip(light / 130.0, 0.35, 1.5)
    base = rng.uniform(15.0, 235.0) if rng.random() < 0.7 else rng.uniform(150.0, 235.0)
    out = np.full_like(x, base)
    kind = PRINTS[int(rng.integers(len(PRINTS)))] if rng.random() < 0.5 else "plain"
    out += np.float32(rng.uniform(8.0, 70.0) * rng.choice([-1.0, 1.0])) * printed(rng, x, y, kind)
    # a bulging surface: brightest where it faces the lamp
    lamp = rng.normal(0.0, 0.25)
    out *= np.float32(1.0) - np.float32(rng.uniform(0.0, 1.2)) * (x - np.float32(lamp)) ** 2
    out *= np.float32(1.0) + np.float32(rng.normal(0.0, 0.25)) * (y - np.float32(0.4))
    if pleats:
        fold = rng.uniform(0.09, 0.18)
        phase = np.mod(y + np.float32(rng.uniform(0, 1)) - 0.15 * x * x, np.float32(fold)) / np.float32(fold)
        out *= np.float32(1.0) - np.float32(rng.uniform(0.05, 0.3)) * (phase < rng.uniform(0.15, 0.4))
    if rng.random() < 0.4:
        seam = np.exp(-((x / np.float32(rng.uniform(0.01, 0.03))) ** 2))
        out *= np.float32(1.0) - np.float32(rng.uniform(0.05, 0.35)) * seam
    if rng.random() < 0.6:
        shape = (x.shape[0], x.shape[1])
        out *= np.float32(1.0) + np.float32(rng.uniform(0.02, 0.15)) * noise(rng, shape, rng.uniform(3, 10))
    return np.asarray(out * np.float32(shade), np.float32)


def wool(rng: np.random.Generator, x: Field, y: Field, light: float) -> Field:
    """A scarf or collar in folds: (H, W) float32, about 0-255."""
    out = cloth(rng, x, y, light, pleats=False)
    for _ in range(int(rng.integers(1, 4))):
        bent = y + np.float32(rng.normal(0.0, 0.5)) * x + np.float32(rng.uniform(0.0, 0.8)) * x * x
        fold = np.sin(bent * np.float32(2.0 * np.pi / rng.uniform(0.12, 0.5)) + rng.uniform(0.0, 6.0))
        out *= np.float32(1.0) + np.float32(rng.uniform(0.05, 0.3)) * fold
    return out


def skin(rng: np.random.Generator, across: Field, light: float) -> Field:
    """A finger or the back of a hand: as bright as the cheek beside it, rounded off towards its edges.

    Args:
        rng: Source of chance.
        across: (H, W) distance from the middle line over half the width: 0 middle, 1 edge.
        light: Mean brightness of the cheeks, 0-255.
    """
    tone = light * rng.uniform(0.75, 1.2)
    edge = rng.uniform(0.15, 0.5)
    shape = (across.shape[0], across.shape[1])
    grain = np.float32(1.0) + np.float32(0.04) * noise(rng, shape, 12)
    return np.asarray(tone * (1.0 - edge * np.clip(across, 0.0, 1.0) ** 2) * grain, np.float32)
