"""From trained networks to the files that Mien reads: ONNX graphs with everything inside them."""

from __future__ import annotations

import json
import warnings
from typing import TYPE_CHECKING, Final

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from mien.training.calibrate import Calibration

_OPSET: Final = 17
_HALVED: Final = 1024
"""Weights of more numbers than this are stored in half precision; the arithmetic stays in single."""


class _Calibrated(nn.Module):  # type: ignore[misc]  # torch is not checked
    """The network with its calibration: faces to probabilities and variances."""

    def __init__(self, net: nn.Module, calibration: Calibration) -> None:
        super().__init__()
        self.net = net
        self.register_buffer("factor", torch.tensor(1.0 / calibration.temperature, dtype=torch.float32))
        self.register_buffer("offset", torch.tensor(calibration.offset, dtype=torch.float32))
        self.register_buffer("intercept", torch.tensor(calibration.intercept, dtype=torch.float32))
        self.register_buffer("slope", torch.tensor(calibration.slope, dtype=torch.float32))

    def forward(self, face: Tensor) -> tuple[Tensor, Tensor]:
        logits, log_variance = self.net(face)
        shares = torch.softmax(logits * self.factor + self.offset, 1)
        return shares, torch.exp(self.intercept + self.slope * log_variance)


class _Sharpened(nn.Module):  # type: ignore[misc]  # torch is not checked
    """A classifier with its temperature: faces to probabilities."""

    def __init__(self, net: nn.Module, factor: float) -> None:
        super().__init__()
        self.net = net
        self.factor = factor

    def forward(self, face: Tensor) -> Tensor:
        return torch.softmax(self.net(face) * self.factor, 1)


def _halve(model: onnx.ModelProto) -> None:
    """Store large weights in half precision behind a cast, which the runtime folds away when it loads them."""
    casts = []
    for weight in model.graph.initializer:
        values = numpy_helper.to_array(weight)
        if values.dtype != np.float32 or values.size <= _HALVED:
            continue
        name = weight.name
        weight.CopyFrom(numpy_helper.from_array(values.astype(np.float16), f"{name}_half"))
        casts.append(helper.make_node("Cast", [f"{name}_half"], [name], to=TensorProto.FLOAT))
    nodes = [*casts, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)


def export_reader(
    net: nn.Module,
    calibration: Calibration,
    shape: tuple[int, int],
    path: Path,
    metadata: Mapping[str, object],
) -> None:
    """Write a calibrated reader.

    The graph takes `face` (N, 1, H, W) float32 grey 0-255 and gives `probabilities` (N, 8) and `valence_variance`
    (N, 3), float32; N is free.

    Args:
        net: Trained network.
        calibration: Of its outputs.
        shape: Height and width of the faces.
        path: File to write.
        metadata: Kept in the file, each value as JSON.
    """
    outputs = ("probabilities", "valence_variance")
    _write(_Calibrated(net, calibration), shape, path, outputs, metadata)


def export_visibility(
    net: nn.Module, factor: float, size: int, path: Path, metadata: Mapping[str, object]
) -> None:
    """Write the network that sees covers: `face` (N, 1, S, S) to `probabilities` (N, 3) of full, eyes, unusable.

    Args:
        net: Trained network.
        factor: Multiplies its logits.
        size: Side S of the faces.
        path: File to write.
        metadata: Kept in the file, each value as JSON.
    """
    _write(_Sharpened(net, factor), (size, size), path, ("probabilities",), metadata)


def _write(
    module: nn.Module,
    shape: tuple[int, int],
    path: Path,
    outputs: tuple[str, ...],
    metadata: Mapping[str, object],
) -> None:
    names = ("face", *outputs)
    with warnings.catch_warnings():
        # torch announces another exporter, which needs one more package
        warnings.simplefilter("ignore", DeprecationWarning)
        # margins are written as a slice taken backwards, which the runtime folds instead
        warnings.filterwarnings("ignore", message="Constant folding")
        torch.onnx.export(
            module.eval(),
            (torch.zeros(2, 1, *shape),),
            str(path),
            input_names=["face"],
            output_names=list(outputs),
            dynamic_axes={name: {0: "N"} for name in names},
            opset_version=_OPSET,
            dynamo=False,
        )
    model = onnx.load(str(path))
    _halve(model)
    helper.set_model_props(model, {key: json.dumps(value) for key, value in metadata.items()})
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, str(path))
