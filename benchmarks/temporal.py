"""How often what faces are said to show contradicts what they may honestly be said to show, before and after.

    uv run python benchmarks/temporal.py --clips DIR

`clips.toml` names the clips, tells what their faces may be said to show in each interval, and what "contradicts"
means. Files of DIR are known by their sha256, under any name; clips that are not there are named and left out
(`--clips samples` reads the two that are part of this repository). The pipeline runs as in `mien analyze`. *Single*
are the readings of one picture each, *temporal* is what the temporal reading makes of them (`mien.vision.temporal`);
readings that the gate leaves out count in neither.

Every clip is read in three ways: as it was filmed; as a camera far off would see it, shrunk until the face has
`--face-px` pixels of height, with sensor noise and coarse JPEG; and by the eyes alone, as if all faces were covered.
*Late* are contradictions within half a second after an interval began that no longer admits something the one before
did: what a filter pays. A *flash* is an expression that was the strongest for less than 0.35 s between others.
*Delay*: single readings changed their strongest expression for at least half a second, after at least half a second
of another; how much later did the temporal reading follow.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from itertools import groupby, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import cv2
import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from mien.expressions import EXPRESSIONS, LEVELS
from mien.video import open_video
from mien.vision.expression import ExpressionReader
from mien.vision.pipeline import FacePipeline
from mien.vision.types import Visibility

sys.path.insert(0, str(Path(__file__).parents[1]))
from benchmarks.clips import labelled

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from benchmarks.clips import Clip
    from mien.vision.types import ExpressionReading, FaceMesh

RATE: Final = 10.0
LATE_S: Final = 0.5
FLASH_S: Final = 0.35
LASTS_S: Final = 0.5
NOISE_SD: Final = 10.0
JPEG: Final = 40
SEED: Final = 7
HARSH: Final = (EXPRESSIONS.index("anger"), EXPRESSIONS.index("disgust"))
CALM: Final = "nothing of these"


@dataclass(frozen=True, slots=True)
class Said:
    """What was said of one face at one time: the strongest expression of the reading and of the temporal reading."""

    track_id: int
    t_s: float
    single: int
    temporal: int


@dataclass
class Sums:
    """Counts of the readings of one kind."""

    n: int = 0
    wrong: int = 0
    late: int = 0
    level: int = 0
    harsh: int = 0
    flashes: int = 0
    changes: int = 0
    happens: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, other: Sums) -> None:
        """Take in the counts of another clip."""
        for name in ("n", "wrong", "late", "level", "harsh", "flashes", "changes"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name, counts in other.happens.items():
            self.happens[name] += counts


class ByEyes:
    """The reader, told that every face is covered below the eyes."""

    def __init__(self, reader: ExpressionReader) -> None:
        self._reader = reader
        self.name, self.version, self.reads = reader.name, reader.version, reader.reads

    def read(
        self, image: NDArray[np.uint8], faces: Sequence[FaceMesh], visibility: Sequence[Visibility]
    ) -> list[ExpressionReading]:
        """As `mien.vision.protocols.Reader`."""
        return self._reader.read(image, faces, [Visibility.EYES] * len(visibility))


def watch(path: Path, shrink: float = 1.0, *, eyes: bool = False) -> tuple[list[Said], float, str]:
    """Run the pipeline over a file; also the faces' median height in pixels, and the reader's version."""
    reader = ExpressionReader()
    pipeline = FacePipeline(reader=ByEyes(reader) if eyes else reader)
    rng = np.random.default_rng(SEED)
    said, heights = [], []
    with open_video(path, threads=1) as video:
        for frame in video.frames(rate=RATE):
            shown = frame if shrink >= 1.0 else replace(frame, image=from_afar(frame.image, shrink, rng))
            for seen in pipeline.process(shown).observations:
                heights.append(seen.quality.height_px)
                if seen.reading is not None and seen.shown is not None:
                    single, temporal = seen.reading.probabilities.argmax(), seen.shown.argmax()
                    said.append(Said(seen.track_id, seen.t_s, int(single), int(temporal)))
    return said, float(np.median(heights)), pipeline.reader_version


def from_afar(image: NDArray[np.uint8], shrink: float, rng: np.random.Generator) -> NDArray[np.uint8]:
    """The picture as a camera far off would give it."""
    small = cv2.resize(image, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    noisy = np.clip(small + rng.normal(0.0, NOISE_SD, small.shape), 0, 255).astype(np.uint8)
    _, coded = cv2.imencode(".jpg", noisy, [cv2.IMWRITE_JPEG_QUALITY, JPEG])
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8)


def judge(clip: Clip, said: Sequence[Said], kind: Literal["single", "temporal"]) -> Sums:
    """Count what contradicts the labels."""
    sums, changes = Sums(), clip.changes()
    for one in said:
        interval, strongest = clip.at(one.t_s), getattr(one, kind)
        if interval is None:
            continue
        wrong = strongest not in interval.admits
        sums.n += 1
        sums.wrong += wrong
        sums.late += wrong and any(0.0 <= one.t_s - start_s < LATE_S for start_s in changes)
        sums.level += LEVELS[strongest] not in LEVELS[list(interval.admits)]
        sums.harsh += wrong and strongest in HARSH
        for name in interval.happens or (CALM,):
            sums.happens[name].update(n=1, wrong=int(wrong))
    for face in tracks(said):
        runs = spells(face, kind)
        sums.changes += len(runs) - 1
        sums.flashes += sum(end_s - start_s < FLASH_S for start_s, end_s, _ in runs[1:-1])
    return sums


def tracks(said: Iterable[Said]) -> list[list[Said]]:
    """The readings of each track, in order of time."""
    ordered = sorted(said, key=lambda one: (one.track_id, one.t_s))
    return [list(face) for _, face in groupby(ordered, key=lambda one: one.track_id)]


def spells(face: Sequence[Said], kind: str) -> list[tuple[float, float, int]]:
    """Stretches of one strongest expression: begin, begin of the next (the last reading at the end), expression."""
    runs = [
        (run[0].t_s, run[0]) for run in (list(g) for _, g in groupby(face, lambda one: getattr(one, kind)))
    ]
    ends = [start_s for start_s, _ in runs[1:]] + [face[-1].t_s]
    return [(start_s, end_s, getattr(one, kind)) for (start_s, one), end_s in zip(runs, ends, strict=True)]


def delays(said: Sequence[Said]) -> list[float]:
    """How much later the temporal reading followed each change that lasted, seconds; infinite where it never did."""
    out = []
    for face in tracks(said):
        for (was_s, _, _), (start_s, end_s, new) in pairwise(spells(face, "single")):
            if start_s - was_s >= LASTS_S and end_s - start_s >= LASTS_S:
                during = (one.t_s for one in face if start_s <= one.t_s < end_s and one.temporal == new)
                out.append(next(during, np.inf) - start_s)
    return out


def share(count: int, n: int) -> str:
    """A count and its share."""
    return f"{count} ({count / n:.1%})" if n else "-"


def tell(console: Console, title: str, read: Sequence[tuple[Clip, list[Said]]]) -> None:
    """Print the tables of one way of seeing."""
    for use in ("tune", "report"):
        some = [(clip, said) for clip, said in read if clip.use == use]
        if not some:
            continue
        table = Table(title=f"{title}, clips to {use}", title_justify="left")
        heads = (
            "clip",
            "",
            "n",
            "contradict",
            "of these late",
            "3 levels",
            "anger, disgust",
            "flashes",
            "changes",
        )
        for head in heads:
            table.add_column(head, justify="left" if head in {"clip", ""} else "right")
        totals = {"single": Sums(), "temporal": Sums()}
        rows: list[tuple[str, str, Sums]] = []
        for clip, said in some:
            for kind in ("single", "temporal"):
                found = judge(clip, said, kind)
                totals[kind].add(found)
                rows.append((clip.file if kind == "single" else "", kind, found))
        rows += [("all" if kind == "single" else "", kind, sums) for kind, sums in totals.items()]
        for name, kind, s in rows:
            cells = (share(s.wrong, s.n), str(s.late), share(s.level, s.n), share(s.harsh, s.n))
            table.add_row(
                name, kind, str(s.n), *cells, str(s.flashes), str(s.changes), end_section=kind == "temporal"
            )
        console.print(table)
        for name in sorted(totals["single"].happens):
            single, temporal = totals["single"].happens[name], totals["temporal"].happens[name]
            told = f"{share(single['wrong'], single['n'])} -> {share(temporal['wrong'], temporal['n'])}"
            console.print(f"  {name}: {told} of {single['n']}", highlight=False)
        late = np.array([delay for _, said in some for delay in delays(said)])
        seen = late[np.isfinite(late)]
        if late.size:
            middle = f"median {np.median(seen):.2f} s, most {seen.max():.2f} s" if seen.size else ""
            console.print(
                f"  delay of {late.size} changes that lasted: {middle}; not followed {late.size - seen.size}"
            )
        console.print()


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--clips", type=Path, required=True, help="folder with the labelled clips")
    parser.add_argument(
        "--face-px", type=float, default=44.0, help="face height seen from afar; 0 leaves it out"
    )
    chosen = parser.parse_args()
    cv2.setNumThreads(1)
    console = Console(width=150 if not sys.stdout.isatty() else None)
    there = labelled(chosen.clips, console)
    filmed, afar, eyes, reader = [], [], [], ""
    for clip, path in track(there, console=console, transient=True, disable=not console.is_terminal):
        said, height, reader = watch(path)
        filmed.append((clip, said))
        eyes.append((clip, watch(path, eyes=True)[0]))
        if chosen.face_px:
            afar.append((clip, watch(path, min(chosen.face_px / height, 1.0))[0]))
    console.print(f"Reader: {reader}; {RATE:g} readings a second\n")
    tell(console, "As filmed", filmed)
    tell(console, f"From afar, faces {chosen.face_px:g} px high", afar)
    tell(console, "By the eyes alone, as if the rest were covered", eyes)
    return 0 if there else 2


if __name__ == "__main__":
    sys.exit(main())
