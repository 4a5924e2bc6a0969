"""The tables of a TensorFlow.js file, most of them bytes with a scale and a least value: a list, then their bytes."""

from __future__ import annotations

import json
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from mien.errors import ModelError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tools.weights.graph import Graph

_FLOAT = 1
"""ONNX's number for float32."""


class Tables:
    """The tables of the file, by name: as numbers, or as bytes with what brings them back.

    Args:
        data: All their bytes in a row.
        manifest: The list of them, JSON.

    Raises:
        ModelError: The file holds another network.
    """

    def __init__(self, data: bytes, manifest: bytes) -> None:
        self._found: dict[str, tuple[NDArray[Any], float, float]] = {}
        at = 0
        for table in (table for group in json.loads(manifest) for table in group["weights"]):
            shrunk = table.get("quantization")
            dtype = np.dtype("u1" if shrunk else "<f4")
            end = at + prod(table["shape"]) * dtype.itemsize
            if end > len(data):
                raise ModelError("The file ends early: it holds another network.")
            values = np.frombuffer(data[at:end], dtype).reshape(table["shape"])
            scale, least = (shrunk["scale"], shrunk["min"]) if shrunk else (1.0, 0.0)
            self._found[table["name"]] = (values, scale, least)
            at = end
        if at != len(data):
            raise ModelError("The file goes on where it should end: it holds another network.")

    def raw(self, name: str) -> tuple[NDArray[Any], float, float]:
        """A table as it stands in the file, with its scale and its least value.

        Raises:
            ModelError: There is none of that name.
        """
        if name not in self._found:
            raise ModelError(f"The file has no table '{name}': it holds another network.")
        return self._found[name]

    def numbers(self, name: str) -> NDArray[np.float64]:
        """A table as numbers.

        Raises:
            ModelError: There is none of that name.
        """
        values, scale, least = self.raw(name)
        return np.asarray(values * np.float64(scale) + least, np.float64)

    def widened(
        self, graph: Graph, name: str, order: tuple[int, ...], by: NDArray[np.float64] | float = 1.0
    ) -> str:
        """A table as a tensor of a graph: its bytes stay bytes in the file and are widened when it is loaded.

        Args:
            graph: The graph.
            name: Of the table.
            order: Its axes in their new order.
            by: What it is multiplied by; broadcasts against it.

        Returns:
            Name of the tensor, float32.

        Raises:
            ModelError: There is no table of that name.
        """
        values, scale, least = self.raw(name)
        values = np.ascontiguousarray(values.transpose(order))
        if values.dtype != np.uint8:
            return graph.constant((values * by).astype(np.float32))
        x = graph.op("Cast", [graph.constant(values)], to=_FLOAT)
        x = graph.op("Mul", [x, graph.constant(np.asarray(by * np.float64(scale), np.float32))])
        return graph.op("Add", [x, graph.constant(np.asarray(by * np.float64(least), np.float32))])
