"""Read a TensorFlow Lite file into plain tables of tensors and operators.

The format's schema comes from the package `tflite`, which this module alone needs: it is no dependency.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from mien.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

SCHEMA: Final = "tflite==2.18.0"
"""The package that knows the format."""

_DTYPES: Final = {"FLOAT32": "<f4", "FLOAT16": "<f2", "INT32": "<i4"}


@dataclass(frozen=True, slots=True)
class Tensor:
    """One tensor of a file.

    Attributes:
        name: Its name there.
        shape: Its sizes; channels last.
        values: What it holds, if it is a constant.
    """

    name: str
    shape: tuple[int, ...]
    values: NDArray[Any] | None = None


@dataclass(frozen=True, slots=True)
class Operator:
    """One operator of a file.

    Attributes:
        kind: Its name in the schema, such as `CONV_2D`.
        inputs: Numbers of its tensors.
        outputs: Numbers of its tensors.
        options: Its options, by their names in the schema, such as `StrideH`.
    """

    kind: str
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    options: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Network:
    """The one subgraph of a file; operators are in the order in which they run."""

    tensors: tuple[Tensor, ...]
    operators: tuple[Operator, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]


def _schema() -> Any:  # noqa: ANN401  (a module of accessors without types)
    try:
        return importlib.import_module("tflite")
    except ModuleNotFoundError as error:
        raise ModelError(
            f"The schema of TensorFlow Lite is missing: use 'uv run --with {SCHEMA} python -m tools.weights'."
        ) from error


def _names(enumeration: type) -> dict[int, str]:
    return {value: name for name, value in vars(enumeration).items() if isinstance(value, int)}


def _tensor(model: Any, tensor: Any, kinds: Mapping[int, str]) -> Tensor:  # noqa: ANN401
    name = tensor.Name().decode()
    shape = tuple(int(n) for n in tensor.ShapeAsNumpy()) if tensor.ShapeLength() else ()
    buffer = model.Buffers(tensor.Buffer())
    if not buffer.DataLength():
        return Tensor(name, shape)
    kind = kinds[tensor.Type()]
    if kind not in _DTYPES or tensor.Sparsity() is not None:
        raise ModelError(
            f"The constant '{name}' is {kind} or sparse; this reader takes {', '.join(_DTYPES)}, dense."
        )
    return Tensor(name, shape, np.frombuffer(buffer.DataAsNumpy().tobytes(), _DTYPES[kind]).reshape(shape))


def _options(schema: Any, operator: Any, kinds: Mapping[int, str]) -> dict[str, int]:  # noqa: ANN401
    """The scalar options; lists among them repeat what a constant input says."""
    table = operator.BuiltinOptions()
    if table is None:
        return {}
    kind = kinds[operator.BuiltinOptionsType()]
    options = getattr(schema, kind)()
    options.Init(table.Bytes, table.Pos)
    names = [
        n
        for n in vars(type(options))
        if n[0].isupper() and not n.startswith(("GetRoot", kind)) and n != "Init"
    ]
    return {n: int(getattr(options, n)()) for n in names if f"{n}Length" not in names and not _of_list(n)}


def _of_list(name: str) -> bool:
    return name.endswith(("Length", "AsNumpy", "IsNone"))


def read(data: bytes) -> Network:
    """The network of a file.

    Raises:
        ModelError: The schema is missing, or the file has several subgraphs or a constant of another type.
    """
    schema = _schema()
    model = schema.Model.GetRootAsModel(data, 0)
    if model.SubgraphsLength() != 1:
        raise ModelError(f"The file has {model.SubgraphsLength()} subgraphs; this reader takes one.")
    graph = model.Subgraphs(0)
    types, codes, tables = (
        _names(e) for e in (schema.TensorType, schema.BuiltinOperator, schema.BuiltinOptions)
    )
    operators = []
    for i in range(graph.OperatorsLength()):
        operator = graph.Operators(i)
        code = model.OperatorCodes(operator.OpcodeIndex())
        kind = codes[
            max(code.BuiltinCode(), code.DeprecatedBuiltinCode())
        ]  # schema.fbs: the larger one counts
        inputs, outputs = (
            tuple(int(t) for t in ts) for ts in (operator.InputsAsNumpy(), operator.OutputsAsNumpy())
        )
        operators.append(Operator(kind, inputs, outputs, _options(schema, operator, tables)))
    return Network(
        tensors=tuple(_tensor(model, graph.Tensors(i), types) for i in range(graph.TensorsLength())),
        operators=tuple(operators),
        inputs=tuple(int(t) for t in graph.InputsAsNumpy()),
        outputs=tuple(int(t) for t in graph.OutputsAsNumpy()),
    )
