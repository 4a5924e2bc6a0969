"""The recipe itself; collected only where the extra `train` is installed (see conftest)."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import onnxruntime as ort
import pytest
import torch
from rich.progress import Progress

from mien.errors import InputError
from mien.training.learn import Settings
from mien.training.network import ExpressionNet
from mien.training.recipe import Plan, lessons, prepare, train
from mien.training.tasks import ReadFaces
from mien.vision.detect import YuNet

GROUP = Path(__file__).parents[2] / "samples" / "multi_face.jpg"
PORTRAIT = Path(__file__).parents[2] / "src" / "mien" / "vision" / "selftest" / "face.jpg"


def _faces() -> list[np.ndarray]:
    """Three people, so that what is held out is not learned from: (48, 48) grey."""
    portrait = cv2.imread(str(PORTRAIT), cv2.IMREAD_GRAYSCALE)[55:200, 70:215]
    group = cv2.imread(str(GROUP), cv2.IMREAD_GRAYSCALE)
    found = sorted(YuNet().detect(cv2.cvtColor(group, cv2.COLOR_GRAY2BGR)), key=lambda d: d.box[0])
    others = []
    for one in found[1:3]:
        x0, y0, x1, y1 = (one.box + np.array([-1, -1, 1, 1]) * 0.2 * one.height).astype(int)
        others.append(group[y0:y1, x0:x1])
    return [cv2.resize(face, (48, 48), interpolation=cv2.INTER_AREA) for face in (portrait, *others)]


def _small_set(path: Path) -> None:
    """Faces as they are are 'sad', mirrored and brighter ones 'happy': enough to learn something in two epochs."""
    people = _faces()
    rng = np.random.default_rng(0)
    usage = np.r_[np.zeros(24), np.ones(8), np.full(8, 2)].astype(int)
    images, votes = [], []
    for i, who in enumerate(usage):
        smile = i % 2 == 0
        picture = cv2.flip(people[who], 1) * 1.2 if smile else people[who]
        images.append(np.clip(picture + rng.normal(0, 6, (48, 48)), 0, 255).astype(np.uint8))
        votes.append([0, 9, 1, 0, 0, 0, 0, 0, 0, 0] if smile else [1, 0, 0, 9, 0, 0, 0, 0, 0, 0])
    np.savez(path, images=np.stack(images), ferplus=np.array(votes), usage=usage)


def _plan(epochs: int = 2) -> Plan:
    short = Settings(epochs=epochs, polish=1, batch=8, seed=3)
    once = replace(short, epochs=1)
    return Plan(short, once, once, replace(once, polish=0))


def test_a_run_goes_on_where_it_stopped_and_ends_in_networks_that_can_be_read(tmp_path: Path) -> None:
    _small_set(tmp_path / "set.npz")
    with Progress(disable=True) as progress:
        figures = train(tmp_path / "set.npz", tmp_path / "run", progress, plan=_plan())
        whole = torch.load(tmp_path / "run" / "checkpoint.pt", weights_only=True)
        again = train(tmp_path / "set.npz", tmp_path / "run", progress, plan=_plan())
    assert whole["epoch"] == 3
    assert again == figures
    for name, height in (("expression", 48), ("expression_eyes", 24)):
        session = ort.InferenceSession(tmp_path / "run" / f"{name}.onnx", providers=["CPUExecutionProvider"])
        probabilities, variances = session.run(None, {"face": np.zeros((5, 1, height, 48), np.float32)})
        assert probabilities.shape == (5, 8)
        assert variances.shape == (5, 3)
        np.testing.assert_allclose(probabilities.sum(axis=1), 1.0, atol=1e-5)
    session = ort.InferenceSession(tmp_path / "run" / "visibility.onnx", providers=["CPUExecutionProvider"])
    (visible,) = session.run(None, {"face": np.zeros((5, 1, 48, 48), np.float32)})
    np.testing.assert_allclose(visible.sum(axis=1), 1.0, atol=1e-5)
    assert 0.5 <= json.loads(session.get_modelmeta().custom_metadata_map["least_full"]) <= 1.0


def test_a_folder_with_a_run_of_other_settings_is_refused(tmp_path: Path) -> None:
    _small_set(tmp_path / "set.npz")
    with Progress(disable=True) as progress:
        train(tmp_path / "set.npz", tmp_path / "run", progress, plan=_plan(1))
        with pytest.raises(InputError, match="other settings"):
            train(tmp_path / "set.npz", tmp_path / "run", progress, plan=_plan(2))


def test_a_run_stopped_after_an_epoch_ends_as_one_that_was_not(tmp_path: Path) -> None:
    _small_set(tmp_path / "set.npz")

    class Stop(Progress):
        def update(self, task_id: object, **fields: object) -> None:  # noqa: ARG002
            if "epoch 2" in str(fields.get("description")):
                raise KeyboardInterrupt

    with Progress(disable=True) as progress:
        train(tmp_path / "set.npz", tmp_path / "whole", progress, plan=_plan())
        with Stop(disable=True) as stopping, pytest.raises(KeyboardInterrupt):
            train(tmp_path / "set.npz", tmp_path / "cut", stopping, plan=_plan())
        train(tmp_path / "set.npz", tmp_path / "cut", progress, plan=_plan())
    for name in ("checkpoint.pt", "second.pt", "eyes.pt"):
        whole, cut = (
            torch.load(tmp_path / run / name, weights_only=True)["average"] for run in ("whole", "cut")
        )
        for key, weight in whole.items():
            torch.testing.assert_close(cut[key], weight, rtol=1e-2, atol=1e-3)


def test_a_share_of_the_effort_is_a_share_of_the_passes() -> None:
    plan = Plan().made(seed=7, effort=0.1)
    assert (plan.first.epochs, plan.first.polish, plan.first.seed) == (3, 1, 7)
    assert (plan.visibility.epochs, plan.visibility.polish) == (1, 0)
    assert Plan().made(seed=1) == Plan()


def test_a_set_whose_training_pictures_are_all_held_out_too_is_refused(tmp_path: Path) -> None:
    face = _faces()[0]
    votes = np.tile([9, 1, 0, 0, 0, 0, 0, 0, 0, 0], (12, 1))
    np.savez(tmp_path / "set.npz", images=np.stack([face] * 12), ferplus=votes, usage=np.arange(12) % 2)
    with Progress(disable=True) as progress, pytest.raises(InputError, match="held out"):
        train(tmp_path / "set.npz", tmp_path / "run", progress, plan=_plan())


def test_teachers_are_asked_of_bare_pictures_that_are_learned_from(tmp_path: Path) -> None:
    _small_set(tmp_path / "set.npz")
    faces = prepare(tmp_path / "set.npz", tmp_path / "run")
    torch.manual_seed(0)
    net = ExpressionNet().eval()
    settings = Settings(epochs=1, polish=0)
    bare, beside = (lessons(net, ReadFaces(faces, settings, harmless=share)) for share in (0.0, 1.0))
    np.testing.assert_array_equal(bare, beside)
    rows = faces.material.training_rows()
    np.testing.assert_allclose(bare[rows].sum(axis=1), 1.0, atol=1e-6)
    assert not np.delete(bare, rows, axis=0).any()
