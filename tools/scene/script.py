"""The play: who walks past which camera when, where, how turned, and what the face shows there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from tools.scene.mesh import Stance

if TYPE_CHECKING:
    from tools.scene.people import Shows

CameraName = Literal["entrance", "exit"]
Way = Literal["left", "right", "through"]
"""From the left and back to it, from the right and back to it, or from the left to the right."""

WIDTH: Final = 960
HEIGHT: Final = 540
RATE: Final = 10.0
"""Pictures per second."""

_PACE: Final = 2.1
"""How fast people walk into the picture and out of it, on average, face heights per second."""
_BLINK_S: Final = 0.2


@dataclass(frozen=True, slots=True)
class Camera:
    """A camera of the scene.

    Attributes:
        name: Its name, its touchpoint and its role.
        after_s: Seconds after the entrance's recording at which its own begins.
        seconds: How long it is.
        face_px: Height of faces in the middle of the walk, pixels.
        face_y: Where they are, pixels from the top.
        above: Degrees by which it looks down on people.
        gain: Brightness of blue, green and red, in shares.
        noise: Of the sensor, standard deviation in grey levels, the same in every picture.
    """

    name: CameraName
    after_s: float
    seconds: float
    face_px: float
    face_y: float
    above: float
    gain: tuple[float, float, float]
    noise: float


@dataclass(frozen=True, slots=True)
class Appearance:
    """One person's walk past one camera.

    Attributes:
        person: Who.
        begin_s: Seconds in the recording at which they begin to walk into the picture.
        end_s: When they have left it.
        way: From where to where.
        x: Where they stand meanwhile, pixels from the left.
        shows: What the face shows.
        badge_from_s: From when on a badge shows on the chest; `None` without one. Until then a bag hides it.
    """

    person: str
    begin_s: float
    end_s: float
    way: Way
    x: float
    shows: Shows
    badge_from_s: float | None = None

    def there(self, t_s: float) -> bool:
        """Whether they are on their way at a time."""
        return self.begin_s <= t_s < self.end_s

    def stance(self, camera: Camera, t_s: float, rhythm: float) -> Stance:
        """Where the head is and how it is held.

        Args:
            camera: What looks.
            t_s: Seconds in the recording.
            rhythm: 0..1, the person's own phase.
        """
        outside = camera.face_px
        first = WIDTH + outside if self.way == "right" else -outside
        last = -outside if self.way == "left" else WIDTH + outside
        pace = _PACE * camera.face_px
        comes = 1.0 - _ease((t_s - self.begin_s) * pace / abs(self.x - first))
        goes = _ease((t_s - self.end_s) * pace / abs(last - self.x) + 1.0)
        x = self.x + comes * (first - self.x) + goes * (last - self.x)
        since = t_s - self.begin_s
        phase = 2.0 * np.pi * rhythm
        sway = np.sin(1.1 * since + phase)
        nearer = 0.94 + 0.12 * since / (self.end_s - self.begin_s)
        turned = 20.0 * (np.sign(self.x - first) * comes + np.sign(last - self.x) * goes)
        return Stance(
            x=float(x + 5.0 * sway),
            y=float(camera.face_y + 3.0 * np.sin(7.0 * since * max(comes, goes) + phase) + 2.0 * sway),
            height=float(camera.face_px * (1.0 + 0.06 * (2.0 * rhythm - 1.0)) * nearer),
            yaw=float(turned + 6.0 * np.sin(0.9 * since + 2.0 * phase)),
            pitch=float(camera.above + 2.5 * np.sin(1.3 * since + phase)),
            roll=float(2.5 * np.sin(0.8 * since + 3.0 * phase)),
        )

    def eyes_closed(self, t_s: float, rhythm: float) -> float:
        """How far the eyes are closed, 0..1: they blink every two to four seconds."""
        every = 2.0 + 2.0 * rhythm
        return float(np.mod(t_s - self.begin_s + every * rhythm, every) < _BLINK_S)

    def bag(self, t_s: float) -> float | None:
        """How far a bag before the chest is lowered, 0..1; `None` without one."""
        if self.badge_from_s is None or self.badge_from_s <= self.begin_s:
            return None
        return float(np.clip((t_s - self.badge_from_s) / 0.4 + 1.0, 0.0, 1.0))


ENTRANCE: Final = Camera("entrance", 0.0, 61.5, 122.0, 168.0, 2.0, (1.03, 1.0, 0.98), 1.2)
EXIT: Final = Camera("exit", 45.0, 60.0, 104.0, 150.0, 7.0, (0.80, 0.87, 0.93), 2.2)
CAMERAS: Final[dict[CameraName, Camera]] = {"entrance": ENTRANCE, "exit": EXIT}

STAFF: Final = "red-hair"

PLAY: Final[dict[CameraName, tuple[Appearance, ...]]] = {
    "entrance": (
        Appearance("portrait", 1.0, 8.0, "through", 430.0, "smiling"),
        Appearance("tears", 9.0, 16.5, "left", 270.0, "tearful"),
        Appearance("clip", 12.0, 19.5, "right", 690.0, "plain"),
        Appearance(STAFF, 20.5, 30.0, "left", 280.0, "smiling", badge_from_s=25.6),
        Appearance("mask", 27.0, 34.0, "right", 700.0, "plain"),
        Appearance("dark-hair", 35.0, 42.0, "through", 520.0, "smiling"),
        Appearance("like-clip", 43.0, 50.0, "left", 260.0, "smiling"),
        Appearance("like-dark-hair", 46.0, 53.0, "right", 680.0, "smiling"),
        Appearance("curls", 54.0, 60.5, "through", 480.0, "plain"),
    ),
    "exit": (
        Appearance("portrait", 1.0, 8.0, "through", 500.0, "plain"),
        Appearance("clip", 9.0, 16.0, "left", 280.0, "smiling"),
        Appearance("mask", 12.0, 19.0, "right", 690.0, "plain"),
        Appearance("like-dark-hair", 20.0, 27.0, "through", 450.0, "plain"),
        Appearance(STAFF, 28.0, 35.0, "left", 270.0, "smiling", badge_from_s=28.0),
        Appearance("tears", 31.0, 38.0, "right", 690.0, "smiling"),
        Appearance("shades", 39.0, 46.0, "through", 500.0, "smiling"),
        Appearance("dark-hair", 47.0, 54.0, "left", 270.0, "smiling"),
        Appearance("like-clip", 50.0, 57.5, "right", 690.0, "plain"),
    ),
}
"""Who passes which camera, in the order of time."""


def _ease(share: float) -> float:
    """From 0 to 1 without a jolt at either end."""
    inside = min(max(share, 0.0), 1.0)
    return inside * inside * (3.0 - 2.0 * inside)
