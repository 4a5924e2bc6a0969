"""Small sets made here: faces of the samples on disk, and readings made up so that the truth is known."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from mien.evaluation.bootstrap import Resampler
from mien.evaluation.pictures import ArrayPictures
from mien.evaluation.results import Evaluation, Wishes
from mien.evaluation.run import judge
from mien.evaluation.sets import select
from mien.evaluation.sums import features
from mien.evaluation.types import FaceSet, Lost, Readings, Scored
from mien.expressions import valence
from mien.vision.expression import ExpressionReader
from mien.vision.likeness import BYTES
from mien.vision.types import Visibility
from support.command import Ran, read_picture, runner

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

SAMPLES = Path(__file__).parents[2] / "samples"
PORTRAIT = Path(__file__).parents[2] / "src" / "mien" / "vision" / "selftest" / "face.jpg"


@dataclass(frozen=True)
class World:
    """A reader whose predictions mean what they say, and taggers who vote by them."""

    p: NDArray[np.float64]
    votes: NDArray[np.uint8]
    variance: NDArray[np.float64]


def world(count: int, seed: int = 0, taggers: int = 10, sharp: float = 0.25) -> World:
    """`count` pictures: distributions, votes drawn from them, and the variance that the votes then have."""
    rng = np.random.default_rng(seed)
    p = rng.dirichlet(np.full(8, sharp), count)
    votes = np.zeros((count, 10), np.uint8)
    votes[:, :8] = rng.multinomial(taggers, p)
    levels = np.array([0, 1, 0, -1, -1, -1, -1, -1])
    variance = (p @ levels**2 - (p @ levels) ** 2) / taggers + 1e-4
    return World(p, votes, variance)


def readings_of(
    p: NDArray[np.float64], variance: NDArray[np.float64], lost: dict[int, Lost] | None = None
) -> Readings:
    """Readings as if faces of every size and pose had been read."""
    count = len(p)
    rng = np.random.default_rng(7)
    gone = lost or {}
    read = np.array([i not in gone for i in range(count)])
    hidden = np.where(read, 1.0, np.nan)
    return Readings(
        rows=np.arange(count),
        probabilities=p * hidden[:, None],
        variances=np.repeat(variance[:, None], 3, axis=1) * hidden[:, None],
        found=read,
        as_came=np.zeros(count, bool),
        height_px=rng.uniform(20, 250, count) * hidden,
        yaw=rng.normal(0, 15, count) * hidden,
        pitch=rng.normal(0, 10, count) * hidden,
        sharpness=rng.uniform(0, 1, count) * hidden,
        brightness=rng.uniform(0, 1, count) * hidden,
        visibility=tuple(Visibility.FULL if r else None for r in read),
        lost=tuple(gone.get(i) for i in range(count)),
        several=0,
        examples={},
        hashes=rng.integers(0, 256, (count, BYTES), np.uint8),
    )


def set_of(
    votes: NDArray[np.uint8] | None = None, labels: NDArray[np.int64] | None = None, **more: object
) -> FaceSet:
    """A set without pictures, for readings that are made up."""
    count = len(votes) if votes is not None else len(labels)
    none = np.full(count, -1, np.int64)
    pictures = ArrayPictures(np.zeros((count, 48, 48), np.uint8))
    return FaceSet("made-up.npz", "npz", pictures, none if labels is None else labels, votes, **more)


def rows_of(truth: NDArray[np.int64], answer: NDArray[np.int64]) -> NDArray[np.float64]:
    """Rows of sums of pictures of which only truth and answer matter."""
    count = len(truth)
    p = np.eye(8)[answer]
    return features(
        Scored(
            truth=truth, answer=answer, classes=tuple(range(8)), probabilities=p, variance=np.ones(count),
            valence=valence(p), shares=np.eye(8)[truth], tagger_valence=np.full(count, np.nan),
            taggers=np.ones(count, np.int64), found=np.ones(count, bool),
        )
    )  # fmt: skip


@pytest.fixture(scope="session")
def reader() -> ExpressionReader:
    return ExpressionReader()


@pytest.fixture(scope="session")
def judged(reader: ExpressionReader) -> Callable[..., Evaluation]:
    """Judge made-up readings of a made-up set."""

    def run(
        faces: FaceSet, readings: Readings, wishes: Wishes | None = None, **options: object
    ) -> Evaluation:
        chosen = select(faces, options.pop("split", None), tuple(range(8)), **options)
        return judge(faces, chosen, readings, reader, wishes or Wishes(resamples=200))

    return run


@pytest.fixture
def mien(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Ran]:
    """Run `mien` in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    return runner(capsys, monkeypatch, 160)


@pytest.fixture(scope="session")
def crops() -> list[NDArray[np.uint8]]:
    """Two dozen crops, BGR, of the faces of the samples, each a little otherwise lit and cut."""
    rng = np.random.default_rng(3)
    portrait = read_picture(PORTRAIT)[40:215, 55:230]
    out = []
    for i in range(24):
        dx, dy = rng.integers(0, 10, 2)
        cut = portrait[dy : dy + 165, dx : dx + 165]
        lit = np.clip(cut.astype(float) * rng.uniform(0.6, 1.3), 0, 255).astype(np.uint8)
        out.append(cv2.resize(lit, (96, 96), interpolation=cv2.INTER_AREA))
        if i % 2:
            out[-1] = cv2.flip(out[-1], 1)
    return out


@pytest.fixture(scope="session")
def class_folder(crops: list[NDArray[np.uint8]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder per class: smiling portraits, half of them called neutral, an empty wall and a broken file."""
    root = tmp_path_factory.mktemp("sets") / "shop"
    for i, crop in enumerate(crops):
        folder = root / ("0_Happy" if i < 16 else "Neutral")
        folder.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(folder / f"face{i:02}.png"), crop)
    cv2.imwrite(str(root / "Neutral" / "wall.png"), np.full((96, 96, 3), 128, np.uint8))
    (root / "Neutral" / "broken.jpg").write_bytes(b"no picture")
    (root / "Neutral" / "notes.txt").write_text("not a picture", encoding="utf-8")
    (root / ".cache").mkdir()
    return root


def same_draws(count: int, resamples: int = 200) -> Resampler:
    """A resampler of single pictures."""
    return Resampler(np.arange(count), resamples)
