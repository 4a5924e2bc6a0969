"""An environment of its own for every peer, in the cache folder, made by uv or npm when it is first needed."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from typing import TYPE_CHECKING

from benchmarks.peers.ways import RUNNERS
from mien.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from benchmarks.peers.ways import Peer


def command(peer: Peer, cache: Path) -> list[str]:
    """The command that answers for a peer, its environment made if need be.

    Raises:
        InputError: A tool is missing, or the environment cannot be made.
    """
    if peer.kind == "python":
        home = cache / "environments" / peer.name
        needs = RUNNERS / "fer-requirements.txt"
        python = home / "bin" / "python"
        if _outdated(home, needs):
            _run(peer, ["uv", "venv", "--clear", "--python", "3.11", str(home)])
            _run(peer, ["uv", "pip", "install", "--python", str(python), "--requirement", str(needs)])
            _note(home, needs)
        return [str(python), str(RUNNERS / peer.script)]
    home = cache / "environments" / "node"
    needs = RUNNERS / "package-lock.json"
    if _outdated(home, needs):
        home.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(RUNNERS / name, home / name)
        _run(peer, ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", str(home)])
        _note(home, needs)
    for script in RUNNERS.glob("*.mjs"):
        shutil.copy(script, home / script.name)  # beside its packages, where Node looks for them
    return ["node", str(home / peer.script)]


def one_thread() -> dict[str, str]:
    """The environment of a process that is to use one thread."""
    names = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TF_NUM_INTRAOP_THREADS")
    return {**os.environ, **dict.fromkeys((*names, "TF_NUM_INTEROP_THREADS"), "1")}


def _state(needs: Path) -> str:
    return hashlib.sha256(needs.read_bytes()).hexdigest()


def _outdated(home: Path, needs: Path) -> bool:
    note = home / "made-from"
    return not note.exists() or note.read_text() != _state(needs)


def _note(home: Path, needs: Path) -> None:
    (home / "made-from").write_text(_state(needs))


def _run(peer: Peer, words: Sequence[str]) -> None:
    if shutil.which(words[0]) is None:
        raise InputError(f"{peer.name} needs '{words[0]}' to be installed, and it is not on the path.")
    done = subprocess.run(words, check=False, capture_output=True, text=True)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise InputError(f"{peer.name} could not be installed by '{' '.join(words[:3])}': {last}.")
