"""One stretch of reading: from the mark of a tile to the first sign that it may show something else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mien.runtime.call.tile import ROOM, FaceWatch, TileWatch, is_other
from mien.runtime.call.types import StopReason
from mien.video.types import Frame
from mien.vision.types import LeftOut

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mien.runtime.call.limits import CallLimits
    from mien.runtime.call.models import CallModels
    from mien.vision.types import Observation


@dataclass(frozen=True, slots=True)
class Looked:
    """What one picture gave.

    Attributes:
        seen: The face; `None` where none was seen.
        stop: Why nothing more may be read; `None` where reading goes on.
    """

    seen: Observation | None = None
    stop: StopReason | None = None


class Stretch:
    """Reads a marked tile until it may show somebody else; then it is over, and another one begins with the next mark.

    Args:
        models: What looks at the pictures.
        limits: How long to wait for a face, and for pictures.
    """

    def __init__(self, models: CallModels, limits: CallLimits) -> None:
        self._limits = limits
        self._face = FaceWatch()
        self._tile = TileWatch()
        self._pipeline = models.pipeline(self._face)
        self._size: tuple[int, int] | None = None
        self._began_s: float | None = None
        self._last_s = 0.0
        self._track: int | None = None
        self._index = 0

    def look(self, image: NDArray[np.uint8], t_s: float) -> Looked:
        """Read the next picture, if it still shows what was marked.

        Args:
            image: (H, W, 3) uint8 BGR of the tile.
            t_s: Seconds, later than the one before.
        """
        size = (image.shape[1], image.shape[0])
        if self._began_s is None:
            self._began_s, self._size, self._last_s = t_s, size, t_s
        if size != self._size or t_s - self._last_s > self._limits.gap_s:
            return Looked(stop=StopReason.SIZE if size != self._size else StopReason.GAP)
        self._last_s = t_s
        room, jump = self._tile.look(image, t_s)
        if room >= ROOM:
            return Looked(stop=StopReason.ROOM)
        result = self._pipeline.process(Frame(image, t_s, self._index))
        self._index += 1
        alike = self._face.take()
        if result.dropped:
            return Looked(stop=StopReason.STILL)
        faces = [seen for seen in result.observations if seen.left_out is not LeftOut.TOO_SMALL]
        if len(faces) > 1:
            return Looked(stop=StopReason.SECOND)
        if is_other(alike, jump):
            return Looked(stop=StopReason.FACE)
        return self._one(result.observations, t_s - self._began_s)

    def _one(self, seen: list[Observation], marked_s: float) -> Looked:
        """The one face that is followed, `marked_s` seconds after the mark."""
        if self._track is None:
            if not seen:
                return Looked(stop=StopReason.NOBODY if marked_s > self._limits.find_s else None)
            self._track = max(seen, key=lambda one: one.quality.height_px).track_id
        known = next((one for one in seen if one.track_id == self._track), None)
        if known is None and seen:
            return Looked(stop=StopReason.FACE)
        return Looked(known)
