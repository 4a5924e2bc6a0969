"""What the guests at an entrance are told by: colours of the upper garment, and the way they came.

It is made of a few pictures of each track, in memory, handed out once, and forgotten then: of whoever may not be read,
nothing is looked at.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING, Final

import numpy as np

from mien.guests import MADE_S, Came, GuestLook, Place, Unnamed
from mien.vision.garment import Light, colours_of, shares

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from mien.guests import Colour
    from mien.vision.badges import Readable
    from mien.vision.exclude import ExcludedZones

MOST_PICTURES: Final = 7
"""Pictures of a garment that are looked at."""
FEWEST_PICTURES: Final = 3
"""Pictures without which no colour is told."""
AGREED: Final = 0.6
"""Share of the pictures that must say the same colour first, or second where two are told."""
EVERY_S: Final = 0.2
"""Least time between two of them, seconds."""
TOLD_AFTER_S: Final = 2.0
"""When a guest is told of at the earliest while in view, seconds after being first read."""
LATEST_S: Final = 5.0
"""When, even if no colour can be told by then."""
MOST_PLACES: Final = 60
"""Places of a way that are kept, as many first as last ones."""
ACROSS: Final = 0.6
"""Face heights that somebody must have gone to a side for that to be told."""
NEARER: Final = 1.12
"""By how much a face must have grown for `Came.TOWARDS`."""

_JITTER_S: Final = 0.01
_EDGES: Final = (0.2, 0.4, 0.6, 0.8)
"""Between the places, shares of the picture's width, in the order of `Place`."""


@dataclass(slots=True)
class _Known:
    since: float  # by the machine's clock
    way: list[tuple[float, float]] = field(default_factory=list)  # middle, height: pixels
    across: float = 0.0  # last middle, share of the width
    first_s: float | None = None  # when first read
    found: list[NDArray[np.float64]] = field(default_factory=list)
    failed: list[Unnamed] = field(default_factory=list)
    looked_s: float = -np.inf

    @property
    def pictures(self) -> int:
        return len(self.found) + len(self.failed)


class GuestWatch:
    """Looks at the guests of one camera, until each is told of.

    Args:
        clock: Seconds that pass, by which nothing is held for longer than `MADE_S` though no picture comes.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._known: dict[int, _Known] = {}
        self._told: set[int] = set()

    def take(
        self,
        image: NDArray[np.uint8],
        t_s: float,
        readable: Sequence[Readable],
        faces: Mapping[int, NDArray[np.float32]],
        zones: ExcludedZones,
    ) -> None:
        """Take in a picture.

        Args:
            image: (H, W, 3) uint8 BGR, excluded zones blacked out.
            t_s: When, seconds in the stream.
            readable: The faces that may be read now. Those that waited have no garment: their pictures are gone.
            faces: (4,) boxes of all faces in it, pixels, by track, whoever's they are: they may hide a garment.
            zones: What is blacked out.
        """
        lit: Light | None = None
        kept = zones.kept(image)
        self._follow(faces, image.shape[1])
        for part in readable:
            for sight in part.sights:
                known = self._known.get(sight.track_id)
                if known is None or sight.left_out is not None or sight.mesh is None:
                    continue
                known.first_s = part.t_s if known.first_s is None else known.first_s
                wanted = known.pictures < MOST_PICTURES and t_s - known.looked_s > EVERY_S - _JITTER_S
                if part.image is not image or not wanted:
                    continue
                known.looked_s = t_s
                lit = Light.of(image, list(faces.values())) if lit is None else lit
                others = [face for track, face in faces.items() if track != sight.track_id]
                found = shares(image, sight.box, others, lit, kept)
                if isinstance(found, Unnamed):
                    known.failed.append(found)
                else:
                    known.found.append(found)

    def _follow(self, faces: Mapping[int, NDArray[np.float32]], width: int) -> None:
        """Keep the way of whoever was not told of yet: who comes in is turned and far, and not read at first."""
        for track, face in faces.items():
            if track not in self._told:
                known = self._known.setdefault(track, _Known(self._clock()))
                x1, y1, x2, y2 = (float(value) for value in face)
                known.across = (x1 + x2) / 2.0 / width
                known.way.append(((x1 + x2) / 2.0, y2 - y1))
                del known.way[MOST_PLACES // 2 : -MOST_PLACES // 2]

    def news(self, t_s: float, ended: Collection[int]) -> dict[int, tuple[float, GuestLook]]:
        """Who can be told of now, by track: when first read, seconds in the stream, and what they are told by.

        Each is told once, when enough is known, or its time is up, or its track ended; nothing of it is kept then.
        A track that never could be read, or was lost before it was looked at often enough, is not told of.

        Args:
            t_s: Now, seconds in the stream.
            ended: Tracks that ended.
        """
        ready = [track for track, known in self._known.items() if track in ended or _is_ready(known, t_s)]
        told = {}
        for track in ready:
            known = self._known.pop(track)
            gone = track in ended and known.pictures < FEWEST_PICTURES
            if known.first_s is not None and not gone:
                told[track] = (known.first_s, _told(known))
        self._told |= set(told)
        self._told -= set(ended)
        return told

    def forget(self, track_ids: Iterable[int]) -> None:
        """Forget tracks."""
        for track_id in track_ids:
            self._known.pop(track_id, None)
            self._told.discard(track_id)

    def expire(self) -> None:
        """Forget what is held for too long, as when a camera gives no picture any more."""
        now = self._clock()
        for track in [track for track, known in self._known.items() if now - known.since > MADE_S]:
            del self._known[track]


def _is_ready(known: _Known, t_s: float) -> bool:
    if known.first_s is None or known.pictures < FEWEST_PICTURES:
        return False
    seen_s = t_s - known.first_s
    return seen_s >= LATEST_S or (seen_s >= TOLD_AFTER_S and len(known.found) >= FEWEST_PICTURES)


def _told(known: _Known) -> GuestLook:
    colours = _agreed(known.found)
    why = None
    if not colours:
        why = Unnamed.MIXED if len(known.found) >= FEWEST_PICTURES else Unnamed.NOT_SEEN
        if why is Unnamed.NOT_SEEN and known.failed.count(Unnamed.DARK) > len(known.failed) / 2:
            why = Unnamed.DARK
    place = tuple(Place)[sum(known.across >= edge for edge in _EDGES)]
    return GuestLook(colours, why, _came(known.way), place)


def _agreed(found: Sequence[NDArray[np.float64]]) -> tuple[Colour, ...]:
    """The colours that the pictures agree on; none where they do not, or are too few."""
    if len(found) < FEWEST_PICTURES:
        return ()
    typical = np.median(found, axis=0)
    colours = colours_of(typical / max(float(typical.sum()), 1e-9))
    votes = [colours_of(one) for one in found]
    alike = sum(set(vote) == set(colours) for vote in votes)
    return colours if alike >= AGREED * len(votes) else ()


def _came(way: Sequence[tuple[float, float]]) -> tuple[Came, ...]:
    """The way of a face, from its first places to its last ones."""
    first, before = way[0]
    last, after = np.median(way[-3:], axis=0)
    went = (last - first) / max(float(np.median([height for _, height in way])), 1.0)
    came = []
    if abs(went) >= ACROSS:
        came.append(Came.FROM_LEFT if went > 0 else Came.FROM_RIGHT)
    if after >= NEARER * before:
        came.append(Came.TOWARDS)
    return tuple(came)
