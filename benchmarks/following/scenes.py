"""Simulated scenes: boxes of faces as a detector gives them, and whose they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

Kind = Literal["walkers", "passed by", "queue", "doorway"]
KINDS: Final[tuple[Kind, ...]] = ("walkers", "passed by", "queue", "doorway")
SIZE: Final = (1280, 720)
RATE: Final = 5.0
LENGTH_S: Final = 60.0
_JITTER, _SCALE = 0.02, 0.03  # of a box from picture to picture, face heights
_MISSED, _FALSE = 0.04, 0.01
_HIDDEN_BY: Final = 0.5


@dataclass(frozen=True, slots=True)
class Face:
    """One box of a picture.

    Attributes:
        box: (x1, y1, x2, y2) pixels.
        score: Of the detector, 0 to 1.
        person: Whose it is; `None` for what is no face.
    """

    box: tuple[float, float, float, float]
    score: float
    person: int | None


def scene(kind: Kind, seed: int) -> list[list[Face]]:
    """The pictures of a scene, 5 a second for a minute.

    Args:
        kind: Walkers who cross at several depths; people who stand and are passed by for 0.3 to 2 s; a queue of heads
            close to each other; a doorway where one comes in as the other has just left.
        seed: Of everything that is by chance.
    """
    rng = np.random.default_rng((KINDS.index(kind), seed))
    people = {"walkers": _walkers, "passed by": _passed_by, "queue": _queue, "doorway": _doorway}[kind](rng)
    return [_picture(people, n / RATE, rng) for n in range(round(LENGTH_S * RATE))]


def _walkers(rng: np.random.Generator) -> list[Callable[[float], tuple[float, float, float] | None]]:
    return [_walk(rng, float(rng.uniform(0, LENGTH_S - 10)), float(rng.uniform(60, 130))) for _ in range(14)]


def _passed_by(rng: np.random.Generator) -> list[Callable[[float], tuple[float, float, float] | None]]:
    standing = [_stand(rng, x, 90.0) for x in (300.0, 640.0, 980.0)]
    return [*standing, *(_walk(rng, 4.0 + 6.0 * n, float(rng.uniform(120, 170))) for n in range(9))]


def _queue(rng: np.random.Generator) -> list[Callable[[float], tuple[float, float, float] | None]]:
    return [_stand(rng, 400.0 + 105.0 * n, 95.0 - 6.0 * n, leaves_s=12.0 * (n + 1)) for n in range(5)]


def _doorway(rng: np.random.Generator) -> list[Callable[[float], tuple[float, float, float] | None]]:
    found, at_s = [], 0.0
    while at_s < LENGTH_S - 5:
        height = float(rng.uniform(80, 120))
        found.append(_walk(rng, at_s, height, from_right=True, speed=float(rng.uniform(250, 350))))
        at_s += float(rng.uniform(5.5, 7.5))
    return found


def _walk(
    rng: np.random.Generator,
    begin_s: float,
    height: float,
    *,
    from_right: bool | None = None,
    speed: float | None = None,
) -> Callable[[float], tuple[float, float, float] | None]:
    left = bool(rng.random() < 0.5) if from_right is None else from_right
    pace = float(rng.uniform(90, 300)) if speed is None else speed
    y, bob = float(rng.uniform(250, 420)), float(rng.uniform(0, 6))

    def at(t_s: float) -> tuple[float, float, float] | None:
        way = pace * (t_s - begin_s)
        if way < 0 or way > SIZE[0]:
            return None
        return (SIZE[0] - way if left else way), y + bob * float(np.sin(6 * t_s)), height

    return at


def _stand(
    rng: np.random.Generator, x: float, height: float, *, leaves_s: float = LENGTH_S
) -> Callable[[float], tuple[float, float, float] | None]:
    phase, sway = rng.uniform(0, 6, 2), float(rng.uniform(3, 10))

    def at(t_s: float) -> tuple[float, float, float] | None:
        if t_s > leaves_s:
            return None
        return (
            x + sway * float(np.sin(0.6 * t_s + phase[0])),
            330.0 + sway / 2 * float(np.sin(0.9 * t_s + phase[1])),
            height,
        )

    return at


def _picture(
    people: list[Callable[[float], tuple[float, float, float] | None]], t_s: float, rng: np.random.Generator
) -> list[Face]:
    there = [(person, place) for person, one in enumerate(people) if (place := one(t_s)) is not None]
    # Who is nearer, with the larger face, hides who is behind.
    there.sort(key=lambda one: -one[1][2])
    shown: list[NDArray[np.float64]] = []
    found: list[Face] = []
    for person, (x, y, height) in there:
        box = np.array([x - 0.4 * height, y - height / 2, x + 0.4 * height, y + height / 2])
        hidden = max((_covered(box, other) for other in shown), default=0.0)
        shown.append(box)
        if hidden > _HIDDEN_BY or rng.random() < _MISSED or _outside(box) > _HIDDEN_BY:
            continue
        moved = box + height * np.tile(rng.normal(0, _JITTER, 2), 2)
        grown = moved + height * float(rng.normal(0, _SCALE)) * np.array([-0.4, -0.5, 0.4, 0.5])
        found.append(Face(tuple(grown.tolist()), float(np.clip(rng.normal(0.88, 0.05), 0.5, 1.0)), person))
    if rng.random() < _FALSE:
        x, y, height = rng.uniform(0, SIZE[0]), rng.uniform(200, 500), rng.uniform(40, 100)
        found.append(Face((x, y, x + 0.8 * height, y + height), float(rng.uniform(0.5, 0.8)), None))
    return found


def _covered(box: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    width = min(box[2], other[2]) - max(box[0], other[0])
    height = min(box[3], other[3]) - max(box[1], other[1])
    return float(max(width, 0.0) * max(height, 0.0) / ((box[2] - box[0]) * (box[3] - box[1])))


def _outside(box: NDArray[np.float64]) -> float:
    return 1.0 - _covered(box, np.array([0.0, 0.0, *SIZE]))
