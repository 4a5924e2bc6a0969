"""How often a badge is found on the torso below a face in a single picture, and what that costs.

    uv run python benchmarks/badges.py --pictures 100

Torsos are drawn: cloth of random brightness, grain and print, a marker in perspective on a white card, blur of the lens
(sigma 0.6 pixels unless a column says else), noise of the sensor (4 grey levels), JPEG 70. Shares are of pictures in
which the right marker, and no other, was given to the face; in brackets the 95 % Wilson interval. Of clothes without a
badge, of shelves and of noise it is counted how often a marker was found.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, get_args

import cv2
import numpy as np
from rich.console import Console
from rich.table import Table
from scipy import stats

from mien.vision.badges import FAMILIES, BadgeDetector, Family
from mien.vision.badges.families import cells
from mien.vision.badges.torso import USUAL_SIDE

if TYPE_CHECKING:
    from numpy.typing import NDArray

SHARP = 4  # markers are drawn this many times as large and averaged, as a sensor does


@dataclass(frozen=True, slots=True)
class Badge:
    """A badge as it is worn.

    Attributes:
        number: Its marker.
        side: Of the black square seen from the front, in face heights.
        turn: Degrees about the upright axis.
        lean: Degrees about the level axis.
        roll: Degrees in the picture.
        across: Of its centre from the middle of the face, in face heights.
        below: Of its centre from the chin, likewise.
        hidden: Share of its width behind an arm.
        family: Its family.
    """

    number: int = 7
    side: float = USUAL_SIDE
    turn: float = 0.0
    lean: float = 0.0
    roll: float = 0.0
    across: float = 0.0
    below: float = 1.2
    hidden: float = 0.0
    family: Family = "apriltag-25h9"


def cloth(shape: tuple[int, int], rng: np.random.Generator) -> NDArray[np.float32]:
    """(H, W) float32 of cloth: grain, and stripes, checks or print on some."""
    height, width = shape
    grain = cv2.GaussianBlur(rng.normal(0, 1, shape).astype(np.float32), (0, 0), rng.uniform(0.6, 4.0))
    y, x = np.mgrid[:height, :width].astype(np.float32)
    step = rng.uniform(0.04, 0.4) * height
    prints = [
        np.zeros(shape),
        np.sign(np.sin(x * 6.3 / step)),
        np.sign(np.sin(x * 6.3 / step) * np.sin(y * 6.3 / step)),
    ]
    coarse = rng.normal(0, 1, (int(height // step) + 2, int(width // step) + 2)).astype(np.float32)
    prints.append(np.sign(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_NEAREST)))
    pattern = prints[rng.integers(len(prints))] * rng.uniform(5, 60)
    level = rng.uniform(30, 190) + grain / grain.std() * rng.uniform(2, 15) + pattern
    return np.asarray(level, dtype=np.float32)


def dress(
    canvas: NDArray[np.uint8], face: NDArray[np.float32], badge: Badge | None, rng: np.random.Generator
) -> None:
    """Draw a torso below a face, with a badge if there is one.

    Args:
        canvas: (H, W, 3) uint8, drawn on.
        face: (4,) box in pixels.
        badge: As it is worn.
        rng: What the cloth comes from.
    """
    height = float(face[3] - face[1])
    middle, chin = float(face[0] + face[2]) / 2, float(face[3])
    outline = (
        np.array([[-0.3, 0.15], [0.3, 0.15], [1.15, 0.55], [1.3, 4.0], [-1.3, 4.0], [-1.15, 0.55]]) * height
    )
    body = np.zeros(canvas.shape[:2], np.uint8)
    cv2.fillPoly(body, [np.round(outline + np.array([middle, chin])).astype(np.int32)], 255)
    canvas[body > 0] = np.clip(cloth(canvas.shape[:2], rng), 0, 255)[body > 0][:, None].astype(np.uint8)
    if badge is not None:
        _pin(canvas, badge, height, (middle, chin), rng)


def _pin(
    canvas: NDArray[np.uint8],
    badge: Badge,
    height: float,
    chin: tuple[float, float],
    rng: np.random.Generator,
) -> None:
    black = cells(badge.family, badge.number)
    count = len(black) + 2
    card = np.where(np.pad(black, 1), 0, 255).astype(np.uint8)
    card = cv2.resize(card, None, fx=16, fy=16, interpolation=cv2.INTER_NEAREST).astype(np.uint8)
    half = badge.side * height * count / len(black) / 2
    corners = np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]]) * half
    corners = corners @ cv2.Rodrigues(np.radians([0.0, 0.0, badge.roll]))[0].T
    corners = corners @ cv2.Rodrigues(np.radians([badge.lean, 0.0, 0.0]))[0].T
    corners = corners @ cv2.Rodrigues(np.radians([0.0, badge.turn, 0.0]))[0].T
    away = 15 * height  # about three metres
    flat = corners[:, :2] * (away / (away + corners[:, 2:]))
    flat += np.array(chin) + np.array([badge.across, badge.below]) * height
    left, top = np.floor(flat.min(axis=0)).astype(int) - 2
    right, bottom = np.ceil(flat.max(axis=0)).astype(int) + 3
    size = (right - left, bottom - top)
    source = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32) * len(card)
    matrix = cv2.getPerspectiveTransform(source, ((flat - (left, top)) * SHARP).astype(np.float32))
    whole = (size[0] * SHARP, size[1] * SHARP)
    light, opaque = (
        cv2.resize(cv2.warpPerspective(layer, matrix, whole), size, interpolation=cv2.INTER_AREA) / 255.0
        for layer in (card, np.full_like(card, 255))
    )
    if badge.hidden > 0.0:
        light[:, : round(size[0] * badge.hidden)] = opaque[:, : round(size[0] * badge.hidden)] = 0.0
    dark, bright = rng.uniform(15, 50), rng.uniform(150, 235)
    x1, y1 = max(left, 0), max(top, 0)
    x2, y2 = min(right, canvas.shape[1]), min(bottom, canvas.shape[0])
    if x1 >= x2 or y1 >= y2:
        return
    inside = np.s_[y1 - top : y2 - top, x1 - left : x2 - left]
    light, opaque = light[inside][..., None], opaque[inside][..., None]
    under = canvas[y1:y2, x1:x2]
    canvas[y1:y2, x1:x2] = (under * (1 - opaque) + opaque * dark + light * (bright - dark)).astype(np.uint8)


def photograph(
    scene: NDArray[np.uint8],
    rng: np.random.Generator,
    *,
    blur: float = 0.6,
    noise: float = 4.0,
    quality: int = 70,
) -> NDArray[np.uint8]:
    """What a camera makes of a scene: blur (pixels), noise (grey levels), JPEG."""
    seen = cv2.GaussianBlur(scene, (0, 0), blur) if blur else scene
    image = seen + rng.normal(0.0, noise, scene.shape[:2])[..., None]
    packed = cv2.imencode(
        ".jpg", np.clip(image, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, quality]
    )[1]
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), dtype=np.uint8)


def stage(height_px: float) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """A grey room and the box of a face of that height in it."""
    h = height_px
    room = np.full((int(5.2 * h), int(4.4 * h), 3), 128, np.uint8)
    return room, np.array([1.8 * h, 0.4 * h, 2.6 * h, 1.4 * h], np.float32)


def portrait(
    height_px: float, badge: Badge | None, rng: np.random.Generator, *, blur: float
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """A picture of somebody, faceless, and the box where the face would be."""
    room, face = stage(height_px)
    dress(room, face, badge, rng)
    return photograph(room, rng, blur=blur), face


def shelf(height_px: float, rng: np.random.Generator) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """A shelf of boxes with prints and labels instead of a torso: squares in squares, as markers are."""
    room, face = stage(height_px)
    for _ in range(60):
        x, y = rng.uniform(0, room.shape[1]), rng.uniform(1.2 * height_px, room.shape[0])
        wide, tall = rng.uniform(0.1, 0.9, 2) * height_px
        for shrink in (1.0, 0.8):
            near = (round(x - shrink * wide / 2), round(y - shrink * tall / 2))
            far = (round(x + shrink * wide / 2), round(y + shrink * tall / 2))
            cv2.rectangle(room, near, far, [int(rng.integers(256))] * 3, -1)
        side = max(int(min(wide, tall) * 0.7), 4)
        grid = rng.integers(0, 2, (int(rng.integers(3, 9)),) * 2).astype(np.uint8) * 255
        code = cv2.resize(grid, (side, side), interpolation=cv2.INTER_NEAREST)
        left, top = round(x - side / 2), round(y - side / 2)
        if left >= 0 and top >= 0 and left + side <= room.shape[1] and top + side <= room.shape[0]:
            room[top : top + side, left : left + side] = code[..., None]
    return photograph(room, rng), face


def share(hits: int, count: int) -> str:
    interval = stats.binomtest(hits, count).proportion_ci(method="wilson")
    return f"{hits / count:.2f} [{interval.low:.2f}, {interval.high:.2f}]"


def found(family: Family, pictures: int, side_px: float, badge: Badge, blur: float) -> tuple[str, float]:
    """Share of pictures in which the badge was found, and milliseconds of processor time for each."""
    rng = np.random.default_rng([7, int(side_px), int(badge.turn), int(10 * blur)])
    detector = BadgeDetector(family)
    hits, spent = 0, 0.0
    for _ in range(pictures):
        number = int(rng.integers(FAMILIES[family]))
        worn = replace(
            badge, number=number, family=family, turn=badge.turn * rng.choice([-1, 1]), roll=rng.uniform(-12, 12),
            across=rng.uniform(-0.6, 0.6), below=rng.uniform(0.6, 1.8),
        )  # fmt: skip
        image, face = portrait(side_px / badge.side, worn, rng, blur=blur)
        begun = time.process_time()
        look = detector.search(image, {1: face})[1]
        spent += time.process_time() - begun
        hits += [marker.number for marker in look.markers] == [number]
    return share(hits, pictures), 1000 * spent / pictures


def false_finds(family: Family, pictures: int) -> list[tuple[str, int, int]]:
    """What was searched, how often, and how often a marker was found that is not there."""
    detector = BadgeDetector(family)
    rng = np.random.default_rng(11)

    def noise(height_px: float) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
        room, face = stage(height_px)
        coarse = rng.integers(0, 256, (room.shape[0] // 3 + 1, room.shape[1] // 3 + 1), np.uint8)
        grey = cv2.resize(coarse, room.shape[1::-1], interpolation=cv2.INTER_CUBIC)
        return np.repeat(grey[..., None], 3, axis=2).astype(np.uint8), face

    kinds = {
        "clothes": lambda height_px: portrait(height_px, None, rng, blur=0.6),
        "shelves of random codes": lambda height_px: shelf(height_px, rng),
        "noise": noise,
    }
    rows = []
    for name, make in kinds.items():
        wrong = 0
        for _ in range(pictures):
            image, face = make(rng.uniform(40, 120))
            wrong += bool(detector.search(image, {1: face})[1].markers)
        rows.append((name, pictures, wrong))
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pictures", type=int, default=100, help="pictures for each figure")
    pictures = parser.parse_args().pictures
    cv2.setNumThreads(1)
    console = Console(width=190)
    for family in get_args(Family):
        table = Table("marker, px", "face, px", "sharp, frontal", "blur 1 px", "blur 1.5 px", "turned 40", "turned 55",
                      "leaning 50", "half hidden", "ms", title=family)  # fmt: skip
        for side_px in (12, 16, 20, 24, 32, 48):
            cases = [(Badge(), 0.6), (Badge(), 1.0), (Badge(), 1.5), (Badge(turn=40), 0.6), (Badge(turn=55), 0.6),
                     (Badge(lean=50), 0.6), (Badge(hidden=0.5), 0.6)]  # fmt: skip
            cells_ = [found(family, pictures, side_px, badge, blur) for badge, blur in cases]
            table.add_row(
                str(side_px),
                f"{side_px / USUAL_SIDE:.0f}",
                *(text for text, _ in cells_),
                f"{cells_[0][1]:.1f}",
            )
        console.print(table)
        table = Table("without a badge", "pictures", "a marker was found", title=family)
        for name, count, wrong in false_finds(family, 10 * pictures):
            table.add_row(name, str(count), str(wrong))
        console.print(table)


if __name__ == "__main__":
    main()
