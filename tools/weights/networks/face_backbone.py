"""The body of HSE-FaceRes, a MobileNet taught to tell the people of VGGFace2 apart: one row of float16.

In the package it is a TensorFlow.js graph. Its weights lie in one file of float16, table after table in the order of
the graph: three heads, which are left out, then the first convolution and thirteen blocks, each table followed by
what is multiplied and added after it, and by the two bounds of ReLU6. A. Savchenko, "Efficient facial representations
for age, gender and identity recognition in organizing photo albums using multi-output ConvNet", PeerJ Computer
Science 5:e197 (2019).
"""

from __future__ import annotations

import io
from math import prod
from typing import TYPE_CHECKING, Final

import numpy as np

from mien.errors import ModelError
from tools.weights.packages import NpmPackage
from tools.weights.recipe import Recipe

if TYPE_CHECKING:
    from numpy.typing import NDArray

_HEADS: Final = (256 * 100 + 100) + (1024 * 256 + 256) + (256 + 1)
"""Numbers for age, for features of it, for gender."""
_WIDTHS: Final = (32, 64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024)
_BOUNDS: Final = [6.0, 0.0]
_INDICES: Final = 8
"""Bytes of two integers at the end."""


class _Row:
    """The numbers of the file, taken from the front."""

    def __init__(self, data: bytes) -> None:
        self._values = np.frombuffer(data[:-_INDICES], "<f2")
        self._at = _HEADS

    def take(self, *shape: int) -> NDArray[np.float16]:
        end = self._at + prod(shape)
        if end > len(self._values):
            raise ModelError("The file ends early: it holds another network.")
        self._at, start = end, self._at
        return self._values[start:end].reshape(shape)

    def pass_bounds(self) -> None:
        if self.take(2).tolist() != _BOUNDS:
            raise ModelError("A ReLU6 has other bounds: the file holds another network.")

    def is_empty(self) -> bool:
        return self._at == len(self._values)


def build(weights: bytes) -> bytes:
    """The NumPy file, from `faceres.bin`.

    Raises:
        ModelError: The file holds another network.
    """
    row = _Row(weights)
    tables = [row.take(3, 3, 3, _WIDTHS[0]).transpose(3, 2, 0, 1), row.take(_WIDTHS[0])]
    row.pass_bounds()
    for i, outside in enumerate(_WIDTHS[1:]):
        inside = _WIDTHS[i]
        tables += [row.take(3, 3, inside, 1).transpose(2, 3, 0, 1), row.take(inside), row.take(inside)]
        row.pass_bounds()
        tables += [row.take(1, 1, inside, outside).transpose(3, 2, 0, 1), row.take(outside)]
        row.pass_bounds()
    if not row.is_empty():
        raise ModelError("The file goes on where it should end: it holds another network.")
    stream = io.BytesIO()
    np.save(stream, np.concatenate([table.ravel() for table in tables]))
    return stream.getvalue()


RECIPE = Recipe(
    name="face_backbone",
    package=NpmPackage(
        "@vladmandic/human", "3.3.6", "425e9c51dbbca0c8934362b170cb0d54c2529c11c654b3c03092b16e9d6ad3f7"
    ),
    member="package/models/faceres.bin",
    sha256="2c7d2d62b76c97528b736527aa09d310ea71743c9e3e79fb6c62d4b2d73af79b",
    build=build,
    probes=list,
    tolerance=0.0,
)
