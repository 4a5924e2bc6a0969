"""face-api's network of age and gender, a small Xception: RGB face in, an age in years and two shares out.

In the package it is a TensorFlow.js file: a list of tables, most of them as bytes with a scale and a least value, and
one row of all their bytes. The bytes stay bytes in the ONNX file, which is a quarter of the size so; onnxruntime
widens them once, when it loads the file. Architecture and weights: V. Mühler, `AgeGenderNet` of face-api.js.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from tools.weights.graph import Graph
from tools.weights.packages import NpmPackage
from tools.weights.probes import FACE, noise, picture
from tools.weights.recipe import Probe, Recipe
from tools.weights.tfjs_tables import Tables

_SIDE: Final = 112
_MEANS: Final = np.array([122.782, 117.001, 104.298], np.float32)
"""Subtracted from red, green and blue (0-255)."""
_MAIN_BLOCKS: Final = 2


class _Builder:
    def __init__(self, tables: Tables) -> None:
        self.graph = Graph(opset=17)
        self._tables = tables

    def conv(self, x: str, name: str, *, stride: int = 1) -> str:
        return self._conv(x, f"{name}/filters", f"{name}/bias", stride)

    def separable(self, x: str, name: str) -> str:
        """A 3x3 convolution of each channel by itself, then one that mixes them."""
        weight = self._tables.widened(self.graph, f"{name}/depthwise_filter", (2, 3, 0, 1))
        group = self._tables.raw(f"{name}/depthwise_filter")[0].shape[2]
        x = self.graph.op("Conv", [x, weight], group=group, pads=[1, 1, 1, 1])
        return self._conv(x, f"{name}/pointwise_filter", f"{name}/bias", 1)

    def active(self, x: str, name: str) -> str:
        return self.separable(self.graph.op("Relu", [x]), name)

    def reduction(self, x: str, name: str) -> str:
        """A block that halves the picture, with a strided 1x1 convolution past it."""
        y = self.active(self.active(x, f"{name}/separable_conv0"), f"{name}/separable_conv1")
        y = self.graph.op("MaxPool", [y], kernel_shape=[3, 3], strides=[2, 2], auto_pad="SAME_UPPER")
        return self.graph.op("Add", [y, self.conv(x, f"{name}/expansion_conv", stride=2)])

    def main(self, x: str, name: str) -> str:
        y = x
        for number in range(3):
            y = self.active(y, f"{name}/separable_conv{number}")
        return self.graph.op("Add", [x, y])

    def dense(self, x: str, name: str) -> str:
        bias = self._tables.numbers(f"{name}/bias").astype(np.float32)
        weight = self._tables.widened(self.graph, f"{name}/weights", (0, 1))
        return self.graph.op("Gemm", [x, weight, self.graph.constant(bias, prefix="b")])

    def _conv(self, x: str, filters: str, bias: str, stride: int) -> str:
        weight = self._tables.widened(self.graph, filters, (3, 2, 0, 1))
        added = self.graph.constant(self._tables.numbers(bias).astype(np.float32), prefix="b")
        # TensorFlow puts what padding is missing for even sizes below and to the right.
        return self.graph.op("Conv", [x, weight, added], strides=[stride, stride], auto_pad="SAME_UPPER")


def build(weights: bytes, manifest: bytes) -> bytes:
    """The ONNX file, from `age_gender_model.bin` and the list of its tables.

    Raises:
        ModelError: The files hold another network.
    """
    net = _Builder(Tables(weights, manifest))
    graph = net.graph
    x = graph.op(
        "Sub", [graph.input("input", ["N", 3, _SIDE, _SIDE]), graph.constant(_MEANS.reshape(1, 3, 1, 1))]
    )
    x = net.conv(graph.op("Div", [x, graph.constant(np.float32(255))]), "entry_flow/conv_in", stride=2)
    x = graph.op("Relu", [x])
    for number in range(2):
        x = net.reduction(x, f"entry_flow/reduction_block_{number}")
    for number in range(_MAIN_BLOCKS):
        x = net.main(x, f"middle_flow/main_block_{number}")
    x = net.reduction(x, "exit_flow/reduction_block")
    x = graph.op("Relu", [net.separable(x, "exit_flow/separable_conv")])
    x = graph.op("Flatten", [graph.op("GlobalAveragePool", [x])])
    graph.output(net.dense(x, "fc/age"), "age", ["N", 1])
    graph.output(graph.op("Softmax", [net.dense(x, "fc/gender")], axis=-1), "gender", ["N", 2])
    return graph.to_bytes()


def probes() -> list[Probe]:
    """Noise and one real face: RGB, 0-255."""
    face = np.ascontiguousarray(picture(FACE, height=_SIDE, width=_SIDE)[:, ::-1])
    return [{"input": noise((2, 3, _SIDE, _SIDE), high=255)}, {"input": face}]


RECIPE = Recipe(
    name="age_gender",
    package=NpmPackage(
        "@vladmandic/face-api", "1.7.15", "0d77fffeef362ef9c0939cf6c567f3a2e8e177f114fa257a3270cbd2e509b031"
    ),
    member="package/model/age_gender_model.bin",
    sha256="49f92bbc0afef2342c4385e4a2b0acb6d7a727c6f0aa539499719a81acf9abaa",
    beside=(
        (
            "package/model/age_gender_model-weights_manifest.json",
            "74b60bf3ebf981bf4e661e9cca3a185614e10b25d797118b62e2a68d3ff2569f",
        ),
    ),
    build=build,
    probes=probes,
    tolerance=1e-3,
)
