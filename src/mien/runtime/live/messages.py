"""What camera workers, the matcher and the writer tell each other, as JSON: numbers, never a picture.

Workers and the matcher number what they tell the writer, keep it until the writer has stored it, and send it again to
a writer that was started anew. What the writer knows already it passes over, so that nothing is lost or counted twice.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from mien.guests import GuestLook
from mien.journey.flow import FlowQuarter
from mien.runtime.live.seen import Message, SeenFace
from mien.segments import Segment
from mien.vision.still_place import StillSpot
from mien.vision.types import DropReason
from mien.visits import Ended


class Hello(Message):
    """The first word of a worker to the writer: which stream of which camera it reads.

    Attributes:
        camera: Name of the camera in the site file.
        touchpoint: Which one it watches.
        stream: Names the stream: the same for every worker that goes on with it.
        run: Names the run of the site.
        source: What it is called in lists, without credentials.
        recorded_at: When the stream's second 0 was.
        reader: Name and version of the expression reader.
        digest: Digest of all settings that change the result.
    """

    kind: Literal["hello"] = "hello"
    camera: str
    touchpoint: str
    stream: str
    run: str
    source: str
    recorded_at: datetime
    reader: str
    digest: str


class Welcome(Message):
    """The writer's answer.

    Attributes:
        number: The last word of this stream that is known.
        resume_number: The last word to which `pipeline` belongs.
        resume_s: Time of the picture to which it belongs, seconds in the stream.
        pipeline: What a pipeline goes on from; `None` at the beginning.
        flow: What counting goes on from, from the same picture; `None` at the beginning, or where nothing is counted.
        over: Whether the stream is stored to its end, so that there is nothing to go on with.
    """

    kind: Literal["welcome"] = "welcome"
    number: int
    resume_number: int
    resume_s: float | None
    pipeline: dict[str, Any] | None
    flow: dict[str, Any] | None = None
    over: bool = False


class Stored(Message):
    """Everything up to this number is in the store."""

    kind: Literal["stored"] = "stored"
    number: int


class Tick(Message):
    """What one picture gave.

    Attributes:
        number: Counts every word of the stream, from 1.
        t_s: Time of the picture, seconds in the stream.
        size: Width and height of the picture, pixels.
        frames: Pictures decoded since the tick before.
        faces: Faces, in order of time of each track.
        ended: Tracks that ended.
        dropped: Tracks that may not be read, and why: all that was told of them is deleted.
        excluded: Faces where nothing is read.
        pipeline: What a pipeline goes on from after this picture; now and then, and whenever tracks begin or end.
        badges: What badges did so far; `None` where none are looked for.
        still: Places taken for posters or screens so far; `None` where that is not told anew.
        flow: What counting goes on from after this picture, whenever `pipeline` is told; `None` where nothing is
            counted.
        apparent: What the tracks that ended were taken for; who was taken for nothing is not in it.
        net: Who came in minus who went out over the door lines of the camera since the site opened, by now; `None`
            where there are none.
    """

    kind: Literal["tick"] = "tick"
    number: int
    t_s: float
    size: tuple[int, int]
    frames: int
    faces: tuple[SeenFace, ...]
    ended: tuple[int, ...]
    dropped: dict[int, DropReason] = Field(default_factory=dict)
    excluded: int
    pipeline: dict[str, Any] | None
    badges: dict[str, float] | None
    still: tuple[StillSpot, ...] | None = None
    flow: dict[str, Any] | None = None
    net: int | None = None
    apparent: dict[int, Segment] = Field(default_factory=dict)


class FlowPeriod(Message):
    """What was counted in a period that is over, or to which the stream came to its end.

    Attributes:
        number: As of `Tick`. It is told before the picture whose `Tick.flow` knows nothing of the period any more.
        period: The counts. Told again of a period, that holds of which more was watched.
    """

    kind: Literal["flow"] = "flow"
    number: int
    period: FlowQuarter


TroubleKind = Literal[
    "lost",
    "stalled",
    "frozen",
    "black",
    "covered",
    "moved",
    "out of focus",
    "worker ended",
    "machine's clock set",
]


class Trouble(Message):
    """Something is wrong with a camera, or is no longer.

    Attributes:
        number: As of `Tick`.
        what: Which.
        since_s: Since when, seconds in the stream.
        until_s: When it was over; `None` while it lasts.
        reason: One sentence.
    """

    kind: Literal["trouble"] = "trouble"
    number: int
    what: TroubleKind
    since_s: float
    until_s: float | None
    reason: str


class End(Message):
    """The stream is over.

    Attributes:
        number: As of `Tick`.
        end_s: Its end, seconds in the stream.
        whole: Whether it was read to its end.
        frames: Pictures decoded since the last tick, where it was.
        warnings: What went wrong in it, one sentence each.
        ended: Tracks that had ended before and were not told yet.
        apparent: What the tracks were taken for that end with the stream.
    """

    kind: Literal["end"] = "end"
    number: int
    end_s: float
    whole: bool = False
    frames: int = 0
    warnings: tuple[str, ...]
    ended: tuple[int, ...] = ()
    apparent: dict[int, Segment] = Field(default_factory=dict)


class MatcherHello(Message):
    """The first word of the matcher to the writer.

    Attributes:
        session: Names the process: visits that another one left open are over.
    """

    kind: Literal["matcher"] = "matcher"
    session: str


class Looked(Message):
    """What a guest who came in is told by. It is said once, and never again: no number, nothing is kept of it.

    Attributes:
        track_id: Which track.
        first_s: When it was first read, seconds in the stream.
        guest: What is told.
    """

    kind: Literal["looked"] = "looked"
    track_id: int
    first_s: float
    guest: GuestLook


class Finished(Message):
    """The writer has stored an interaction.

    Attributes:
        interaction: Its id.
        stream: In which stream it was.
        track_id: The track it came from.
        touchpoint: Where.
        began: UTC time of its first reading.
        ended: UTC time of its last.
    """

    kind: Literal["finished"] = "finished"
    interaction: str
    stream: str
    track_id: int
    touchpoint: str
    began: datetime
    ended: datetime


class Clock(Message):
    """How far all streams of the site have come; what ends before that was told.

    Attributes:
        utc: Up to when; `None` where not every camera was heard yet.
        whole: Whether every stream was read to its end.
    """

    kind: Literal["clock"] = "clock"
    utc: datetime | None
    whole: bool = False


class DoorCount(Message):
    """Somebody came or went by a door.

    Attributes:
        camera: Which one counts there.
        utc: When it was counted.
        net: In minus out there since the site opened.
    """

    kind: Literal["doors"] = "doors"
    camera: str
    utc: datetime
    net: int


class Placed(Message):
    """To which visit an interaction belongs.

    Attributes:
        number: As of `Tick`, counting the words of the matcher.
        interaction: Its id.
        visit: Id of the first interaction of the visit; `None` where it belongs to none, for want of a template.
        probability: That it is the same person; `None` where it begins the visit.
    """

    kind: Literal["placed"] = "placed"
    number: int
    interaction: str
    visit: str | None
    probability: float | None = None


class VisitOver(Message):
    """A visit ended.

    Attributes:
        number: As of `Placed`.
        visit: Id of its first interaction.
        ended: Why.
        last_seen: End of its last interaction, UTC.
    """

    kind: Literal["over"] = "over"
    number: int
    visit: str
    ended: Ended
    last_seen: datetime


class Settled(Message):
    """The matcher asks for nothing but the answer: before it, all was told that the writer had to tell."""

    kind: Literal["settled"] = "settled"
    number: int


Word = Tick | FlowPeriod | Trouble | End | Placed | VisitOver | Settled
"""What is numbered, kept until it is stored, and sent again."""

TO_WRITER: TypeAdapter[Hello | MatcherHello | Word | Looked] = TypeAdapter(
    Annotated[Hello | MatcherHello | Word | Looked, Field(discriminator="kind")]
)
Heard = Finished | Clock | DoorCount
"""What the writer tells the matcher beyond what it stored."""

FROM_WRITER: TypeAdapter[Welcome | Stored | Heard] = TypeAdapter(
    Annotated[Welcome | Stored | Heard, Field(discriminator="kind")]
)
