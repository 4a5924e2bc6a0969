"""From the readings of tracks to scored interactions, in flat memory and able to go on after a stop."""

from __future__ import annotations

import uuid
from collections import deque
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Final

from mien.errors import InputError
from mien.expressions import check_scale
from mien.journey.score import analyse
from mien.journey.track import OpenTrack
from mien.journey.types import Context, Interaction
from mien.vision.types import NOBODY

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from mien.expressions import ScaleName
    from mien.journey.given import GivenReading
    from mien.vision.types import Observation

MIN_PRESENCE_S: Final = 0.5
"""A face seen for less passes by and makes no interaction."""
MIN_READINGS: Final = 3
"""A face read less often, usable or not, passes by."""
STATE_VERSION: Final = 3
"""Of what `InteractionBuilder.state` gives; what another version saved is begun anew."""

# Tracks may be told out of the order in which they began, by the seconds for which badges are looked for.
_STARTS: Final = 100

_NAMESPACE: Final = uuid.UUID("6a0c2f0e-3d0b-5f7e-9a51-5b0a0f4c7d11")


@dataclass(frozen=True, slots=True)
class Discarded:
    """What was known of a track that was discarded.

    Attributes:
        readings: Readings of it, usable or not.
        left_out: Those of them that had been left out, by reason.
    """

    readings: int = 0
    left_out: Mapping[str, int] = field(default_factory=dict)


