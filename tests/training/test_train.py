from __future__ import annotations

import sys
from pathlib import Path

import pytest

from mien.cli.main import main
from mien.cli.train import train_command
from mien.errors import SettingError


def test_without_torch_the_command_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(SettingError, match=r"needs torch.*mien\[train\]"):
        train_command(tmp_path / "set.npz", out=tmp_path)


def test_the_command_ends_with_one_line_and_code_2_without_torch(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(SystemExit) as ended:
        main(["train", "set.npz"])
    said = capsys.readouterr()
    assert ended.value.code == 2
    assert said.out == ""
    assert len(said.err.strip().splitlines()) == 1
    assert "mien[train]" in said.err
