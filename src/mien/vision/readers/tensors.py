"""What a network says of its inputs and outputs, compared with what its manifest says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mien.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mien.vision.readers.manifest import ReaderManifest


@dataclass(frozen=True, slots=True)
class Tensor:
    """An input or an output of a network.

    Attributes:
        name: What it is called.
        type: `float32`, `uint8` ...
        shape: Its sides; `None` where any length will do.
    """

    name: str
    type: str
    shape: tuple[int | None, ...]

    def __str__(self) -> str:
        sides = ", ".join("any" if side is None else str(side) for side in self.shape)
        return f"'{self.name}' ({self.type}: {sides})"


@dataclass(frozen=True, slots=True)
class Fit:
    """Which input and output are used, and how many pictures go in at once; `None` where any number."""

    input: str
    output: str
    batch: int | None


def fit(manifest: ReaderManifest, inputs: Sequence[Tensor], outputs: Sequence[Tensor]) -> Fit:
    """Find the input and the output that the manifest means, and see whether they are as it says.

    Args:
        manifest: What is said of the network.
        inputs: What the network takes.
        outputs: What it gives.

    Raises:
        ModelError: It has none of that name or several to choose from, or type or shape are others.
    """
    wanted, taken = manifest.input, _chosen(manifest, "input", manifest.input.name, inputs)
    if len(inputs) > 1:
        raise ModelError(
            f"The network of '{manifest.name}' takes {_list(inputs)} at once; a reader can feed one picture only."
        )
    given = _chosen(manifest, "output", manifest.output.name, outputs)
    square = (wanted.size, wanted.size)
    sides = (wanted.depth, *square) if wanted.layout == "nchw" else (*square, wanted.depth)
    if taken.type != wanted.type or not _alike(taken.shape, (None, *sides)):
        said = ", ".join(str(side) for side in sides)
        raise ModelError(
            f"The network of '{manifest.name}' takes {taken}, its manifest says {wanted.type}: any, {said}; set "
            "input.size, channels, layout and type after the network."
        )
    if not _alike(given.shape, (None, len(manifest.output.labels))):
        raise ModelError(
            f"The network of '{manifest.name}' gives {given}, its manifest has {len(manifest.output.labels)} labels; "
            "name one label for each output in output.labels."
        )
    return Fit(taken.name, given.name, taken.shape[0])


def checked_output(raw: NDArray[np.generic], count: int, manifest: ReaderManifest) -> NDArray[np.float64]:
    """Outputs as (N, K) float64.

    Raises:
        ModelError: They have another shape, or hold a value that is no number.
    """
    wanted = (count, len(manifest.output.labels))
    if raw.shape != wanted:
        raise ModelError(
            f"The network of '{manifest.name}' gave outputs of shape {raw.shape} for {count} pictures; with the labels "
            f"of its manifest it must be {wanted}."
        )
    values = np.asarray(raw, np.float64)
    if not np.isfinite(values).all():
        raise ModelError(
            f"The network of '{manifest.name}' gave {values[~np.isfinite(values)][0]} for a picture; check how its "
            "manifest prepares the input (input.divide_by, mean, std)."
        )
    return values


def _chosen(manifest: ReaderManifest, what: str, name: str | None, there: Sequence[Tensor]) -> Tensor:
    found = [tensor for tensor in there if name in (None, tensor.name)]
    if len(found) != 1:
        asked = f"{len(there)} {what}s," if name is None else f"no {what} '{name}' but"
        raise ModelError(
            f"The network of '{manifest.name}' has {asked} {_list(there)}; write one of them as {what}.name."
        )
    return found[0]


def _list(tensors: Sequence[Tensor]) -> str:
    return ", ".join(str(tensor) for tensor in tensors)


def _alike(shape: Sequence[int | None], other: Sequence[int | None]) -> bool:
    return len(shape) == len(other) and all(
        a is None or b is None or a == b for a, b in zip(shape, other, strict=True)
    )
