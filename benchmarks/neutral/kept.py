"""What was read of people, kept in a file so that days can be composed of it many times."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict

from mien.runtime.live.seen import SeenFace

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

Shows = Literal["smile", "rest", "bad"]
"""What a face is labelled to show: something pleasant, nothing in particular, something unpleasant."""


class Part(BaseModel):
    """A stretch of a film in which one thing is shown; what lies between two of them is the way from one to the other.

    Attributes:
        shows: What.
        begin: First picture of it.
        end: First picture after it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    shows: Shows
    begin: int
    end: int


class Film(BaseModel):
    """What the pipeline told of one person.

    Attributes:
        person: Whom, by set and number.
        rate: Pictures a second.
        parts: In order of time.
        seen: What was told of each picture; `None` where the face was not found.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    person: str
    rate: float
    parts: tuple[Part, ...]
    seen: tuple[SeenFace | None, ...]

    @property
    def source(self) -> str:
        """The set that it is of."""
        return self.person.partition(":")[0]


def save(films: Iterable[Film], file: Path) -> int:
    """Write films, one a line; how many they were."""
    count = 0
    with gzip.open(file, "wt", encoding="utf-8", compresslevel=3) as out:
        for film in films:
            out.write(film.model_dump_json() + "\n")
            out.flush()
            count += 1
    return count


def load(file: Path) -> list[Film]:
    """What `save` wrote."""
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        return [Film.model_validate_json(line) for line in lines]
