"""dlib's face embedding, a residual network: RGB face in, 128 numbers out that lie close together for one person.

In the package it is a TensorFlow.js file: a list of tables, most of them as bytes with a scale and a least value, and
one row of all their bytes. The bytes stay bytes in the ONNX file, which is a third of the size so; onnxruntime widens
them once, when it loads the file. Each convolution's scale is folded into what the bytes are multiplied by.
Architecture and weights: D. King, `dlib_face_recognition_resnet_model_v1` (CC0), brought to TensorFlow.js by V. Mühler.
"""

from __future__ import annotations

import json
from math import prod
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from mien.errors import ModelError
from tools.weights.graph import Graph
from tools.weights.packages import NpmPackage
from tools.weights.probes import FACE, noise, picture
from tools.weights.recipe import Probe, Recipe

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SIDE: Final = 150
_MEANS: Final = np.array([122.782, 117.001, 104.298], np.float32)
"""Subtracted from red, green and blue (0-255)."""
_BLOCKS: Final = (("conv32", 3), ("conv64", 3), ("conv128", 2), ("conv256", 2))
"""Stages with their plain blocks; all but the first begin with a block that halves the picture."""
_FLOAT: Final = 1
"""ONNX's number for float32."""


class _Tables:
    """The tables of the file, by name: as numbers, or as bytes with what brings them back."""

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
        if name not in self._found:
            raise ModelError(f"The file has no table '{name}': it holds another network.")
        return self._found[name]

    def numbers(self, name: str) -> NDArray[np.float64]:
        values, scale, least = self.raw(name)
        return np.asarray(values * np.float64(scale) + least, np.float64)


class _Builder:
    def __init__(self, tables: _Tables) -> None:
        self.graph = Graph(opset=17)
        self._tables = tables

    def widened(self, name: str, order: tuple[int, ...], by: NDArray[np.float64]) -> str:
        """A table in another order of axes, times `by`, which broadcasts against it."""
        values, scale, least = self._tables.raw(name)
        values = np.ascontiguousarray(values.transpose(order))
        if values.dtype != np.uint8:
            return self.graph.constant((values * by).astype(np.float32))
        x = self.graph.op("Cast", [self.graph.constant(values)], to=_FLOAT)
        x = self.graph.op("Mul", [x, self.graph.constant((by * scale).astype(np.float32))])
        return self.graph.op("Add", [x, self.graph.constant((by * least).astype(np.float32))])

    def layer(self, x: str, name: str, *, stride: int = 1, pad: int = 1, relu: bool = True) -> str:
        """A convolution, scale and shift of each channel, then ReLU."""
        scale = self._tables.numbers(f"{name}/scale/weights")
        weight = self.widened(f"{name}/conv/filters", (3, 2, 0, 1), scale.reshape(-1, 1, 1, 1))
        bias = self._tables.numbers(f"{name}/conv/bias") * scale + self._tables.numbers(
            f"{name}/scale/biases"
        )
        names = [x, weight, self.graph.constant(bias.astype(np.float32), prefix="b")]
        x = self.graph.op("Conv", names, strides=[stride, stride], pads=[pad] * 4)
        return self.graph.op("Relu", [x]) if relu else x

    def block(self, x: str, name: str) -> str:
        y = self.layer(self.layer(x, f"{name}/conv1"), f"{name}/conv2", relu=False)
        return self.graph.op("Relu", [self.graph.op("Add", [y, x])])

    def halving(self, x: str, name: str, size: int, channels: tuple[int, int]) -> tuple[str, int]:
        """A block that halves the picture of `size`; what goes past it is averaged, and zeros fill what it lacks."""
        y = self.layer(self.layer(x, f"{name}/conv1", stride=2, pad=0), f"{name}/conv2", relu=False)
        past = self.graph.op("AveragePool", [x], kernel_shape=[2, 2], strides=[2, 2])
        reached, half = (size - 3) // 2 + 1, size // 2
        y = self._filled(y, [0, 0, half - reached, half - reached])
        past = self._filled(past, [0, channels[1] - channels[0], 0, 0])
        return self.graph.op("Relu", [self.graph.op("Add", [past, y])]), half

    def _filled(self, x: str, after: list[int]) -> str:
        if not any(after):
            return x
        return self.graph.op("Pad", [x, self.graph.constant(np.array([0, 0, 0, 0, *after], np.int64))])

    def last(self, x: str) -> str:
        x = self.graph.op("Flatten", [self.graph.op("GlobalAveragePool", [x])])
        return self.graph.op("MatMul", [x, self.widened("fc", (0, 1), np.ones((1, 1)))])


def build(weights: bytes, manifest: bytes) -> bytes:
    """The ONNX file, from `face_recognition_model.bin` and the list of its tables.

    Raises:
        ModelError: The files hold another network.
    """
    net = _Builder(_Tables(weights, manifest))
    graph = net.graph
    x = graph.op(
        "Sub", [graph.input("input", ["N", 3, _SIDE, _SIDE]), graph.constant(_MEANS.reshape(1, 3, 1, 1))]
    )
    x = net.layer(graph.op("Div", [x, graph.constant(np.float32(255))]), "conv32_down", stride=2, pad=0)
    x = graph.op("MaxPool", [x], kernel_shape=[3, 3], strides=[2, 2])
    size, width = 35, 32
    for name, plain in _BLOCKS:
        wider = int(name.removeprefix("conv"))
        if wider != width:
            x, size = net.halving(x, f"{name}_down", size, (width, wider))
            width = wider
        for number in range(1, plain + 1):
            x = net.block(x, f"{name}_{number}")
    x, _ = net.halving(x, "conv256_down_out", size, (width, width))
    graph.output(net.last(x), "embedding", ["N", 128])
    return graph.to_bytes()


def probes() -> list[Probe]:
    """Noise and one real face: RGB, 0-255."""
    face = np.ascontiguousarray(picture(FACE, height=_SIDE, width=_SIDE)[:, ::-1])
    return [{"input": noise((2, 3, _SIDE, _SIDE), high=255)}, {"input": face}]


RECIPE = Recipe(
    name="face_embedding_128",
    package=NpmPackage(
        "@vladmandic/face-api", "1.7.15", "0d77fffeef362ef9c0939cf6c567f3a2e8e177f114fa257a3270cbd2e509b031"
    ),
    member="package/model/face_recognition_model.bin",
    sha256="b413e420d6840b2775fba32008db6f3cddb07d485967fb42cfcf379c16a8c589",
    beside=(
        (
            "package/model/face_recognition_model-weights_manifest.json",
            "cbaffa501b0b9275a12b63357a6843e7e30c054e1c9151e1a5f879b26e32986b",
        ),
    ),
    build=build,
    probes=probes,
    tolerance=1e-4,
)
