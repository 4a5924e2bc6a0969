"""What each camera sees, and the files that are made of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from mien.errors import InputError
from mien.video.writer import VideoWriter
from tools.scene.body import draw_badge, draw_bag, draw_body
from tools.scene.expression import closed_eyes
from tools.scene.people import cast
from tools.scene.room import background
from tools.scene.script import CAMERAS, HEIGHT, PLAY, RATE, WIDTH
from tools.scene.truth import Truth, site_file, truth

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from numpy.typing import NDArray

    from tools.scene.people import Person
    from tools.scene.script import CameraName

LABEL: Final = "simulated"


@dataclass(frozen=True)
class Scene:
    """The play with its people, ready to be filmed.

    Attributes:
        people: By name.
        seed: Of the rooms, the noise and each person's rhythm.
    """

    people: dict[str, Person]
    seed: int = 0

    def picture(self, camera: CameraName, t_s: float) -> NDArray[np.uint8]:
        """What a camera sees: (540, 960, 3) uint8 BGR.

        Args:
            camera: Which one.
            t_s: Seconds in its recording.
        """
        seen = CAMERAS[camera]
        canvas = self._rooms[camera].copy()
        there = [
            (one, one.stance(seen, t_s, self.rhythm(one.person))) for one in PLAY[camera] if one.there(t_s)
        ]
        for one, stance in sorted(there, key=lambda pair: pair[1].height):
            person = self.people[one.person]
            face = person.faces[one.shows]
            draw_body(canvas, face, stance, person.clothes)
            if one.badge_from_s is not None:
                draw_badge(canvas, stance)
            closed = one.eyes_closed(t_s, self.rhythm(one.person))
            face.draw(canvas, stance, closed * closed_eyes(face) if closed else None)
            if (lowered := one.bag(t_s)) is not None:
                draw_bag(canvas, stance, lowered)
        lit = cv2.LUT(canvas, self._lights[camera])
        shot = cv2.add(lit, self._grain[camera], dtype=cv2.CV_8U)
        cv2.putText(
            shot, LABEL, (12, HEIGHT - 12), cv2.FONT_HERSHEY_SIMPLEX, 0.55, (235, 235, 235), 1, cv2.LINE_AA
        )
        return np.asarray(shot, np.uint8)

    def pictures(self, camera: CameraName, rate: float = RATE) -> Iterator[tuple[float, NDArray[np.uint8]]]:
        """The recording: seconds and picture, so many a second."""
        for number in range(round(CAMERAS[camera].seconds * rate)):
            t_s = number / rate
            yield t_s, self.picture(camera, t_s)

    def rhythm(self, person: str) -> float:
        """0..1 by which somebody's height, sway and blinking differ from others'."""
        return float(self._rhythms[person])

    @cached_property
    def _rhythms(self) -> dict[str, float]:
        rng = np.random.default_rng([self.seed, 1])
        return dict(zip(self.people, rng.permutation(np.linspace(0.05, 0.95, len(self.people))), strict=True))

    @cached_property
    def _rooms(self) -> dict[CameraName, NDArray[np.uint8]]:
        return {name: background(WIDTH, HEIGHT, 100 * self.seed + i) for i, name in enumerate(CAMERAS)}

    @cached_property
    def _lights(self) -> dict[CameraName, NDArray[np.uint8]]:
        levels = np.arange(256.0)[:, None, None]
        return {
            name: np.clip(levels.transpose(1, 0, 2) * np.array(camera.gain), 0, 255).astype(np.uint8)
            for name, camera in CAMERAS.items()
        }

    @cached_property
    def _grain(self) -> dict[CameraName, NDArray[np.int16]]:
        """The same in every picture: what changes everywhere takes an encoder longer than the drawing does."""
        rng = np.random.default_rng([self.seed, 2])
        grain = rng.normal(size=(HEIGHT, WIDTH, 1)).astype(np.float32)
        return {
            name: np.repeat(np.round(camera.noise * grain).astype(np.int16), 3, axis=2)
            for name, camera in CAMERAS.items()
        }


def make_scene(folder: Path, *, begins: datetime, seed: int = 0, rate: float = RATE) -> Truth:
    """Write `entrance.mp4`, `exit.mp4`, `shop.toml` and `truth.json`.

    Args:
        folder: Where to; it is made if it is not there.
        begins: When the recording of the entrance begins, with its zone; the exit's begins 45 s later.
        seed: The same seed gives the same pictures; encoders of different machines may pack them differently.
        rate: Pictures per second; half as many as usual take half as long and are enough for 5 readings a second.

    Returns:
        What is in `truth.json`.

    Raises:
        InputError: The folder cannot be made.
        VideoError: It cannot be written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"The folder '{folder}' cannot be made: {error.strerror}.") from error
    scene = Scene(cast(), seed)
    for camera in CAMERAS:
        tags = {"title": f"{camera}, simulated", "comment": "Made by tools/scene: nobody walked here."}
        with VideoWriter(folder / f"{camera}.mp4", WIDTH, HEIGHT, metadata=tags) as video:
            for t_s, picture in scene.pictures(camera, rate):
                video.write(picture, t_s)
    known = truth(scene.people, begins, seed, scene.rhythm)
    (folder / "truth.json").write_text(known.model_dump_json(indent=2) + "\n", encoding="utf-8")
    (folder / "shop.toml").write_text(site_file(begins), encoding="utf-8")
    return known
