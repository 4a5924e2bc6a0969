"""The command as its users run it: in this process where that is enough, in one of its own where it is killed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from support.command import Ran, runner
from support.facemesh import Actor, Stance, background, faces, film

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "store.sqlite"


@pytest.fixture
def mien(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Ran]:
    """Run `mien` in a folder of its own with a store of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MIEN_STORE", str(store))
    return runner(capsys, monkeypatch, 200)


@pytest.fixture
def start(store: Path, tmp_path: Path) -> Callable[..., subprocess.Popen[str]]:
    """Start `mien` as a process of its own."""

    def begin(*arguments: object) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "mien", *map(str, arguments), "--store", str(store)],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return begin


@pytest.fixture(scope="session")
def busy_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """36 s in which five people come and go one after another, each for 5 s, two of them together."""
    group = faces()

    def visitor(number: int, begin_s: float, x: float) -> Actor:
        def stance(t_s: float) -> Stance | None:
            inside = begin_s <= t_s < begin_s + 5.0
            return Stance(x, 180.0, 130.0, yaw=4.0 * (t_s - begin_s)) if inside else None

        return Actor(group[number], stance)

    cast = [
        visitor(1, 1.0, 160.0),
        visitor(2, 8.0, 420.0),
        visitor(3, 15.0, 180.0),
        visitor(4, 17.0, 460.0),
        visitor(5, 28.0, 320.0),
    ]
    path = tmp_path_factory.mktemp("clips") / "busy.mp4"
    return film(path, [i / 10 for i in range(360)], cast, background(640, 360))


@pytest.fixture(scope="session")
def face_picture() -> Path:
    """A still picture of one face."""
    return Path(__file__).parents[2] / "src" / "mien" / "vision" / "selftest" / "face.jpg"
