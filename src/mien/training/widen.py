"""Measuring how far a finished reader's error is to be widened for small and for turned faces."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
import onnx
import onnxruntime as ort
from onnx import helper
from scipy.optimize import minimize

from mien.expressions import SCALES
from mien.training.calibrate import valences
from mien.training.material import vote_shares
from mien.vision.align import alignment, warp
from mien.vision.geometry import face_height
from mien.vision.landmarks import MediaPipeLandmarker, find_in_crop
from mien.vision.pose import head_pose
from mien.vision.widening import KEY, Widening, features

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from mien.training.material import Faces

_SHRUNK: Final = (1.0, 0.75, 0.6, 0.45)
"""Sizes at which each validation picture is read."""
_PULL: Final = 2.0
"""How strongly the curves are drawn to no change, in pictures."""


def widen(path: Path, faces: Faces, picture: Callable[[int], NDArray[np.uint8]]) -> Widening:
    """Fit the curves on `Faces.judging_rows`, read as in use, and write them into the file of a network.

    Args:
        path: Network, as `mien.training.export` wrote it.
        faces: Aligned material.
        picture: The picture of a row, as the network is to meet it.
    """
    session = ort.InferenceSession(path, providers=["CPUExecutionProvider"])
    height, size = session.get_inputs()[0].shape[2:]
    landmarker = MediaPipeLandmarker()
    rows = faces.judging_rows()
    known, crops, which = [], [], []
    for row in rows:
        whole = picture(int(row))
        for scale in _SHRUNK:
            small = cv2.resize(whole, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
            mesh = find_in_crop(landmarker, np.asarray(cv2.cvtColor(small, cv2.COLOR_GRAY2BGR), np.uint8))
            if mesh is None:
                continue
            known.append(features(face_height(mesh), head_pose(mesh).yaw))
            crops.append(warp(np.asarray(small, np.uint8), alignment(mesh.points, size), size)[:height])
            which.append(row)
    if not which:
        return Widening.none()
    read = [
        session.run(None, {"face": np.stack(crops[i : i + 64])[:, None].astype(np.float32)})
        for i in range(0, len(crops), 64)
    ]
    shares, variances = (np.concatenate(part).astype(np.float64) for part in zip(*read, strict=True))
    misses = valences(shares) - valences(vote_shares(faces.material.votes[np.array(which)]))
    found = fit_widening(np.stack(known), misses**2 / variances)
    model = onnx.load(str(path))
    kept = {p.key: p.value for p in model.metadata_props}
    helper.set_model_props(model, {**kept, KEY: json.dumps(found.document())})
    onnx.save(model, str(path))
    return found


def fit_widening(known: NDArray[np.float64], squares: NDArray[np.float64]) -> Widening:
    """The curves under which the misses are likeliest.

    Args:
        known: (N, K) `features` of each face.
        squares: (N, 3) squared misses of valence over their predicted variance.
    """
    logs = np.zeros((len(SCALES), known.shape[1]))
    for k in range(len(SCALES)):
        square = squares[:, k]

        def cost(
            x: NDArray[np.float64], square: NDArray[np.float64] = square
        ) -> tuple[float, NDArray[np.float64]]:
            log = known @ x
            left = square * np.exp(-log)
            return float((log + left).sum() + _PULL * (x**2).sum()), known.T @ (1.0 - left) + 2.0 * _PULL * x

        logs[k] = minimize(cost, logs[k], jac=True, method="L-BFGS-B").x
    return Widening(logs)
