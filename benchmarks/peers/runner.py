"""One process per peer that answers about one picture after the other, through pipes: no picture is written to disk."""

from __future__ import annotations

import json
import subprocess
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol

import cv2
import numpy as np

from benchmarks.peers.install import command, one_thread
from mien.errors import InputError
from mien.evaluation.names import labels_of
from mien.expressions import EXPRESSIONS
from mien.vision.expression import ExpressionReader
from mien.vision.faces import FaceReader

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from benchmarks.peers.ways import Peer

_PATIENCE = 10.0
"""Seconds for a process to end by itself."""


class Runner(Protocol):
    """Answers about pictures."""

    def read(
        self, picture: NDArray[np.uint8], setting: Mapping[str, Any]
    ) -> tuple[NDArray[np.float64], float]:
        """(8,) in the order of `EXPRESSIONS`, NaN where no face was found; and the milliseconds it took."""
        ...

    def close(self) -> None:
        """End it."""
        ...


def open_runner(peer: Peer, cache: Path) -> Runner:
    """A runner for a peer.

    Raises:
        InputError: Its environment cannot be made.
    """
    if peer.kind == "mien":
        return Mien()
    return Piped(peer.name, command(peer, cache), cache / f"{peer.name}.log")


class Mien:
    """Mien itself, as its users call it."""

    def __init__(self) -> None:
        cv2.setNumThreads(1)
        self._whole = FaceReader()
        self._crops = ExpressionReader()

    def read(
        self, picture: NDArray[np.uint8], setting: Mapping[str, Any]
    ) -> tuple[NDArray[np.float64], float]:
        """As `Runner`."""
        start = time.perf_counter()
        if setting["detector"] == "given":
            p = self._crops.predict([picture])[0]
        else:
            bgr = np.asarray(cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR), np.uint8)
            faces = [face for face in self._whole.read(bgr) if face.probabilities is not None]
            p = np.full(len(EXPRESSIONS), np.nan)
            if faces:
                largest = max(faces, key=lambda face: float(np.prod(face.box[2:] - face.box[:2])))
                assert largest.probabilities is not None
                p = largest.probabilities
        return p, 1000.0 * (time.perf_counter() - start)

    def close(self) -> None:
        """Nothing to end."""


class Piped:
    """A peer in a process of its own.

    Args:
        name: Of the peer.
        words: Command that answers for it.
        log: File for what the process complains of.
        patience: Seconds that it has to end by itself.

    Raises:
        InputError: It does not start.
    """

    def __init__(self, name: str, words: Sequence[str], log: Path, patience: float = _PATIENCE) -> None:
        self._name = name
        self._patience = patience
        self._log = log
        with log.open("wb") as file:
            self._process = subprocess.Popen(
                words,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=file,
                env=one_thread(),
                start_new_session=True,  # Ctrl-C is for this process, which ends that one
            )
        self._setting: Mapping[str, Any] | None = None
        self._places = places(self._answer()["labels"], name)

    def read(
        self, picture: NDArray[np.uint8], setting: Mapping[str, Any]
    ) -> tuple[NDArray[np.float64], float]:
        """As `Runner`.

        Raises:
            InputError: The process has ended.
        """
        head: dict[str, Any] = {"height": picture.shape[0], "width": picture.shape[1]}
        if setting != self._setting:
            head["setting"] = dict(setting)
            self._setting = setting
        stdin = self._process.stdin
        assert stdin is not None
        with suppress(BrokenPipeError):  # the answer that does not come tells more
            stdin.write(json.dumps(head).encode() + b"\n" + picture.tobytes())
            stdin.flush()
        answer = self._answer()
        return in_order(answer["p"], self._places), float(answer["ms"])

    def close(self) -> None:
        """End the process, which ends by itself when its input does; if it takes too long, by force."""
        with suppress(BrokenPipeError, subprocess.TimeoutExpired):
            self._process.communicate(timeout=self._patience)
        if self._process.poll() is None:
            self._process.kill()
            self._process.communicate()

    def _answer(self) -> dict[str, Any]:
        stdout = self._process.stdout
        assert stdout is not None
        line = stdout.readline()
        if not line:
            raise InputError(f"{self._name} has stopped answering; {self._log} says why.")
        answer: dict[str, Any] = json.loads(line)
        return answer


def places(labels: list[str], name: str) -> NDArray[np.int64]:
    """Index in `EXPRESSIONS` of each label of a peer.

    Raises:
        InputError: It has a label that is no expression, or two that are the same.
    """
    found = labels_of(labels, None, name)
    if len(set(found.tolist())) != len(labels) or (found < 0).any():
        raise InputError(f"The labels of {name} are {', '.join(labels)}; each must be an expression, once.")
    return found


def in_order(p: list[float] | None, at: NDArray[np.int64]) -> NDArray[np.float64]:
    """A peer's numbers in the order of `EXPRESSIONS`: 0 for what it does not know, NaN where it found no face."""
    if p is None:
        return np.full(len(EXPRESSIONS), np.nan)
    out = np.zeros(len(EXPRESSIONS))
    out[at] = p
    return out
