"""Are the drawings of the eyes chart named as they are meant? Four names to choose from for each of the 32.

    python benchmarks/mood_naming.py sheets FOLDER --seed 1   pages to show to somebody who has not seen the chart
    python benchmarks/mood_naming.py score benchmarks/mood_naming.toml   what they answered

The three other names are drawn by chance, or, with `--hard`, from moods of the same colour; so are the order of the
names and that of the drawings. A page says nothing of colours. Chance is 25 %.
"""

from __future__ import annotations

import argparse
import hashlib
import tomllib
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table
from scipy.stats import binomtest

from mien.journey.moods import chart
from mien.report.moods.eyes import svg

PER_PAGE = 8


def questions(seed: int, *, hard: bool) -> list[tuple[str, list[str]]]:
    """(key, four names) of each drawing, in the order they are asked."""
    moods = chart()
    rng = np.random.default_rng(seed)
    asked = []
    for i in rng.permutation(len(moods)):
        right = moods[i]
        others = [m for m in moods if m is not right and (m.colour is right.colour or not hard)]
        names = [right, *(others[k] for k in rng.choice(len(others), 3, replace=False))]
        asked.append((right.key, [names[k].names["en"] for k in rng.permutation(4)]))
    return asked


def drawn() -> str:
    """Short digest of all drawings: answers hold for the drawings that were shown."""
    everything = "".join(svg(mood.signature, mood.key, title="") for mood in chart())
    return hashlib.sha256(everything.encode()).hexdigest()[:12]


def sheets(folder: Path, seed: int, *, hard: bool) -> None:
    """Write HTML pages of eight drawings each with the names to choose from."""
    folder.mkdir(parents=True, exist_ok=True)
    asked = questions(seed, hard=hard)
    signatures = {mood.key: mood.signature for mood in chart()}
    for page, start in enumerate(range(0, len(asked), PER_PAGE), 1):
        cells = ""
        for n, (key, names) in enumerate(asked[start : start + PER_PAGE], start + 1):
            listed = "".join(f"<li>{name}</li>" for name in names)
            eyes = svg(signatures[key], f"q{n}", title=f"drawing {n}")
            cells += f"<div>{eyes}<b>{n}</b><ol type=a>{listed}</ol></div>"
        style = "body{display:grid;grid-template-columns:repeat(4,1fr);gap:16px;font:18px sans-serif;background:#fff}"
        (folder / f"page{page}.html").write_text(
            f"<meta charset=utf-8><style>{style}</style>{cells}", encoding="utf-8"
        )
    print(f"{len(asked)} drawings ({drawn()}) in {folder}")


def score(path: Path) -> None:
    """Print how often each reader, and all together, chose the name that was meant."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    table = Table(
        "reader",
        "names drawn",
        "right of 32",
        "95 % interval",
        "wrong: meant > chosen",
        title=str(data["drawings"]),
    )
    right, asked_of_all = 0, 0
    for reader in data["readers"]:
        asked = questions(reader["seed"], hard=reader["hard"])
        english = {mood.key: mood.names["en"] for mood in chart()}
        chosen = [
            names["abcd".index(letter)] for (_, names), letter in zip(asked, reader["answers"], strict=True)
        ]
        wrong = [
            f"{english[key]} > {said}"
            for (key, _), said in zip(asked, chosen, strict=True)
            if said != english[key]
        ]
        hits = len(asked) - len(wrong)
        low, high = binomtest(hits, len(asked)).proportion_ci(method="wilson")
        how = "same colour" if reader["hard"] else "by chance"
        table.add_row(
            reader["name"],
            how,
            f"{hits} ({hits / len(asked):.0%})",
            f"{low:.0%} to {high:.0%}",
            "; ".join(wrong),
        )
        right, asked_of_all = right + hits, asked_of_all + len(asked)
    console = Console()
    console.print(table)
    console.print(f"all: {right} of {asked_of_all} ({right / asked_of_all:.0%}); {data['who']}")
    if data["drawings"] != drawn():
        console.print(f"The drawings have changed since ({drawn()}): ask anew.", style="bold red")


def main() -> None:
    """Make the pages, or score the answers."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    make = commands.add_parser("sheets")
    make.add_argument("folder", type=Path)
    make.add_argument("--seed", type=int, required=True)
    make.add_argument("--hard", action="store_true", help="other names of the same colour")
    commands.add_parser("score").add_argument("answers", type=Path)
    given = parser.parse_args()
    if given.command == "sheets":
        sheets(given.folder, given.seed, hard=given.hard)
    else:
        score(given.answers)


if __name__ == "__main__":
    main()
