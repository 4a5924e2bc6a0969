"""Faces wait while their torsos are searched for a badge, so that who wears one is dropped before being read.

A face's crops wait in memory until its torso has been searched in vain for `wait_s` of stream time; then they, and all
that follow, are read. A crop older than that is dropped unread. One sighting of a marker stops the reading, `sightings`
of the same one decide. Where a badge is seen only later, all that was read of the track has to be deleted. A torso that
is not in view clears nobody: such a face stays undecided and is not read.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Generic, TypeVar

import numpy as np

from mien.vision.badges.settings import BadgeSettings, Decision
from mien.vision.badges.state import BadgeAccount, BadgeState, Sighting, TrackBadge
from mien.vision.geometry import mesh_box, pixels_of
from mien.vision.types import Dropped, DropReason, FaceMesh

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from mien.vision.badges.detector import TorsoLook

Crop = TypeVar("Crop")

_LONGEST_STEP_S: Final = 1.0  # one reading stands for at most the second before it
_LONGEST_GAP_S: Final = 1.5  # between two looks farther apart a torso was not searched
_JITTER_S: Final = 1e-6
_MARGIN: Final = 0.6  # face heights around the landmarks: more than any reader cuts out
_OUTWARDS: Final = np.array([-1, -1, 1, 1], np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class FaceCrop:
    """A face cut out of its picture, so that the picture need not be kept.

    Attributes:
        image: (h, w, 3) uint8 BGR, a copy.
        mesh: Its landmarks, in pixels of the crop.
    """

    image: NDArray[np.uint8]
    mesh: FaceMesh


def cut_out(image: NDArray[np.uint8], mesh: FaceMesh) -> FaceCrop:
    """Cut out a face with all that a reader needs of it.

    Args:
        image: (H, W, 3) uint8 BGR.
        mesh: Landmarks of the face in it.
    """
    box = mesh_box(mesh)
    margin = _MARGIN * float(box[3] - box[1])
    left, top, right, bottom = pixels_of(box + margin * _OUTWARDS, *image.shape[:2])
    points = mesh.points - np.array([left, top, 0.0], np.float32)
    return FaceCrop(image[top:bottom, left:right].copy(), FaceMesh(points, mesh.presence))


@dataclass(frozen=True, slots=True, eq=False)
class Seen(Generic[Crop]):
    """One face of the present picture.

    Attributes:
        track_id: Whose.
        height_px: Face height, pixels of the original picture.
        look: What its torso shows; `None` where it was not searched.
        crop: What is to be read; `None` where there is nothing to.
    """

    track_id: int
    height_px: float
    look: TorsoLook | None
    crop: Crop | None


@dataclass(frozen=True, slots=True, eq=False)
class Held(Generic[Crop]):
    """A crop that may be read now.

    Attributes:
        track_id: Whose.
        t_s: When it was seen, seconds in the stream; up to `wait_s` ago.
        crop: As it was handed in.
    """

    track_id: int
    t_s: float
    crop: Crop


@dataclass(frozen=True, slots=True)
class BadgeDropped(Dropped):
    """The order to drop a track for a badge: with `readings` above 0 all of it that was stored is to be deleted.

    Attributes:
        since_s: When the track was first seen, seconds in the stream.
        at_s: When the badge was.
        marker: The number seen.
        readings: How often it was read before.
        read_s: Seconds of it that were read before.
    """

    since_s: float
    at_s: float
    marker: int
    readings: int
    read_s: float


@dataclass(frozen=True, slots=True, eq=False)
class Answer(Generic[Crop]):
    """What follows from one picture.

    Attributes:
        read: What may be read, in order of time.
        dropped: Tracks that are not to be read, told once each.
    """

    read: list[Held[Crop]]
    dropped: list[BadgeDropped]


class BadgeWatch(Generic[Crop]):
    """Decides for each track of one camera whether it may be read.

    Args:
        settings: Which markers mean what, and how long is waited.

    Example:
        >>> watch = BadgeWatch[str]()
        >>> watch.decision(1).value
        'undecided'
    """

    def __init__(self, settings: BadgeSettings | None = None) -> None:
        self._settings = settings if settings is not None else BadgeSettings()
        self._tracks: dict[int, TrackBadge] = {}
        self._held: deque[Held[Crop]] = deque()
        self._account = BadgeAccount()

    @property
    def account(self) -> BadgeAccount:
        """What badges did so far."""
        return self._account.model_copy()

    @property
    def waiting(self) -> int:
        """Crops in memory."""
        return len(self._held)

    def decision(self, track_id: int) -> Decision:
        """What a track is taken for now."""
        known = self._tracks.get(track_id)
        return known.decision if known is not None else Decision.UNDECIDED

    def due(self, t_s: float, track_ids: Iterable[int]) -> list[int]:
        """Whose torsos are to be searched: of the undecided always, of customers now and then, else never."""
        return [track_id for track_id in track_ids if self._is_due(t_s, self._tracks.get(track_id))]

    def take(self, t_s: float, seen: Iterable[Seen[Crop]]) -> Answer[Crop]:
        """Take in the faces of the next picture.

        Args:
            t_s: When, seconds in the stream, not before the last picture; end the tracks at a seek.
            seen: Each face of it once.
        """
        dropped: list[BadgeDropped] = []
        for one in seen:
            known = self._tracks.setdefault(one.track_id, TrackBadge(since_s=t_s))
            if known.marker is not None:
                continue
            marker = self._note(known, t_s, one.look)
            if marker is not None:
                dropped.append(self._drop(one.track_id, known, marker, t_s))
            elif one.height_px < self._settings.least_height_px:
                self._account.too_small += 1
            elif one.crop is not None:
                self._held.append(Held(one.track_id, t_s, one.crop))
        self._expire(t_s)
        read = [one for one in self._held if self.decision(one.track_id) is Decision.CUSTOMER]
        if read:
            released = {id(one) for one in read}
            self._held = deque(one for one in self._held if id(one) not in released)
        return Answer(read, dropped)

    def note_read(self, track_id: int, t_s: float) -> None:
        """Tell that a face was read as it was at `t_s`, so that it is counted should a badge be seen later."""
        known = self._tracks[track_id]
        if known.last_read_s is not None:
            known.read_s += min(max(t_s - known.last_read_s, 0.0), _LONGEST_STEP_S)
        known.last_read_s = t_s
        known.readings += 1

    def forget(self, track_ids: Iterable[int]) -> None:
        """Drop what is remembered of tracks that ended, and their crops."""
        for track_id in track_ids:
            known = self._tracks.pop(track_id, None)
            # Somebody who was read and ended with a single sighting had been decided before.
            if known is not None and known.decision is Decision.UNDECIDED and not known.readings:
                self._account.undecided += 1
            self._discard(track_id)

    def state(self) -> BadgeState:
        """What is needed to go on after a stop; crops are not in it."""
        tracks = {track_id: known.model_copy(deep=True) for track_id, known in self._tracks.items()}
        return BadgeState(tracks=tracks, account=self.account)

    def restore(self, state: BadgeState) -> None:
        """Go on from a state."""
        self._held.clear()
        self._tracks = {track_id: known.model_copy(deep=True) for track_id, known in state.tracks.items()}
        self._account = state.account.model_copy()

    def _is_due(self, t_s: float, known: TrackBadge | None) -> bool:
        if known is None or known.searched_s is None or known.decision is Decision.UNDECIDED:
            return True
        rested = t_s - known.searched_s >= self._settings.search_every_s - _JITTER_S
        return known.decision is Decision.CUSTOMER and rested

    def _note(self, known: TrackBadge, t_s: float, look: TorsoLook | None) -> int | None:
        """Take in what a torso shows; the marker that is confirmed by it."""
        if look is None:
            return None
        limits = self._settings
        numbers = {marker.number for marker in look.markers}
        meant = {number for number in numbers if limits.meaning(number) is not Decision.UNDECIDED}
        for number in sorted(meant):
            before = known.sighted.get(number)
            recent = before is not None and t_s - before.last_s <= limits.confirm_s
            count = 1 + (before.count if before is not None and recent else 0)
            known.sighted[number] = Sighting(count=count, last_s=t_s)
            if count >= limits.sightings:
                return number
        if meant:
            known.clear_s = 0.0
        elif look.in_view and known.searched_s is not None:
            step_s = t_s - known.searched_s
            known.clear_s += step_s if 0.0 < step_s <= _LONGEST_GAP_S else 0.0
        if look.in_view or meant:
            known.searched_s = t_s
        clear = known.clear_s >= limits.wait_s - _JITTER_S
        known.decision = Decision.CUSTOMER if clear else Decision.UNDECIDED
        return None

    def _drop(self, track_id: int, known: TrackBadge, marker: int, t_s: float) -> BadgeDropped:
        known.marker, known.decision = marker, self._settings.meaning(marker)
        self._discard(track_id)
        account = self._account
        account.staff += known.decision is Decision.STAFF
        account.opted_out += known.decision is Decision.OPTED_OUT
        account.read_first += known.readings > 0
        account.readings += known.readings
        account.read_s += known.read_s
        reason = DropReason(known.decision.value)
        return BadgeDropped(track_id, reason, known.since_s, t_s, marker, known.readings, known.read_s)

    def _discard(self, track_id: int) -> None:
        """Drop the crops of a track that will not be read."""
        kept = deque(one for one in self._held if one.track_id != track_id)
        if self.decision(track_id) is Decision.UNDECIDED:
            self._account.crops_dropped += len(self._held) - len(kept)
        self._held = kept

    def _expire(self, t_s: float) -> None:
        """Drop crops that waited for too long, and the oldest where there are too many."""
        limits = self._settings
        while self._held and (
            t_s - self._held[0].t_s > limits.wait_s + _JITTER_S or len(self._held) > limits.most_crops
        ):
            self._held.popleft()
            self._account.crops_dropped += 1
