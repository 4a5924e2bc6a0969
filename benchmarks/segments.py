"""Apparent age and gender: how far the network agrees with an observer, and with itself on other pictures of a person.

    uv run python -m benchmarks.segments --outside outside_dev.npz

The set has press photographs with the numbers of their people, but neither ages nor genders. So three things are
measured. Against an observer: one picture each of 210 people, whose apparent gender and age band one observer noted by
eye before the network was run (`benchmarks/segments.toml` says how). Against itself: the same person in other
pictures. And what a smile does to it: who looks younger, or more like a woman, for smiling would make a segment look
happier than it is. Faces are shown as they are (about 80 pixels high) and made smaller, blurred by it and given JPEG
70, with landmarks looked for in what is left. One picture alone decides here; in a video up to six of a track are
averaged, which helps against chance and not against what the network takes all faces of a kind for.

What this is not: ages. An observer errs by half a band or so himself, so errors here hold both his and the network's.
How tightly a face is cropped, how sure the network must be and how far from the edge of a band an age must lie were
chosen on these 210 pictures too, from few values, so the figures are a little too good. Nobody in them looks under 18.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import cv2
import numpy as np
import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from mien.expressions import EXPRESSIONS
from mien.segments import Age, Gender
from mien.vision.crops import CropAligner
from mien.vision.geometry import face_height
from mien.vision.landmarks import MediaPipeLandmarker, find_in_crop
from mien.vision.region import region_of
from mien.vision.segments import AgeGenderNetwork, Guess, told_age, told_gender
from mien.vision.types import FaceMesh

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

LABELS: Final = Path(__file__).with_suffix(".toml")
HEIGHTS: Final = (None, 60.0, 40.0, 32.0, 24.0)
"""Face heights, pixels; `None` as it is."""

_MIDDLES: Final = {Age.YOUNG: 24.0, Age.MIDDLE: 37.0, Age.OLDER: 52.0, Age.OLD: 67.0}
_DRAWS: Final = 4000
_SEED: Final = 5
_MOST_PICTURES: Final = 5
_SAME_BAND: Final = tuple(Age)


@dataclass(frozen=True)
class Seen:
    """What an observer saw in a picture.

    Attributes:
        row: Its row in the file.
        gender: Apparent gender.
        age: Apparent age band.
    """

    row: int
    gender: Gender
    age: Age


def labels(path: Path = LABELS) -> list[Seen]:
    """The observer's labels, in order of rows."""
    with path.open("rb") as file:
        table = tomllib.load(file)
    found = [
        Seen(row, Gender(gender), Age(age))
        for gender, ages in table.items()
        for age, rows in ages.items()
        for row in rows
    ]
    return sorted(found, key=lambda one: one.row)


def smaller(grey: NDArray[np.uint8], scale: float) -> NDArray[np.uint8]:
    """A picture as a camera further away would give it: (H, W) uint8 -> (h, w, 3) uint8 BGR."""
    side = round(grey.shape[0] * scale)
    small = cv2.resize(grey, (side, side), interpolation=cv2.INTER_AREA)
    _, jpeg = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 70])
    return np.asarray(cv2.imdecode(jpeg, cv2.IMREAD_COLOR), np.uint8)


class Look:
    """Landmarks and the network, for single pictures."""

    def __init__(self) -> None:
        self._aligner, self._landmarker = CropAligner(112), MediaPipeLandmarker()
        self._network = AgeGenderNetwork()

    def guess(self, grey: NDArray[np.uint8], height: float | None = None) -> Guess | None:
        """What the network says of a picture, its face made so high; `None` where no landmarks are found."""
        image = np.repeat(grey[..., None], 3, axis=2)
        mesh = self._aligner.find(image)
        if mesh is None:
            return None
        if height is not None:
            scale = height / face_height(mesh)
            image = smaller(grey, scale)
            there = FaceMesh((mesh.points * scale).astype(np.float32), mesh.presence)
            found = find_in_crop(self._landmarker, image, region_of(there))
            if found is None:
                return None
            mesh = found
        return self._network.guess(image, mesh)


