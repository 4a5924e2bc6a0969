"""A small writer of ONNX graphs.

Tensors are named and numbered in the order in which they are made, so the same calls write the same bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

IR_VERSION: Final = 8
"""ONNX file format; understood by every runtime since 2021."""

Shape = list[int | str]
"""Sizes of a tensor; a name stands for a size that may vary."""


class Graph:
    """One network in the making. Tensors are named by strings, which every method takes and returns."""

    def __init__(self, opset: int) -> None:
        self._opset = opset
        self._count = 0
        self._nodes: list[Any] = []
        self._constants: list[Any] = []
        self._inputs: list[Any] = []
        self._outputs: list[Any] = []

    def _name(self, prefix: str) -> str:
        self._count += 1
        return f"{prefix}{self._count}"

    def input(self, name: str, shape: Shape) -> str:
        """Declare a float32 input."""
        self._inputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))
        return name

    def constant(self, values: ArrayLike, *, prefix: str = "w") -> str:
        """Add a constant; its dtype is that of `values`."""
        name = self._name(prefix)
        self._constants.append(
            numpy_helper.from_array(np.ascontiguousarray(values).reshape(np.shape(values)), name)
        )
        return name

    def op(self, kind: str, inputs: Sequence[str], **attributes: Any) -> str:  # noqa: ANN401  (ONNX attributes)
        """Add an operator with one output; an empty name leaves an optional input out."""
        name = self._name(kind.lower())
        self._nodes.append(helper.make_node(kind, list(inputs), [name], **attributes))
        return name

    def conv(
        self,
        x: str,
        weight: NDArray[np.float32],
        bias: NDArray[np.float32],
        *,
        strides: tuple[int, int] = (1, 1),
        pads: tuple[int, int, int, int] = (0, 0, 0, 0),
        group: int = 1,
    ) -> str:
        """Convolution of an NCHW tensor.

        Args:
            x: (N, C, H, W).
            weight: (out, C / group, kernel height, kernel width) float32.
            bias: (out,) float32.
            strides: Down and right.
            pads: Top, left, bottom, right.
            group: Groups of channels.
        """
        names = [x, self.constant(weight), self.constant(bias, prefix="b")]
        return self.op(
            "Conv",
            names,
            kernel_shape=list(weight.shape[2:]),
            strides=list(strides),
            pads=list(pads),
            dilations=[1, 1],
            group=group,
        )

    def prelu(self, x: str, slope: NDArray[np.float32]) -> str:
        """PRelu as a * x + (1 - a) * relu(x), which onnxruntime computes faster than the operator itself.

        Args:
            x: Any tensor.
            slope: float32, the shape broadcasts against `x`.
        """
        positive = self.op("Mul", [self.op("Relu", [x]), self.constant(np.float32(1) - slope)])
        return self.op("Add", [self.op("Mul", [x, self.constant(slope)]), positive])

    def output(self, x: str, name: str, shape: Shape) -> None:
        """Declare a tensor as the float32 output `name`."""
        self._nodes.append(helper.make_node("Identity", [x], [name]))
        self._outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))

    def to_bytes(self) -> bytes:
        """The ONNX file.

        Raises:
            onnx.checker.ValidationError: The graph breaks a rule of ONNX.
        """
        graph = helper.make_graph(self._nodes, "g", self._inputs, self._outputs, self._constants)
        imports = [helper.make_opsetid("", self._opset)]
        model = helper.make_model(graph, opset_imports=imports, ir_version=IR_VERSION)
        onnx.checker.check_model(model, full_check=True)
        data: bytes = model.SerializeToString()
        return data
