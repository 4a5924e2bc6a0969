"""Who looks after a site is told once where messages do not go out, or were refused."""

from datetime import UTC, datetime

import pytest

from mien.crm import Again, Done, Parked
from mien.runtime.delivery.courier import Courier
from mien.runtime.sending_health import SendingHealth
from mien.site import load_site
from mien.store import Store, Wanted
from mien.store.events import CloudEvent
from support.clock import Clock
from support.new_store import ready_made
from support.sites import HEAD

SITE = "Lyon 2"
FILE = (
    HEAD
    + """\
[touchpoints.till]
role = "checkout"
[cameras.till]
touchpoint = "till"
webcam = 0
[rules.health]
cooldown_s = 0
[crm.csv]
folder = "out"
"""
)


class Sender:
    """Another system that answers as it is told to."""

    name, shown = "crm.csv", "out"

    def __init__(self):
        self.answer = Done()

    def wants(self, entry):
        return Wanted(entry.event.subject) if entry.event.thing == "visit" else None

    def send(self, _):
        return self.answer

    def read_back(self):
        return 0

    def close(self):
        """Nothing is open."""


@pytest.fixture
def clock():
    return Clock(datetime(2026, 5, 4, 9, 0, tzinfo=UTC))


@pytest.fixture
def store(tmp_path, clock):
    with Store.open(ready_made(tmp_path / "s.sqlite"), clock=clock) as opened:
        yield opened


@pytest.fixture
def health(tmp_path, store, clock):
    path = tmp_path / "lyon.toml"
    path.write_text(FILE)
    return SendingHealth(load_site(path), store, clock)


def told(store):
    return [alert.signal.why for _, alert in store.alerts.listed([SITE])]


def happen(store, subject):
    event = CloudEvent(
        source="/sites/x", type="mien.visit.scored", subject=subject, dataschema="urn:x", data={}
    )
    store.outbox.tell(SITE, event)


def test_what_waits_too_long_is_told_once_and_what_is_refused_at_once(store, clock, health):
    sender = Sender()
    courier = Courier(store, SITE, sender)
    sender.answer = Again("away")
    happen(store, "a")
    courier.step()
    clock.forward(299)
    health.look()
    assert told(store) == [], "systems restart"
    clock.forward(1)
    for _ in range(3):
        health.look()
    assert told(store) == ["Messages for crm.csv that do not go out: 1; the oldest has waited for 5 min."]
    sender.answer = Done()
    clock.forward(3600)
    while not courier.step():
        pass
    health.look()
    sender.answer = Parked("no such column")
    happen(store, "b")
    while not courier.step():
        pass
    health.look()
    assert (
        told(store)[0] == "Messages for crm.csv that were refused and wait for somebody to look at them: 1."
    )
    assert len(told(store)) == 2


def test_a_site_that_sends_nothing_has_no_such_trouble(tmp_path, store, clock):
    path = tmp_path / "alone.toml"
    path.write_text(FILE.replace('[crm.csv]\nfolder = "out"\n', ""))
    SendingHealth(load_site(path), store, clock).look()
    assert told(store) == []
