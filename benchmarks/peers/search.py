"""The strongest setting of a peer, sought on a sample of both sets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mien.expressions import EXPRESSIONS
from mien.figures import answers as answered
from mien.figures import confusion_table, recalls

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from benchmarks.peers.answers import Answers, Asked
    from benchmarks.peers.sets import Pictures
    from benchmarks.peers.ways import Way


@dataclass(frozen=True, slots=True)
class Tried:
    """One way and how it did on the sample.

    Attributes:
        way: The way.
        ferplus: Accuracy on FER+ as it would be with the expressions as frequent as in the whole split.
        outside: Mean recall on the pictures from elsewhere.
        found: Share of the sample in which a face was found.
    """

    way: Way
    ferplus: float
    outside: float
    found: float

    @property
    def merit(self) -> float:
        """What the best way has most of."""
        return (self.ferplus + self.outside) / 2


@dataclass(frozen=True, slots=True)
class Found:
    """What the search found for one peer.

    Attributes:
        plain: As its users ask it without reading on.
        whole: The best way of giving it the whole picture; pictures without a face count as wrong.
        given: The best way of giving it the face.
        falls_back: Whether the whole picture, with the face given where none was found, beats giving it always; never
            for Mien, whose way with a given face is the one it documents.
        tried: Every way, in the order tried.
    """

    plain: Tried
    whole: Tried
    given: Tried
    falls_back: bool
    tried: tuple[Tried, ...]


def search(one: Asked, ferplus: Pictures, outside: Pictures, most: int) -> Found:
    """Go through the ways of a peer.

    Args:
        one: The peer.
        ferplus: Pictures with majorities.
        outside: Pictures from elsewhere.
        most: Pictures of each expression in the samples.
    """
    rows = [ferplus.sample(most), outside.sample(most)]
    tried: dict[str, Tried] = {}

    def ask(way: Way) -> list[Answers]:
        return [one.about(p, way, r) for p, r in zip((ferplus, outside), rows, strict=True)]

    def judge(way: Way, given: list[Answers]) -> Tried:
        share, found = [], []
        for pictures, r, a in zip((ferplus, outside), rows, given, strict=True):
            share.append(_recalls(pictures.truth[r], a.p[r]))
            found.append(a.found[r])
        frequency = np.bincount(ferplus.truth, minlength=len(EXPRESSIONS)) / len(ferplus.truth)
        return Tried(
            way,
            float(np.nansum(share[0] * frequency)),
            float(np.nanmean(share[1])),
            float(np.concatenate(found).mean()),
        )

    def attempt(ways: Sequence[Way]) -> list[Tried]:
        for way in ways:
            if way.key() not in tried:
                tried[way.key()] = judge(way, ask(way))
        return [tried[way.key()] for way in ways]

    plain, *more = attempt(one.peer.ways)
    best = max([plain, *more], key=lambda t: t.merit)
    for stage in one.peer.stages:
        best = max([best, *attempt([best.way.changed(c) for c in stage])], key=lambda t: t.merit)
    given = max(attempt(one.peer.given), key=lambda t: t.merit)
    both = [w.or_else(g) for w, g in zip(ask(best.way), ask(given.way), strict=True)]
    together = judge(best.way, both)
    falls_back = one.peer.kind != "mien" and together.merit > given.merit
    return Found(plain, best, given, falls_back, tuple(tried.values()))


def _recalls(truth: NDArray[np.int64], p: NDArray[np.float64]) -> NDArray[np.float64]:
    """(8,) with answers among the expressions that the set has."""
    return recalls(confusion_table(truth, answered(p, np.unique(truth).tolist())))
