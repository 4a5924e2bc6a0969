"""`mien train`: from a file of pictures and votes to a calibrated network, with a fixed seed.

A run saves after every epoch and goes on from there when it is started again.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import torch

from mien.errors import InputError
from mien.figures import calibration_error, figures, valence_concordance
from mien.training.augment import augment
from mien.training.calibrate import Calibration, calibrate, valences
from mien.training.export import export
from mien.training.learn import SIZE, Settings, fit
from mien.training.material import VALIDATION, Faces, align_all, load, vote_shares
from mien.vision.align import warp

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray
    from rich.progress import Progress

    from mien.training.network import ExpressionNet

ALIGNMENT: Final = "alignment.npz"


def prepare(data: Path, out: Path, progress: Progress | None = None) -> Faces:
    """Read the pictures and find the faces in them, once.

    Raises:
        InputError: The file is unusable, or has nothing to learn from.
    """
    material = load(data)
    if not len(material.training_rows()):
        raise InputError(
            f"{data} has no training picture with enough votes; usage 0 marks the training split."
        )
    bar = progress.add_task("aligning faces", total=len(material.images)) if progress else None

    def step(done: int, total: int) -> None:
        if progress is not None and bar is not None:
            progress.update(bar, completed=done, total=total)

    matrices, found = align_all(material.images, SIZE, out / ALIGNMENT, step)
    step(len(found), len(found))
    return Faces(material, matrices, found)


def answers(
    net: ExpressionNet, faces: Faces, rows: NDArray[np.intp], *, spoilt_by: int | None = None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Logits (N, 8) and log-variances (N, 3) of pictures, aligned and otherwise as they are.

    Args:
        net: Network.
        faces: Aligned material.
        rows: Which pictures.
        spoilt_by: Seed of the damage of bad cameras to do to them first; none where left out.
    """
    logits, spread = [], []
    rng = np.random.default_rng(spoilt_by)
    for start in range(0, len(rows), 256):
        part = rows[start : start + 256]
        pictures = [(faces.material.images[i], faces.matrices[i]) for i in part]
        if spoilt_by is None:
            crops = np.stack([warp(image, matrix, SIZE) for image, matrix in pictures]).astype(np.float32)
        else:
            crops = np.stack([augment(rng, image, matrix, SIZE) for image, matrix in pictures])
        with torch.no_grad():
            a, b = net(torch.from_numpy(crops[:, None]))
        logits.append(a.double().numpy())
        spread.append(b.double().numpy())
    return np.concatenate(logits), np.concatenate(spread)


def finish(net: ExpressionNet, faces: Faces, out: Path) -> dict[str, Any]:
    """Calibrate on the validation split, write `expression.onnx` and `figures.json`; returns the figures.

    Raises:
        InputError: The validation split (usage 1) has no picture with enough votes.
    """
    rows = faces.material.voted_rows(VALIDATION)
    if not len(rows):
        raise InputError(
            "There is no validation picture with enough votes; usage 1 marks the validation split."
        )
    shares = vote_shares(faces.material.votes[rows])
    clean, spoilt = answers(net, faces, rows), answers(net, faces, rows, spoilt_by=0)
    known = vote_shares(faces.material.votes[faces.material.training_rows()])
    calibration = calibrate((*clean, shares), (*spoilt, shares), known.mean(axis=0))
    metadata = {
        "prior": {
            "probabilities": known.mean(axis=0).tolist(),
            "variances": ((valences(known) - valences(known.mean(axis=0)[None])) ** 2).mean(axis=0).tolist(),
        }
    }
    export(net, calibration, SIZE, out / "expression.onnx", metadata)
    result = _figures(faces, calibration, rows, shares, clean, spoilt)
    (out / "figures.json").write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    return result


def _figures(
    faces: Faces,
    calibration: Calibration,
    rows: NDArray[np.intp],
    shares: NDArray[np.float64],
    clean: tuple[NDArray[np.float64], NDArray[np.float64]],
    spoilt: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> dict[str, Any]:
    """Figures on the validation split, which chose the calibration: kinder than a test."""
    probabilities = calibration.probabilities(clean[0])
    majority, labels = faces.material.majority_rows(VALIDATION)
    place = {int(row): i for i, row in enumerate(rows)}
    kept = np.array([int(row) in place for row in majority], np.bool_)
    at = np.array([place[int(row)] for row in majority[kept]], np.intp)

    def residual(said: tuple[NDArray[np.float64], NDArray[np.float64]]) -> list[float]:
        miss = valences(calibration.probabilities(said[0])) - valences(shares)
        return (miss**2 / calibration.variances(said[1])).mean(axis=0).tolist()  # type: ignore[no-any-return]

    return {
        "split": "validation",
        "pictures": len(faces.material.images),
        "without_landmarks": int((~faces.found).sum()),
        "learned_from": len(faces.material.training_rows()),
        "temperature": calibration.temperature,
        "offset": calibration.offset.tolist(),
        "majority": asdict(figures(probabilities[at], labels[kept])),
        "classwise_calibration_error": calibration_error(probabilities, shares),
        "valence_concordance": valence_concordance(probabilities, shares),
        "residual_mean_square": {"clean": residual(clean), "spoilt": residual(spoilt)},
    }


def train(
    data: Path,
    out: Path,
    progress: Progress,
    *,
    settings: Settings | None = None,
    workers: int = 2,
    resume: bool = True,
) -> dict[str, Any]:
    """From a file of pictures and votes to `expression.onnx` and `figures.json` in a folder.

    Args:
        data: File as `mien.training.material` describes it.
        out: Folder for the alignment, the checkpoint and the results; made if need be.
        progress: Where the bars are drawn.
        settings: Of the run; the defaults made the bundled network.
        workers: Threads, each learning from its part of every batch.
        resume: Go on from the checkpoint in `out`, if there is one.

    Returns:
        Figures on the validation split, as in `figures.json`.

    Raises:
        InputError: The file is unusable, lacks a split, or `out` holds a run of other settings.
    """
    out.mkdir(parents=True, exist_ok=True)
    faces = prepare(data, out, progress)
    net = fit(faces, out, settings or Settings(), progress, workers=workers, resume=resume)
    return finish(net, faces, out)
