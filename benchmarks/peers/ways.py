"""The peers, and the ways in which each is asked: as its users ask it, and the settings among which its best is sought.

A *way* says what a picture is made into (as it came, edges added and enlarged, or the crop of the face box that Mien's
landmarks give) and the settings of the peer itself. The search starts from the first way and goes stage by stage, each
time trying the changes of the stage on the best way so far.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

import cv2
import numpy as np

from benchmarks.expression import MARGINS, face_crop

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mien.vision.region import Region

RUNNERS: Final = Path(__file__).parent / "runners"
"""Folder of what runs in the environments of the peers."""


@dataclass(frozen=True)
class Way:
    """How a peer is asked about a picture.

    Attributes:
        setting: Of the peer, as its runner takes it; `detector` is "given" where it gets a crop of one face.
        size: Side of what it gets, pixels; 0 leaves the size as it came.
        edge: Width of the border added on every side, over the side of the picture.
        black: Whether the border is black; else edge pixels repeat.
        margin: Side of the crop over the box of the face, where the face is given; 0 is the whole picture.
    """

    setting: Mapping[str, Any] = field(default_factory=dict)
    size: int = 0
    edge: float = 0.0
    black: bool = False
    margin: float = 0.0

    @property
    def given(self) -> bool:
        """Whether the face is given, so that there is always an answer."""
        return bool(self.setting.get("detector") == "given")

    def changed(self, change: Mapping[str, Any]) -> Way:
        """This way with some of it changed; what is no field of a way is a setting."""
        own = {key: change[key] for key in ("size", "edge", "black", "margin") if key in change}
        rest = {key: value for key, value in change.items() if key not in own}
        return replace(self, setting=_merged(self.setting, rest), **own)

    def key(self) -> str:
        """All of it as text, for people and for the names of kept answers."""
        words = {**self.setting}
        if self.given:
            words["crop"] = f"box x {self.margin}" if self.margin else "as it came"
        elif self.size or self.edge:
            words["picture"] = f"{self.size or 'own'} px, edge {self.edge:g}" + " black" * self.black
        return json.dumps(words, sort_keys=True).replace('"', "").strip("{}")

    def picture(self, image: NDArray[np.uint8], region: Region | None) -> NDArray[np.uint8]:
        """What the peer gets of a picture (H, W) uint8 grey whose face is at `region`: (H, W) uint8 grey."""
        if self.given and self.size:
            return face_crop(image, region, self.margin, self.size)
        border = round(self.edge * max(image.shape))
        kind = cv2.BORDER_CONSTANT if self.black else cv2.BORDER_REPLICATE
        out = cv2.copyMakeBorder(image, border, border, border, border, kind)
        if self.size and self.size != out.shape[0]:
            how = cv2.INTER_CUBIC if self.size > out.shape[0] else cv2.INTER_AREA
            out = cv2.resize(out, (self.size, self.size), interpolation=how)
        return np.asarray(out, np.uint8)


@dataclass(frozen=True)
class Peer:
    """One reader of expressions.

    Attributes:
        name: As people know it.
        kind: What it runs in.
        version: Exactly; part of the name of kept answers.
        script: File in `RUNNERS`.
        ways: As users ask it, the first as they do without reading on.
        stages: Changes tried one stage after the other.
        given: Ways in which the face is given.
    """

    name: str
    kind: Literal["mien", "python", "node"]
    version: str
    script: str
    ways: tuple[Way, ...]
    stages: tuple[tuple[Mapping[str, Any], ...], ...]
    given: tuple[Way, ...]


def peers(mien_version: str) -> dict[str, Peer]:
    """Every reader by name, Mien first."""
    node = json.loads((RUNNERS / "package.json").read_text())["dependencies"]
    pinned = dict(
        line.split("==")
        for line in (RUNNERS / "fer-requirements.txt").read_text().splitlines()
        if "==" in line
    )
    pictures: tuple[Mapping[str, Any], ...] = tuple(
        {"size": size, "edge": edge} for size in (192, 384) for edge in (0.0, 0.25, 0.5)
    )
    found = (
        Peer(
            "mien",
            "mien",
            mien_version,
            "",
            ways=(Way({"detector": "yunet"}),),
            stages=(pictures,),
            given=(Way({"detector": "given"}),),
        ),
        Peer(
            "fer",
            "python",
            pinned["fer"],
            "fer_answers.py",
            ways=(Way({"detector": "haar"}), Way({"detector": "mtcnn"})),
            stages=(
                tuple({**p, "detector": d} for d in ("haar", "mtcnn") for p in pictures),
                ({"black": True},),
                ({"use_tflite": False},),
                ({"min_neighbors": 3, "scale_factor": 1.05}, {"offsets": [0, 0]}, {"offsets": [20, 20]}),
            ),
            # the float network is slow and hardly differs: one crop shows by how much
            given=tuple(
                Way({"detector": "given", "use_tflite": lite}, size=64, margin=margin)
                for lite, margins in ((True, MARGINS), (False, (1.1,)))
                for margin in margins
            ),
        ),
        Peer(
            "human",
            "node",
            node["@vladmandic/human"],
            "human_answers.mjs",
            ways=(Way({"detector": {}}),),
            stages=(
                ({"edge": 0.25}, *({"size": 256, "edge": e} for e in (0.0, 0.15, 0.3, 0.5))),
                ({"black": True},),
                (
                    {"detector": {"rotation": True}},
                    {"detector": {"minConfidence": 0.1}},
                    {"mesh": {"enabled": False}},
                    {"mesh": {"keepInvalid": True}},
                ),
                tuple({"detector": {"scale": s}} for s in (1.1, 1.25, 1.6)),
                tuple({"emotion": {"crop": c}} for c in (0.05, 0.1, 0.15, 0.2)),
            ),
            given=tuple(Way({"detector": "given"}, size=64, margin=margin) for margin in MARGINS),
        ),
        Peer(
            "face-api",
            "node",
            node["@vladmandic/face-api"],
            "faceapi_answers.mjs",
            ways=(Way({"detector": "ssd"}), Way({"detector": "tiny"})),
            stages=(
                tuple(
                    {"size": 512, "edge": edge, "black": black, "detector": "tiny", "inputSize": side}
                    for side in (224, 320)
                    for edge, black in ((0.5, False), (0.5, True), (1.0, True))
                ),
                ({"size": 512, "edge": 1.0, "black": True, "detector": "ssd"},),
                tuple({"minConfidence": c, "scoreThreshold": c} for c in (0.1, 0.3)),
                ({"landmarks": True},),
            ),
            given=tuple(Way({"detector": "given"}, size=112, margin=margin) for margin in MARGINS),
        ),
    )
    return {peer.name: peer for peer in found}


def _merged(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    out = dict(one)
    for key, value in other.items():
        both = isinstance(value, Mapping) and isinstance(out.get(key), Mapping)
        out[key] = _merged(out[key], value) if both else value
    return out
