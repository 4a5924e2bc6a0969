"""The labels of `labels.toml`."""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

Span = tuple[float, float]
Look = Literal["left", "middle", "right", "up"]


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Lids(_Told):
    """Rows of faces by how far their lids are open."""

    open: tuple[int, ...]
    half: tuple[int, ...]
    shut: tuple[int, ...]
    unknown: tuple[int, ...]


class Graded(_Told):
    """Rows that were graded: 0 but for those a little (1) or clearly (2) tired-looking."""

    rows: tuple[int, ...]
    little: tuple[int, ...]
    clearly: tuple[int, ...]

    def grade(self, row: int) -> int:
        """0, 1 or 2."""
        return 2 if row in self.clearly else int(row in self.little)


class Tired(_Told):
    """Grades for tuning, for reporting, and of some faces once more."""

    tune: Graded
    report: Graded
    again: Graded

    def first(self, row: int) -> int:
        """The grade at the first look."""
        return self.tune.grade(row) if row in self.tune.rows else self.report.grade(row)


class Clip(_Told):
    """Blinks and looks of one clip, seconds."""

    file: str
    sha256: str
    blinks: tuple[Span, ...]
    unknown: tuple[Span, ...]
    looks: dict[Look, tuple[Span, ...]] = {}

    def look(self, t_s: float) -> Look | None:
        """Where the irises lie at a time, where that was labelled."""
        found = (
            look for look, spans in self.looks.items() for start_s, end_s in spans if start_s <= t_s <= end_s
        )
        return next(found, None)


class Labels(_Told):
    """The file of labels."""

    lids: Lids
    tired: Tired
    clips: tuple[Clip, ...]

    def found(self, folder: Path) -> list[tuple[Clip, Path]]:
        """The labelled clips that are in a folder, under any name."""
        known = {
            hashlib.sha256(path.read_bytes()).hexdigest(): path for path in folder.iterdir() if path.is_file()
        }
        return [(clip, known[clip.sha256]) for clip in self.clips if clip.sha256 in known]


def read_labels() -> Labels:
    """The labels beside this module."""
    return Labels.model_validate(tomllib.loads(Path(__file__).with_name("labels.toml").read_text("utf-8")))
