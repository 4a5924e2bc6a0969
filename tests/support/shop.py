"""A shop of whose entrance and exit interactions are stored, with states that the test chooses."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from mien.journey.types import Context, Interaction, Outcome, Score
from mien.store import RecordingKey, Source
from support.sites import HEAD

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mien.store import Store

NAME: Final = "Lyon 2"
READER: Final = "simulated 1"
TOUCHPOINTS: Final = {"front": "door", "side": "side door", "back": "out", "tills": "tills"}
SITE: Final = (
    HEAD
    + """
[touchpoints.door]
role = "entrance"
[touchpoints."side door"]
role = "entrance"
[touchpoints.out]
role = "exit"
[touchpoints.tills]
role = "checkout"
[cameras.front]
touchpoint = "door"
webcam = 0
[cameras.side]
touchpoint = "side door"
webcam = 1
[cameras.back]
touchpoint = "out"
webcam = 2
[cameras.tills]
touchpoint = "tills"
webcam = 3
"""
)


def seen(
    number: int,
    touchpoint: str,
    start_s: float,
    valence: float | None,
    *,
    n: int = 40,
    by_eyes: int = 0,
    reader: str = READER,
    interrupted: bool = False,
) -> Interaction:
    """One interaction of 5 s with a state, without curve."""
    index = None if valence is None else 50 * (1 + valence)
    score = Score(
        None, None, None, None, None, None, None, None,
        outcome=Outcome.UNCLEAR, usable_s=n / 10, n=n, reason="simulated", hi_mean=index,
        hi_sd=None if index is None else 3.0,
    )  # fmt: skip
    return Interaction(
        id=f"{touchpoint} {number} {start_s}",
        track_id=number,
        context=Context(NAME, touchpoint),
        start_s=start_s,
        end_s=start_s + 5.0,
        readings=n,
        left_out={},
        expressions=None,
        score=score,
        curve=None,
        seconds=(),
        scale="balance",
        reader=reader,
        interrupted=interrupted,
        by_eyes=by_eyes,
    )


def record(
    store: Store,
    touchpoint: str,
    begins: datetime | None,
    found: Sequence[Interaction],
    *,
    name: str = "",
    site: str = NAME,
) -> None:
    """Store interactions as an analysis of a recording does; one of the same name is analysed anew."""
    key = RecordingKey(f"{touchpoint} {name or begins}", site, touchpoint)
    source = Source("simulated.mp4", recorded_at=begins)
    with store.recordings.begin(key, "s", reader=READER, source=source, anew=True) as run:
        run.commit(found, {}, 1.0, {})
        run.finish({"length_s": 3600.0})


def read_live(
    store: Store,
    camera: str,
    begins: datetime,
    minutes: float,
    found: Sequence[Interaction] = (),
    *,
    troubles: Sequence[tuple[str, float, float | None]] = (),
    ended: bool = True,
) -> None:
    """Store what `mien run` stores of a camera that it reads for some minutes.

    Args:
        store: Where.
        camera: Which; its touchpoint is that of `SITE`.
        begins: When the stream began.
        minutes: To its last picture.
        found: What was seen.
        troubles: What was wrong, from which minute on, to which, or `None` where it was not over.
        ended: Whether the stream was ended; else its run goes on, or died.
    """
    touchpoint = TOUCHPOINTS[camera]
    key = RecordingKey(f"live:{begins.timestamp()}:{camera}", NAME, touchpoint)
    told = [
        {
            "what": what,
            "since_s": 60 * since,
            "until_s": None if until is None else 60 * until,
            "reason": "simulated",
        }
        for what, since, until in troubles
    ]
    counters = {"run": "simulated", "length_s": 60 * minutes, "troubles": told}
    source = Source("simulated", recorded_at=begins, camera=camera)
    with store.recordings.begin(key, "s", reader=READER, source=source) as run:
        run.commit(found, {}, 60 * minutes, counters)
        if ended:
            run.finish(counters)
