"""`mien train`: from a file of pictures and votes to calibrated networks, with a fixed seed.

Four networks are learned, one after the other. The first reads whole faces and becomes a teacher. Three are kept: a
reader of whole faces that starts from the first and learns from the votes and from what the first says of the same
pictures; one that reads eyes and brows alone, taught in the same way; and one that sees what is covered. A run saves
after every epoch and goes on from there when it is started again.

Everything of the training split is learned from. Validation pictures that show a photograph of the training split in
another crop calibrate nothing and stand in no figure.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import torch
from scipy.special import softmax

from mien.errors import InputError
from mien.expressions import EXPRESSIONS
from mien.figures import calibration_error, figures, valence_concordance
from mien.training.calibrate import DIVIDED, EYES_DIVIDED, Calibration, calibrate, calibrate_shares, valences
from mien.training.copies import copied
from mien.training.export import export_reader
from mien.training.learn import CHECKPOINT, Settings, fit
from mien.training.material import Faces, align_all, load, majorities, vote_shares
from mien.training.network import Mirrored
from mien.training.real_covers import fingerprints
from mien.training.seeing import SeeCovers
from mien.training.tasks import SIZE, ReadEyes, ReadFaces, covered_face
from mien.training.veils import finish_visibility
from mien.training.widen import widen

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray
    from rich.progress import Progress
    from torch import nn

    Answers = tuple[NDArray[np.float64], NDArray[np.float64]]

ALIGNMENT: Final = "alignment.npz"
_HARMLESS: Final = 0.1
_BATCH: Final = 256


@dataclass(frozen=True, slots=True)
class Plan:
    """The settings of the networks of a run.

    Attributes:
        first: Reader of whole faces, from scratch; the teacher.
        second: The reader that is kept, which starts from the first.
        eyes: Reader of eyes and brows, which starts from the first.
        visibility: What sees covers.
    """

    first: Settings = field(default_factory=Settings)
    second: Settings = field(default_factory=lambda: Settings(24, 4, rate=0.05, polish_rate=0.01))
    eyes: Settings = field(default_factory=lambda: Settings(30, 4, rate=0.08, polish_rate=0.01))
    visibility: Settings = field(default_factory=lambda: Settings(8, 0))

    def made(self, *, seed: int, effort: float = 1.0) -> Plan:
        """The same with another seed and a share of the passes, at least one each."""

        def one(s: Settings) -> Settings:
            polish = max(1, round(s.polish * effort)) if s.polish else 0
            return replace(s, seed=seed, epochs=max(1, round(s.epochs * effort)), polish=polish)

        every = (self.first, self.second, self.eyes, self.visibility)
        return Plan(*(one(settings) for settings in every))


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

    matrices, found, points = align_all(material.images, SIZE, out / ALIGNMENT, step)
    step(len(found), len(found))
    faces = Faces(material, matrices, found, points, copied(material, matrices))
    if not len(faces.apart_rows()):
        raise InputError(f"Every training picture of {data} shows a photograph that is held out, too.")
    if not len(faces.judging_rows()):
        raise InputError(
            f"{data} has no validation picture (usage 1) with enough votes whose photograph is not learned from, too."
        )
    return faces


def answers(net: nn.Module, task: ReadFaces, rows: NDArray[np.intp], *, spoilt: bool = False) -> Answers:
    """Logits (N, 8) and log-variances (N, 3) of pictures, with chance seeded alike each time.

    Args:
        net: Network.
        task: What it was taught, which says how pictures are shown to it.
        rows: Which pictures.
        spoilt: Whether bad cameras spoil them first.
    """
    logits, spread = [], []
    rng = np.random.default_rng(0)
    for start in range(0, len(rows), _BATCH):
        part = rows[start : start + _BATCH]
        if spoilt:
            crops = task.batch(rng, part)[0]
        else:
            stacked = np.stack([task.crop(rng, int(i)) for i in part])
            crops = torch.from_numpy(stacked[:, None].astype(np.float32))
        with torch.no_grad():
            a, b = net(crops)
        logits.append(a.double().numpy())
        spread.append(b.double().numpy())
    return np.concatenate(logits), np.concatenate(spread)


def lessons(net: nn.Module, task: ReadFaces) -> NDArray[np.float64]:
    """What a network says of each picture learned from and its mirror image, geometric mean.

    Returns:
        (N, 8) distributions, in the rows of the pictures that are learned from; nothing in the others.
    """
    taught = np.zeros((len(task.faces.found), len(EXPRESSIONS)))
    rows = task.rows()
    taught[rows] = softmax(answers(Mirrored(net), replace(task, harmless=0.0), rows)[0], axis=1)
    return taught


def finish(net: nn.Module, task: ReadFaces, path: Path, divided: float = DIVIDED) -> dict[str, Any]:
    """Calibrate a reader on `Faces.judging_rows` and write it as ONNX; returns its figures.

    Args:
        net: Trained network.
        task: What it was taught.
        path: File to write.
        divided: Power of their frequency by which common expressions are divided.
    """
    faces = task.faces
    rows = faces.judging_rows()
    shares = vote_shares(faces.material.votes[rows])
    clean, spoilt = answers(net, task, rows), answers(net, task, rows, spoilt=True)
    known = vote_shares(faces.material.votes[task.rows()])
    calibration = calibrate((*clean, shares), (*spoilt, shares), known.mean(axis=0), divided)
    mean = known.mean(axis=0)
    prior = {
        "probabilities": mean.tolist(),
        "variances": ((valences(known) - valences(mean[None])) ** 2).mean(axis=0).tolist(),
    }
    height = task.crop(np.random.default_rng(0), int(rows[0])).shape[0]
    export_reader(net, calibration, (height, SIZE), path, {"prior": prior})
    return _figures(faces, calibration, rows, shares, clean, spoilt)


def _figures(
    faces: Faces,
    calibration: Calibration,
    rows: NDArray[np.intp],
    shares: NDArray[np.float64],
    clean: Answers,
    spoilt: Answers,
) -> dict[str, Any]:
    """Figures on the validation split, which chose the calibration: kinder than a test."""
    probabilities = calibration.probabilities(clean[0])
    labels = majorities(faces.material.votes[rows])
    clear = labels >= 0
    temperature, offset = calibrate_shares(clean[0], shares)
    plain = Calibration(temperature, offset, calibration.intercept, calibration.slope)

    def residual(said: Answers) -> list[float]:
        miss = valences(calibration.probabilities(said[0])) - valences(shares)
        return (miss**2 / calibration.variances(said[1])).mean(axis=0).tolist()  # type: ignore[no-any-return]

    return {
        "split": "validation, without photographs of the training split",
        "pictures": len(rows),
        "temperature": calibration.temperature,
        "offset": calibration.offset.tolist(),
        "majority": asdict(figures(probabilities[clear], labels[clear])),
        "nothing_divided_out": asdict(figures(plain.probabilities(clean[0])[clear], labels[clear])),
        "classwise_calibration_error": calibration_error(probabilities, shares),
        "valence_concordance": valence_concordance(probabilities, shares),
        "residual_mean_square": {"clean": residual(clean), "spoilt": residual(spoilt)},
    }


def train(
    data: Path,
    out: Path,
    progress: Progress,
    *,
    plan: Plan | None = None,
    workers: int = 2,
    resume: bool = True,
) -> dict[str, Any]:
    """From a file of pictures and votes to `expression.onnx`, `expression_eyes.onnx`, `visibility.onnx` and figures.

    Args:
        data: File as `mien.training.material` describes it.
        out: Folder for the alignment, the checkpoints and the results; made if need be.
        progress: Where the bars are drawn.
        plan: Settings of the run; the defaults made the bundled networks.
        workers: Threads, each learning from its part of every batch.
        resume: Go on from the checkpoints in `out`, if there are any.

    Returns:
        Figures on the validation split, as in `figures.json`.

    Raises:
        InputError: The file is unusable, lacks a split, or `out` holds a run of other settings.
    """
    out.mkdir(parents=True, exist_ok=True)
    plan = plan or Plan()
    faces = prepare(data, out, progress)

    def learned(task: ReadFaces | SeeCovers, file: str, name: str) -> nn.Module:
        return fit(task, out / file, progress, name=name, workers=workers, resume=resume)

    alone = ReadFaces(faces, plan.first, harmless=_HARMLESS)
    first = learned(alone, CHECKPOINT, "whole faces")
    start, taught = first.state_dict(), lessons(first, alone)
    whole = ReadFaces(faces, plan.second, start, taught, harmless=_HARMLESS)
    eyes = ReadEyes(faces, plan.eyes, start, taught)
    covers = SeeCovers(faces, plan.visibility)
    second = learned(whole, "second.pt", "whole faces again")
    result = {
        "pictures": len(faces.material.images),
        "without_landmarks": int((~faces.found).sum()),
        "learned_from": len(whole.rows()),
        "expression": finish(second, replace(whole, harmless=0.0), out / "expression.onnx"),
        "expression_eyes": finish(
            Mirrored(learned(eyes, "eyes.pt", "eyes alone")),
            replace(eyes, covered=1.0),
            out / "expression_eyes.onnx",
            EYES_DIVIDED,
        ),
        "visibility": finish_visibility(
            learned(covers, "visibility.pt", "covers"), faces, out / "visibility.onnx"
        ),
    }
    known = fingerprints(faces, whole.rows())
    np.savez_compressed(out / "expression_seen.npz", fingerprints=known)
    widen(out / "expression.onnx", faces, lambda row: faces.material.images[row])
    widen(
        out / "expression_eyes.onnx", faces, lambda row: covered_face(np.random.default_rng(row), faces, row)
    )
    (out / "figures.json").write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    return result
