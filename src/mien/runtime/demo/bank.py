"""Simulated interactions that Mien's own scoring has scored, to draw from: score, curve, moments and seconds are its.

The truths are made at once, which is quick; each interaction is scored when it is first drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from mien.expressions import EXPRESSIONS
from mien.journey.builder import InteractionBuilder
from mien.journey.simulate import Simulated, simulate
from mien.journey.types import Context
from mien.runtime.demo.story import READER, SEED
from mien.vision.types import ExpressionReading, LeftOut, Observation, Quality, Visibility

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from mien.journey.simulate import TruthKind
    from mien.journey.types import Interaction
    from mien.vision.gate import Role

Kind = Literal["whole", "short", "covered midway"]

PER_ROLE: Final = 48
"""Whole interactions of each role."""
_SHORT: Final = 6
_MIDWAY: Final = 4
_NEAREST: Final = 4
"""So many of the nearest are drawn from."""

_LASTS: Final[dict[Role, tuple[float, float]]] = {
    "entrance": (4.0, 10.0),
    "department": (8.0, 22.0),
    "counter": (18.0, 50.0),
    "checkout": (12.0, 36.0),
    "exit": (4.0, 9.0),
    "call": (20.0, 60.0),
}
_TRUTHS: Final[dict[Role, tuple[TruthKind, ...]]] = {
    "entrance": ("flat", "walk", "ramp"),
    "department": ("walk", "bump", "flat", "ramp"),
    "counter": ("ramp", "step", "bump", "walk"),
    "checkout": ("ramp", "step", "bump", "walk"),
    "exit": ("flat", "walk", "ramp"),
    "call": ("ramp", "step", "walk"),
}
_WHY: Final = (LeftOut.TURNED_AWAY, LeftOut.LOOKING_DOWN, LeftOut.BLURRED, LeftOut.PHONE, LeftOut.CUT_OFF)
_OFTEN: Final = (0.4, 0.25, 0.15, 0.12, 0.08)
_LONG_S: Final = (
    12.0  # longer ones keep every second reading: five a second are enough, and scored in half the time
)
_NO_BOX: Final = np.zeros(4, dtype=np.float32)
_QUALITY: Final = Quality(height_px=90.0, sharpness=1.0, brightness=0.5, contrast=0.2, inside=1.0)


@dataclass(frozen=True, slots=True)
class Drawn:
    """Which interaction of the bank.

    Attributes:
        role: Of the touchpoint.
        kind: What it is like.
        number: Of it among these.
    """

    role: Role
    kind: Kind
    number: int


@dataclass(slots=True, eq=False)
class _Shelf:
    """The interactions of one role and kind."""

    truths: list[Simulated]
    ends: NDArray[np.float64]
    scored: dict[int, Interaction]


class Bank:
    """Simulated interactions by role.

    Args:
        per_role: Whole interactions of each role.
    """

    def __init__(self, per_role: int = PER_ROLE) -> None:
        self._per_role = per_role
        self._shelves: dict[tuple[Role, Kind], _Shelf] = {}

    def draw(
        self, rng: np.random.Generator, role: Role, ends: tuple[float, float], kind: Kind = "whole"
    ) -> Drawn:
        """One that begins and ends about as wanted.

        Args:
            rng: Source of chance.
            role: Of the touchpoint.
            ends: True mean valence wanted of its first and its last window.
            kind: What it is like.
        """
        shelf = self._shelf(role, kind)
        near = np.argsort(((shelf.ends - ends) ** 2).sum(axis=1))[:_NEAREST]
        return Drawn(role, kind, int(rng.choice(near)))

    def lasts_s(self, drawn: Drawn) -> float:
        """From its first to its last reading, seconds."""
        times = self._shelf(drawn.role, drawn.kind).truths[drawn.number].times_s
        return float(times[-1])

    def ends(self, drawn: Drawn) -> tuple[float, float]:
        """True mean valence of its first and its last window."""
        first, last = self._shelf(drawn.role, drawn.kind).ends[drawn.number].tolist()
        return first, last

    def interaction(self, drawn: Drawn) -> Interaction:
        """It, scored, beginning at 0 s."""
        shelf = self._shelf(drawn.role, drawn.kind)
        if drawn.number not in shelf.scored:
            shelf.scored[drawn.number] = _score(shelf.truths[drawn.number], drawn)
        return shelf.scored[drawn.number]

    def observations(self, drawn: Drawn) -> list[Observation]:
        """What a camera would read of it, in order of time from 0 s on."""
        return _readings(self._shelf(drawn.role, drawn.kind).truths[drawn.number], drawn)

    def _shelf(self, role: Role, kind: Kind) -> _Shelf:
        if (role, kind) not in self._shelves:
            seed = [SEED, list(_LASTS).index(role), ["whole", "short", "covered midway"].index(kind)]
            count = {"whole": self._per_role, "short": _SHORT, "covered midway": _MIDWAY}[kind]
            truths = _truths(np.random.default_rng(seed), role, kind, count)
            ends = np.array([one.true_means()[:2] for one in truths])
            self._shelves[role, kind] = _Shelf(truths, ends, {})
        return self._shelves[role, kind]


def _truths(rng: np.random.Generator, role: Role, kind: Kind, count: int) -> list[Simulated]:
    """Truths as shops see them: faces are seldom far from neutral."""
    least_s, most_s = (1.2, 2.6) if kind == "short" else _LASTS[role]
    found: list[Simulated] = []
    while len(found) < count:
        truth = _TRUTHS[role][int(rng.integers(len(_TRUTHS[role])))]
        one = simulate(
            rng, truth, float(rng.uniform(least_s, most_s)), float(rng.uniform(0.2, 0.7)), "innovations"
        )
        first, last, _ = one.true_means()
        if abs(first) < 0.5 and abs(last) < 0.65:
            found.append(one)
    return found


def _score(truth: Simulated, drawn: Drawn) -> Interaction:
    builder = InteractionBuilder(f"{READER} {drawn}", Context(), reader=READER)
    for seen in _readings(truth, drawn):
        builder.add(seen)
    found = builder.end(1)
    if found is None:
        raise AssertionError(f"{drawn} passes by: it is too short to be drawn from.")
    return found


def _readings(truth: Simulated, drawn: Drawn) -> list[Observation]:
    rng = np.random.default_rng([SEED, drawn.number, len(drawn.role)])
    return list(_observations(truth, rng, midway=drawn.kind == "covered midway"))


def _observations(truth: Simulated, rng: np.random.Generator, *, midway: bool) -> Iterator[Observation]:
    """The readings of a truth; where some were lost, what is left out for a reason."""
    mix = rng.dirichlet((5.0, 3.0, 1.0, 0.6, 1.5))
    step = 2 if truth.times_s[-1] > _LONG_S else 1
    times = truth.times_s[::step]
    spacing_s = float(np.median(np.diff(times)))
    turns_s = float(times[-1]) * 0.55
    before = 0.0
    for t, valence, variance in zip(times, truth.valence[::step], truth.variance[::step], strict=True):
        if t - before > 3 * spacing_s:
            why = _WHY[int(rng.choice(len(_WHY), p=_OFTEN))]
            for lost in np.arange(before + spacing_s, t - spacing_s / 2, spacing_s):
                yield _observation(float(lost), None, Visibility.FULL, why)
        visibility = Visibility.EYES if midway and t > turns_s else Visibility.FULL
        reading = ExpressionReading(
            _shares(float(np.clip(valence, -1.0, 1.0)), mix), np.full(3, variance), visibility
        )
        yield _observation(float(t), reading, visibility, None)
        before = float(t)


def _observation(
    t_s: float, reading: ExpressionReading | None, visibility: Visibility, why: LeftOut | None
) -> Observation:
    return Observation(
        track_id=1,
        t_s=t_s,
        box=_NO_BOX,
        quality=_QUALITY,
        pose=None,
        gaze=None,
        visibility=visibility,
        reading=reading,
        left_out=why,
    )


def _shares(valence: float, mix: NDArray[np.float64]) -> NDArray[np.float64]:
    """(8,) shares of expressions that have this valence."""
    both = 0.06 * (1.0 - abs(valence))
    happy, unpleasant = max(valence, 0.0) + both, max(-valence, 0.0) + both
    rest = 1.0 - happy - unpleasant
    shares = np.zeros(len(EXPRESSIONS))
    shares[:3] = 0.93 * rest, happy, 0.07 * rest
    shares[3:] = unpleasant * mix
    return shares
