"""How much the state of a face differs when two cameras see it: simulated cameras before faces of real clips.

    uv run python benchmarks/camera_pair.py --clips DIR

Simulated: the people and what their faces do are real (the labelled clips of `clips.toml`, known by their sha256), the
cameras are not. The face of every picture becomes a textured mesh (`tools/scene/mesh.py`: 468 landmarks with
depth), is turned as a camera elsewhere would see it, and drawn before a blurred background. A camera is

- an *angle*: up to 20 degrees to either side and up to 25 degrees above the face, and
- a *look*: faces 40 to 140 px high, exposure (up to 0.7 stops either way), gamma 0.7 to 1.4, white balance (red and
  blue by up to 20 %), blur (a Gaussian of up to 1.5 % of the face's height), sensor noise (1 to 10 grey levels), JPEG
  of quality 30 to 90,

drawn evenly, sizes and gammas by their logarithms. The same cameras see every stretch of up to 4 s, by angle alone, by
look alone, and by both; what they share is drawn with the mesh too. Each stretch is read by the pipeline and scored as
an interaction, and its state is the mean valence on `balance`.

*Between two cameras* is the standard deviation of the difference of two states of the same stretch: what an EPS from
one camera to the other is wrong by, though nothing changed. *Beyond readings' errors* leaves out what the states' own
standard deviations explain; that is too little, since two views of the same pictures share most of these errors.
*Same for all* is the part in which two cameras differ for everybody, which calibration takes away, *by person* the
rest. Intervals are 95 %, by bootstrap over people, for these cameras.

A mesh has no hair, no ears, no other side of the nose, and its skin is lit as it was filmed: light that falls from
elsewhere, lenses, and motion are not in these figures, so that real cameras may differ more.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from mien.journey.builder import InteractionBuilder
from mien.journey.types import Context
from mien.video import open_video
from mien.video.types import Frame
from mien.vision.pipeline import FacePipeline

sys.path.insert(0, str(Path(__file__).parents[1]))
from tools.scene.mesh import MeshFace, Stance, rotation
from tools.scene.room import background

from benchmarks.clips import labelled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

RATE: Final = 4.0
STRETCH_S: Final = 4.0
STRETCHES: Final = 2
"""Of each clip at most, so that no person counts for much more than another."""
SEED: Final = 11
SEEN_PX: Final = 360
"""Long enough a face's picture for any camera here; larger ones are shrunk first."""
WAYS: Final = ("angle", "look", "both")
DRAWS: Final = 2000


@dataclass(frozen=True, slots=True)
class Camera:
    """How a simulated camera sees."""

    yaw: float = 0.0
    pitch: float = 0.0
    height: float = 140.0
    stops: float = 0.0
    gamma: float = 1.0
    red: float = 1.0
    blue: float = 1.0
    blur: float = 0.0
    noise: float = 1.0
    jpeg: float = 95.0

    @classmethod
    def drawn(cls, rng: np.random.Generator, way: str) -> Camera:
        """A camera by chance that differs from the plain one by angle, look or both."""
        angle = {"yaw": rng.uniform(-20.0, 20.0), "pitch": rng.uniform(0.0, 25.0)}
        look = {
            "height": float(np.exp(rng.uniform(np.log(40.0), np.log(140.0)))),
            "stops": rng.uniform(-0.7, 0.7),
            "gamma": float(np.exp(rng.uniform(np.log(0.7), np.log(1.4)))),
            "red": rng.uniform(0.8, 1.2),
            "blue": rng.uniform(0.8, 1.2),
            "blur": rng.uniform(0.0, 0.015),
            "noise": rng.uniform(1.0, 10.0),
            "jpeg": float(rng.integers(30, 91)),
        }
        return cls(**(angle if way != "look" else {}), **(look if way != "angle" else {}))

    def picture(self, face: MeshFace, rng: np.random.Generator) -> NDArray[np.uint8]:
        """(H, W, 3) uint8 BGR: what it sees of a face."""
        side = 2 * round(1.5 * self.height)
        canvas = background(side, side)
        face.draw(canvas, self.stance(face, side / 2))
        soft = cv2.GaussianBlur(canvas, (0, 0), max(self.blur * self.height, 0.1)).astype(np.float64) / 255
        light = soft * 2.0**self.stops * (self.blue, 1.0, self.red)
        seen = 255 * np.clip(light, 0, 1) ** self.gamma + rng.normal(0.0, self.noise, light.shape)
        _, coded = cv2.imencode(
            ".jpg", np.clip(seen, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, int(self.jpeg)]
        )
        return np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8)

    def stance(self, face: MeshFace, middle: float) -> Stance:
        """How the head of a picture is held as seen by this camera."""
        # Places in the picture are linear in places in space: the first two rows of its turn, times its height.
        front = np.column_stack([face.vertices, np.ones(len(face.vertices))])
        rows = np.linalg.lstsq(front, face.pixels, rcond=None)[0][:3].T
        across, down = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        filmed = np.stack([across, down, np.cross(across, down)])
        turn = rotation(Stance(0, 0, 1, self.yaw, self.pitch)) @ filmed
        return Stance(
            middle,
            middle,
            self.height,
            yaw=float(np.degrees(np.arcsin(turn[2, 0]))),
            pitch=float(np.degrees(np.arctan2(turn[2, 1], turn[2, 2]))),
            roll=float(np.degrees(np.arctan2(turn[1, 0], turn[0, 0]))),
        )


