"""Customers made of what was read of people, and what rules that look at the moment see of them.

The live state of a face hangs on its own readings alone. So each customer goes through the live path once
(`mien.journey.now`, `mien.journey.builder`), what rules would see of them is kept five times a second, and days are put
together from that.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from benchmarks.neutral.motion import there_and_back
from mien.journey.builder import InteractionBuilder
from mien.journey.now import NowBook
from mien.journey.types import Context
from mien.runtime.live.alerting import LOOKS_EVERY_S

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np

    from benchmarks.neutral.kept import Film
    from mien.journey.live_face import LiveReading
    from mien.journey.types import Interaction
    from mien.journey.watched import Watched
    from mien.runtime.live.seen import SeenFace
    from mien.vision.types import Observation

LASTS_S: Final = (20.0, 60.0)
"""How long a customer stays, seconds, drawn evenly."""
_TRACK: Final = 1
_ROUNDING_S: Final = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Visit:
    """One customer.

    Attributes:
        person: Whose face it is.
        lasts_s: For how long they are there, seconds.
        seen: What rules see of them from their first picture on, every `LOOKS_EVERY_S`; `None` while it is nothing.
        scored: What is stored once they are gone; `None` where they only passed by.
        turns_s: When their face begins to turn unpleasant; `None` where it does not.
    """

    person: str
    lasts_s: float
    seen: tuple[Watched | None, ...]
    scored: Interaction | None
    turns_s: float | None = None

    def at(self, t_s: float, from_s: float, track: int) -> Watched | None:
        """What rules see at a time of somebody who came at another, both seconds in the stream."""
        number = round((t_s - from_s) / LOOKS_EVERY_S)
        if not 0 <= number < len(self.seen):
            return None
        one = self.seen[number]
        return None if one is None else _later(one, from_s, track)


def _later(one: Watched, by_s: float, track: int) -> Watched:
    return replace(
        one,
        track_id=track,
        since_s=one.since_s + by_s,
        seen_s=one.seen_s + by_s,
        first_read_s=None if one.first_read_s is None else one.first_read_s + by_s,
        read_s=None if one.read_s is None else one.read_s + by_s,
        gapes_s=None if one.gapes_s is None else one.gapes_s + by_s,
    )


def played(
    film: Film, rng: np.random.Generator, *, rests: int = 0
) -> tuple[list[tuple[float, SeenFace]], float, float | None]:
    """The film of a person made as long as a visit: the last thing shown goes on, there and back.

    Args:
        film: What was read.
        rng: Draws how long they stay.
        rests: How often what is shown before the last part is gone through there and back, besides once.

    Returns:
        What is told of pictures with their times, how long it lasts, and when it turns unpleasant, seconds.
    """
    order: list[int] = []
    turns_s = None
    for part, after in zip(film.parts, (*film.parts[1:], None), strict=True):
        length = part.end - part.begin
        if part.shows == "bad" and order:
            turns_s = len(order) / film.rate
        if after is not None:
            steps = (length - 1) * (1 + 2 * rests) + 1
            order += [part.begin + there_and_back(k, length) for k in range(steps)]
            order += range(part.end, after.begin)
        else:
            lasts = round(rng.uniform(*LASTS_S) * film.rate)
            begin = 0 if order else int(rng.integers(length))
            order += [part.begin + there_and_back(begin + k, length) for k in range(lasts)]
    told, furthest = [], -1
    for number, picture in enumerate(order):
        seen = film.seen[picture]
        if seen is None:
            continue
        # How lids were since somebody came is known ever better: what is shown again tells no less than before.
        furthest = max(furthest, picture)
        lids = film.seen[furthest]
        tired = seen.tired if lids is None else lids.tired
        t_s = number / film.rate
        told.append((t_s, seen.model_copy(update={"t_s": t_s, "track_id": _TRACK, "tired": tired})))
    return told, len(order) / film.rate, turns_s


def visit(
    person: str, told: Sequence[tuple[float, Observation]], lasts_s: float, turns_s: float | None = None
) -> Visit:
    """One customer, from what a camera told of them."""
    book = NowBook(watched=True)
    builder = InteractionBuilder(person, Context(site="neutral", touchpoint="till"), reader="as read")
    return Visit(person, lasts_s, tuple(_watched(book, builder, told, lasts_s)), builder.end(_TRACK), turns_s)


def visit_of_readings(
    person: str, readings: Sequence[LiveReading], lasts_s: float, turns_s: float | None = None
) -> Visit:
    """One customer, from readings that were made without a picture: nothing is scored."""
    book, at = NowBook(watched=True), 0
    seen: list[Watched | None] = []
    for number in range(int(lasts_s / LOOKS_EVERY_S) + 1):
        now_s = number * LOOKS_EVERY_S
        while at < len(readings) and readings[at].t_s <= now_s + _ROUNDING_S:
            book.take_reading(_TRACK, readings[at])
            at += 1
        there = book.watched(now_s)
        seen.append(there[0] if there else None)
    return Visit(person, lasts_s, tuple(seen), None, turns_s)


def _watched(
    book: NowBook, builder: InteractionBuilder, told: Sequence[tuple[float, Observation]], lasts_s: float
) -> Iterator[Watched | None]:
    at = 0
    for number in range(int(lasts_s / LOOKS_EVERY_S) + 1):
        now_s = number * LOOKS_EVERY_S
        while at < len(told) and told[at][0] <= now_s + _ROUNDING_S:
            book.take([told[at][1]], ())
            builder.take([told[at][1]], ())
            at += 1
        there = book.watched(now_s)
        yield there[0] if there else None


def visits(films: Sequence[Film], rng: np.random.Generator, *, rests: int = 0) -> Iterator[Visit]:
    """One visit of each person."""
    for film in films:
        told, lasts_s, turns_s = played(film, rng, rests=rests)
        if told:
            yield visit(film.person, [(t_s, seen.observation()) for t_s, seen in told], lasts_s, turns_s)
