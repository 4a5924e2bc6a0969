"""dlib's face embedding, a residual network: RGB face in, 128 numbers out that lie close together for one person.

In the package it is a TensorFlow.js file: a list of tables, most of them as bytes with a scale and a least value, and
one row of all their bytes. The bytes stay bytes in the ONNX file, which is a third of the size so; onnxruntime widens
them once, when it loads the file. Each convolution's scale is folded into what the bytes are multiplied by.
Architecture and weights: D. King, `dlib_face_recognition_resnet_model_v1` (CC0), brought to TensorFlow.js by V. Mühler.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from tools.weights.graph import Graph
from tools.weights.packages import NpmPackage
from tools.weights.probes import FACE, noise, picture
from tools.weights.recipe import Probe, Recipe
from tools.weights.tfjs_tables import Tables

_SIDE: Final = 150
_MEANS: Final = np.array([122.782, 117.001, 104.298], np.float32)
"""Subtracted from red, green and blue (0-255)."""
_BLOCKS: Final = (("conv32", 3), ("conv64", 3), ("conv128", 2), ("conv256", 2))
"""Stages with their plain blocks; all but the first begin with a block that halves the picture."""


class _Builder:
    def __init__(self, tables: Tables) -> None:
        self.graph = Graph(opset=17)
        self._tables = tables

    def layer(self, x: str, name: str, *, stride: int = 1, pad: int = 1, relu: bool = True) -> str:
        """A convolution, scale and shift of each channel, then ReLU."""
        scale = self._tables.numbers(f"{name}/scale/weights")
        weight = self._tables.widened(
            self.graph, f"{name}/conv/filters", (3, 2, 0, 1), scale.reshape(-1, 1, 1, 1)
        )
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
        return self.graph.op("MatMul", [x, self._tables.widened(self.graph, "fc", (0, 1), np.ones((1, 1)))])


def build(weights: bytes, manifest: bytes) -> bytes:
    """The ONNX file, from `face_recognition_model.bin` and the list of its tables.

    Raises:
        ModelError: The files hold another network.
    """
    net = _Builder(Tables(weights, manifest))
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
