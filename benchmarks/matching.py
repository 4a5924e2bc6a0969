"""Same-visit matching: how many joins are wrong with 50 visits open, and how many people are joined at all.

    uv run python -m benchmarks.matching --outside outside_dev.npz --cache faces.npz [--tune]

Two photographs of a person stand for two cameras: each is made smaller, so that the face is 48 to 80 pixels high,
blurred, brightened or darkened, given noise and JPEG 70, and landmarks are looked for in what is left. Half of the
people serve to choose (alignment, coefficients, threshold: `--tune` prints them), the other half to report. A shop day
has 50 people known from one camera and newcomers at the other, some of whom nobody knows; time and place forbid
nothing, which is the hardest case. `--cache` keeps the numbers of the faces of this public set between runs; delete it
afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import cv2
import numpy as np
import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table
from scipy import optimize

from mien.vision.geometry import face_height
from mien.vision.landmarks import MediaPipeLandmarker, find_in_crop
from mien.vision.matching.embedding import MIN_HEIGHT_PX, EmbeddingNetwork
from mien.vision.matching.probability import (
    COEFFICIENTS,
    MIN_PROBABILITY,
    UNSEEN,
    assign,
    log_ratio,
    strangers,
)
from mien.vision.refusal import refusal
from mien.vision.region import region_of
from mien.vision.types import FaceMesh
from mien.vision.visibility import VisibilityDetector

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

OPEN: Final = 50
"""Visits that are open."""
BANDS: Final = ((48.0, 56.0), (56.0, 64.0), (64.0, 80.0))
"""Face heights, pixels, of the less high of the two."""
_MOST_PICTURES: Final = 3
_SEED: Final = 20
_TRIES: Final = 2
"""Degraded copies of each photograph."""
_DAYS: Final = 600
_NEWCOMERS: Final = 30
_DRAWS: Final = 2000
_THRESHOLDS: Final = (0.5, 0.7, 0.8, 0.85, 0.9, 0.92, 0.94, 0.95, 0.96, 0.97, 0.98, 0.985, 0.99, 0.995)
_WRONG: Final = 0.01
_PRIOR: Final = OPEN / (1.0 - UNSEEN)
_SHARES: Final = (0.3, 0.75)
_SCALE: Final = 100.0
"""Times the loss, so that the search does not stop early."""


@dataclass(frozen=True)
class Faces:
    """What the network says of many pictures.

    Attributes:
        values: (N, 128) float32.
        person: (N,) whose they are.
        photo: (N,) which photograph they were made of.
        height: (N,) face height, pixels.
    """

    values: NDArray[np.float32]
    person: NDArray[np.int64]
    photo: NDArray[np.int64]
    height: NDArray[np.float64]

    def of(self, keep: NDArray[np.bool_]) -> Faces:
        """Those of `keep`, (N,)."""
        return Faces(self.values[keep], self.person[keep], self.photo[keep], self.height[keep])

    def distances(self) -> NDArray[np.float64]:
        """Of every two, (N, N)."""
        v = self.values.astype(np.float64)
        square = (v * v).sum(axis=1)
        return np.asarray(np.sqrt(np.maximum(square[:, None] + square - 2 * v @ v.T, 0.0)))


@dataclass(frozen=True)
class Days:
    """What came of the newcomers of many shop days.

    Attributes:
        person: (M,) who it was.
        known: (M,) whether one of the open visits was theirs.
        probability: (M,) of the join; 0 where nobody was joined.
        right: (M,) whether it was the right visit.
        height: (M,) of the less high of newcomer and visit joined, or else of the newcomer, pixels.
    """

    person: NDArray[np.int64]
    known: NDArray[np.bool_]
    probability: NDArray[np.float64]
    right: NDArray[np.bool_]
    height: NDArray[np.float64]


def tuning(person: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which people serve to choose: about half of them, by a hash of their number (Knuth's, multiplicative)."""
    return np.asarray((person.astype(np.uint64) * np.uint64(2654435761) % np.uint64(2**32)) < 2**31)


