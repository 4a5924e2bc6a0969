"""A shop of three cameras, and visits in it, for the tests of the store."""

from dataclasses import replace
from datetime import UTC, datetime

from store_making import READER, interaction

from mien.store import ClosedVisit, PlacedInteraction, RecordingKey, Source
from mien.visits import Ended

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
PLACES = ("door", "shelf", "till")
SITE = "Riga"


def made(number, *, hi_mean=None, usable_s=None, reader=READER, seconds=8):
    """Interaction `number`, at the door, the shelf and the till in turn, 20 s after the one before."""
    one = interaction(
        number, touchpoint=PLACES[number % 3], start_s=20.0 * number, seconds=seconds, outcome="unclear"
    )
    score = replace(
        one.score,
        hi_mean=50.0 + number % 7 if hi_mean is None else hi_mean,
        hi_sd=1.0,
        usable_s=one.score.usable_s if usable_s is None else usable_s,
    )
    return replace(one, score=score, reader=reader, by_eyes=0)


def uid(number):
    return made(number).id


def analyse(store, found, *, settings="s", camera=True, at=NOON, key=""):
    """Store interactions as one analysis of a recording for each of their touchpoints, which it is shown by."""
    for place in PLACES:
        source = Source(f"{place}.mp4", recorded_at=at, camera=f"{place} camera" if camera else None)
        with store.recordings.begin(
            RecordingKey(place + key, SITE, place), settings, reader=READER, source=source
        ) as run:
            run.commit([one for one in found if one.context.touchpoint == place], {}, 3600.0, {})
            run.finish({})


def visit_of(*numbers, probability=0.99):
    """How a matcher says that these are one visit."""
    return [
        PlacedInteraction(uid(n), uid(numbers[0]), None if n == numbers[0] else probability) for n in numbers
    ]


def ended(number, how=Ended.EXIT, at=NOON):
    """How a matcher says that the visit that `number` began has ended."""
    return ClosedVisit(uid(number), how, at)