def interval(
    values: Sequence[NDArray[np.float64]], of: Callable[[list[NDArray[np.float64]]], float]
) -> tuple[float, float, float]:
    """A figure of several groups of people and its 95 % interval, drawing people of each group anew."""
    rng = np.random.default_rng(_SEED)
    drawn = [
        of([group[rng.integers(len(group), size=len(group))] for group in values]) for _ in range(_DRAWS)
    ]
    low, high = np.quantile(drawn, (0.025, 0.975))
    return of(list(values)), float(low), float(high)


def _mean_of_means(groups: list[NDArray[np.float64]]) -> float:
    return float(np.mean([group.mean() for group in groups]))


def _text(figure: tuple[float, float, float], digits: int = 3) -> str:
    value, low, high = figure
    return f"{value:.{digits}f} ({low:.{digits}f}-{high:.{digits}f})"


def gender_row(seen: Sequence[Seen], guesses: Sequence[Guess], *, sure: bool) -> list[str]:
    """Agreement on gender: each gender, balanced; with what is not told left out, and how much is told."""
    right, told = [], []
    for gender in (Gender.WOMAN, Gender.MAN):
        those = [guess for one, guess in zip(seen, guesses, strict=True) if one.gender is gender]
        said = [told_gender(guess) if sure else _either(guess) for guess in those]
        right.append(np.array([word is gender for word in said if word is not None], np.float64))
        told.append(len(right[-1]) / len(those))
    each = [f"{group.mean():.3f} of {len(group)}" for group in right]
    return [*each, _text(interval(right, _mean_of_means)), " / ".join(f"{share:.0%}" for share in told)]


def _either(guess: Guess) -> Gender:
    return Gender.MAN if guess.man > 0.5 else Gender.WOMAN


def age_row(seen: Sequence[Seen], guesses: Sequence[Guess]) -> list[str]:
    """Agreement on age: bands told, exact and within one, and the error in years from the middle of the band."""
    pairs = [(one.age, told_age(guess)) for one, guess in zip(seen, guesses, strict=True)]
    told = [(_SAME_BAND.index(a), _SAME_BAND.index(b)) for a, b in pairs if b is not None]
    by_band = [np.array([a == b for a, b in told if a == band], np.float64) for band in range(4)]
    near = np.mean([abs(a - b) <= 1 for a, b in told])
    off = np.array(
        [guess.age - _MIDDLES[one.age] for one, guess in zip(seen, guesses, strict=True)], np.float64
    )
    return [
        f"{len(told) / len(pairs):.0%}",
        f"{np.mean([a == b for a, b in told]):.3f}",
        _text(interval([group for group in by_band if len(group)], _mean_of_means)),
        f"{near:.3f}",
        _text(interval([np.abs(off)], _mean_of_means), 1),
        f"{off.mean():+.1f}",
    ]


def confusion(seen: Sequence[Seen], guesses: Sequence[Guess]) -> Table:
    """Bands seen against bands told, of the faces as they are."""
    table = Table("observer", *(str(age) for age in Age), "cannot tell", title="Age band told by the network")
    for age in Age:
        told = [told_age(guess) for one, guess in zip(seen, guesses, strict=True) if one.age is age]
        table.add_row(str(age), *(str(told.count(band)) for band in Age), str(told.count(None)))
    return table


def bias(seen: Sequence[Seen], guesses: Sequence[Guess]) -> Table:
    """How far off ages are by band and gender, from the middle of the band."""
    table = Table("observer", "women", "men", title="Mean age said, years")
    for age in Age:
        cells = []
        for gender in (Gender.WOMAN, Gender.MAN):
            said = [
                g.age for one, g in zip(seen, guesses, strict=True) if (one.age, one.gender) == (age, gender)
            ]
            cells.append(f"{np.mean(said):.1f} of {len(said)}" if said else "")
        table.add_row(f"{age} ({_MIDDLES[age]:.0f})", *cells)
    return table


