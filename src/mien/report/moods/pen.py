"""Pen and ink of the drawings: curves, brush strokes whose width swells, and their colours, as paths of SVG."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Points = NDArray[np.float64]
    """(n, 2): across and down, in units of the drawing."""

_STEPS: Final = np.linspace(0.0, 1.0, 25)


@dataclass(frozen=True, slots=True)
class Ink:
    """Colours of a drawing; the defaults are CSS variables with the light palette behind them.

    Attributes:
        line: Lines, lashes, brows.
        soft: Folds and shadows.
        iris: Irises.
        white: Whites of the eyes.
        mask: The mask.
        fold: Folds of the mask.
    """

    line: str = "#1c2430"
    soft: str = "#8b8578"
    iris: str = "#6d5a46"
    white: str = "#fffdf9"
    mask: str = "#d5e2e6"
    fold: str = "#a9bfc6"


INK: Final = Ink()


def bezier(*points: tuple[float, float]) -> Points:
    """(25, 2) points of a cubic Bezier curve through two ends, drawn by two handles."""
    a, b, c, d = (np.array(p, np.float64) for p in points)
    t = _STEPS[:, None]
    return np.asarray((1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * b + 3 * (1 - t) * t**2 * c + t**3 * d)


def path(points: Points, *, closed: bool = False) -> str:
    """What an SVG calls the line through points."""
    steps = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f"M{steps}{'Z' if closed else ''}"


def brush(points: Points, widths: Points) -> Points:
    """The outline of a stroke along points whose width changes."""
    along = np.gradient(points, axis=0)
    across = np.stack([-along[:, 1], along[:, 0]], 1)
    across /= np.maximum(np.linalg.norm(across, axis=1, keepdims=True), 1e-6)
    off = across * widths[:, None] / 2
    return np.concatenate([points + off, (points - off)[::-1]])


def stroke(points: Points, width: float, ink: str, opacity: float = 1.0) -> str:
    """A stroke that swells in its middle, as a pen's does."""
    widths = width * (0.25 + 0.75 * np.sin(np.pi * np.linspace(0.0, 1.0, len(points))))
    see = f' fill-opacity="{opacity:.2f}"' if opacity < 1 else ""
    return f'<path d="{path(brush(points, widths), closed=True)}" fill="{ink}"{see}/>'
