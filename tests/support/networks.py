"""Small expression networks whose answers can be worked out by hand, and manifests of them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from onnx import TensorProto, helper, numpy_helper

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

LABELS = ("anger", "disgust", "fear", "happiness", "sadness", "surprise", "neutral")


@dataclass(frozen=True)
class Network:
    """Logits = weights (2C, K) times the means of each channel, first of the upper and then of the lower half."""

    weights: NDArray[np.float32]
    depth: int = 3
    size: int = 32
    layout: str = "nchw"
    kind: str = "float32"
    softmax: bool = True
    batch: int | str = "N"
    outputs: tuple[str, ...] = ("prob",)

    def write(self, path: Path) -> str:
        """Write it as ONNX; returns its sha256."""
        rows, axes = (2, [2, 3]) if self.layout == "nchw" else (1, [1, 2])
        half = self.size // 2
        ends = {"zero": [0], "half": [half], "end": [self.size], "rows": [rows], "axes": axes}
        constants = [numpy_helper.from_array(np.array(v, np.int64), k) for k, v in ends.items()]
        constants.append(numpy_helper.from_array(self.weights.astype(np.float32), "weights"))
        cast = helper.make_node("Cast", ["picture"], ["x"], to=TensorProto.FLOAT)
        nodes = [
            cast,
            helper.make_node("Slice", ["x", "zero", "half", "rows"], ["upper"]),
            helper.make_node("Slice", ["x", "half", "end", "rows"], ["lower"]),
            helper.make_node("ReduceMean", ["upper", "axes"], ["a"], keepdims=0),
            helper.make_node("ReduceMean", ["lower", "axes"], ["b"], keepdims=0),
            helper.make_node("Concat", ["a", "b"], ["means"], axis=1),
            helper.make_node("MatMul", ["means", "weights"], ["logits"]),
        ]
        last = "Softmax" if self.softmax else "Identity"
        nodes += [helper.make_node(last, ["logits"], [name]) for name in self.outputs]
        square = [self.size, self.size]
        sides = [self.depth, *square] if self.layout == "nchw" else [*square, self.depth]
        elements = {"float32": TensorProto.FLOAT, "uint8": TensorProto.UINT8}[self.kind]
        graph = helper.make_graph(
            nodes,
            "net",
            [helper.make_tensor_value_info("picture", elements, [self.batch, *sides])],
            [
                helper.make_tensor_value_info(name, TensorProto.FLOAT, [self.batch, self.weights.shape[1]])
                for name in self.outputs
            ],
            constants,
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
        path.write_bytes(model.SerializeToString())
        return hashlib.sha256(path.read_bytes()).hexdigest()

    def logits(self, prepared: NDArray[np.floating]) -> NDArray[np.float64]:
        """(N, K) of (N, H, W, C), without the runtime."""
        half = self.size // 2
        upper, lower = prepared[:, :half].mean(axis=(1, 2)), prepared[:, half:].mean(axis=(1, 2))
        return np.concatenate([upper, lower], axis=1) @ self.weights.astype(np.float64)


def weights(
    depth: int = 3, labels: int = len(LABELS), seed: int = 0, scale: float = 4.0
) -> NDArray[np.float32]:
    """Some weights."""
    return np.random.default_rng(seed).normal(0.0, scale, (2 * depth, labels)).astype(np.float32)


def manifest(**changes: Any) -> dict[str, Any]:
    """A manifest of a `Network` as it is by default, less `file`; a change of `None` leaves a key out."""
    whole: dict[str, Any] = {
        "name": "shop-net",
        "version": "2.1",
        "terms": {"licence": "MIT", "copyright": "A. Martin", "origin": "our own training"},
        "face": {"cut": "box", "margin": 1.2},
        "input": {"size": 32, "channels": "rgb", "divide_by": 255.0},
        "output": {"gives": "probabilities", "labels": list(LABELS)},
    }
    for key, value in changes.items():
        *tables, last = key.split("__")
        inner = whole
        for table in tables:
            inner = inner.setdefault(table, {})
        if value is None:
            inner.pop(last, None)
        else:
            inner[last] = value
    return whole


def to_toml(values: dict[str, Any]) -> str:
    """TOML of tables that hold strings, numbers, truth values, lists and one further level."""

    def word(value: Any) -> str:
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, str):
            return f'"{value}"'
        if isinstance(value, dict):
            return "{ " + ", ".join(f"{k} = {word(v)}" for k, v in value.items()) + " }"
        if isinstance(value, list | tuple):
            return "[" + ", ".join(map(word, value)) + "]"
        return repr(value)

    plain = [f"{k} = {word(v)}" for k, v in values.items() if not isinstance(v, dict)]
    tables = [
        "\n".join([f"[{k}]", *(f"{inner} = {word(v)}" for inner, v in table.items())])
        for k, table in values.items()
        if isinstance(table, dict)
    ]
    return "\n".join([*plain, *tables]) + "\n"


def write_reader(folder: Path, network: Network | None = None, /, **changes: Any) -> Path:
    """A network and its manifest in a folder; returns the path of the manifest."""
    net = network or Network(weights())
    digest = net.write(folder / "net.onnx")
    path = folder / "net.toml"
    path.write_text(to_toml(manifest(**{"file": "net.onnx", "sha256": digest, **changes})), encoding="utf-8")
    return path
