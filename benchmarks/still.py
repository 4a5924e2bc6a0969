"""How still printed faces and living ones are, measured with the limits by which posters are told.

    uv run python -m benchmarks.still [CLIP ...]

A printed face: those of the sample picture, in several sizes, under sensor noise, JPEG and slowly changing light, two
pictures a second. A living one: every track of the clips, five pictures a second; each sight is compared with the place
that the ten seconds before it make.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from mien.video import open_video
from mien.vision.exclude import ExcludedZones
from mien.vision.find import FaceFinder
from mien.vision.registry import DETECTORS, LANDMARKERS
from mien.vision.stages import StageClock
from mien.vision.still_place import StillPlace
from mien.vision.track import Tracker, TrackSettings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    Sights = dict[int, list[tuple[float, NDArray[np.float32]]]]

SAMPLES = Path(__file__).parents[1] / "samples"
SIZES = (0.4, 0.7, 1.0)
NOISES = (2.0, 6.0, 12.0)
QUALITIES = (90, 50, 25)
PICTURES = 40
LEAST = 10


def follow(pictures: Iterable[tuple[float, NDArray[np.uint8]]]) -> Sights:
    """Boxes of each track of landmarks over time."""
    settings = TrackSettings()
    detector, landmarker = DETECTORS.make("yunet"), LANDMARKERS.make("mediapipe")
    finder = FaceFinder(detector, landmarker, ExcludedZones(), settings=settings, clock=StageClock())
    tracker = Tracker(settings)
    sights: Sights = {}
    for t_s, image in pictures:
        tracker.expire(t_s)
        for track, seen in tracker.assign(
            finder.find(image, tracker, t_s)[0], t_s, (image.shape[1], image.shape[0])
        ):
            if seen.mesh is not None:
                sights.setdefault(track.id, []).append((t_s, seen.box))
    return sights


def printed(size: float, noise: float, quality: int) -> Iterator[tuple[float, NDArray[np.uint8]]]:
    """The sample picture as a camera shows it on a wall."""
    image = cv2.imread(str(SAMPLES / "multi_face.jpg"))
    assert image is not None
    shrunk = cv2.resize(image, None, fx=size, fy=size, interpolation=cv2.INTER_AREA).astype(np.float32)
    rng = np.random.default_rng(1)
    for i in range(PICTURES):
        light = 0.75 + 0.4 * np.sin(2 * np.pi * i / PICTURES)
        noisy = np.clip(shrunk * light + rng.normal(0.0, noise, shrunk.shape), 0, 255).astype(np.uint8)
        coded = cv2.imencode(".jpg", noisy, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
        shown = cv2.imdecode(coded, cv2.IMREAD_COLOR)
        assert shown is not None
        yield i / 2, shown.astype(np.uint8)


def filmed(path: Path) -> Iterator[tuple[float, NDArray[np.uint8]]]:
    with open_video(path) as video:
        for frame in video.frames(rate=5.0):
            yield frame.t_s, frame.image


def shares(sights: Sights) -> list[tuple[float, float]]:
    """Of each track its height in pixels and the share of its sights that are still where it was until then."""
    found = []
    for seen in sights.values():
        if len(seen) < LEAST:
            continue
        inside = []
        for at, (t_s, box) in enumerate(seen[1:], start=1):
            recent = [b for s, b in seen[:at] if t_s - s <= 10.0]
            if recent:
                place = StillPlace.begin(np.mean(recent, axis=0).astype(np.float32), t_s)
                inside.append(place.distance(box) <= 1.0)
        height = float(np.median([box[3] - box[1] for _, box in seen]))
        found.append((height, float(np.mean(inside))))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("clips", nargs="*", type=Path, default=[SAMPLES / "crying_to_smiling.mp4"])
    clips: list[Path] = parser.parse_args().clips
    print("printed faces: share of sights within the limits\nsize  noise  JPEG  tracks  mean   least")
    for size in SIZES:
        for noise in NOISES:
            for quality in QUALITIES:
                still = [share for _, share in shares(follow(printed(size, noise, quality)))]
                print(
                    f"{size:4.1f}  {noise:5.0f}  {quality:4d}  {len(still):6d}  {np.mean(still):.3f}  {min(still):.3f}"
                )
    print("\nliving faces: share of sights within the limits\nclip, track, height")
    for clip in clips:
        for number, (height, share) in enumerate(shares(follow(filmed(clip))), start=1):
            print(f"{clip.name}, {number}, {height:.0f} px: {share:.3f}")


if __name__ == "__main__":
    main()