def degrade(grey: NDArray[np.uint8], scale: float, rng: np.random.Generator) -> NDArray[np.uint8]:
    """A picture as a camera further away would give it: (H, W) uint8 -> (h, w, 3) uint8 BGR."""
    side = round(grey.shape[0] * scale)
    small = cv2.resize(grey, (side, side), interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(small, (0, 0), 0.6).astype(np.float64)
    lit = soft * rng.uniform(0.75, 1.25) + rng.uniform(-15, 15) + rng.normal(0, 3, soft.shape)
    _, jpeg = cv2.imencode(".jpg", np.clip(lit, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 70])
    return np.asarray(cv2.imdecode(jpeg, cv2.IMREAD_COLOR), np.uint8)


def embed(outside: Path) -> Faces:
    """Degrade and embed photographs of everybody: up to three of each person, two copies of each."""
    with np.load(outside) as data:
        images, person = data["images"], data["person"].astype(np.int64)
    rng = np.random.default_rng(_SEED)
    landmarker, looker, network = MediaPipeLandmarker(), VisibilityDetector(), EmbeddingNetwork()
    taken: dict[int, int] = {}
    rows: list[tuple[int, int, float]] = []
    values = []
    for photo in track(rng.permutation(len(images)), "faces"):
        who = int(person[photo])
        if taken.get(who, 0) >= _MOST_PICTURES:
            continue
        taken[who] = taken.get(who, 0) + 1
        whole = find_in_crop(landmarker, np.repeat(images[photo][..., None], 3, axis=2))
        if whole is None:
            continue
        for low, high in ((48.0, 64.0), (64.0, 80.0))[:_TRIES]:
            scale = rng.uniform(low, high) / face_height(whole)
            image = degrade(images[photo], scale, rng)
            there = FaceMesh((whole.points * scale).astype(np.float32), whole.presence)
            mesh = find_in_crop(landmarker, image, region_of(there))
            if mesh is None:
                continue
            if refusal(image, mesh, looker.see(image, mesh), min_height_px=MIN_HEIGHT_PX) is not None:
                continue
            rows.append((who, int(photo), face_height(mesh)))
            values.append(network.run(image, mesh).copy())
    people, photos, heights = (np.array(column) for column in zip(*rows, strict=True))
    return Faces(np.stack(values), people, photos, heights.astype(np.float64))


def load(outside: Path, cache: Path | None) -> Faces:
    """The faces, from the cache where there is one."""
    if cache is not None and cache.exists():
        with np.load(cache) as kept:
            return Faces(kept["values"], kept["person"], kept["photo"], kept["height"])
    faces = embed(outside)
    if cache is not None:
        np.savez(cache, values=faces.values, person=faces.person, photo=faces.photo, height=faces.height)
    return faces


def pairs(faces: Faces) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Distance, lesser height and sameness of all pairs of different photographs."""
    i, j = np.triu_indices(len(faces.person), 1)
    apart = faces.photo[i] != faces.photo[j]
    i, j = i[apart], j[apart]
    heights = np.minimum(faces.height[i], faces.height[j])
    return faces.distances()[i, j], heights, faces.person[i] == faces.person[j]


def fit(faces: Faces) -> NDArray[np.float64]:
    """Coefficients of `log_ratio`: a logistic regression with weights as if one pair in `_PRIOR` were of one person."""
    distance, _, same = pairs(faces)
    prior = 1.0 / _PRIOR
    weight = np.where(same, prior / same.sum(), (1.0 - prior) / (~same).sum())
    offset = np.log(prior / (1.0 - prior))

    def loss(b: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        z = offset + b[0] + b[1] * distance
        error = weight * (1.0 / (1.0 + np.exp(-z)) - same)
        value = float(weight @ np.logaddexp(0.0, np.where(same, -z, z)))
        return _SCALE * value, _SCALE * np.array([error.sum(), error @ distance])

    return np.asarray(optimize.minimize(loss, np.zeros(2), jac=True, method="BFGS").x, np.float64)


def simulate(faces: Faces, coefficients: NDArray[np.float64], seed: int, unseen: float = UNSEEN) -> Days:
    """Shop days: 50 open visits, newcomers one to three at a time, a share `unseen` of them strangers."""
    rng = np.random.default_rng(seed)
    distances = faces.distances()
    people = np.unique(faces.person)
    at = {int(p): np.flatnonzero(faces.person == p) for p in people}
    several = [p for p in people.tolist() if len(np.unique(faces.photo[at[p]])) > 1]
    found: list[tuple[int, bool, float, bool, float]] = []
    for _ in range(_DAYS):
        inside = rng.choice(people, OPEN, replace=False)
        visits = np.array([rng.choice(at[int(p)]) for p in inside])
        theirs = {int(faces.person[v]): v for v in visits}
        known = [p for p in several if p in theirs]
        unknown = [p for p in people.tolist() if p not in theirs]
        left = _NEWCOMERS
        while left > 0 and known:
            count = min(int(rng.integers(1, 4)), left, len(known))
            left -= count
            who = [
                int(rng.choice(unknown)) if rng.random() < unseen else p
                for p in rng.choice(known, count, replace=False)
            ]
            shots = np.array([_another(faces, at[p], theirs.get(p), rng) for p in who])
            heights = np.minimum(faces.height[shots][:, None], faces.height[visits])
            ratios = log_ratio(distances[shots][:, visits], coefficients)
            joins = {i: (j, p) for i, j, p in assign(ratios, strangers(OPEN, None), least=_THRESHOLDS[0])}
            for i, p in enumerate(who):
                j, sure = joins.get(i, (-1, 0.0))
                height = heights[i, j] if j >= 0 else faces.height[shots[i]]
                found.append((p, p in theirs, sure, j >= 0 and inside[j] == p, float(height)))
    person, is_known, sure_, right, height_ = (np.array(column) for column in zip(*found, strict=True))
    return Days(person, is_known, sure_, right, height_)


def _another(
    faces: Faces, rows: NDArray[np.intp], visit: np.intp | None, rng: np.random.Generator
) -> np.intp:
    """A picture of somebody, not made of the photograph that is the visit's."""
    if visit is not None:
        rows = rows[faces.photo[rows] != faces.photo[visit]]
    chosen: np.intp = rng.choice(rows)
    return chosen


def rate(
    over: NDArray[np.bool_], under: NDArray[np.bool_], person: NDArray[np.int64], level: float = 0.95
) -> tuple[float, float, float]:
    """A share and its interval, drawing people; where nothing occurred, three over the people is the upper end.

    Args:
        over: (M,) what is counted.
        under: (M,) of what.
        person: (M,) who.
        level: Of the interval.
    """
    people, number = np.unique(person[under], return_inverse=True)
    top = np.bincount(number, over[under].astype(float), len(people))
    all_ = np.bincount(number, minlength=len(people)).astype(float)
    if not len(people):
        return float("nan"), float("nan"), float("nan")
    share = float(top.sum() / all_.sum())
    if not top.any():
        return 0.0, 0.0, min(1.0, 3.0 / len(people))
    rng = np.random.default_rng(_SEED)
    weights = rng.multinomial(len(people), np.full(len(people), 1 / len(people)), size=_DRAWS)
    low, high = np.quantile((weights @ top) / (weights @ all_), ((1 - level) / 2, (1 + level) / 2))
    return share, float(low), float(high)


def choose(days: Days) -> float:
    """The least threshold at which the upper end of the 99 % interval of wrong joins is at most 1 %."""
    for least in _THRESHOLDS:
        joined = days.probability >= least
        if rate(~days.right, joined, days.person, level=0.99)[2] <= _WRONG:
            return least
    return 1.0


def _percent(values: Sequence[float]) -> str:
    share, low, high = (100 * v for v in values)
    return f"{share:.2f} ({low:.2f}-{high:.2f})"


def joins_table(days: Days, thresholds: Sequence[float], title: str) -> Table:
    table = Table("least probability", "face px", "joins", "wrong, %", "recall, %", title=title)
    for least in thresholds:
        joined = days.probability >= least
        for low, high in ((48.0, 80.0), *BANDS):
            there = (days.height >= low) & (days.height < high)
            table.add_row(
                f"{least:g}",
                f"{low:.0f}-{high:.0f}",
                str(int((joined & there).sum())),
                _percent(rate(~days.right, joined & there, days.person)),
                _percent(rate(joined & days.right, days.known & there, days.person)),
            )
    return table


def roc_table(faces: Faces) -> Table:
    distance, height, same = pairs(faces)
    table = Table(
        "face px", "same pairs", "AUC", "TPR at 1e-2", "at 1e-3", "at 1e-4", title="Pairs, people not seen"
    )
    for low, high in ((48.0, 80.0), *BANDS):
        there = (height >= low) & (height < high)
        mine, others = distance[there & same], np.sort(distance[there & ~same])
        auc = float(np.searchsorted(-others[::-1], -mine).mean() / len(others))
        cells = [f"{float((mine < others[int(f * len(others))]).mean()):.3f}" for f in (1e-2, 1e-3, 1e-4)]
        table.add_row(f"{low:.0f}-{high:.0f}", str(len(mine)), f"{auc:.4f}", *cells)
    return table


def calibration_table(days: Days) -> Table:
    table = Table(
        "probability said", "joins", "mean said, %", "right, %", title="Calibration, people not seen"
    )
    for low, high in ((0.5, 0.8), (0.8, 0.95), (0.95, 0.99), (0.99, 1.001)):
        there = (days.probability >= low) & (days.probability < high)
        said = 100 * float(days.probability[there].mean())
        table.add_row(
            f"{low:g}-{min(high, 1):g}",
            str(int(there.sum())),
            f"{said:.1f}",
            _percent(rate(days.right, there, days.person)),
        )
    return table


def main(
    outside: Annotated[Path, typer.Option(help="Faces with the numbers of their people.")],
    cache: Annotated[Path | None, typer.Option(help="Where to keep the numbers of the faces.")] = None,
    tune: Annotated[bool, typer.Option(help="Fit coefficients and threshold on the tuning half.")] = False,
) -> None:
    """Measure same-visit matching on people that were not seen in tuning."""
    faces = load(outside, cache)
    chosen = tuning(faces.person)
    console = Console(width=110)
    coefficients, least = np.array(COEFFICIENTS), MIN_PROBABILITY
    if tune:
        coefficients = fit(faces.of(chosen))
        days = simulate(faces.of(chosen), coefficients, _SEED)
        least = choose(days)
        console.print(f"coefficients {coefficients.round(3).tolist()}, least probability {least:g}")
        console.print(joins_table(days, (0.9, 0.99, least), "Shop days, people of the tuning half"))
    others = faces.of(~chosen)
    counted = len(np.unique(others.person)), len(np.unique(faces.person))
    console.print(
        f"{counted[0]} of {counted[1]} people were not seen in tuning; {len(others.person)} pictures"
    )
    console.print(roc_table(others))
    days = simulate(others, coefficients, _SEED + 1)
    console.print(joins_table(days, (0.9, least), "Shop days, people not seen"))
    console.print(calibration_table(days))
    for share in _SHARES:
        fewer = simulate(others, coefficients, _SEED + 2, unseen=share)
        title = f"Shop days where {share:.0%} are strangers and not the {UNSEEN:.0%} assumed"
        console.print(joins_table(fewer, (least,), title))


if __name__ == "__main__":
    typer.run(main)
