"""The same figures by face size, turn, light and what else decides how well a face can be read."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from mien.expressions import SCALES, ScaleName
from mien.vision.types import Visibility

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mien.evaluation.types import Readings

_MINUS: Final = "\N{MINUS SIGN}"


@dataclass(frozen=True, slots=True, eq=False)
class Bin:
    """One bin.

    Attributes:
        name: What is in it.
        chosen: (M,) which pictures.
    """

    name: str
    chosen: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Dimension:
    """Bins of one quantity, in order.

    Attributes:
        key: Name in the JSON document.
        name: Name for people.
        unit: What the names of the bins are in.
        bins: The bins.
    """

    key: str
    name: str
    unit: str
    bins: tuple[Bin, ...]


# Edges are fixed, so that sets can be compared; sizes are those at which cameras differ (design: 24-200 px).
_EDGES: Final = (
    ("size", "face height", "pixels", (24, 32, 40, 48, 64, 100, 200)),
    ("turn", "turn of the head", "degrees to either side", (10, 20, 30, 45)),
    ("lowering", "lowering of the head", "degrees, below 0 is up", (-20, -10, 0, 10, 20)),
    ("sharpness", "sharpness", "0 blurred to 1 sharp", (0.2, 0.35, 0.5, 0.75)),
    ("light", "brightness of the face", "0 black to 1 white", (0.2, 0.35, 0.5, 0.65)),
)


def dimensions(readings: Readings, scale: ScaleName) -> tuple[Dimension, ...]:
    """Bins of size, turn, lowering, sharpness, light, visibility and predicted error of the faces found."""
    measured = (
        readings.height_px, np.abs(readings.yaw), readings.pitch, readings.sharpness, readings.brightness
    )  # fmt: skip
    found = [
        Dimension(key, name, unit, _bins(values, edges, readings.found))
        for (key, name, unit, edges), values in zip(_EDGES, measured, strict=True)
    ]
    visibility = np.array([seen.value if seen is not None else "" for seen in readings.visibility])
    seen_as = tuple(Bin(v.value, (visibility == v.value) & readings.found) for v in Visibility)
    found.append(Dimension("visibility", "visibility", "as a network sees it that looks for covers", seen_as))
    spread = np.sqrt(readings.variances[:, SCALES.index(scale)])
    said = _bins(spread, (0.1, 0.15, 0.2, 0.25, 0.3), readings.found)
    found.append(Dimension("predicted_error", "predicted error of valence", "standard deviation", said))
    return tuple(Dimension(d.key, d.name, d.unit, tuple(b for b in d.bins if b.chosen.any())) for d in found)


def _bins(values: NDArray[np.float64], edges: tuple[float, ...], found: NDArray[np.bool_]) -> tuple[Bin, ...]:
    known = found & np.isfinite(values)
    place = np.digitize(values, edges)
    names = [
        f"under {_text(edges[0])}",
        *(f"{_text(a)} to {_text(b)}" for a, b in pairwise(edges)),
        f"{_text(edges[-1])} or more",
    ]
    return tuple(Bin(name, known & (place == i)) for i, name in enumerate(names))


def _text(value: float) -> str:
    return f"{abs(value):g}" if value >= 0 else f"{_MINUS}{abs(value):g}"
