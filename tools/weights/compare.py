"""Is a rebuilt file the bundled one? By bytes, else by its constants and by what it computes."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import onnx
import onnxruntime as ort
from onnx import TensorProto, numpy_helper

from mien.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from tools.weights.recipe import Probe, Recipe


@dataclass(frozen=True, slots=True)
class Comparison:
    """A rebuilt file beside the bundled one.

    Attributes:
        name: Name in the manifest.
        source: The package it was rebuilt from.
        source_sha256: Hex digest of the source file in the package.
        rebuilt_sha256: Hex digest of the rebuilt file.
        same_bytes: Whether both files are equal byte for byte.
        constants: float32 constants of the bundled file.
        constants_found: How many of them the rebuilt file has too, value for value, in whatever layout.
        difference: Largest absolute difference of an output over all probes; infinite where shapes differ or
            a number is not finite.
        tolerance: The largest difference that counts as the same.
    """

    name: str
    source: str
    source_sha256: str
    rebuilt_sha256: str
    same_bytes: bool
    constants: int
    constants_found: int
    difference: float
    tolerance: float

    @property
    def passes(self) -> bool:
        """Whether the rebuilt file is the bundled one: outputs agree, and bytes or every constant do."""
        same = self.same_bytes or self.constants_found == self.constants
        return same and self.difference <= self.tolerance

    @property
    def verdict(self) -> str:
        """The result in words."""
        if not self.passes:
            return "DIFFERS"
        return "same bytes" if self.same_bytes else "same numbers"


def compare(recipe: Recipe, rebuilt: bytes, bundled: bytes) -> Comparison:
    """Compare a rebuilt file with the bundled one.

    Raises:
        ModelError: One of the two cannot be read as what it should be, or does not take the probes.
    """
    probes = recipe.probes()
    if probes:
        difference = _network_difference(rebuilt, bundled, probes)
        theirs, ours = _constants(bundled), set(_constants(rebuilt))
    else:
        difference = _difference([_array(rebuilt)], [_array(bundled)])
        theirs, ours = [_array(bundled).tobytes()], {_array(rebuilt).tobytes()}
    return Comparison(
        name=recipe.name,
        source=str(recipe.package),
        source_sha256=recipe.sha256,
        rebuilt_sha256=hashlib.sha256(rebuilt).hexdigest(),
        same_bytes=rebuilt == bundled,
        constants=len(theirs),
        constants_found=sum(values in ours for values in theirs),
        difference=difference,
        tolerance=recipe.tolerance,
    )


def _array(data: bytes) -> NDArray[np.float32]:
    try:
        values: NDArray[np.float32] = np.load(io.BytesIO(data), allow_pickle=False)
    except (ValueError, EOFError) as error:
        raise ModelError(f"The array cannot be read: {error}") from error
    return values


def _constants(model: bytes) -> list[bytes]:
    """The sorted values of every float32 constant: equal for equal values in whatever layout."""
    tensors = onnx.load_from_string(model).graph.initializer
    return [
        np.sort(numpy_helper.to_array(t), axis=None).tobytes()
        for t in tensors
        if t.data_type == TensorProto.FLOAT
    ]


def _network_difference(rebuilt: bytes, bundled: bytes, probes: Sequence[Probe]) -> float:
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    try:
        ours, theirs = (
            ort.InferenceSession(data, options, providers=["CPUExecutionProvider"])
            for data in (rebuilt, bundled)
        )
        names = [output.name for output in theirs.get_outputs()]
        return max(_difference(ours.run(names, probe), theirs.run(names, probe)) for probe in probes)
    except Exception as error:  # onnxruntime raises classes of its own without a common base
        raise ModelError(f"The rebuilt network cannot be run beside the bundled one: {error}") from error


def _difference(ours: Sequence[NDArray[np.float32]], theirs: Sequence[NDArray[np.float32]]) -> float:
    if [a.shape for a in ours] != [b.shape for b in theirs]:
        return float("inf")
    largest = max(float(np.max(np.abs(a - b))) for a, b in zip(ours, theirs, strict=True))
    return largest if np.isfinite(largest) else float("inf")
