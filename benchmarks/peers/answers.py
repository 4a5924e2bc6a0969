"""What every reader answers, kept in the cache folder so that a run that was stopped goes on where it was.

Kept are numbers only: the answers, and which pictures are done. The name of a file is made of the peer, its version,
the way it was asked and the pictures.
"""

from __future__ import annotations

import hashlib
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from benchmarks.peers.runner import Runner, open_runner
from mien.expressions import EXPRESSIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray
    from rich.progress import Progress

    from benchmarks.peers.sets import Pictures
    from benchmarks.peers.ways import Peer, Way

_SAVE_EVERY: Final = 20.0
"""Seconds between savings of what is done."""


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """Answers about the pictures of a set.

    Attributes:
        p: (N, 8) in the order of `EXPRESSIONS`, NaN where no face was found.
        done: (N,) whether the picture was asked about.
    """

    p: NDArray[np.float64]
    done: NDArray[np.bool_]

    @property
    def found(self) -> NDArray[np.bool_]:
        """(N,) whether there is an answer."""
        return np.isfinite(self.p[:, 0])

    def or_else(self, other: Answers) -> Answers:
        """These, and the other's where no face was found."""
        return Answers(np.where(self.found[:, None], self.p, other.p), self.done & other.done)


class Asked:
    """Asks one peer; its process starts with the first picture that has no kept answer.

    Args:
        peer: Which.
        cache: Folder of answers.
        progress: Bars.
        start: Starts it.
    """

    def __init__(self, peer: Peer, cache: Path, progress: Progress, start: Callable[[], Runner]) -> None:
        self.peer = peer
        self._cache = cache
        self._start = start
        self._progress = progress
        self._runner: Runner | None = None

    def about(self, pictures: Pictures, way: Way, rows: NDArray[np.intp] | None = None) -> Answers:
        """Its answers about some pictures, or all.

        Raises:
            InputError: It cannot be installed or has stopped answering.
        """
        kept = self._place(pictures, way)
        count = len(pictures.truth)
        answers = Answers(np.full((count, len(EXPRESSIONS)), np.nan), np.zeros(count, np.bool_))
        if kept.exists():
            with np.load(kept) as file:
                answers = Answers(file["p"], file["done"])
        wanted = np.arange(count) if rows is None else rows
        left = wanted[~answers.done[wanted]]
        if len(left):
            self._ask(pictures, way, left, answers, kept)
        return answers

    def runner(self) -> Runner:
        """The running peer.

        Raises:
            InputError: It cannot be installed.
        """
        if self._runner is None:
            self._runner = self._start()
        return self._runner

    def close(self) -> None:
        """End its process, if it has one."""
        if self._runner is not None:
            self._runner.close()

    def _ask(
        self, pictures: Pictures, way: Way, left: NDArray[np.intp], answers: Answers, kept: Path
    ) -> None:
        runner = self.runner()
        task = self._progress.add_task(f"{self.peer.name}, {pictures.name}: {way.key()}", total=len(left))
        saved = time.monotonic()
        try:
            for row in left:
                picture = way.picture(pictures.images[row], pictures.regions[row] if way.margin else None)
                answers.p[row], _ = runner.read(picture, way.setting)
                answers.done[row] = True
                self._progress.advance(task)
                if time.monotonic() - saved > _SAVE_EVERY:
                    _save(kept, answers)
                    saved = time.monotonic()
        finally:
            _save(kept, answers)
            self._progress.remove_task(task)

    def _place(self, pictures: Pictures, way: Way) -> Path:
        name = f"{self.peer.version} {pictures.hash} {way.key()}"
        return self._cache / f"{self.peer.name}-{hashlib.sha256(name.encode()).hexdigest()[:16]}.npz"


@contextmanager
def asked(peer: Peer, cache: Path, progress: Progress) -> Iterator[Asked]:
    """A peer to ask, ended however it goes."""
    one = Asked(peer, cache, progress, lambda: open_runner(peer, cache))
    try:
        yield one
    finally:
        one.close()


def _save(kept: Path, answers: Answers) -> None:
    kept.parent.mkdir(parents=True, exist_ok=True)
    part = kept.with_suffix(".part")
    with part.open("wb") as file:
        np.savez_compressed(file, p=answers.p, done=answers.done)
    part.replace(kept)