def repeated(look: Look, images: NDArray[np.uint8], person: NDArray[np.integer]) -> Table:
    """How far the network agrees with itself on other pictures of a person, up to five of each."""
    rng = np.random.default_rng(_SEED)
    people: dict[int, list[Guess]] = {}
    several = [int(p) for p, n in zip(*np.unique(person, return_counts=True), strict=True) if n >= 3]
    for who in track(several, "people"):
        rows = rng.permutation(np.flatnonzero(person == who))[:_MOST_PICTURES]
        found = [guess for row in rows if (guess := look.guess(images[row])) is not None]
        if len(found) >= 3:
            people[who] = found
    spread = [np.var([guess.age for guess in found], ddof=1) for found in people.values()]
    sd = np.sqrt(interval([np.array(spread)], _mean_of_means))
    genders = [[_either(guess) for guess in found] for found in people.values()]
    sure = [
        [word for guess in found if (word := told_gender(guess)) is not None] for found in people.values()
    ]
    bands = [[band for guess in found if (band := told_age(guess)) is not None] for found in people.values()]
    table = Table("", "value (95 %)", title=f"The same person in other pictures, {len(people)} people")
    table.add_row("standard deviation of age, years", _text((sd[0], sd[1], sd[2]), 1))
    for what, words in (("gender", genders), ("gender, where told", sure), ("age band, where told", bands)):
        pairs = np.array([_pairs_alike(one) for one in words if len(one) > 1], np.float64)
        table.add_row(f"two pictures agree on {what}", _text(interval([pairs], _mean_of_means)))
    return table


def smiling(
    look: Look, images: NDArray[np.uint8], person: NDArray[np.integer], label: NDArray[np.integer]
) -> Table:
    """What a smile does to the guess: the same people smiling and neutral, up to two pictures of each."""
    rng = np.random.default_rng(_SEED)
    found: list[tuple[float, float, float]] = []
    for who in track(np.unique(person), "smiles"):
        guesses = {}
        for name in ("neutral", "happiness"):
            rows = np.flatnonzero((person == who) & (label == EXPRESSIONS.index(name)))
            guesses[name] = [g for row in rng.permutation(rows)[:2] if (g := look.guess(images[row]))]
        if all(guesses.values()):
            (age, man), (age_smiling, man_smiling) = (
                (np.mean([g.age for g in those]), np.mean([g.man for g in those]))
                for those in guesses.values()
            )
            found.append((float(age_smiling - age), float(man_smiling - man), float(man)))
    age_, man_, neutral = (np.array(column) for column in zip(*found, strict=True))
    table = Table("", "value (95 %)", title=f"Smiling minus neutral, the same {len(found)} people")
    table.add_row("age, years", _text(interval([age_], _mean_of_means), 1))
    for name, those in (("men", neutral > 0.5), ("women", neutral <= 0.5)):
        table.add_row(
            f'share of "man", who is said to be of the {name} when neutral ({those.sum()})',
            _text(interval([man_[those]], _mean_of_means)),
        )
    table.add_row('share of "man", all', _text(interval([man_], _mean_of_means)))
    return table


def _pairs_alike(words: Sequence[object]) -> float:
    """Share of pairs of words that are the same."""
    alike = [a == b for i, a in enumerate(words) for b in words[:i]]
    return float(np.mean(alike))


def main(
    outside: Annotated[Path, typer.Option(help="Faces with the numbers of their people.")],
) -> None:
    """Measure apparent age and gender against an observer and against other pictures of the same people."""
    with np.load(outside) as data:
        images, person, label = data["images"], data["person"], data["label"]
    look, seen = Look(), labels()
    console = Console(width=130)
    gender = Table("face px", "found", "women", "men", "balanced", title="Gender, always said")
    sure = Table("face px", "women", "men", "balanced", "told, women / men", title="Gender, where told")
    ages = Table(
        "face px",
        "told",
        "band right",
        "balanced",
        "within one",
        "years off",
        "mean off",
        title="Age band",
    )
    for height in HEIGHTS:
        found = [(one, look.guess(images[one.row], height)) for one in track(seen, "faces")]
        there = [one for one, guess in found if guess is not None]
        guesses = [guess for _, guess in found if guess is not None]
        name = "as it is" if height is None else f"{height:.0f}"
        gender.add_row(name, f"{len(there)} of {len(seen)}", *gender_row(there, guesses, sure=False)[:3])
        sure.add_row(name, *gender_row(there, guesses, sure=True))
        ages.add_row(name, *age_row(there, guesses))
        if height is None:
            console.print(confusion(there, guesses), bias(there, guesses))
    console.print(gender, sure, ages)
    console.print(repeated(look, images, person))
    console.print(smiling(look, images, person, label))


if __name__ == "__main__":
    typer.run(main)
