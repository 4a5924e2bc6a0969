"""What somebody has who did nothing but follow the events of a store."""

from sqlalchemy import select

from mien.store import announce
from mien.store.events import SCORED, WITHDRAWN, scored
from mien.store.tables import interactions, runs


def follow(store, page=7):
    """Every event of the outbox, read page by page as a follower does."""
    found, last = [], 0
    while entries := store.outbox.after(last, limit=page):
        found += entries
        last = entries[-1].number
    return found


def replay(entries):
    """The last that was said of each interaction that is still there, and the events' own rules checked on the way."""
    last, told = {}, {}
    numbers = [entry.number for entry in entries]
    assert numbers == sorted(set(numbers))
    ids = [entry.event.id for entry in entries]
    assert len(set(ids)) == len(ids)
    for entry in entries:
        event = entry.event
        assert event.sequence == f"{entry.number:019d}"
        assert event.data["replaces"] == told.get(event.subject), "an event names the one that it replaces"
        if event.type == WITHDRAWN:
            del last[event.subject], told[event.subject]
            continue
        assert event.type == SCORED
        said = {key: value for key, value in event.data.items() if key != "replaces"} | {"time": event.time}
        assert last.get(event.subject) != said, "the same is not told twice"
        last[event.subject], told[event.subject] = said, event.id
    return last


def shown(store):
    """What the store shows of interactions at named sites, as events say it."""
    with store._database.read() as connection:
        visible = select(runs.c.id).where(runs.c.visible)
        found = announce.shown(connection, interactions.c.run_id.in_(visible))
    events = [scored(one.interaction, one.started_at) for one in found.values() if one.site_id is not None]
    return {
        event.subject: {key: value for key, value in event.data.items() if key != "replaces"}
        | {"time": event.time}
        for event in events
    }
