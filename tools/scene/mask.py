"""A mask drawn over a face, and `python -m tools.scene.mask IN OUT`: a video in which everybody wears one.

For rehearsal only: a drawn mask is no real one, and what is measured on it is simulated.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import cv2
import numpy as np
import typer

from mien.video import open_video
from mien.video.writer import VideoWriter
from mien.vision.detect import YuNet
from mien.vision.landmarks import MIN_PRESENCE, MediaPipeLandmarker

if TYPE_CHECKING:
    from numpy.typing import NDArray

# fmt: off
_JAW: Final = (234, 93, 132, 58, 172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397, 288, 361, 323, 454)
# The upper edge of a mask back over the nose.
_EDGE: Final = (447, 280, 419, 197, 196, 50, 227)
# fmt: on
_NOSE, _FOREHEAD, _CHIN = 4, 10, 152


def masked(image: NDArray[np.uint8], points: NDArray[np.floating]) -> NDArray[np.uint8]:
    """The picture with a pale blue mask from the bridge of the nose to below the chin.

    Args:
        image: (H, W, 3) uint8 BGR.
        points: (468 or more, 2 or more) landmarks of the face in it, pixels.
    """
    middle = points[_NOSE, :2]
    height = float(np.linalg.norm(points[_FOREHEAD, :2] - points[_CHIN, :2]))
    jaw = middle + 1.04 * (points[list(_JAW), :2] - middle)
    outline = np.concatenate([jaw, points[list(_EDGE), :2]])
    alpha = np.zeros(image.shape[:2], np.uint8)
    cv2.fillPoly(alpha, [np.round(outline * 16).astype(np.int32)], 255, cv2.LINE_AA, shift=4)
    soft = cv2.GaussianBlur(alpha, (0, 0), 0.006 * height).astype(np.float32)[..., None] / 255.0
    return np.asarray(soft * _fabric(image.shape[:2], middle, height) + (1.0 - soft) * image, np.uint8)


def _fabric(size: tuple[int, int], middle: NDArray[np.floating], height: float) -> NDArray[np.float32]:
    """Cloth with three pleats, lit by the nose beneath it."""
    y, x = np.mgrid[: size[0], : size[1]].astype(np.float32)
    across, down = (x - middle[0]) / height, (y - middle[1]) / height
    light = 0.93 - 0.9 * across**2 + 0.025 * np.sin(down * 40.0)
    return np.asarray(light[..., None] * np.array([225.0, 205.0, 178.0], np.float32), np.float32)


def main(
    source: Annotated[Path, typer.Argument(help="The video.")],
    out: Annotated[Path, typer.Argument(help="Where the one with masks goes, MP4.")],
    rate: Annotated[float | None, typer.Option(help="Pictures per second; all where left out.")] = None,
) -> None:
    """Put a mask on every face of a video."""
    detector, landmarker = YuNet(long_side=1280), MediaPipeLandmarker()
    with open_video(source) as video:
        comment = "Simulated: masks are drawn."
        with VideoWriter(out, video.info.width, video.info.height, metadata={"comment": comment}) as writer:
            for frame in video.frames(rate=rate):
                picture = frame.image
                for found in detector.detect(frame.image):
                    mesh = landmarker.locate(frame.image, found)
                    if mesh.presence >= MIN_PRESENCE:
                        picture = masked(picture, mesh.points)
                writer.write(picture, frame.t_s)
    print(f"{out}: masks are drawn")


if __name__ == "__main__":
    typer.run(main)
