"""Photographs and clips of people, by what they are labelled to show."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from benchmarks.neutral.films import Actor, mesh_of
from mien.expressions import EXPRESSIONS
from mien.training.material import VALIDATION, majorities
from mien.training.material import load as load_votes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from benchmarks.neutral.kept import Shows
    from benchmarks.neutral.motion import Motion

_REST: Final = EXPRESSIONS.index("neutral")
_SMILE: Final = EXPRESSIONS.index("happiness")
_BAD: Final = tuple(EXPRESSIONS.index(name) for name in ("sadness", "anger", "disgust", "fear"))


class Clip(BaseModel):
    """A clip of `clips.toml`.

    Attributes:
        file: Name of the file where it comes from.
        sha256: Of the file.
        person: Who is seen; two clips may show one person.
        origin: Where it can be had.
        about: What is seen.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: str
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    person: str
    origin: str = Field(alias="from")
    about: str


@dataclass(frozen=True, slots=True, eq=False)
class Photographed:
    """One person, with a photograph of each thing that they are labelled to show.

    Attributes:
        person: Whom, by set and number.
        pictures: (H, W) uint8 grey, by what is shown, in order of time.
    """

    person: str
    pictures: tuple[tuple[Shows, NDArray[np.uint8]], ...]


def clips_in(folder: Path) -> list[tuple[Clip, Path]]:
    """The clips of `clips.toml` that are in a folder, under any name."""
    told = tomllib.loads(Path(__file__).with_name("clips.toml").read_text("utf-8"))
    clips = [Clip.model_validate(one) for one in told["clips"]]
    known = {
        hashlib.sha256(path.read_bytes()).hexdigest(): path for path in folder.iterdir() if path.is_file()
    }
    return [(clip, known[clip.sha256]) for clip in clips if clip.sha256 in known]


def outside(file: Path, rng: np.random.Generator) -> list[Photographed]:
    """People of a set with `images`, `label` (as `EXPRESSIONS`) and `person`.

    Each is at rest, and where there are such pictures of them, turns unpleasant after it, or else smiles before.
    """
    with np.load(file) as told:
        images, label, person = told["images"], told["label"], told["person"]
    found = []
    for who in rng.permutation(np.unique(person[label == _REST])).tolist():
        mine = np.flatnonzero(person == who)

        def one(labels: Sequence[int], mine: NDArray[np.intp] = mine) -> NDArray[np.uint8] | None:
            there = mine[np.isin(label[mine], labels)]
            return None if there.size == 0 else images[int(rng.choice(there))]

        rest, smile, bad = one([_REST]), one([_SMILE]), one(_BAD)
        assert rest is not None
        pictures: list[tuple[Shows, NDArray[np.uint8]]] = [("rest", rest)]
        if bad is not None:
            pictures.append(("bad", bad))
        elif smile is not None:
            pictures.insert(0, ("smile", smile))
        found.append(Photographed(f"press:{who}", tuple(pictures)))
    return found


def voted(file: Path, rng: np.random.Generator, *, shows: Shows) -> list[Photographed]:
    """People of FER+ validation pictures whose majority calls them neutral, or unpleasant; each picture is a person."""
    material = load_votes(file)
    rows = material.voted_rows(VALIDATION)
    most = majorities(material.votes[rows])
    rows = rows[np.isin(most, [_REST] if shows == "rest" else _BAD)]
    return [
        Photographed(f"fer+ {shows}:{row}", ((shows, material.images[row]),))
        for row in rng.permutation(rows).tolist()
    ]


def actors(
    people: Sequence[Photographed], motions: Sequence[Motion], rng: np.random.Generator
) -> Iterator[Actor]:
    """Those in whose pictures landmarks are found, each moving like somebody drawn at random."""
    for one in people:
        faces = tuple(
            (shows, mesh) for shows, picture in one.pictures if (mesh := mesh_of(picture)) is not None
        )
        if len(faces) == len(one.pictures):
            motion = motions[int(rng.integers(len(motions)))]
            yield Actor(one.person, faces, motion, int(rng.integers(len(motion.held))))
