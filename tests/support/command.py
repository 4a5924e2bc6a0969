"""What a run of the `mien` command leaves behind, and the files it is tried on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import pytest

from mien.cli import console
from mien.cli.main import main

if TYPE_CHECKING:
    from collections.abc import Callable

SAMPLES = Path(__file__).parents[2] / "samples"


@dataclass(frozen=True, slots=True)
class Ran:
    """What a run of the command left behind."""

    code: int
    out: str
    err: str

    @property
    def complaint(self) -> str:
        """The one line on standard error.

        Raises:
            AssertionError: There is not exactly one.
        """
        lines = self.err.strip().splitlines()
        assert len(lines) == 1, f"not one line: {self.err!r}"
        assert "Traceback" not in self.err
        return lines[0]


def runner(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, columns: int
) -> Callable[..., Ran]:
    """What runs `mien` in this process as on a terminal so wide."""
    monkeypatch.setenv("COLUMNS", str(columns))
    # The console may have been made before, as wide as the terminal then was.
    monkeypatch.setattr(console.out, "width", columns)

    def run(*arguments: object) -> Ran:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        return Ran(int(ended.value.code or 0), printed.out, printed.err)

    return run


def read_picture(path: Path) -> cv2.typing.MatLike:
    """A picture as BGR."""
    image = cv2.imread(str(path))
    assert image is not None
    return image
