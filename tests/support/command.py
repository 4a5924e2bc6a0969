"""What a run of the `mien` command leaves behind, and the files it is tried on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2

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


def read_picture(path: Path) -> cv2.typing.MatLike:
    """A picture as BGR."""
    image = cv2.imread(str(path))
    assert image is not None
    return image
