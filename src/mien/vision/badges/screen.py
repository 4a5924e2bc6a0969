"""Badges of one camera: its torsos searched, its faces held back until it is clear that they may be read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from mien.vision.badges.detector import BadgeDetector
from mien.vision.badges.settings import Decision
from mien.vision.badges.watch import BadgeWatch, Seen, cut_out

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from mien.vision.badges.detector import TorsoLook
    from mien.vision.badges.settings import BadgeSettings
    from mien.vision.badges.state import BadgeAccount, BadgeState
    from mien.vision.badges.watch import BadgeDropped
    from mien.vision.exclude import ExcludedZones
    from mien.vision.sight import Sight
    from mien.vision.types import Observation

_NOTHING: Final = np.empty((0, 0, 3), np.uint8)


@dataclass(frozen=True, slots=True, eq=False)
class Readable:
    """Faces of one image that may be read now.

    Attributes:
        t_s: When they were seen, seconds in the stream; up to the longest wait ago.
        image: (H, W, 3) uint8 BGR: the picture, or a crop that waited; empty for a face that is not to be read.
        sights: The faces; their landmarks are in pixels of `image`.
    """

    t_s: float
    image: NDArray[np.uint8]
    sights: list[Sight]


class BadgeScreen:
    """Lets through what may be read of the faces of one camera.

    Args:
        settings: Which markers mean what, and how long is waited.
        zones: What is blacked out in the pictures.
    """

    def __init__(self, settings: BadgeSettings, zones: ExcludedZones) -> None:
        self._detector = BadgeDetector(settings.family, zones)
        self._watch: BadgeWatch[Readable] = BadgeWatch(settings)

    @property
    def account(self) -> BadgeAccount:
        """What badges did so far."""
        return self._watch.account

    def take(
        self,
        image: NDArray[np.uint8],
        t_s: float,
        sights: Sequence[Sight],
        hidden: Mapping[int, NDArray[np.float32]],
    ) -> tuple[list[Readable], list[BadgeDropped]]:
        """Take in the faces of the next picture.

        Args:
            image: (H, W, 3) uint8 BGR, excluded zones blacked out.
            t_s: When, seconds in the stream.
            sights: The faces in it.
            hidden: (4,) boxes in pixels where tracks that are hidden just now are expected; they keep their badges.

        Returns:
            What may be read now, in order of time; the tracks that may not be read, told once each.
        """
        faces = {**hidden, **{sight.track_id: sight.box for sight in sights}}
        due = self._watch.due(t_s, [sight.track_id for sight in sights])
        looks = self._detector.search(image, faces, due)
        seen = [
            Seen(
                sight.track_id,
                sight.quality.height_px,
                looks.get(sight.track_id),
                self._kept(image, t_s, sight, looks.get(sight.track_id)),
            )
            for sight in sights
        ]
        answer = self._watch.take(t_s, seen)
        return _together([held.crop for held in answer.read]), answer.dropped

    def note(self, observations: Iterable[Observation]) -> None:
        """Tell what was read, so that it is counted should a badge be seen later."""
        for seen in observations:
            if seen.reading is not None:
                self._watch.note_read(seen.track_id, seen.t_s)

    def forget(self, track_ids: Iterable[int]) -> None:
        """Drop what is remembered of tracks that ended, and their crops."""
        self._watch.forget(track_ids)

    def state(self) -> BadgeState:
        """What is needed to go on after a stop; crops are not in it."""
        return self._watch.state()

    def restore(self, state: BadgeState) -> None:
        """Go on from a state."""
        self._watch.restore(state)

    def _kept(self, image: NDArray[np.uint8], t_s: float, sight: Sight, look: TorsoLook | None) -> Readable:
        """A face with what is needed to read it later; of one that is read at once no copy is made."""
        if sight.mesh is None or sight.left_out is not None:
            return Readable(t_s, _NOTHING, [replace(sight, mesh=None)])
        suspected = look is not None and bool(look.markers)
        if self._watch.decision(sight.track_id) is Decision.CUSTOMER and not suspected:
            return Readable(t_s, image, [sight])
        crop = cut_out(image, sight.mesh)
        return Readable(t_s, crop.image, [replace(sight, mesh=crop.mesh)])


def _together(released: list[Readable]) -> list[Readable]:
    """Faces of one image in one, so that they are read at once."""
    together: list[Readable] = []
    for one in released:
        if together and together[-1].image is one.image and together[-1].t_s == one.t_s:
            together[-1].sights.extend(one.sights)
        else:
            together.append(one)
    return together
