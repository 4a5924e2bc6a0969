"""Only the networks that the manifest names are loaded."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from mien.errors import ModelError
from mien.vision import models

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the bundled weights that may be spoilt."""
    copy = tmp_path / "weights"
    shutil.copytree(models.WEIGHTS, copy)
    monkeypatch.setattr(models, "WEIGHTS", copy)
    return copy


def test_the_bundled_files_are_those_of_the_manifest(weights: Path) -> None:
    for model in models.manifest().values():
        assert models.verified_path(model) == weights / model.file


@pytest.mark.parametrize("name", sorted(models.manifest()))
def test_a_file_altered_in_one_byte_is_refused(weights: Path, name: str) -> None:
    file = weights / models.entry(name).file
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    with pytest.raises(ModelError, match=f"'{name}'.* was altered, reinstall Mien"):
        models.session(name)


def test_an_altered_list_of_seen_pictures_is_refused(weights: Path) -> None:
    model = models.entry("expression")
    assert model.seen is not None
    assert models.verified_companion(model, model.seen) == weights / model.seen.file
    with (weights / model.seen.file).open("r+b") as file:
        file.seek(100)
        file.write(b"\x00\x01")
    with pytest.raises(ModelError, match="altered"):
        models.verified_companion(model, model.seen)


def test_a_missing_file_is_named(weights: Path) -> None:
    (weights / "expression.onnx").unlink()
    with pytest.raises(ModelError, match=r"'expression' \(expression.onnx\) are missing"):
        models.session("expression")


def test_an_unknown_network_is_answered_with_those_that_exist() -> None:
    with pytest.raises(
        ModelError, match=r"There is no model 'psychic'; the manifest has .*expression.*yunet"
    ):
        models.entry("psychic")
