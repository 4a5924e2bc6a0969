"""Runs in an environment of its own that has `trackers` and `motmetrics`: trackers over scenes, and figures of tracks.

Takes JSON on standard input: {"rate", "scenes": [[[{"box", "score", "person"}]]], "jobs": [{"tracker", "settings"} or
{"ids"}]}; answers a list of figures per job and scene.
"""

import json
import sys
import warnings
from typing import Any

import motmetrics
import numpy as np
import supervision
import trackers

warnings.filterwarnings("ignore")
NAMES = ("idf1", "num_switches", "num_fragmentations", "num_unique_objects")


def follow(scene: list[Any], job: dict[str, Any], rate: float) -> list[list[int]]:
    tracker = getattr(trackers, job["tracker"])(frame_rate=rate, **job["settings"])
    told = []
    for faces in scene:
        boxes = np.array([face["box"] for face in faces], np.float32).reshape(-1, 4)
        given = supervision.Detections(
            xyxy=boxes, confidence=np.array([face["score"] for face in faces], np.float32),
            class_id=np.zeros(len(faces), int), data={"row": np.arange(len(faces))},
        )  # fmt: skip
        out = tracker.update(given) if len(faces) else tracker.update(supervision.Detections.empty())
        ids = [-1] * len(faces)
        for row, one in zip(
            out.data.get("row", []), out.tracker_id if out.tracker_id is not None else [], strict=False
        ):
            ids[int(row)] = int(one)
        told.append(ids)
    return told


def figures(scene: list[Any], ids: list[list[int]]) -> dict[str, float]:
    """Every box is what it is: a track is right where its boxes are of one person."""
    account = motmetrics.MOTAccumulator(auto_id=True)
    people: dict[int, set[int | None]] = {}
    for faces, told in zip(scene, ids, strict=True):
        known = [(face["person"], one) for face, one in zip(faces, told, strict=True)]
        truth = [person for person, _ in known if person is not None]
        tracks = [one for _, one in known if one >= 0]
        far = np.full((len(truth), len(tracks)), np.nan)
        for person, one in known:
            if person is not None and one >= 0:
                far[truth.index(person), tracks.index(one)] = 0.0
            if one >= 0:
                people.setdefault(one, set()).add(person)
        account.update(truth, tracks, far)
    found = motmetrics.metrics.create().compute(account, metrics=list(NAMES), name="x").loc["x"]
    mixed = sum(len(those - {None}) > 1 for those in people.values())
    return {**{name: float(found[name]) for name in NAMES}, "tracks": len(people), "mixed": mixed}


given = json.load(sys.stdin)
answers = []
for job in given["jobs"]:
    told = job.get("ids") or [follow(scene, job, given["rate"]) for scene in given["scenes"]]
    answers.append([figures(scene, ids) for scene, ids in zip(given["scenes"], told, strict=True)])
json.dump(answers, sys.stdout)