class InteractionBuilder:
    """Collects the readings of the tracks of one recording or camera and scores each track when it ends.

    Attributes:
        passing: Tracks that ended with less than `MIN_PRESENCE_S` of presence or fewer than `MIN_READINGS`
            readings. They are counted and make no interaction.

    Example:
        >>> builder = InteractionBuilder("visit.mp4", Context(touchpoint="checkout"), reader="mien 1")
        >>> builder.finish(), builder.passing
        ([], 0)
    """

    def __init__(
        self, recording: str, context: Context, *, reader: str, scale: ScaleName = "balance"
    ) -> None:
        """Start without any track.

        Args:
            recording: A key that names the recording or camera stream, the same on every run over it.
            context: Where and how the interactions take place.
            reader: Name and version of the expression reader, stored with every score.
            scale: Valence scale of every number.

        Raises:
            SettingError: The scale does not exist.
        """
        self.recording = recording
        self.context = context
        self.reader = reader
        self.scale: ScaleName = check_scale(scale)
        self.passing = 0
        self._tracks: dict[int, OpenTrack] = {}
        self._starts: deque[float] = deque(maxlen=_STARTS)

    @property
    def open_tracks(self) -> tuple[int, ...]:
        """Numbers of the tracks that have not ended."""
        return tuple(self._tracks)

    def followed(self) -> tuple[OpenTrack, ...]:
        """The tracks that have not ended, with their readings; not to be changed."""
        return tuple(self._tracks.values())

    def name_of(self, track_id: int) -> str | None:
        """The id that the interaction of an open track will have; `None` where no such track is open."""
        track = self._tracks.get(track_id)
        return None if track is None else self._name(track)

    def add(self, observation: Observation) -> None:
        """Take one reading, usable or not; what is no customer (a poster, a face after hours) is passed over.

        Raises:
            InputError: It is earlier than the reading of its track before.
        """
        if observation.left_out in NOBODY:
            return
        track = self._tracks.get(observation.track_id)
        if track is None:
            tied = observation.t_s in self._starts
            track = OpenTrack(observation.track_id, observation.t_s, tied=tied)
            self._tracks[observation.track_id] = track
            self._starts.append(observation.t_s)
        track.add(observation, self.scale)

    def add_given(self, given: GivenReading) -> None:
        """Take one reading that was made without a picture, usable or not; its valence is on the scale of this builder.

        Raises:
            InputError: It is earlier than the reading of its track before.
        """
        track = self._tracks.get(given.track_id)
        if track is None:
            # A log may tell one face after the other, so two that begin at one time can stand far apart.
            track = OpenTrack(given.track_id, given.t_s, tied=True)
            self._tracks[given.track_id] = track
        track.add_given(given)

    def take(self, observations: Iterable[Observation], ended: Iterable[int]) -> list[Interaction]:
        """Take what one picture gave: the tracks that ended before it, and its readings.

        Args:
            observations: Its readings, usable or not.
            ended: Tracks that ended; those that are not open are passed over.

        Returns:
            The interactions of the tracks that ended, without those that only passed by.

        Raises:
            InputError: A reading is earlier than the one of its track before.
        """
        # A track that ended was not seen in this picture; one number can end and another begin in it.
        found = [self.end(track_id) for track_id in ended if track_id in self._tracks]
        for observation in observations:
            self.add(observation)
        return [interaction for interaction in found if interaction is not None]

    def end(self, track_id: int, *, interrupted: bool = False) -> Interaction | None:
        """End a track.

        Args:
            track_id: Number of the track.
            interrupted: Whether the recording ended or was stopped while the face was still there.

        Returns:
            The scored interaction; `None` where the face only passed by, which is counted.

        Raises:
            InputError: No such track is open.
        """
        if track_id not in self._tracks:
            raise InputError(f"Track {track_id} is not open; open are {list(self._tracks) or 'none'}.")
        track = self._tracks.pop(track_id)
        if track.readings < MIN_READINGS or track.end_s - track.start_s < MIN_PRESENCE_S:
            self.passing += 1
            return None
        score, curve = analyse(
            track.times, track.valence, track.variance, scale=self.scale, by_eyes=track.by_eyes
        )
        return Interaction(
            id=self._name(track),
            track_id=track_id,
            context=self.context,
            start_s=track.start_s,
            end_s=track.end_s,
            readings=track.readings,
            left_out=dict(track.left_out),
            expressions=track.expressions(),
            score=replace(score, n=track.usable),
            curve=curve,
            seconds=track.records(),
            scale=self.scale,
            reader=self.reader,
            interrupted=interrupted,
            by_eyes=track.usable_by_eyes,
        )

    def discard(self, track_id: int) -> Discarded:
        """Forget an open track as if it had never been read; of one that is not open nothing is gone.

        Returns:
            What is gone with it.
        """
        track = self._tracks.pop(track_id, None)
        return Discarded() if track is None else Discarded(track.readings, dict(track.left_out))

    def finish(self, *, interrupted: bool = True) -> list[Interaction]:
        """End every open track, in order of its number."""
        ended = (self.end(track_id, interrupted=interrupted) for track_id in sorted(self._tracks))
        return [interaction for interaction in ended if interaction is not None]

    def _name(self, track: OpenTrack) -> str:
        parts = [
            self.recording,
            *(value or "" for value in asdict(self.context).values()),
            f"{track.start_s:.3f}",
        ]
        if track.tied:
            parts.append(str(track.track_id))
        return str(uuid.uuid5(_NAMESPACE, "\x1f".join(parts)))

    def state(self) -> dict[str, Any]:
        """Everything needed to go on later: numbers, texts, lists and dicts that JSON can hold."""
        return {
            "version": STATE_VERSION,
            "scale": self.scale,
            "passing": self.passing,
            "starts": list(self._starts),
            "tracks": [track.state() for track in self._tracks.values()],
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on where the builder that gave `state` stopped; it was made for the same recording and context.

        Raises:
            InputError: The state is of another version or another valence scale.
        """
        if state.get("version") != STATE_VERSION:
            raise InputError(
                f"The saved state has version {state.get('version')}, this Mien goes on from {STATE_VERSION}; "
                "analyse the recording from its beginning."
            )
        if state["scale"] != self.scale:
            raise InputError(
                f"The saved state is on the scale '{state['scale']}', this analysis on '{self.scale}'; go on with the "
                "same scale or analyse the recording from its beginning."
            )
        self.passing = state["passing"]
        self._starts.clear()
        self._starts.extend(state["starts"])
        self._tracks = {saved["track_id"]: OpenTrack.restore(saved) for saved in state["tracks"]}
