"""The third part of a reader: a network's outputs become Mien's expressions, with the error of their valence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import softmax

from mien.errors import ModelError
from mien.expressions import EXPRESSIONS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mien.vision.readers.manifest import Error, ReaderManifest

PRIOR: Final = np.array([0.323, 0.266, 0.115, 0.145, 0.083, 0.016, 0.034, 0.018])  # fmt: skip
"""What is known of any face that nothing was read of: mean vote shares of the training pictures of FER+."""

PRIOR_VARIANCE: Final = np.array([0.41, 0.21, 0.37])
"""Variance of valence among those pictures on each scale of `SCALES`."""

UNMEASURED: Final = 1.5 * PRIOR_VARIANCE
"""By what a reader is taken to miss as long as nobody has measured it: by half as much again as one that never looks,
for a network can be wrong with confidence."""

_SUM_SLACK: Final = 0.02
_SOFTMAX_SLACK: Final = 1e-4
_NOTHING: Final = 1e-6
"""Share of the expressions below which a network has said that this is none of them."""


def to_shares(raw: NDArray[np.float64], manifest: ReaderManifest) -> NDArray[np.float64]:
    """Outputs as shares of Mien's expressions.

    Labels that are left out take their share with them; expressions that the network does not know get 0. Where it
    gives all but nothing to any expression, what is known of any face is returned.

    Args:
        raw: (N, K) as the network gave it, finite.
        manifest: What it means.

    Returns:
        (N, 8) float64 in the order of `EXPRESSIONS`, rows sum to 1.

    Raises:
        ModelError: The manifest says probabilities, and they are none.
    """
    output, calibration = manifest.output, manifest.calibration
    places = output.places
    kept = places >= 0
    if output.gives == "probabilities":
        _check_probabilities(raw, manifest)
        log = np.log(np.maximum(raw, 1e-12))
    else:
        log = raw
    known = softmax(log, axis=1)[:, kept].sum(axis=1) > _NOTHING
    shares = np.zeros((len(raw), len(EXPRESSIONS)))
    calibrated = log[:, kept] / calibration.temperature + calibration.offsets[places[kept]]
    shares[:, places[kept]] = softmax(calibrated, axis=1)
    shares[~known] = PRIOR
    return shares


def to_variances(shares: NDArray[np.float64], error: Error | None) -> NDArray[np.float64]:
    """By what variance valence misses the mean of human taggers, as a manifest or a map states it.

    Args:
        shares: (N, 8).
        error: The measured variances; `None` where nobody has measured them.

    Returns:
        (N, 3) float64 on the scales of `SCALES`.
    """
    if error is None:
        return np.tile(UNMEASURED, (len(shares), 1))
    step = np.searchsorted(error.confidence, shares.max(axis=1, initial=0.0), side="right")
    return np.asarray(error.table[step], np.float64)


def check_logits(raw: NDArray[np.float64], manifest: ReaderManifest) -> None:
    """Refuse probabilities where the manifest speaks of logits: a second softmax would flatten every reading.

    Args:
        raw: (N, K) outputs for several different pictures. Of a single one they could look so by chance.
        manifest: What it says of them.

    Raises:
        ModelError: They are probabilities.
    """
    alike = (raw >= 0).all() and (np.abs(raw.sum(axis=1) - 1.0) < _SOFTMAX_SLACK).all()
    if manifest.output.gives == "logits" and alike:
        raise ModelError(
            f"The reader '{manifest.name}' gave {np.round(raw[0], 2).tolist()}, which are probabilities already; say "
            "output.gives = 'probabilities' in its manifest."
        )


def _check_probabilities(raw: NDArray[np.float64], manifest: ReaderManifest) -> None:
    off = (np.abs(raw.sum(axis=1) - 1.0) > _SUM_SLACK) | (raw < -_SUM_SLACK).any(axis=1)
    if off.any():
        raise ModelError(
            f"The reader '{manifest.name}' gave {np.round(raw[off.argmax()], 2).tolist()}, which are no "
            "probabilities; say output.gives = 'logits' in its manifest, or name the right output."
        )
