"""The labels of `clips.toml`: what the faces of some clips may honestly be said to show, interval by interval."""

from __future__ import annotations

import hashlib
import tomllib
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from mien.expressions import EXPRESSIONS

if TYPE_CHECKING:
    from rich.console import Console

Happening = Literal["transition", "speech", "blink", "turned head", "looks down", "hand"]


def _expression(name: str) -> str:
    if name not in EXPRESSIONS:
        raise ValueError(f"'{name}' is no expression; they are {', '.join(EXPRESSIONS)}")
    return name


class Interval(BaseModel):
    """What faces may be said to show from `start_s` to before `end_s`; nothing where it cannot be told."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    start_s: float = Field(ge=0.0)
    end_s: float
    shows: tuple[Annotated[str, AfterValidator(_expression)], ...]
    happens: tuple[Happening, ...]
    note: str = ""

    @property
    def admits(self) -> set[int]:
        """Places of `shows` in `EXPRESSIONS`."""
        return {EXPRESSIONS.index(name) for name in self.shows}


class Clip(BaseModel):
    """One labelled file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: str
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    use: Literal["tune", "report"]
    about: str
    intervals: tuple[Interval, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        for before, after in pairwise(self.intervals):
            if not before.start_s < before.end_s <= after.start_s:
                raise ValueError(f"{self.file}: the interval from {before.start_s} s is not in order")
        return self

    def at(self, t_s: float) -> Interval | None:
        """The interval at a time, if there is one and it can be told what it shows."""
        found = (i for i in self.intervals if i.start_s <= t_s < i.end_s and i.shows)
        return next(found, None)

    def changes(self) -> list[float]:
        """Starts of the intervals that no longer admit something that the one before did."""
        told = [(i.start_s, i.admits or set(range(len(EXPRESSIONS)))) for i in self.intervals]
        return [start_s for (_, was), (start_s, now) in pairwise(told) if was - now]


class Clips(BaseModel):
    """The file of labels."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    clips: tuple[Clip, ...]

    @classmethod
    def load(cls, path: Path) -> Clips:
        """Read and check `clips.toml`."""
        return cls.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))

    def found(self, folder: Path) -> tuple[list[tuple[Clip, Path]], list[str]]:
        """The clips that are in a folder, under any name, with their files; and the names of those that are not."""
        known = {
            hashlib.sha256(path.read_bytes()).hexdigest(): path for path in folder.iterdir() if path.is_file()
        }
        there = [(clip, known[clip.sha256]) for clip in self.clips if clip.sha256 in known]
        return there, [clip.file for clip in self.clips if clip.sha256 not in known]


def labelled(folder: Path, console: Console) -> list[tuple[Clip, Path]]:
    """The labelled clips that are in a folder, with their files; those that are not are named."""
    there, missing = Clips.load(Path(__file__).with_name("clips.toml")).found(folder)
    if missing:
        console.print(f"Not in {folder}: {', '.join(missing)}.")
    return there
