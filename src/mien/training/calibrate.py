"""Making a network's numbers mean what they say, on the validation split.

The distribution is calibrated against the vote shares of the taggers (temperature and one offset per expression).
Then the frequencies of the common expressions are divided out in part: a network that has seen a third of all faces
neutral and a quarter happy says so of faces from elsewhere too, where rarer ones then go unseen. Last the variance is
calibrated against how far valence really misses the taggers' mean (two numbers per scale), on clean and on spoilt
pictures alike, with all that done.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.optimize import minimize
from scipy.special import log_softmax, softmax

from mien.expressions import EXPRESSIONS, SCALES, valence

if TYPE_CHECKING:
    from numpy.typing import NDArray

_PULL: Final = 1e-3
"""How strongly offsets are drawn to zero, so that rare expressions don't get wild ones."""

DIVIDED: Final = 0.6
"""Power of their frequency by which common expressions are divided; chosen on pictures from elsewhere."""
EYES_DIVIDED: Final = 0.3
"""The same for eyes alone, where less is seen and frequencies help more."""
COMMON: Final = 0.15
"""Frequency from which an expression is common; rarer ones all count as this frequent."""


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """What is done to a network's outputs.

    Attributes:
        temperature: Divides the logits.
        offset: (8,) added to them after that.
        intercept: (3,) of the log-variance, per scale.
        slope: (3,) factor of the network's log-variance, per scale.
    """

    temperature: float
    offset: NDArray[np.float64]
    intercept: NDArray[np.float64]
    slope: NDArray[np.float64]

    def probabilities(self, logits: NDArray[np.floating]) -> NDArray[np.float64]:
        """(N, 8) logits -> (N, 8) calibrated shares."""
        return np.asarray(softmax(logits / self.temperature + self.offset, axis=1), np.float64)

    def variances(self, log_variances: NDArray[np.floating]) -> NDArray[np.float64]:
        """(N, 3) log-variances -> (N, 3) calibrated variances."""
        return np.asarray(np.exp(self.intercept + self.slope * log_variances), np.float64)


def valences(probabilities: NDArray[np.floating]) -> NDArray[np.float64]:
    """(N, 8) -> (N, 3): valence on every scale of `mien.expressions.SCALES`."""
    return np.stack([valence(probabilities, scale) for scale in SCALES], axis=1)


def calibrate_shares(
    logits: NDArray[np.floating], shares: NDArray[np.float64]
) -> tuple[float, NDArray[np.float64]]:
    """Temperature and offsets under which the distribution fits the vote shares best (least cross-entropy).

    Args:
        logits: (N, 8).
        shares: (N, 8) vote shares of the same pictures.
    """

    def cost(x: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        scaled = logits * np.exp(x[0]) + x[1:]
        miss = (softmax(scaled, axis=1) - shares) / len(shares)
        value = -(shares * log_softmax(scaled, axis=1)).sum() / len(shares) + _PULL * (x[1:] ** 2).sum()
        gradient = np.concatenate(
            [[(miss * logits).sum() * np.exp(x[0])], miss.sum(axis=0) + 2 * _PULL * x[1:]]
        )
        return float(value), gradient

    best = minimize(cost, np.zeros(1 + len(EXPRESSIONS)), jac=True, method="L-BFGS-B").x
    return float(np.exp(-best[0])), np.asarray(best[1:] - best[1:].mean(), np.float64)


def calibrate_variance(
    log_variances: NDArray[np.floating], misses: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Intercept and slope per scale under which the misses are likeliest, each with a mean square of one.

    Args:
        log_variances: (N, 3) of the network.
        misses: (N, 3) valence minus the taggers' mean valence.
    """
    intercept, slope = np.empty(len(SCALES)), np.empty(len(SCALES))
    for k in range(len(SCALES)):
        square, said = misses[:, k] ** 2, log_variances[:, k]

        def cost(
            x: NDArray[np.float64], square: NDArray[np.float64] = square, said: NDArray[np.floating] = said
        ) -> float:
            log = x[0] + x[1] * said
            return float((log + square * np.exp(-log)).mean())

        start = np.array([np.log(np.mean(square / np.exp(said))), 1.0])
        intercept[k], slope[k] = minimize(cost, start, method="Nelder-Mead").x
    return intercept, slope


def divide_frequencies(known: NDArray[np.float64], power: float) -> NDArray[np.float64]:
    """What is added to the logits (8,), of mean zero, to divide out common frequencies.

    Args:
        known: (8,) mean vote shares of the pictures learned from.
        power: Of their frequency by which common expressions are divided.
    """
    added = -power * np.log(np.maximum(known, COMMON))
    return np.asarray(added - added.mean(), np.float64)


def calibrate(
    clean: tuple[NDArray[np.floating], NDArray[np.floating], NDArray[np.float64]],
    spoilt: tuple[NDArray[np.floating], NDArray[np.floating], NDArray[np.float64]],
    known: NDArray[np.float64],
    power: float = DIVIDED,
) -> Calibration:
    """Calibrate on validation pictures.

    Args:
        clean: Logits (N, 8), log-variances (N, 3) and vote shares (N, 8) of aligned pictures.
        spoilt: The same of pictures as bad cameras give them.
        known: (8,) mean vote shares of the pictures learned from.
        power: Of their frequency by which common expressions are divided.
    """
    temperature, offset = calibrate_shares(clean[0], clean[2])
    offset = offset + divide_frequencies(known, power)
    logits, said, shares = (np.concatenate([a, b]) for a, b in zip(clean, spoilt, strict=True))
    misses = valences(softmax(logits / temperature + offset, axis=1)) - valences(shares)
    intercept, slope = calibrate_variance(said, misses)
    return Calibration(temperature, offset, intercept, slope)
