"""Mien's face tracks beside those of `trackers` (PyPI), each at its strongest setting, on the same simulated boxes.

    uv venv peer && uv pip install -p peer/bin/python trackers motmetrics
    uv run python -m benchmarks.following --peer peer/bin/python

Settings of the peers are sought on other seeds than the figures are of; Mien's tracker is as released.
Boxes alone are followed: in use Mien's tracks hang on landmarks as well, and `trackers` may be given pictures.
"""

from __future__ import annotations

import json
import subprocess
from dataclasses import asdict
from itertools import product
from pathlib import Path
from typing import Annotated, Any, Final

import numpy as np
import typer
from rich.console import Console
from rich.table import Table

from benchmarks.following.scenes import KINDS, RATE, SIZE, Face, Kind, scene
from mien.vision.track import Candidate, Tracker

_HERE: Final = Path(__file__).parent
_TUNE, _REPORT = range(3), range(100, 112)
_SURE: Final = 0.7  # score from which a face may begin a track, of ours and of theirs


def ours(pictures: list[list[Face]]) -> list[list[int]]:
    """Ids that Mien's tracker gives to the boxes of a scene, -1 for none."""
    tracker = Tracker()
    told = []
    for n, faces in enumerate(pictures):
        t_s = n / RATE
        tracker.expire(t_s)
        seen = [
            Candidate(np.array(face.box, np.float32), None, detected=True, may_start=face.score >= _SURE)
            for face in faces
        ]
        ids = {id(one): track.id for track, one in tracker.assign(seen, t_s, SIZE)}
        told.append([ids.get(id(one), -1) for one in seen])
    return told


def settings() -> list[dict[str, Any]]:
    """What is tried of the peers."""
    buffers = [round(seconds * 30) for seconds in (1.0, 2.0, 3.0)]  # told in pictures at 30 a second
    found = []
    for buffer, overlap, wait in product(buffers, (0.05, 0.1, 0.3), (1, 2)):
        common = {
            "lost_track_buffer": buffer,
            "minimum_iou_threshold": overlap,
            "minimum_consecutive_frames": wait,
        }
        found.append({"tracker": "SORTTracker", "settings": {**common, "track_activation_threshold": _SURE}})
        found.append(
            {
                "tracker": "ByteTrackTracker",
                "settings": {**common, "track_activation_threshold": _SURE, "high_conf_det_threshold": 0.6},
            }
        )
        found.append({"tracker": "OCSORTTracker", "settings": {**common, "high_conf_det_threshold": 0.6}})
    return found


def asked(
    peer: Path, scenes: list[list[list[Face]]], jobs: list[dict[str, Any]]
) -> list[list[dict[str, float]]]:
    """Figures of each job in each scene."""
    given = {"rate": RATE, "scenes": [[[asdict(f) for f in p] for p in one] for one in scenes], "jobs": jobs}
    ran = subprocess.run(
        [str(peer), str(_HERE / "peer.py")],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=True,
    )
    answers: list[list[dict[str, float]]] = json.loads(ran.stdout)
    return answers


def row(name: str, kind: Kind, figures: list[dict[str, float]]) -> list[str]:
    """One line of the table: mean IDF1, then sums over the scenes."""
    total = {key: sum(one[key] for one in figures) for key in figures[0]}
    return [
        kind,
        name,
        f"{100 * total['idf1'] / len(figures):.1f}",
        *(
            f"{total[key]:.0f}"
            for key in ("num_switches", "num_fragmentations", "mixed", "tracks", "num_unique_objects")
        ),
    ]


def main(*, peer: Annotated[Path, typer.Option(help="Python that has trackers and motmetrics.")]) -> None:
    console = Console(width=120)
    table = Table(title="Simulated: boxes of faces, 5 pictures a second, 12 minutes of each kind")
    for name in ("scene", "tracker", "IDF1", "switches", "gaps", "tracks of two people", "tracks", "people"):
        table.add_column(name, justify="left" if name in {"scene", "tracker"} else "right")
    chosen: dict[str, tuple[float, dict[str, Any]]] = {}
    tune = {kind: [scene(kind, seed) for seed in _TUNE] for kind in KINDS}
    jobs = settings()
    answers = asked(peer, [one for kind in KINDS for one in tune[kind]], jobs)
    for job, figures in zip(jobs, answers, strict=True):
        mean = float(np.mean([one["idf1"] for one in figures]))
        if mean > chosen.get(job["tracker"], (0.0, {}))[0]:
            chosen[job["tracker"]] = (mean, job)
    for tracker, (_, job) in chosen.items():
        console.print(f"{tracker}: {job['settings']}")
    for kind in KINDS:
        scenes = [scene(kind, seed) for seed in _REPORT]
        every = [{"ids": [ours(one) for one in scenes]}, *(job for _, job in chosen.values())]
        for name, figures in zip(("mien", *chosen), asked(peer, scenes, every), strict=True):
            table.add_row(*row(name, kind, figures))
        table.add_section()
    console.print(table)


if __name__ == "__main__":
    typer.run(main)
