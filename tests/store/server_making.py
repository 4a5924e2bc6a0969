"""Stores on PostgreSQL, for tests of what only a server brings with it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from store_making import KEY, READER, SOURCE, interaction

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
RECORDED = replace(SOURCE, recorded_at=NOON)


def begin(store, settings="s", key=KEY):
    return store.recordings.begin(key, settings, reader=READER, source=RECORDED)


def analyse(store, numbers, settings="s"):
    with begin(store, settings) as run:
        run.commit([interaction(n) for n in numbers], {}, 60.0, {})
        run.finish({})
