"""From a network that sees covers to one whose word can be taken: its probabilities and the least for `full`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import torch
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax

from mien.training.export import export_visibility
from mien.training.material import VALIDATION
from mien.training.seeing import spoilt_visibility
from mien.training.tasks import SIZE
from mien.vision.visibility import decide

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray
    from torch import nn

    from mien.training.material import Faces

PASSED: Final = 0.01
"""Share of covered faces that may pass as full on validation pictures; half of what is promised for unseen people."""
_ROUNDS: Final = 3
"""How often each validation picture is drawn on anew."""


def finish_visibility(net: nn.Module, faces: Faces, path: Path) -> dict[str, Any]:
    """Calibrate on validation pictures, bare, covered and hidden, and write the network; returns its figures.

    Args:
        net: `VisibilityNet`.
        faces: Aligned material.
        path: File to write.
    """
    rows = faces.material.voted_rows(VALIDATION)
    rows = rows[faces.found[rows]]
    rng = np.random.default_rng(0)
    made = [spoilt_visibility(rng, faces, int(row), rng.random()) for row in np.tile(rows, _ROUNDS)]
    truth = np.array([visible for _, visible in made])
    crops = np.stack([crop for crop, visible in made if visible >= 0])[:, None]
    truth = truth[truth >= 0]
    with torch.no_grad():
        logits = np.concatenate(
            [net(torch.from_numpy(crops[i : i + 256])).double().numpy() for i in range(0, len(crops), 256)]
        )
    picked = np.arange(len(truth))

    def cost(log_factor: float) -> float:
        return float(-log_softmax(logits * np.exp(log_factor), axis=1)[picked, truth].mean())

    factor = float(np.exp(minimize_scalar(cost, bounds=(-2.0, 2.0), method="bounded").x))
    probabilities = softmax(logits * factor, axis=1)
    least = least_full(probabilities[:, 0], truth)
    export_visibility(net, factor, SIZE, path, {"least_full": least})
    said = decide(probabilities, least)
    table = np.array([[int(((truth == i) & (said == j)).sum()) for j in range(3)] for i in range(3)])
    return {
        "split": "validation, drawn on and spoilt",
        "temperature": 1.0 / factor,
        "least_full": least,
        "truth_by_answer": table.tolist(),
        "covered_passed_as_full": float(table[1:, 0].sum() / table[1:].sum()),
        "full_kept": float(table[0, 0] / table[0].sum()),
        "right": float(np.trace(table) / table.sum()),
    }


def least_full(full: NDArray[np.float64], truth: NDArray[np.integer]) -> float:
    """The least probability of `full` at which `PASSED` of the faces with a hidden mouth pass, at least a half."""
    covered = np.sort(full[truth > 0])
    if not len(covered):
        return 0.5
    return max(0.5, float(covered[min(int(np.ceil((1.0 - PASSED) * len(covered))), len(covered) - 1)]))
