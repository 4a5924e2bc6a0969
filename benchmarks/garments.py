"""How often the colour of an upper garment is named rightly: "Which guest" in docs/rules.md.

    uv run python benchmarks/garments.py [--shades 3] [--plain]

Two measures. *Names*: `mien.vision.colours` names the 446 colours of `garments.csv`, which are the answers of the xkcd
colour survey (https://xkcd.com/color/rgb.txt, CC0) whose names end in one of the twelve terms and hold no second one.
*Rendered people*: the six faces of the bundled pictures in garments of random colours from that list, with folds, in
seven lights; seven pictures each, through `mien.vision.guests` as a camera's tracks go. Right is the survey's term; for
two colours, both. Bare shoulders have no colour: whatever is told of them is wrong. The faces have
numbers, and how often their garments cannot be named is shown for each: who has which skin must not matter.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from rich import box
from rich.console import Console
from rich.table import Table

from mien.guests import COLOURS, Colour, GuestLook
from mien.vision.badges import Readable
from mien.vision.colours import light, named, oklab
from mien.vision.exclude import ExcludedZones
from mien.vision.guests import GuestWatch
from mien.vision.sight import Sight
from mien.vision.types import FaceMesh, Quality

sys.path.insert(0, str(Path(__file__).parents[1]))
from tools.scene.clothes import LIGHTS, Clothes, Cut, LitBy, draw_dressed
from tools.scene.mesh import MeshFace, Stance
from tools.scene.people import faces_of_pictures
from tools.scene.room import background

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMES: Final = Path(__file__).with_suffix(".csv")
PICTURES: Final = 7
HEIGHT: Final = 70.0
NIGHT: Final = LIGHTS[-1].name
"""Its garments are counted by light alone."""
_NO_MESH: Final = FaceMesh(np.zeros((478, 3), np.float32), 1.0)
_GOOD: Final = Quality(HEIGHT, 1.0, 0.5, 0.2, 1.0)

Shade = tuple[int, int, int]


def survey() -> dict[Colour, list[Shade]]:
    """BGR of the colours of the survey, by term."""
    found: dict[Colour, list[Shade]] = defaultdict(list)
    with NAMES.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            red, green, blue = (int(row["colour"][i : i + 2], 16) for i in (1, 3, 5))
            found[Colour(row["term"])].append((blue, green, red))
    return found


def told_of(face: MeshFace, worn: Clothes, lit: LitBy, seed: int) -> GuestLook:
    """What a guest is told by who stands in a room in that light."""
    rng = np.random.default_rng(seed)
    room, watch = background(320, 320, seed), GuestWatch()
    for number in range(PICTURES):
        t_s = 0.4 * number
        x = 160.0 + 8.0 * np.sin(t_s)
        picture = room.copy()
        draw_dressed(picture, face, Stance(x=x, y=90.0, height=HEIGHT), worn)
        picture = lit.on(picture, rng)
        bounds = np.array(
            [x - 0.37 * HEIGHT, 90 - 0.5 * HEIGHT, x + 0.37 * HEIGHT, 90 + 0.5 * HEIGHT], np.float32
        )
        sight = Sight(1, bounds, _NO_MESH, _GOOD, None, None, None)
        watch.take(picture, t_s, [Readable(t_s, picture, [sight])], {1: bounds}, ExcludedZones())
    told = watch.news(PICTURES * 0.4, [1])
    return told[1][1]


def worn_by(
    shades: dict[Colour, list[Shade]], many: int, rng: np.random.Generator
) -> Iterator[tuple[tuple[Colour, ...], Clothes]]:
    """Garments with their colours: so many of each plain colour, and as many of each other cut for every three."""
    for colour, those in shades.items():
        for number in rng.choice(len(those), min(many, len(those)), replace=False):
            yield (colour,), Clothes(those[number], seed=int(rng.integers(1 << 30)))
    cuts: tuple[Cut, ...] = ("striped", "open")
    for cut in cuts:
        for _ in range(2 * many):
            first, second = (COLOURS[i] for i in rng.choice(len(COLOURS), 2, replace=False))
            pair = [shades[one][rng.integers(len(shades[one]))] for one in (first, second)]
            yield (first, second), Clothes(pair[0], cut, pair[1], int(rng.integers(1 << 30)))
    for _ in range(many):
        yield (), Clothes((60, 60, 60), "bare", (90, 60, 40), int(rng.integers(1 << 30)))


def names(out: Console, shades: dict[Colour, list[Shade]]) -> None:
    """Print how often the names are those of the survey."""
    right = {
        colour: int(np.sum(named(oklab(light(np.array(those, np.uint8)))) == COLOURS.index(colour)))
        for colour, those in shades.items()
    }
    total = sum(len(those) for those in shades.values())
    each = ", ".join(f"{colour} {right[colour]}/{len(shades[colour])}" for colour in COLOURS)
    out.print(f"Names: {sum(right.values())} of {total} as in the survey ({each}).")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--shades", type=int, default=3, help="garments of each colour")
    parser.add_argument("--plain", action="store_true", help="tables without lines")
    given = parser.parse_args()
    out, shades = Console(width=150), survey()
    style = box.ASCII if given.plain else box.SIMPLE
    names(out, shades)
    faces = faces_of_pictures()
    confused: Counter[tuple[str, str]] = Counter()
    by_light: dict[str, Counter[str]] = defaultdict(Counter)
    by_face: dict[int, Counter[str]] = defaultdict(Counter)
    by_cut: dict[str, Counter[str]] = defaultdict(Counter)
    rng = np.random.default_rng(7)
    for number, (colours, worn) in enumerate(worn_by(shades, given.shades, rng)):
        for k, lit in enumerate(LIGHTS):
            who = (number + k) % len(faces)
            told = told_of(faces[who], worn, lit, 100 * number + k).colours
            how = (
                "right"
                if told == colours or set(told) == set(colours)
                else "cannot tell"
                if not told
                else "wrong"
            )
            if not colours:
                how = "wrong" if told else "right"
            part = how == "wrong" and bool(told) and set(told) < set(colours)
            how = "one of two" if part else how
            by_light[lit.name][how] += 1
            if lit.name == NIGHT:
                continue
            by_cut[worn.cut][how] += 1
            if worn.cut == "plain":
                by_face[who][how] += 1
                confused[colours[0], told[0] if len(told) == 1 else "two" if told else "cannot tell"] += 1
    print_confused(out, confused, style)
    for title, parts in (
        ("light", by_light),
        ("garment, all lights but night", by_cut),
        ("face, likewise, plain garments", by_face),
    ):
        table = Table(title, "right", "one of two", "cannot tell", "wrong", box=style)
        for name, count in parts.items():
            total = count.total()
            table.add_row(
                str(name),
                *(f"{count[how] / total:.0%}" for how in ("right", "one of two", "cannot tell", "wrong")),
            )
        out.print(table)


def print_confused(out: Console, confused: Counter[tuple[str, str]], style: box.Box) -> None:
    """Print what plain garments were taken for, in all lights but night."""
    heads = [*(str(colour) for colour in COLOURS), "two", "cannot tell"]
    table = Table("worn \\ told", *heads, box=style)
    for worn in COLOURS:
        table.add_row(str(worn), *(str(confused[worn, told] or "") for told in heads))
    out.print(table)


if __name__ == "__main__":
    main()
