"""The recipe itself; collected only where the extra `train` is installed (see conftest)."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import onnxruntime as ort
import pytest
import torch
from rich.progress import Progress

from mien.errors import InputError
from mien.training.learn import Settings
from mien.training.recipe import train

PORTRAIT = Path(__file__).parents[2] / "src" / "mien" / "vision" / "selftest" / "face.jpg"


def _small_set(path: Path) -> None:
    """Bright faces are 'happy', dark ones 'sad': enough to learn something in two epochs."""
    face = cv2.resize(cv2.imread(str(PORTRAIT), cv2.IMREAD_GRAYSCALE)[55:200, 70:215], (48, 48))
    rng = np.random.default_rng(0)
    images, votes = [], []
    for i in range(40):
        smile = i % 2 == 0
        picture = cv2.flip(face, 0) if smile else face
        images.append(np.clip(picture + rng.normal(0, 6, face.shape), 0, 255).astype(np.uint8))
        votes.append([0, 9, 1, 0, 0, 0, 0, 0, 0, 0] if smile else [1, 0, 0, 9, 0, 0, 0, 0, 0, 0])
    usage = np.r_[np.zeros(24), np.ones(8), np.full(8, 2)]
    np.savez(path, images=np.stack(images), ferplus=np.array(votes), usage=usage)


def test_a_run_goes_on_where_it_stopped_and_ends_in_a_network_that_can_be_read(tmp_path: Path) -> None:
    _small_set(tmp_path / "set.npz")
    settings = Settings(epochs=2, polish=1, batch=8, seed=3)
    with Progress(disable=True) as progress:
        figures = train(tmp_path / "set.npz", tmp_path / "run", progress, settings=settings)
        whole = torch.load(tmp_path / "run" / "checkpoint.pt", weights_only=True)
        again = train(tmp_path / "set.npz", tmp_path / "run", progress, settings=settings)
    assert whole["epoch"] == 3
    assert again == figures
    session = ort.InferenceSession(tmp_path / "run" / "expression.onnx", providers=["CPUExecutionProvider"])
    probabilities, variances = session.run(None, {"face": np.zeros((5, 1, 48, 48), np.float32)})
    assert probabilities.shape == (5, 8)
    assert variances.shape == (5, 3)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1.0, atol=1e-5)


def test_a_folder_with_a_run_of_other_settings_is_refused(tmp_path: Path) -> None:
    _small_set(tmp_path / "set.npz")
    with Progress(disable=True) as progress:
        train(
            tmp_path / "set.npz", tmp_path / "run", progress, settings=Settings(epochs=1, polish=1, batch=8)
        )
        with pytest.raises(InputError, match="other settings"):
            train(
                tmp_path / "set.npz",
                tmp_path / "run",
                progress,
                settings=Settings(epochs=2, polish=1, batch=8),
            )


def test_a_run_stopped_after_an_epoch_ends_as_one_that_was_not(tmp_path: Path) -> None:
    _small_set(tmp_path / "set.npz")
    settings = Settings(epochs=2, polish=1, batch=8)

    class Stop(Progress):
        def update(self, task_id: object, **fields: object) -> None:  # noqa: ARG002
            if "epoch 2" in str(fields.get("description")):
                raise KeyboardInterrupt

    with Progress(disable=True) as progress:
        train(tmp_path / "set.npz", tmp_path / "whole", progress, settings=settings)
        with Stop(disable=True) as stopping, pytest.raises(KeyboardInterrupt):
            train(tmp_path / "set.npz", tmp_path / "cut", stopping, settings=settings)
        train(tmp_path / "set.npz", tmp_path / "cut", progress, settings=settings)
    whole, cut = (
        torch.load(tmp_path / name / "checkpoint.pt", weights_only=True)["average"]
        for name in ("whole", "cut")
    )
    for name, weight in whole.items():
        torch.testing.assert_close(cut[name], weight, rtol=1e-3, atol=1e-4)
