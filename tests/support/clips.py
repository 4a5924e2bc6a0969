"""Small recordings made on the spot with PyAV, of any container, codec, size, rate, rotation and defect."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import av
import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

TICK = Fraction(1, 90_000)
CORNERS = {"top left": (0, 0, 255), "top right": (0, 255, 0), "bottom left": (255, 0, 0)}
"""BGR colours of three corners of `marked`; the fourth is white."""

_SOUND_RATE = 44_100
_LOSSLESS = {"libx264": {"crf": "4", "preset": "ultrafast"}, "libx265": {"x265-params": "log-level=none"}}


def marked(width: int, height: int, number: int = 0) -> NDArray[np.uint8]:
    """A picture whose corners tell how it is turned and whose middle is as bright as its number (0-15)."""
    image = np.full((height, width, 3), 16 * (number % 16) + 8, np.uint8)
    h, w = height // 3, width // 3
    image[:h, :w], image[:h, -w:] = CORNERS["top left"], CORNERS["top right"]
    image[-h:, :w], image[-h:, -w:] = CORNERS["bottom left"], (255, 255, 255)
    return image


def number_of(image: NDArray[np.uint8]) -> int:
    """The number of a `marked` picture, read off its middle."""
    h, w = image.shape[:2]
    return round((float(image[h * 4 // 9 : h * 5 // 9, w * 4 // 9 : w * 5 // 9].mean()) - 8) / 16)


def corners(image: NDArray[np.uint8]) -> list[str]:
    """Which colour stands in the corners: top left, top right, bottom left, bottom right."""
    h, w = image.shape[:2]
    names = [*CORNERS, "bottom right"]
    colours = np.array([*CORNERS.values(), (255, 255, 255)], float)
    places = [(h // 8, w // 8), (h // 8, -w // 8), (-h // 8, w // 8), (-h // 8, -w // 8)]
    return [names[int(np.abs(colours - image[place]).sum(1).argmin())] for place in places]


def write_clip(
    path: Path,
    times: Sequence[float],
    *,
    size: tuple[int, int] = (64, 48),
    draw: Callable[[int], NDArray[np.uint8]] | None = None,
    container: str | None = None,
    codec: str = "libx264",
    pix_fmt: str = "yuv420p",
    time_base: Fraction = TICK,
    rotation: float | None = None,
    mirrored: bool = False,
    gop: int = 12,
    b_frames: int = 0,
    sample_aspect: Fraction | None = None,
    options: dict[str, str] | None = None,
    container_options: dict[str, str] | None = None,
    sound_s: float = 0.0,
) -> Path:
    """Encode one picture per time (seconds) and return the path.

    Args:
        path: Where to.
        times: Presentation time of each picture, increasing.
        size: Width and height.
        draw: Gives the picture of a number, BGR; `marked` by default.
        container: Format name where the suffix does not say it.
        codec: Encoder.
        pix_fmt: Pixel format of the encoding.
        time_base: Tick of the encoder.
        rotation: Angle of the display matrix, degrees counter-clockwise, as FFmpeg counts.
        mirrored: Whether the display matrix also mirrors.
        gop: Pictures from key picture to key picture.
        b_frames: Most pictures predicted from both sides in a row.
        sample_aspect: Shape of the pixels.
        options: More for the encoder.
        container_options: More for the muxer.
        sound_s: Length of a tone beside the pictures, seconds.
    """
    width, height = size
    with av.open(str(path), "w", format=container, options=container_options or {}) as out:
        stream = out.add_stream(codec, options={**_LOSSLESS.get(codec, {}), **(options or {})})
        stream.width, stream.height, stream.pix_fmt = width, height, pix_fmt
        stream.time_base = stream.codec_context.time_base = time_base
        stream.codec_context.gop_size = gop
        stream.codec_context.thread_count = 1
        if codec in {"libx264", "libx265"}:
            stream.codec_context.max_b_frames = b_frames
        if sample_aspect is not None:
            stream.codec_context.sample_aspect_ratio = sample_aspect
        if rotation is not None:
            stream.set_display_rotation(rotation, hflip=mirrored)
        tone = out.add_stream("aac", rate=_SOUND_RATE, layout="mono") if sound_s else None
        for number, t_s in enumerate(times):
            image = draw(number) if draw else marked(width, height, number)
            frame = av.VideoFrame.from_ndarray(image, format="bgr24").reformat(format=pix_fmt)
            frame.pts, frame.time_base = round(t_s / time_base), time_base
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
        if tone is not None:
            _play(out, tone, sound_s)
    return path


def steady(rate: float, seconds: float) -> list[float]:
    """Times of a constant frame rate."""
    return [i / rate for i in range(round(rate * seconds))]


def write_sound(path: Path, seconds: float = 1.0, *, cover: bool = False) -> Path:
    """A tone without pictures; with `cover`, a cover picture is attached as music files do."""
    with av.open(str(path), "w") as out:
        tone = out.add_stream("aac", rate=_SOUND_RATE, layout="mono")
        picture = out.add_stream("mjpeg", rate=1) if cover else None
        if picture is not None:
            picture.width, picture.height, picture.pix_fmt = 64, 48, "yuvj420p"
            picture.disposition = av.stream.Disposition.attached_pic
            packets = picture.encode(av.VideoFrame.from_ndarray(marked(64, 48), format="bgr24"))
            out.mux([*packets, *picture.encode(None)])
        _play(out, tone, seconds)
    return path


def _play(out: av.container.OutputContainer, tone: av.AudioStream, seconds: float) -> None:
    for number in range(int(seconds * _SOUND_RATE / 1024)):
        phase = (np.arange(1024) + 1024 * number) * 2 * np.pi * 440 / _SOUND_RATE
        frame = av.AudioFrame.from_ndarray(np.sin(phase, dtype=np.float32)[None], "fltp", "mono")
        frame.sample_rate, frame.pts = _SOUND_RATE, 1024 * number
        out.mux(tone.encode(frame))
    out.mux(tone.encode(None))


def cut(path: Path, share: float) -> Path:
    """Keep only the first part of a file, as an interrupted copy does."""
    content = path.read_bytes()
    path.write_bytes(content[: round(len(content) * share)])
    return path


def noise(width: int, height: int, seed: int) -> NDArray[np.uint8]:
    """Coloured blotches no encoder makes small, so that a clip's bytes are spread evenly over its length."""
    small = np.random.default_rng(seed).integers(0, 256, (height // 4, width // 4, 3), dtype=np.uint8)
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_NEAREST), dtype=np.uint8)
