"""Posters and screens: faces that nobody has, so that nothing is counted of them.

A *place* of the picture is judged, not a track: passers-by hide a poster, and it is found again under another number.
Until a place is judged, tracks that were first seen there, or stood still there for a minute, are not told as ended;
so what turns out to be a poster can be deleted. A place whose face moves is cleared, and they are told then.

Who walked up to a flagged place from elsewhere is nobody of it. Whose first sight is there is left out until they
move, and a face that moves for ten seconds, or moves away and leaves the place empty, takes the flag with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from mien.vision.still_place import Member, StillPlace, StillSpot, StillState
from mien.vision.types import Dropped, DropReason, LeftOut

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

FORGOTTEN_AFTER_S: Final = 120.0
"""Seconds without a face after which a place that is not flagged is forgotten."""
FLAG_FORGOTTEN_AFTER_S: Final = 1800.0
"""Likewise one that is flagged: people stand before a poster, and a screen shows other things between."""

_EMPTY_AFTER_S: Final = 10.0  # after its face moved away; another number at the same place came by a mix-up
_SETTLED_S: Final = 5.0  # still for this long, a face from elsewhere belongs to a place that it stands at
_WORTH_KEEPING_S: Final = 3.0
_WORTH_HOLDING_S: Final = (
    60.0  # of a face from elsewhere; one that never moved since its first sight is held anyway
)
_MOST_SPOTS: Final = 100
_MOST_HELD: Final = (
    200  # a face that is found so often and never for long is told, lest its tracks wait for ever
)


@dataclass(frozen=True, slots=True)
class StillAnswer:
    """What follows from one picture.

    Attributes:
        left_out: Tracks seen in it that are not to be read, with the reason.
        ended: Tracks that ended, this one's or those that had to wait.
        dropped: Tracks that are a poster's or a screen's, told once each.
    """

    left_out: dict[int, LeftOut]
    ended: list[int]
    dropped: list[Dropped]


class StillWatch:
    """Finds the places of one camera's picture at which faces are printed or shown.

    Example:
        >>> import numpy as np
        >>> watch = StillWatch()
        >>> poster = np.array([100, 100, 150, 160], np.float32)
        >>> for t_s in range(301):
        ...     answer = watch.take(float(t_s), {1: poster}, size=(640, 480))
        >>> [order.track_id for order in answer.dropped], answer.left_out[1].value, watch.spots[0].flagged_s
        ([1], 'poster or screen', 300.0)
    """

    def __init__(self) -> None:
        self._state = StillState()

    @property
    def spots(self) -> list[StillSpot]:
        """Places that were flagged, the latest hundred, in order of that."""
        return [spot.model_copy() for spot in self._state.spots.values()]

    @property
    def waiting(self) -> list[int]:
        """Tracks that ended and are not told yet, since they may be a poster's."""
        return sorted(track for place in self._state.places.values() for track in place.held)

    def take(
        self,
        t_s: float,
        boxes: Mapping[int, NDArray[np.float32]],
        ended: Iterable[int] = (),
        *,
        size: tuple[int, int],
        closed: bool = False,
    ) -> StillAnswer:
        """Take in the faces of the next picture.

        Args:
            t_s: When, seconds in the stream; earlier than the picture before, everything begins anew.
            boxes: (4,) pixels of each track seen in it.
            ended: Tracks that ended before it.
            size: Width and height of the picture, pixels.
            closed: Whether the site is closed.
        """
        told: list[int] = []
        for track in ended:
            self._end(track, told)
        # A cut to another scene alone changes nothing: somebody who steps before the camera can look like one.
        if self._state.t_s is not None and t_s < self._state.t_s:
            self._state.members.clear()
            for number in list(self._state.places):
                self._forget(number, told)
        self._state.t_s = t_s
        for track, box in boxes.items():
            self._see(track, box, t_s, closed=closed)
        self._refute(boxes, t_s, told, closed=closed)
        dropped = [order for number in list(self._state.places) for order in self._judge(number, t_s, size)]
        self._tidy(t_s, told, closed=closed)
        return StillAnswer(self._left_out(boxes, closed=closed), sorted(told), dropped)

    def state(self) -> StillState:
        """What is needed to go on after a stop."""
        return self._state.model_copy(deep=True)

    def restore(self, state: StillState) -> None:
        """Go on from a state."""
        self._state = state.model_copy(deep=True)

    def _see(self, track: int, box: NDArray[np.float32], t_s: float, *, closed: bool) -> None:
        """Note where a face is."""
        member = self._state.members.get(track)
        if member is None:
            known = self._at(box)
            number = known if known is not None else self._begin(box, t_s)
            member = self._state.members[track] = Member(place=number, born=True)
        place = self._state.places[member.place]
        far = place.distance(box)
        if far > place.limits.reach:
            self._leave(member.place, t_s)
            member.place, member.born = self._begin(box, t_s), False
            place, far = self._state.places[member.place], 0.0
        member.inside = far <= 1.0
        if member.inside:
            self._stay(member.place, box, t_s, closed=closed)

    def _stay(self, number: int, box: NDArray[np.float32], t_s: float, *, closed: bool) -> None:
        place = self._state.places[number]
        before_s = place.face_s
        place.stay(box, t_s, closed=closed)
        if place.flagged_s is not None and (spot := self._state.spots.get(number)) is not None:
            spot.left_out_s += place.face_s - before_s
        if before_s < _SETTLED_S <= place.face_s and not place.screen:
            self._merge(number)

    def _merge(self, number: int) -> None:
        """A face from elsewhere that has settled at a known place belongs to it; not at a screen's, which is wide."""
        places = self._state.places
        young = places[number]
        box = np.array(young.box, np.float32)
        others = [
            n for n, old in places.items() if n != number and not old.screen and old.distance(box) <= 1.0
        ]
        if not others:
            return
        old = places[others[0]]
        old.face_s += young.face_s
        old.closed_s += young.closed_s
        old.seen_s = old.noted_s = max(old.seen_s, young.seen_s)
        old.left_s = None
        old.held += young.held
        for member in self._state.members.values():
            if member.place == number:
                member.place = others[0]
        del places[number]

    def _refute(
        self, boxes: Mapping[int, NDArray[np.float32]], t_s: float, told: list[int], *, closed: bool
    ) -> None:
        """Clear the places whose face moves; who moves where another face is still is somebody else."""
        members = self._state.members
        there = {members[track].place for track in boxes if members[track].inside}
        off = [track for track in boxes if not members[track].inside]
        for number in {members[track].place for track in off} - there:
            place = self._state.places[number]
            place.doubt(t_s)
            if place.refuted:
                self._forget(number, told)
        for track in off:
            number = members[track].place
            if number in there or number not in self._state.places:
                known = self._at(boxes[track]) if closed else None
                if known is None:
                    known = self._begin(boxes[track], t_s, screen=closed)
                members[track] = Member(place=known)
        for track in [t for t, member in members.items() if member.place not in self._state.places]:
            del members[track]

    def _judge(self, number: int, t_s: float, size: tuple[int, int]) -> list[Dropped]:
        """Flag a place that is due."""
        place = self._state.places[number]
        why = place.due
        if why is None:
            return []
        place.flagged_s, place.why = t_s, why
        tracks = [*place.held, *(t for t, m in self._state.members.items() if m.place == number)]
        # What moves was let in by the clock alone: somebody who stayed beyond closing time keeps their interaction.
        gone = [] if place.screen else sorted(tracks)
        place.held.clear()
        width, height = size
        x1, y1, x2, y2 = place.box
        self._state.spots[number] = StillSpot(
            box=(x1 / width, y1 / height, x2 / width, y2 / height),
            why=why,
            since_s=place.since_s,
            flagged_s=t_s,
            tracks=len(gone),
            left_out_s=place.face_s,
        )
        for oldest in list(self._state.spots)[:-_MOST_SPOTS]:
            del self._state.spots[oldest]
        return [Dropped(track, DropReason.STILL) for track in gone]

    def _end(self, track: int, told: list[int]) -> None:
        """A track ended: told now, or once its place is judged."""
        member = self._state.members.pop(track, None)
        if member is not None:
            place = self._state.places[member.place]
            worth = member.born or place.face_s >= _WORTH_HOLDING_S
            if member.inside and worth and place.flagged_s is None and not place.screen:
                place.held.append(track)
                if len(place.held) > _MOST_HELD:
                    told.append(place.held.pop(0))
                return
        told.append(track)

    def _leave(self, number: int, t_s: float) -> None:
        """Its face moved away from a place."""
        place = self._state.places[number]
        if place.seen_s < t_s:  # nobody else is there in this picture
            place.left_s = t_s

    def _tidy(self, t_s: float, told: list[int], *, closed: bool) -> None:
        """Forget the places at which nobody is any more."""
        taken = {member.place for member in self._state.members.values()}
        for number, place in list(self._state.places.items()):
            if number in taken:
                continue
            flagged = place.flagged_s is not None
            after_s = FLAG_FORGOTTEN_AFTER_S if flagged or place.screen else FORGOTTEN_AFTER_S
            empty = place.left_s is not None and t_s - place.left_s > _EMPTY_AFTER_S
            passed = not flagged and not place.held and place.face_s < _WORTH_KEEPING_S
            opened = place.screen and not flagged and not closed
            if empty or passed or opened or t_s - place.seen_s > after_s:
                self._forget(number, told)

    def _forget(self, number: int, told: list[int]) -> None:
        place = self._state.places.pop(number)
        told += place.held
        if (spot := self._state.spots.get(number)) is not None:
            spot.until_s = place.noted_s

    def _at(self, box: NDArray[np.float32]) -> int | None:
        """The place at which a face is."""
        far = {number: place.distance(box) for number, place in self._state.places.items()}
        nearest = min(far, key=far.__getitem__, default=None)
        return nearest if nearest is not None and far[nearest] <= 1.0 else None

    def _begin(self, box: NDArray[np.float32], t_s: float, *, screen: bool = False) -> int:
        number = self._state.next_place
        self._state.next_place += 1
        self._state.places[number] = StillPlace.begin(box, t_s, screen=screen)
        return number

    def _left_out(self, boxes: Mapping[int, NDArray[np.float32]], *, closed: bool) -> dict[int, LeftOut]:
        places, members = self._state.places, self._state.members
        flagged = {track for track in boxes if places[members[track].place].flagged_s is not None}
        after = dict.fromkeys(boxes, LeftOut.AFTER_HOURS) if closed else {}
        return {**after, **dict.fromkeys(flagged, LeftOut.STILL)}
