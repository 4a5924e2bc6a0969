"""The people of the scene: eight of the bundled pictures and clips, and two who are made to look like two of them.

Nothing is claimed about the people in the pictures; here they only play parts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import av
import cv2
import numpy as np

from tools.scene.expression import Smile
from tools.scene.mask import masked
from tools.scene.mesh import MeshFace

if TYPE_CHECKING:
    pass

ROOT: Final = Path(__file__).parents[2]
SAMPLES: Final = ROOT / "samples"
PORTRAIT: Final = ROOT / "src" / "mien" / "vision" / "selftest" / "face.jpg"

Shows = Literal["tearful", "plain", "smiling"]
"""What a face of the scene shows."""


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """Somebody who plays a part.

    Attributes:
        name: What the truth calls them.
        made_from: Where the face comes from, in words.
        faces: The face by what it shows.
        clothes: BGR of what they wear.
        covered: Whether a mask hides the mouth.
    """

    name: str
    made_from: str
    faces: dict[Shows, MeshFace]
    clothes: tuple[int, int, int]
    covered: bool = False


def face_of_video(name: str, t_s: float) -> MeshFace:
    """The face of a sample video at a time, say `face_of_video("crying_to_smiling.mp4", 2.0)`."""
    with av.open(str(SAMPLES / name)) as container:
        for frame in container.decode(video=0):
            if frame.time is not None and frame.time >= t_s:
                return MeshFace.from_picture(np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)).trimmed()
    raise ValueError(f"{name} ends before {t_s} s")


def faces_of_pictures() -> tuple[MeshFace, ...]:
    """Six faces: the five of the group picture from the left, then the portrait."""
    group = np.asarray(cv2.imread(str(SAMPLES / "multi_face.jpg")), np.uint8)
    portrait = np.asarray(cv2.imread(str(PORTRAIT)), np.uint8)
    return (
        *(MeshFace.from_picture(group, i).trimmed() for i in range(5)),
        MeshFace.from_picture(portrait).trimmed(),
    )


def cast() -> dict[str, Person]:
    """Everybody, by name.

    The clip in which somebody turns from plain to smiling teaches what a smile is; with that the smiles of the
    pictures are taken off. The two ends of the clip in which somebody cries are further apart (0.5) than most pictures
    of one person, so its smile is blended with its tears by a third.
    """
    shades, long_hair, curls, dark_hair, red_hair, portrait = faces_of_pictures()
    plain = face_of_video("neutral_to_smiling.mp4", 0.3)
    smiling = face_of_video("neutral_to_smiling.mp4", 1.4)
    tears = face_of_video("crying_to_smiling.mp4", 0.8)
    smile = Smile.between(plain, smiling)
    portrait_plain = smile.taken_off(portrait)
    like_dark_hair = dark_hair.blended(portrait, 0.5, 0.5).blended(long_hair, 0.8, 0.3)
    people = (
        Person("shades", "group picture, 1st from the left", {"smiling": shades}, (52, 48, 46)),
        Person(
            "mask", "group picture, 2nd, with a mask drawn over the mouth", {"plain": _wearing_one(long_hair)},
            (120, 92, 66), covered=True,
        ),
        Person("curls", "group picture, 3rd", {"plain": curls}, (170, 168, 120)),
        Person("dark-hair", "group picture, 4th", {"smiling": dark_hair}, (60, 44, 38)),
        Person("red-hair", "group picture, 5th", {"smiling": red_hair}, (88, 104, 62)),
        Person("portrait", "portrait", {"smiling": portrait, "plain": portrait_plain}, (46, 84, 172)),
        Person(
            "tears", "crying_to_smiling.mp4 at 0.8 s; at 17.5 s, blended with it",
            {"tearful": tears, "smiling": face_of_video("crying_to_smiling.mp4", 17.5).blended(tears, 0.35, 0.4)},
            (142, 136, 150),
        ),
        Person(
            "clip", "neutral_to_smiling.mp4 at 0.3 s and 1.4 s", {"plain": plain, "smiling": smiling},
            (40, 40, 42),
        ),
        Person(
            "like-dark-hair", "dark-hair blended towards portrait and the 2nd of the group picture",
            {"smiling": like_dark_hair, "plain": smile.taken_off(like_dark_hair, shape=1.2)}, (128, 70, 84),
        ),
        Person(
            "like-clip", "clip blended towards portrait",
            {"plain": plain.blended(portrait_plain, 0.9, 0.5), "smiling": smiling.blended(portrait, 0.9, 0.5)},
            (92, 112, 120),
        ),
    )  # fmt: skip
    return {person.name: person for person in people}


def _wearing_one(face: MeshFace) -> MeshFace:
    """The face with a mask that moves with it."""
    return replace(face, texture=masked(face.texture, face.pixels))
