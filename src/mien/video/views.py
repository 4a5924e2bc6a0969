"""What can be measured of a camera's picture without knowing what is in it: light, structure, sharpness, view."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

# The view is compared small, so that noise and coding do not count, and block by block.
_VIEW: Final = (160, 120)
_BLOCKS: Final = (8, 6)
_VIEW_BLUR: Final = 1.5
# Grey levels of 255: blocks that vary less than coding and noise do are flat.
_FLAT: Final = 3.0
# Mean gradient, grey levels per pixel: blocks below it hold nothing to compare.
_STRUCTURED: Final = 1.0
# Correlation of edges above which a view moved back counts as the one it was.
_SAME: Final = 0.5
# Sharpness is measured at this width: edges as faces of 40 px in Full HD show them.
_FOCUS_WIDTH: Final = 640
_FINE, _COARSE = 0.8, 3.0
_EDGE_SHARE: Final = 0.05
_FAINTEST_EDGE: Final = 1.5


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """One picture, measured.

    Attributes:
        small: (120, 160) float32, 0..255: the picture, grey.
        edges: (120, 160) float32, grey levels per pixel: how much it changes at each place, in any direction.
        brightness: Mean grey level, 0..255.
        brightest: Grey level that 1 % of it exceed, 0..255.
        flat: Share of its blocks that hold no structure, 0..1.
        blur_px: How wide edges are drawn out, standard deviation in pixels at a width of 640; `None` where there
            are too few edges to tell.
    """

    small: NDArray[np.float32]
    edges: NDArray[np.float32]
    brightness: float
    brightest: float
    flat: float
    blur_px: float | None


def view_of(image: NDArray[np.uint8]) -> View:
    """Measure a picture.

    Args:
        image: (H, W, 3) uint8, BGR.
    """
    grey = np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), dtype=np.float32)
    small = _shrunk(grey, _VIEW)
    return View(
        small=small,
        edges=_gradient(small, _VIEW_BLUR),
        brightness=float(small.mean()),
        brightest=float(np.percentile(small, 99)),
        flat=float((_blocks(small).std(axis=1) < _FLAT).mean()),
        blur_px=_blur_px(grey),
    )


def median_edges(views: list[View]) -> NDArray[np.float32]:
    """(120, 160) float32: the edges that stay, without those of people who pass."""
    return np.median([view.edges for view in views], axis=0).astype(np.float32)


def agreement(edges: NDArray[np.float32], reference: NDArray[np.float32]) -> NDArray[np.float32]:
    """How well each block of a view agrees with that of a reference.

    Edges are compared, not grey levels, and their pattern, not their strength: so neither dusk nor a change to
    infrared, where light things turn dark, makes another view.

    Args:
        edges: (120, 160) float32, of the view.
        reference: (120, 160) float32.

    Returns:
        (48,) float32: correlation of the edges, -1..1; NaN where the reference holds no structure.
    """
    ours, theirs = _blocks(edges), _blocks(reference)
    structured = theirs.mean(axis=1) >= _STRUCTURED
    ours = ours - ours.mean(axis=1, keepdims=True)
    theirs = theirs - theirs.mean(axis=1, keepdims=True)
    norm = np.sqrt((ours**2).sum(axis=1) * (theirs**2).sum(axis=1))
    correlation = (ours * theirs).sum(axis=1) / np.maximum(norm, 1e-6)
    return np.where(structured, correlation, np.nan).astype(np.float32)


def shift_between(edges: NDArray[np.float32], reference: NDArray[np.float32]) -> tuple[float, float] | None:
    """By what the view has moved to the right and down, in shares of width and height.

    Returns:
        `None` where the view moved back by it (phase correlation) does not agree with the reference: it is
        another view, turned, or closer.
    """
    window = cv2.createHanningWindow(_VIEW, cv2.CV_32F)
    (right, down), _ = cv2.phaseCorrelate(reference.copy(), edges.copy(), window)  # it writes into both
    back = np.roll(edges, (-round(down), -round(right)), (0, 1))
    agreed = agreement(back, reference)
    if np.isnan(agreed).all() or np.nanmedian(agreed) < _SAME:
        return None
    return right / _VIEW[0], down / _VIEW[1]


def _shrunk(grey: NDArray[np.float32], size: tuple[int, int]) -> NDArray[np.float32]:
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), dtype=np.float32)


def _gradient(grey: NDArray[np.float32], blur: float) -> NDArray[np.float32]:
    """Grey levels per pixel of the picture blurred by `blur` pixels."""
    smooth = cv2.GaussianBlur(grey, (0, 0), blur)
    across = cv2.Sobel(smooth, cv2.CV_32F, 1, 0, ksize=3, scale=1 / 8)
    down = cv2.Sobel(smooth, cv2.CV_32F, 0, 1, ksize=3, scale=1 / 8)
    return np.asarray(cv2.magnitude(across, down), dtype=np.float32)


def _blocks(view: NDArray[np.float32]) -> NDArray[np.float32]:
    """(48, 400): the pixels of each block."""
    columns, rows = _BLOCKS
    height, width = view.shape[0] // rows, view.shape[1] // columns
    parts = view.reshape(rows, height, columns, width).transpose(0, 2, 1, 3)
    return parts.reshape(rows * columns, height * width)


def _blur_px(grey: NDArray[np.float32]) -> float | None:
    """Width of the strongest edges, from how much steeper they are in fine than in coarse view.

    A step drawn out by a Gaussian of s pixels has a gradient of 1 / sqrt(s^2 + f^2) of its height when it is
    blurred by f more. The ratio r of the gradients at f = 0.8 and at 3 pixels gives
    s^2 = (3^2 - 0.8^2 r^2) / (r^2 - 1), whatever the light (Zhuo and Sim, Pattern Recognition 2011).
    """
    height, width = grey.shape[:2]
    if width > _FOCUS_WIDTH:
        height, width = max(1, round(height * _FOCUS_WIDTH / width)), _FOCUS_WIDTH
    sized = _shrunk(grey, (width, height))
    coarse = _gradient(sized, _COARSE)
    strong = coarse >= max(float(np.quantile(coarse, 1 - _EDGE_SHARE)), _FAINTEST_EDGE)
    if strong.mean() < _EDGE_SHARE / 10:
        return None
    ratio = float(np.median(_gradient(sized, _FINE)[strong] / coarse[strong]))
    if ratio <= 1.0:
        return float(width)  # no edge at all is finer than it is coarse
    squared = (_COARSE**2 - (_FINE * ratio) ** 2) / (ratio**2 - 1)
    return float(math.sqrt(max(squared, 0.0)) * _FOCUS_WIDTH / width)
