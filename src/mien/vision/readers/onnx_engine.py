"""The engine that runs an ONNX file of the user's own in this process."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

import numpy as np

from mien.errors import ModelError, SettingError
from mien.vision.models import load_network
from mien.vision.readers.tensors import Tensor, checked_output, fit

if TYPE_CHECKING:
    from pathlib import Path

    import onnxruntime as ort
    from numpy.typing import NDArray

    from mien.vision.readers.manifest import ReaderManifest

_TYPES: Final = {"tensor(float)": "float32", "tensor(uint8)": "uint8", "tensor(double)": "float64"}


class OnnxEngine:
    """Runs an ONNX file, as `mien.vision.protocols.Engine`.

    Args:
        manifest: What is said of the network.
        folder: Where the manifest lies.
        threads: Threads inside one operation.

    Raises:
        SettingError: The manifest names no file, or it cannot be opened.
        ModelError: The file has another hash than the manifest says, cannot be loaded, or takes or gives something
            else than the manifest says.
    """

    def __init__(self, manifest: ReaderManifest, folder: Path, *, threads: int = 1) -> None:
        if manifest.file is None:
            raise SettingError(f"The manifest of '{manifest.name}' names no file.")
        path = folder / manifest.file
        content, digest = read_network(path)
        if digest != manifest.sha256:
            raise ModelError(
                f"'{path}' has sha256 {digest}, the manifest of '{manifest.name}' says {str(manifest.sha256)[:12]}…: "
                "it is another file; if it is the one you mean, write its hash into the manifest."
            )
        self._manifest = manifest
        self._session = load_network(content, f"The network '{path}'", threads=threads)
        inputs, outputs = tensors_of(self._session)
        self._fit = fit(manifest, inputs, outputs)
        self.batch = self._fit.batch
        self.digest = digest[:8]

    def run(self, batch: NDArray[np.float32] | NDArray[np.uint8]) -> NDArray[np.float64]:
        """(N, K) outputs for a batch of N prepared pictures.

        Raises:
            ModelError: The runtime stops, or the outputs have another shape or hold no numbers.
        """
        try:
            (raw,) = self._session.run([self._fit.output], {self._fit.input: batch})
        except Exception as error:  # onnxruntime raises classes of its own without a common base
            raise ModelError(
                f"The network of '{self._manifest.name}' stopped: {' '.join(str(error).split())}"
            ) from error
        return checked_output(np.asarray(raw), len(batch), self._manifest)


def read_network(path: Path) -> tuple[bytes, str]:
    """What is in the file of a network, and its sha256. What was compared is also what is run.

    Raises:
        SettingError: It cannot be opened.
    """
    try:
        content = path.read_bytes()
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise SettingError(f"The network '{path}' cannot be opened: {why}.") from error
    return content, hashlib.sha256(content).hexdigest()


def tensors_of(session: ort.InferenceSession) -> tuple[list[Tensor], list[Tensor]]:
    """Inputs and outputs of a loaded network."""

    def all_of(nodes: list[ort.NodeArg]) -> list[Tensor]:
        return [
            Tensor(
                node.name,
                _TYPES.get(node.type, node.type),
                tuple(side if isinstance(side, int) else None for side in node.shape),
            )
            for node in nodes
        ]

    return all_of(session.get_inputs()), all_of(session.get_outputs())