def stretches(path: Path) -> list[list[MeshFace]]:
    """The faces of the first stretches of a clip."""
    found: list[list[MeshFace]] = []
    with open_video(path, threads=1) as video:
        for frame in video.frames(rate=RATE):
            which = int(frame.t_s / STRETCH_S)
            if which >= STRETCHES:
                break
            found += [[] for _ in range(which + 1 - len(found))]
            image = frame.image
            if (shrink := SEEN_PX * 2 / max(image.shape)) < 1:
                image = cv2.resize(image, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA).astype(
                    np.uint8
                )
            try:
                found[which].append(MeshFace.from_picture(image))
            except IndexError:
                continue  # no face is found in this picture
    return found


def state(camera: Camera, faces: Sequence[MeshFace], seed: int) -> tuple[float, float]:
    """The mean valence of a stretch as a camera sees it, and its standard deviation; NaN where there is no state."""
    rng = np.random.default_rng(seed)
    pipeline = FacePipeline()
    builder = InteractionBuilder("simulated", Context(), reader=pipeline.reader_version)
    found = []
    for number, face in enumerate(faces):
        result = pipeline.process(Frame(camera.picture(face, rng), number / RATE, number))
        found += builder.take(result.observations, result.ended)
    pipeline.finish()
    every = (*found, *builder.finish(interrupted=True))
    good = [known for one in every if (known := one.score.state) is not None]
    return good[0] if len(good) == 1 else (np.nan, np.nan)


def spread(states: Array, errors: Array) -> Array:
    """(4,) standard deviations between two cameras: in all, beyond readings' errors, same for all, by person.

    Args:
        states: (stretches, cameras), NaN where a camera saw too little.
        errors: Their standard deviations.
    """
    told = np.isfinite(states).sum(axis=1) > 1
    states, errors = states[told], errors[told]
    apart = states - np.nanmean(states, axis=1, keepdims=True)
    seen = np.isfinite(apart)
    per_camera = np.maximum(seen.sum(axis=0), 1)
    whole = 2 * np.nansum(apart**2) / max(seen.sum() - len(states), 1)
    beyond = whole - 2 * float(np.nanmean(errors**2))
    # Two-way without repetition: the mean squares of cameras hold the stretches' own differences once per stretch.
    means = np.nansum(apart, axis=0) / per_camera
    rest = apart - means
    by_person = 2 * np.nansum(rest**2) / max(seen.sum() - len(states) - apart.shape[1] + 1, 1)
    same = 2 * float(means.var(ddof=1)) - by_person / float(per_camera.mean())
    return np.sqrt(np.maximum([whole, beyond, same, by_person], 0.0))


def interval(states: Array, errors: Array, people: NDArray[np.intp]) -> Array:
    """(2, 4) ends of the 95 % intervals of `spread`."""
    rng = np.random.default_rng(SEED)
    names = np.unique(people)
    drawn = []
    for _ in range(DRAWS):
        who = rng.choice(names, len(names))
        rows = np.concatenate([np.flatnonzero(people == name) for name in who])
        drawn.append(spread(states[rows], errors[rows]))
    ends: Array = np.quantile(drawn, [0.025, 0.975], axis=0)
    return ends


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--clips", type=Path, required=True, help="folder with the labelled clips")
    parser.add_argument("--cameras", type=int, default=8, help="simulated cameras of each kind, 2 or more")
    chosen = parser.parse_args()
    cv2.setNumThreads(1)
    console = Console(width=150 if not sys.stdout.isatty() else None)
    there = labelled(chosen.clips, console)
    if not there or chosen.cameras < 2:
        console.print("Give a folder with labelled clips, and 2 cameras or more.")
        return 2
    cut = [(number, faces) for number, (_, path) in enumerate(there) for faces in stretches(path)]
    people = np.array([number for number, _ in cut])
    rng = np.random.default_rng(SEED)
    work = [(way, Camera.drawn(rng, way)) for way in WAYS for _ in range(chosen.cameras)]
    states = np.full((len(work), len(cut), 2), np.nan)
    for place in track(
        range(states[..., 0].size), console=console, transient=True, disable=not console.is_terminal
    ):
        which, number = divmod(place, len(cut))
        states[which, number] = state(work[which][1], cut[number][1], SEED + place)
    table = Table(title="Simulated cameras: standard deviation of the difference of two states, valence")
    heads = (
        "cameras differ by",
        "between two cameras",
        "beyond readings' errors",
        "same for all",
        "by person",
    )
    for head in (*heads, "no state"):
        table.add_column(head, justify="left" if head == heads[0] else "right")
    for way in WAYS:
        rows = [number for number, one in enumerate(work) if one[0] == way]
        values, errors = (states[rows, :, part].T for part in (0, 1))
        found, ends = spread(values, errors), interval(values, errors, people)
        cells = [f"{one:.3f} ({low:.3f} to {high:.3f})" for one, low, high in zip(found, *ends, strict=True)]
        table.add_row(way, *cells, f"{np.isnan(values).mean():.0%}")
    console.print(
        f"Simulated: {chosen.cameras} cameras of each kind see {len(cut)} stretches of {len(there)} people, read by "
        f"{FacePipeline().reader_version}, {RATE:g} pictures a second, seed {SEED}."
    )
    console.print(table)
    return 0


if __name__ == "__main__":
    sys.exit(main())
