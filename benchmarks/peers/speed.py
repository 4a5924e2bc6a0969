"""Milliseconds per picture on one thread, whole path; for a machine with nothing else to do."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
from rich.table import Table

from mien.vision.arrays import open_picture

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from rich.console import RenderableType

    from benchmarks.peers.answers import Asked
    from benchmarks.peers.sets import Pictures
    from benchmarks.peers.ways import Way

_PHOTOGRAPH: Final = Path(__file__).parents[2] / "samples" / "multi_face.jpg"
_TIMES: Final = 15
_WARM: Final = 3


@dataclass(frozen=True, slots=True)
class Times:
    """Medians of milliseconds per picture.

    Attributes:
        reader: Its name.
        photograph: A photograph of four faces, 1000x667, as its users give it.
        picture: Pictures of one face, in the best way of giving it the whole picture.
        face: The same with the face given, in the best way.
    """

    reader: str
    photograph: float
    picture: float
    face: float


def times(one: Asked, pictures: Pictures, plain: Way, whole: Way, given: Way, count: int = 100) -> Times:
    """Time one reader, alone, the first few of each kind left out.

    Raises:
        InputError: It cannot be installed or has stopped answering.
    """
    grey = np.asarray(cv2.cvtColor(open_picture(_PHOTOGRAPH), cv2.COLOR_BGR2GRAY), np.uint8)
    rows = pictures.sample(count // 5)

    def made(way: Way) -> list[NDArray[np.uint8]]:
        return [way.picture(pictures.images[r], pictures.regions[r] if way.margin else None) for r in rows]

    return Times(
        one.peer.name,
        _median(one, [grey] * (_TIMES + _WARM), plain),
        _median(one, made(whole), whole),
        _median(one, made(given), given),
    )


def _median(one: Asked, pictures: Sequence[NDArray[np.uint8]], way: Way) -> float:
    spent = [one.runner().read(picture, way.setting)[1] for picture in pictures]
    return float(np.median(spent[_WARM:]))


def timed(found: Sequence[Times]) -> RenderableType:
    """The times for the terminal, each with its ratio to the first reader's."""
    table = Table(title="milliseconds per picture, one thread (times Mien's)", title_justify="left")
    for heading in ("reader", "photograph of four faces", "picture of one face", "face given"):
        table.add_column(heading)
    table.caption = "face given: Mien finds landmarks and aligns first, the others get the crop ready made"
    mien = found[0]
    for one in found:
        cells = [
            f"{own:.1f} ({own / its:.1f}x)"
            for own, its in zip(
                (one.photograph, one.picture, one.face),
                (mien.photograph, mien.picture, mien.face),
                strict=True,
            )
        ]
        table.add_row(one.reader, *cells)
    return table
