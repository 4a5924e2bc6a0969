"""How the processes of a run are doing, as they tell the supervisor at least once a second: who says nothing hangs."""

from __future__ import annotations

from pydantic import Field

from mien.runtime.live.guests import HeldGuest
from mien.runtime.live.seen import Message


class CameraFault(Message):
    """Something that is wrong with what a camera sees.

    Attributes:
        what: Which, of `mien.runtime.live.messages.TroubleKind`, or `still place`.
        reason: One sentence.
    """

    what: str
    reason: str


class CameraStatus(Message):
    """How a camera is doing, as far as its worker knows.

    Attributes:
        phase: As of a live source; `reading` or `done` for a recording.
        reason: What is wrong, one sentence; `None` where nothing is.
        t_s: Time of the last picture, seconds in the stream.
        length_s: Length of a recording.
        faces: Faces in the last picture.
        readings: Readings so far that count.
        dropped: Pictures dropped, since they came faster than they could be read.
        unsent: Words that the writer has not stored yet.
        findings: What is wrong with what the camera sees.
    """

    phase: str
    reason: str | None = None
    t_s: float | None = None
    length_s: float | None = None
    faces: int = 0
    readings: int = 0
    dropped: int = 0
    unsent: int = 0
    findings: tuple[CameraFault, ...] = ()


class WriterStatus(Message):
    """How the writer is doing.

    Attributes:
        interactions: Interactions stored in this run, by camera, of those that it has heard of.
        guests: What guests are told by who came in within the last two minutes.
    """

    interactions: dict[str, int] = Field(default_factory=dict)
    guests: tuple[HeldGuest, ...] = Field(default=(), repr=False)


class DeliveryStatus(Message):
    """How one sender is doing.

    Attributes:
        name: Its channel.
        to: Where events go, without credentials.
        waiting: Events that have not gone out yet.
        parked: Events that were refused, so that somebody must look at them.
        trouble: Why they do not go out, one sentence; `None` where they do.
    """

    name: str
    to: str
    waiting: int
    parked: int = 0
    trouble: str | None = None


class DeliveryStatuses(Message):
    """How delivery is doing.

    Attributes:
        senders: Each sender.
    """

    senders: tuple[DeliveryStatus, ...]


class MatcherStatus(Message):
    """How the joining of visits is doing.

    Attributes:
        open_visits: Visits whose customer may still be inside.
        visits: Visits so far, open or not.
        joins: Interactions that were joined to an earlier one.
        inside: People inside by the count at the doors; `None` where not every door is counted.
    """

    open_visits: int = 0
    visits: int = 0
    joins: int = 0
    inside: int | None = None
