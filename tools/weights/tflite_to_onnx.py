"""Turn a TensorFlow Lite network into ONNX: float networks of convolutions, pooling and arithmetic.

TensorFlow Lite keeps channels last, ONNX convolves with channels first. A tensor stays in the order in which
it was made and is transposed only where an operator needs the other one, so a chain of convolutions has no
transposition inside. Meaning of operators and options: TensorFlow Lite's schema.fbs and reference kernels.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from mien.errors import ModelError
from tools.weights.graph import Graph

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from numpy.typing import NDArray

    from tools.weights.graph import Shape
    from tools.weights.tflite_reader import Network, Operator

_SAME: Final = 0
_NO_ACTIVATION: Final = 0
_RELU: Final = 1
_TO_LAST: Final = [0, 2, 3, 1]
_TO_FIRST: Final = [0, 3, 1, 2]
_RANK: Final = 4
_TO_THE_END: Final = np.iinfo(np.int64).max

_ELEMENTWISE: Final = {
    "ADD": ("Add",),
    "SUB": ("Sub",),
    "MUL": ("Mul",),
    "DIV": ("Div",),
    "NEG": ("Neg",),
    "SQRT": ("Sqrt",),
    "LOGISTIC": ("Sigmoid",),
    "RSQRT": ("Sqrt", "Reciprocal"),
}
"""Operators that work on each element: the ONNX operator, then those applied to its result."""


def convert(network: Network, *, batch: int | str) -> bytes:
    """The ONNX file of a network.

    Args:
        network: As read from a TensorFlow Lite file.
        batch: Size of every input's and output's first axis, or the name that stands for it.

    Raises:
        ModelError: The network has an operator or an option that this converter does not know.
    """
    return _Converter(network, batch).run()


class _Converter:
    def __init__(self, network: Network, batch: int | str) -> None:
        self._network = network
        self._batch = batch
        self._graph = Graph(opset=17)
        self._constants = {i: t.values for i, t in enumerate(network.tensors) if t.values is not None}
        self._last: dict[int, str] = {}
        self._first: dict[int, str] = {}
        self._handlers: dict[str, Callable[[Operator], None]] = {
            "DEQUANTIZE": self._dequantize,
            "CONV_2D": self._conv,
            "DEPTHWISE_CONV_2D": self._conv,
            "MAX_POOL_2D": self._max_pool,
            "PRELU": self._prelu,
            "PAD": self._pad,
            "SQUARED_DIFFERENCE": self._squared_difference,
            "MEAN": self._reduce,
            "SUM": self._reduce,
            "RESHAPE": self._reshape,
            "TRANSPOSE": self._transpose,
            "CONCATENATION": self._concatenate,
            "STRIDED_SLICE": self._slice,
            **dict.fromkeys(_ELEMENTWISE, self._elementwise),
        }

    def run(self) -> bytes:
        for i in self._network.inputs:
            self._last[i] = self._graph.input(self._network.tensors[i].name, self._declared(i))
        for operator in self._network.operators:
            if operator.kind not in self._handlers:
                known = ", ".join(self._handlers)
                raise ModelError(
                    f"There is no conversion for the operator {operator.kind}; there are {known}."
                )
            self._handlers[operator.kind](operator)
        for i in self._network.outputs:
            self._graph.output(self._channels_last(i), self._network.tensors[i].name, self._declared(i))
        return self._graph.to_bytes()

    def _shape(self, i: int) -> tuple[int, ...]:
        return self._network.tensors[i].shape

    def _declared(self, i: int) -> Shape:
        """A tensor's sizes with the batch axis named; a tensor of one axis has no batch."""
        shape = self._shape(i)
        return [self._batch, *shape[1:]] if len(shape) > 1 else [*shape]

    def _constant(self, i: int) -> NDArray[Any]:
        if i not in self._constants:
            raise ModelError(
                f"The tensor '{self._network.tensors[i].name}' must be a constant, and is computed."
            )
        return self._constants[i]

    def _channels_last(self, i: int) -> str:
        if i not in self._last:
            if i in self._constants:
                self._last[i] = self._graph.constant(self._constants[i])
            else:
                self._last[i] = self._graph.op("Transpose", [self._first[i]], perm=_TO_LAST)
        return self._last[i]

    def _channels_first(self, i: int) -> str:
        if i not in self._first:
            if i in self._constants:
                self._first[i] = self._graph.constant(_channels_first(self._constants[i]))
            else:
                self._first[i] = self._graph.op("Transpose", [self._last[i]], perm=_TO_FIRST)
        return self._first[i]

    def _set(self, operator: Operator, name: str, *, first: bool) -> None:
        activation = operator.options.get("FusedActivationFunction", _NO_ACTIVATION)
        if activation == _RELU:
            name = self._graph.op("Relu", [name])
        elif activation != _NO_ACTIVATION:
            raise ModelError(
                f"{operator.kind} ends in activation {activation}; only none (0) and ReLU (1) are known."
            )
        (self._first if first else self._last)[operator.outputs[0]] = name

    def _all_first(self, operator: Operator) -> bool:
        """Whether the operator can work channels first without a transposition."""
        return all(i in self._first or i in self._constants for i in operator.inputs)

    def _dequantize(self, operator: Operator) -> None:
        self._constants[operator.outputs[0]] = self._constant(operator.inputs[0]).astype(np.float32)

    def _conv(self, operator: Operator) -> None:
        source, weights, biases = operator.inputs
        weight = self._constant(weights)
        if any(operator.options[f"Dilation{axis}Factor"] != 1 for axis in "HW"):
            raise ModelError(f"{operator.kind} is dilated; this converter takes dilation 1.")
        depthwise = operator.kind == "DEPTHWISE_CONV_2D"
        name = self._graph.conv(
            self._channels_first(source),
            weight.transpose((3, 0, 1, 2) if depthwise else (0, 3, 1, 2)),
            self._constant(biases),
            strides=(operator.options["StrideH"], operator.options["StrideW"]),
            pads=self._pads(operator, (weight.shape[1], weight.shape[2])),
            group=self._shape(source)[3] if depthwise else 1,
        )
        self._set(operator, name, first=True)

    def _pads(self, operator: Operator, kernel: tuple[int, int]) -> tuple[int, int, int, int]:
        """Top, left, bottom, right; with `SAME` the odd row and column are added at the end."""
        if operator.options["Padding"] != _SAME:
            return 0, 0, 0, 0
        before, after = [], []
        for axis, key in enumerate("HW"):
            size, stride = self._shape(operator.inputs[0])[axis + 1], operator.options[f"Stride{key}"]
            total = max((-(-size // stride) - 1) * stride + kernel[axis] - size, 0)
            before.append(total // 2)
            after.append(total - total // 2)
        return before[0], before[1], after[0], after[1]

    def _max_pool(self, operator: Operator) -> None:
        kernel = operator.options["FilterHeight"], operator.options["FilterWidth"]
        name = self._graph.op(
            "MaxPool",
            [self._channels_first(operator.inputs[0])],
            kernel_shape=list(kernel),
            strides=[operator.options["StrideH"], operator.options["StrideW"]],
            pads=list(self._pads(operator, kernel)),
        )
        self._set(operator, name, first=True)

    def _prelu(self, operator: Operator) -> None:
        slope = self._constant(operator.inputs[1])
        first = self._all_first(operator)
        if first:
            name = self._graph.prelu(self._first[operator.inputs[0]], _channels_first(slope))
        else:
            name = self._graph.prelu(self._channels_last(operator.inputs[0]), slope)
        self._set(operator, name, first=first)

    def _pad(self, operator: Operator) -> None:
        widths = self._constant(operator.inputs[1]).astype(np.int64)
        first = operator.inputs[0] in self._first
        source = self._first[operator.inputs[0]] if first else self._channels_last(operator.inputs[0])
        widths = widths[_TO_FIRST] if first else widths
        self._set(
            operator, self._graph.op("Pad", [source, self._graph.constant(widths.T.ravel())]), first=first
        )

    def _operands(self, operator: Operator) -> tuple[list[str], bool]:
        first = self._all_first(operator)
        take = self._channels_first if first else self._channels_last
        return [take(i) for i in operator.inputs], first

    def _elementwise(self, operator: Operator) -> None:
        operands, first = self._operands(operator)
        kind, *then = _ELEMENTWISE[operator.kind]
        name = self._graph.op(kind, operands)
        for following in then:
            name = self._graph.op(following, [name])
        self._set(operator, name, first=first)

    def _squared_difference(self, operator: Operator) -> None:
        operands, first = self._operands(operator)
        difference = self._graph.op("Sub", operands)
        self._set(operator, self._graph.op("Mul", [difference, difference]), first=first)

    def _reduce(self, operator: Operator) -> None:
        source = self._channels_last(operator.inputs[0])
        axes = np.atleast_1d(self._constant(operator.inputs[1])).astype(np.int64)
        keep = operator.options["KeepDims"]
        if operator.kind == "MEAN":
            name = self._graph.op("ReduceMean", [source], axes=axes.tolist(), keepdims=keep)
        else:
            name = self._graph.op("ReduceSum", [source, self._graph.constant(axes)], keepdims=keep)
        self._set(operator, name, first=False)

    def _reshape(self, operator: Operator) -> None:
        shape = list(self._shape(operator.outputs[0]))
        if isinstance(self._batch, str):
            shape[0] = -1
        target = self._graph.constant(np.array(shape, np.int64))
        source = self._channels_last(operator.inputs[0])
        self._set(operator, self._graph.op("Reshape", [source, target]), first=False)

    def _transpose(self, operator: Operator) -> None:
        order = self._constant(operator.inputs[1]).tolist()
        source = self._channels_last(operator.inputs[0])
        self._set(operator, self._graph.op("Transpose", [source], perm=order), first=False)

    def _concatenate(self, operator: Operator) -> None:
        parts = [self._channels_last(i) for i in operator.inputs]
        self._set(operator, self._graph.op("Concat", parts, axis=operator.options["Axis"]), first=False)

    def _slice(self, operator: Operator) -> None:
        options = operator.options
        if options["EllipsisMask"] or options["NewAxisMask"]:
            raise ModelError("STRIDED_SLICE with an ellipsis or a new axis is not known to this converter.")
        source = self._channels_last(operator.inputs[0])
        begin, end, step = (self._constant(i).astype(np.int64) for i in operator.inputs[1:])
        axes = np.arange(begin.size)
        dropped = axes[options["ShrinkAxisMask"] >> axes & 1 == 1]
        begin = np.where(options["BeginMask"] >> axes & 1, 0, begin)
        end = np.where(options["EndMask"] >> axes & 1, _TO_THE_END, end)
        end[dropped] = begin[dropped] + 1
        ranges = [self._graph.constant(values) for values in (begin, end, axes, step)]
        name = self._graph.op("Slice", [source, *ranges])
        if dropped.size:
            name = self._graph.op("Squeeze", [name, self._graph.constant(dropped)])
        self._set(operator, name, first=False)


def _channels_first(values: NDArray[Any]) -> NDArray[Any]:
    """A constant that broadcasts against channels last, for channels first."""
    shape = (1,) * (_RANK - values.ndim) + values.shape
    return values.reshape(shape).transpose(_TO_FIRST)
