"""What somebody has who did nothing but follow the events of a store."""

from contextlib import contextmanager, suppress
from datetime import timedelta

from sqlalchemy import event as hook
from sqlalchemy import select

from mien.errors import BusyError
from mien.store import announce
from mien.store.events import SCORED, VISIT_SCORED, VISIT_WITHDRAWN, WITHDRAWN, scored, visit_scored
from mien.store.lease import LEASE_S
from mien.store.tables import interactions, runs


class Killed(Exception):  # noqa: N818  (no error)
    """The process is gone here."""


class Gallows:
    """Kills before the so-many-th statement from now on, the commit counted as one; `None` spares."""

    def __init__(self, store):
        self.left = None
        for what in ("before_cursor_execute", "commit"):
            hook.listen(store._database.engine, what, self._statement)

    def _statement(self, *_):
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                self.left = None
                raise Killed


@contextmanager
def may_be_killed(store, gallows, now, kill_at, *, given_up):
    """A step that may be killed: it is told as a whole or not at all, and what is told is what is shown.

    `now` is moved on; a process that was killed, or hangs, is given up after a while.
    """
    told, done = follow(store), False
    now[0] += timedelta(seconds=LEASE_S + 1) if given_up else timedelta(seconds=1)
    gallows.left = kill_at
    with suppress(Killed, BusyError):
        yield
        done = True
    gallows.left = None
    assert done or follow(store) == told, "half of a step was told"
    assert replay(follow(store)) == shown(store)


def follow(store, page=7):
    """Every event of the outbox, read page by page as a follower does."""
    found, last = [], 0
    while entries := store.outbox.after(last, limit=page):
        found += entries
        last = entries[-1].number
    return found


def replay(entries):
    """The last that was said of what is still there, and the events' own rules checked on the way."""
    last, told = {}, {}
    numbers = [entry.number for entry in entries]
    assert numbers == sorted(set(numbers))
    ids = [entry.event.id for entry in entries]
    assert len(set(ids)) == len(ids)
    for entry in entries:
        event = entry.event
        assert event.sequence == f"{entry.number:019d}"
        assert event.data["replaces"] == told.get(event.subject), "an event names the one that it replaces"
        if event.type in (WITHDRAWN, VISIT_WITHDRAWN):
            del last[event.subject], told[event.subject]
            continue
        assert event.type in (SCORED, VISIT_SCORED)
        said = {key: value for key, value in event.data.items() if key != "replaces"} | {"time": event.time}
        assert last.get(event.subject) != said, "the same is not told twice"
        last[event.subject], told[event.subject] = said, event.id
    return last


def shown(store):
    """What the store shows of interactions at named sites and of visits that ended, as events say it."""
    with store._database.read() as connection:
        visible = select(runs.c.id).where(runs.c.visible)
        found = announce.shown(connection, interactions.c.run_id.in_(visible))
    events = [scored(one.interaction, one.started_at) for one in found.values() if one.site_id is not None]
    events += [visit_scored(visit) for visit in store.visits.list_visits() if visit.ended is not None]
    return {
        event.subject: {key: value for key, value in event.data.items() if key != "replaces"}
        | {"time": event.time}
        for event in events
    }
