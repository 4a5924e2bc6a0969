"""One manifest of network weights, one loader that refuses a file whose hash differs.

`weights/manifest.toml` says of every network what it is, where it comes from and on what terms. No other module
knows a file name, an input size or a colour order.
"""

from __future__ import annotations

import hashlib
import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import onnxruntime as ort
from pydantic import BaseModel, ConfigDict, Field

from mien.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Mapping

WEIGHTS: Final = Path(__file__).parent / "weights"
"""Folder of the bundled weights."""

Kind = Literal[
    "detector",
    "landmarks",
    "blendshapes",
    "mesh",
    "expression",
    "eyes",
    "visibility",
    "embedding",
    "people",
    "segments",
]
_BESIDE_READING: Final = ("embedding", "people", "segments")
"""Kinds that no reading of a face goes through."""


class Companion(BaseModel):
    """A file that goes with a network.

    Attributes:
        file: File name inside the folder of weights.
        sha256: Hex digest of the file.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: str = Field(pattern=r"^[A-Za-z0-9_.-]+$")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class ModelEntry(BaseModel):
    """What the manifest says of one file of weights.

    Attributes:
        name: Short name, unique in the manifest.
        version: Version of these weights; part of the reader's version stored with every score.
        kind: What the network is for.
        file: File name inside the folder of weights.
        sha256: Hex digest of the file.
        input_size: Input height and width in pixels; 0 where any size is taken.
        colour: Order of the input's channels.
        mean: Subtracted from each channel before the network (0-255 scale).
        std: Divides each channel after that.
        labels: Names of the outputs, where they have names.
        licence: SPDX expression of the weights' terms.
        copyright: Who holds them.
        origin: The registry package and file they come from, or the command that trained them.
        card: File name of the model card in the same folder.
        seen: Fingerprints of the pictures it learned from, a file in the same folder.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z0-9_.-]+$")
    version: str
    kind: Kind
    file: str = Field(pattern=r"^[A-Za-z0-9_.-]+$")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    input_size: tuple[int, int] = (0, 0)
    colour: Literal["bgr", "rgb", "grey", "none"]
    mean: tuple[float, ...] = (0.0,)
    std: tuple[float, ...] = (1.0,)
    labels: tuple[str, ...] = ()
    licence: str
    copyright: str
    origin: str
    card: str | None = None
    seen: Companion | None = None

    @property
    def path(self) -> Path:
        """Where the file is."""
        return WEIGHTS / self.file


class _Manifest(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    models: tuple[ModelEntry, ...]


@cache
def manifest() -> Mapping[str, ModelEntry]:
    """The bundled networks by name.

    Raises:
        ModelError: The manifest is missing or not as it should be.
    """
    path = WEIGHTS / "manifest.toml"
    try:
        entries = _Manifest.model_validate(tomllib.loads(path.read_text(encoding="utf-8"))).models
    except (OSError, ValueError) as error:
        raise ModelError(f"The manifest of weights {path.name} cannot be used: {error}") from error
    return {entry.name: entry for entry in entries}


def entry(name: str) -> ModelEntry:
    """The manifest's entry of a network.

    Raises:
        ModelError: There is no network of that name; the message lists those that exist.
    """
    known = manifest()
    if name not in known:
        raise ModelError(f"There is no model '{name}'; the manifest has {', '.join(sorted(known))}.")
    return known[name]


def weights_in_use() -> str:
    """Hashes of all networks that a face goes through, in one text; another of them makes another analysis."""
    return " ".join(
        sorted(model.sha256 for model in manifest().values() if model.kind not in _BESIDE_READING)
    )


def verified_path(model: ModelEntry) -> Path:
    """The path of a network's file, after its hash was compared with the manifest.

    Raises:
        ModelError: The file is missing, or is not the one the manifest names.
    """
    return _verified(f"weights of '{model.name}'", model.file, model.sha256)


def verified_companion(model: ModelEntry, companion: Companion) -> Path:
    """The path of a file that goes with a network, after its hash was compared with the manifest.

    Raises:
        ModelError: As `verified_path`.
    """
    return _verified(f"seen pictures of '{model.name}'", companion.file, companion.sha256)


def _verified(what: str, file: str, sha256: str) -> Path:
    path = WEIGHTS / file
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise ModelError(f"The {what} ({file}) are missing: reinstall Mien.") from error
    if digest != sha256:
        raise ModelError(
            f"The {what} ({file}) have sha256 {digest[:12]}…, the manifest says {sha256[:12]}…: the file was "
            "altered, reinstall Mien."
        )
    return path


def session(name: str, *, threads: int = 1) -> ort.InferenceSession:
    """Open a network of the manifest for inference on the CPU.

    Args:
        name: Name in the manifest.
        threads: Threads inside one operation. One is the default: two processes of one thread scale linearly, and
            idle threads never spin.

    Raises:
        ModelError: The name is unknown, the file is missing or altered, or the runtime cannot load it.
    """
    return load_network(str(verified_path(entry(name))), f"The weights of '{name}'", threads=threads)


def load_network(network: str | bytes, what: str, *, threads: int = 1) -> ort.InferenceSession:
    """Open an ONNX network for inference on the CPU.

    Args:
        network: Path of the file, or what is in it.
        what: What to call it in a message.
        threads: Threads inside one operation.

    Raises:
        ModelError: The runtime cannot load it.
    """
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return ort.InferenceSession(network, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime raises classes of its own without a common base
        raise ModelError(f"{what} cannot be loaded: {' '.join(str(error).split())}") from error
