"""By how much the valence of a reader misses, as the table [error] of its manifest states it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from mien.expressions import SCALES
from mien.training.calibrate import valences

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mien.evaluation.types import Scored

FEWEST_MEASURED: Final = 100
"""Fewest pictures of one step of confidence; with fewer in all, nothing is measured."""

_STEPS: Final = 4
_LEAST: Final = 1e-4


@dataclass(frozen=True, slots=True, eq=False)
class MeasuredError:
    """Mean squared misses of valence by how sure the reader was.

    Attributes:
        confidence: (B - 1,) edges of the largest share, rising.
        variances: (B, 3) mean squared miss in each step, on the scales of `SCALES`.
        pictures: How many they rest on.
    """

    confidence: NDArray[np.float64]
    variances: NDArray[np.float64]
    pictures: int


def measure_error(scored: Scored) -> MeasuredError | None:
    """Measure the misses against the taggers' mean valence, or against labels where there are no votes.

    A label is one opinion and no mean, so misses against labels are larger: the error is overstated rather than not.

    Args:
        scored: Readings beside the truth.

    Returns:
        The misses in up to four steps of confidence of about as many pictures each; `None` where there are fewer than
        `FEWEST_MEASURED` pictures.
    """
    known = scored.found & (scored.taggers > 0)
    count = int(known.sum())
    if count < FEWEST_MEASURED:
        return None
    shares = scored.probabilities[known]
    square = (valences(shares) - valences(scored.shares[known])) ** 2
    sure = shares.max(axis=1)
    steps = min(_STEPS, count // FEWEST_MEASURED)
    edges = np.unique(np.quantile(sure, np.arange(1, steps) / steps).round(3)) if steps > 1 else np.empty(0)
    edges = edges[(edges > 0.0) & (edges < 1.0)]
    step = np.searchsorted(edges, sure, side="right")
    # Ties can leave a step with few or no pictures; its edge then tells nothing.
    while len(edges) and (few := np.bincount(step, minlength=len(edges) + 1)).min() < FEWEST_MEASURED // 2:
        edges = np.delete(edges, min(int(few.argmin()), len(edges) - 1))
        step = np.searchsorted(edges, sure, side="right")
    variances = np.stack([square[step == s].mean(axis=0) for s in range(len(edges) + 1)])
    return MeasuredError(edges, np.maximum(variances, _LEAST), count)


def as_toml(measured: MeasuredError, measured_on: str) -> str:
    """The table [error] of a manifest.

    Args:
        measured: The misses.
        measured_on: The set, in words.

    Example:
        >>> import numpy as np
        >>> variances = np.array([[0.3, 0.15, 0.25], [0.1, 0.05, 0.1]])
        >>> print(as_toml(MeasuredError(np.array([0.7]), variances, 400), "faces"))
        [error]
        measured_on = "faces, 400 pictures"
        confidence = [0.7]
        balance = [0.3, 0.1]
        circumplex = [0.15, 0.05]
        strongest = [0.25, 0.1]
    """

    def listed(values: NDArray[np.float64]) -> str:
        return "[" + ", ".join(f"{v:.4g}" for v in values) + "]"

    # A string of JSON is one of TOML too.
    named = json.dumps(f"{measured_on}, {measured.pictures:,} pictures", ensure_ascii=False)
    lines = ["[error]", f"measured_on = {named}"]
    if len(measured.confidence):
        lines.append(f"confidence = {listed(measured.confidence)}")
    lines += [f"{scale} = {listed(measured.variances[:, k])}" for k, scale in enumerate(SCALES)]
    return "\n".join(lines)
