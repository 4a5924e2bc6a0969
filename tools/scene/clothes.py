"""What the people of a scene wear: one colour, stripes, an open jacket, a low neckline; with folds, under a light."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import cv2
import numpy as np

from tools.scene.body import draw_body, skin_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tools.scene.mesh import MeshFace, Stance

Cut = Literal["plain", "striped", "open", "bare"]
"""One colour; wide stripes of two; a jacket open over a shirt; shoulders and chest uncovered."""

_FOLDS: Final = 0.22
_STRIPE: Final = 0.34  # of two stripes together, face heights


@dataclass(frozen=True, slots=True)
class Clothes:
    """An upper garment.

    Attributes:
        colour: BGR.
        cut: How it is made.
        second: BGR of the other stripes, or of the shirt.
        seed: Of its folds.
    """

    colour: tuple[int, int, int]
    cut: Cut = "plain"
    second: tuple[int, int, int] = (240, 240, 240)
    seed: int = 0


@dataclass(frozen=True, slots=True)
class LitBy:
    """The light of a scene, as it is left once a camera has set its white.

    Attributes:
        name: In words.
        gains: By which blue, green and red are multiplied.
        grain: Of the sensor, standard deviation in grey levels.
    """

    name: str
    gains: tuple[float, float, float]
    grain: float = 1.5

    def on(self, picture: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
        """A picture, (H, W, 3) uint8 BGR, in this light."""
        noise = rng.normal(0.0, self.grain, (*picture.shape[:2], 1)) if self.grain else 0.0
        return np.asarray(np.clip(picture * np.array(self.gains) + noise, 0, 255), np.uint8)


LIGHTS: Final = (
    LitBy("even", (1.0, 1.0, 1.0)),
    LitBy("warm", (0.78, 0.95, 1.08)),
    LitBy("very warm", (0.6, 0.88, 1.1)),
    LitBy("cool", (1.12, 1.0, 0.84)),
    LitBy("half", (0.55, 0.55, 0.55), 3.0),
    LitBy("dusk", (0.28, 0.28, 0.28), 4.0),
    LitBy("night", (0.08, 0.08, 0.08), 4.0),
)
"""Multiplying coded levels by 0.55 leaves about a quarter of the light, by 0.28 about a twentieth."""


def draw_dressed(canvas: NDArray[np.uint8], face: MeshFace, stance: Stance, worn: Clothes) -> None:
    """Draw somebody's neck, garment and head.

    Args:
        canvas: (H, W, 3) uint8 BGR, drawn on.
        face: Whose.
        stance: Where the head is.
        worn: What they wear.
    """
    before = canvas.copy()
    skin = tuple(int(value) for value in 0.9 * skin_of(face))
    bare = (skin[0], skin[1], skin[2])
    draw_body(canvas, face, stance, bare if worn.cut == "bare" else worn.colour)
    body = cv2.absdiff(canvas, before).max(axis=-1) > 0
    y, x = np.mgrid[0 : canvas.shape[0], 0 : canvas.shape[1]].astype(np.float32)
    across, down = (x - stance.x) / stance.height, (y - stance.y) / stance.height
    other = np.zeros_like(body)
    if worn.cut == "striped":
        other = np.mod(down, _STRIPE) < _STRIPE / 2.0
    elif worn.cut == "open":
        other = np.abs(across) < 0.16 + 0.08 * down
    elif worn.cut == "bare":
        other = down > 2.1  # a garment begins below the chest
    dressed = body & (down > 0.78)
    canvas[dressed & other] = worn.second
    rng = np.random.default_rng(worn.seed)
    phases = rng.uniform(0.0, 2.0 * np.pi, 3)
    folds = np.sin(5.0 * across + 2.0 * down + phases[0]) + np.sin(9.0 * across - 3.0 * down + phases[1])
    shade = 1.0 - _FOLDS * (0.4 + 0.25 * folds) - 0.1 * np.abs(across)
    canvas[dressed] = np.clip(canvas[dressed] * shade[dressed, None], 0, 255).astype(np.uint8)
    face.draw(canvas, stance)
