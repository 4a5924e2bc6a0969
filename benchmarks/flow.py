"""How well people are found, followed and counted, and what it costs.

    uv run python benchmarks/flow.py CLIPS [--rate 2]

CLIPS is a folder with the previews of Intel's sample videos (CC BY 4.0), which are not part of this project:
`intel_one_by_one.mp4`, in which six people one after another come in at the lower edge, stand at a table with their
backs to the camera and leave at the right, and `intel_store-aisle-detection.gif`. What is in them was read off by
eye. Counts are those of two door lines drawn for this; a track too many is a person who was lost and taken for
another one. The shoppers of the aisle are looked for while nobody stands before them.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from time import process_time
from typing import Final

import numpy as np
from rich.console import Console
from rich.table import Table

from mien.journey.flow import FlowBook, FlowLine, FlowPlan, Sighting
from mien.video import open_video
from mien.vision.people.nanodet import NanoDet
from mien.vision.people.watch import PeopleWatch

DOORS: Final = "intel_one_by_one.mp4"
LINES: Final = (
    FlowLine("front", ((0.05, 0.98), (0.75, 0.98)), (0.5, 0.8)),
    FlowLine("side", ((0.75, 0.6), (0.75, 1.0)), (0.5, 0.8)),
)
TRUTH: Final = {"front": (6, 0), "side": (0, 6)}
"""In and out by line."""
PEOPLE: Final = 6

AISLE: Final = "intel_store-aisle-detection.gif"
SHOPPERS: Final = (("man", 0.60, 0.50, 3.0), ("woman", 0.78, 0.50, 1.0))
"""A point on each, and until when nobody stands before them, seconds."""
LEAST_HEIGHT: Final = 0.4
"""Share of the picture's height that a box must have to be of a whole shopper."""
SCORES: Final = (0.3, 0.45)


@dataclass(frozen=True, slots=True)
class Counted:
    """What came of a recording: in and out by line, tracks, and processor milliseconds for each picture."""

    lines: dict[str, tuple[int, int]]
    unclear: int
    tracks: int
    milliseconds: float


def count(path: Path, rate: float) -> Counted:
    watch, spent = PeopleWatch(), []
    with open_video(path, threads=1) as video:
        book = FlowBook(FlowPlan(LINES, aspect=video.info.width / video.info.height))
        for frame in video.frames(rate=rate):
            begin = process_time()
            found = watch.process(frame)
            people = [Sighting(one.track_id, one.x, one.y, one.height, one.feet) for one in found.seen]
            book.take(frame.t_s, people, found.ended)
            spent.append(process_time() - begin)
    book.finish()
    total = book.total()
    return Counted(
        {name: (line.came_in, line.went_out) for name, line in total.lines.items()},
        sum(line.unclear for line in total.lines.values()),
        total.people,
        1000.0 * float(np.median(spent)),
    )


def found_in_aisle(path: Path) -> dict[tuple[str, float], tuple[int, int]]:
    """In how many pictures a shopper has a box of at least a score, and of how many, by name and score."""
    detector = NanoDet(min_score=min(SCORES))
    tally: dict[tuple[str, float], tuple[int, int]] = {}
    with open_video(path, threads=1) as video:
        scale = np.array([video.info.width, video.info.height] * 2, np.float32)
        for frame in video.frames(rate=None):
            people = [(person.box / scale, person.score) for person in detector.detect(frame.image)]
            for name, x, y, until_s in SHOPPERS:
                if frame.t_s > until_s:
                    continue
                scores = [
                    score
                    for box, score in people
                    if box[0] < x < box[2] and box[1] < y < box[3] and box[3] - box[1] > LEAST_HEIGHT
                ]
                for least in SCORES:
                    hits, n = tally.get((name, least), (0, 0))
                    tally[name, least] = hits + (max(scores, default=0.0) >= least), n + 1
    return tally


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("clips", type=Path)
    options.add_argument("--rate", type=float, nargs="+", default=[1.0, 2.0])
    chosen = options.parse_args()
    console = Console()
    wrong = Table(
        "pictures/s",
        "line",
        "in (true)",
        "out (true)",
        "unclear",
        "tracks (people)",
        "ms/picture",
        title=DOORS,
    )
    for rate in chosen.rate:
        found = count(chosen.clips / DOORS, rate)
        for name, (came_in, went_out) in found.lines.items():
            true_in, true_out = TRUTH[name]
            wrong.add_row(
                f"{rate:g}",
                name,
                f"{came_in} ({true_in})",
                f"{went_out} ({true_out})",
                str(found.unclear),
                f"{found.tracks} ({PEOPLE})",
                f"{found.milliseconds:.0f}",
            )
    console.print(wrong)
    aisle = Table("shopper", "score from", "pictures with a box", title=AISLE)
    for (name, least), (hits, n) in found_in_aisle(chosen.clips / AISLE).items():
        aisle.add_row(name, f"{least:g}", f"{hits} of {n}")
    console.print(aisle)


if __name__ == "__main__":
    main()
