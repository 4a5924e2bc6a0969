"""Records hold what events tell and nothing more, and name nobody without a consent that stands."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime, timedelta

import pytest

from mien.crm import Customer, Kind, NoteRecord, VisitRecord, Withdrawal, record_of
from mien.crm.texts import fit
from mien.errors import InputError
from mien.store import OutboxEntry
from mien.store.events import CloudEvent, source_of
from mien.store.events.interaction import InteractionScored
from mien.store.events.visit import VisitScored
from support.crm_worlds import GIVEN, NOW, consent, customer

VISIT = {
    "replaces": None, "site": "Lyon 2", "started_at": "2026-05-04T09:00:00Z", "ended_at": "2026-05-04T09:09:00Z",
    "ended": "exit", "members": [], "eps": None, "eps_low": None, "eps_high": None, "outcome": "unclear",
    "reason": "visibility changed", "calibrated": False, "selected_sample": True, "scale": "balance", "reader": "m 1",
    "stops": [{"touchpoint": "door", "interactions": [], "valence": 0.1, "low": 0.0, "high": 0.2, "reason": None}],
}  # fmt: skip


def entry(kind: str, data: dict[str, object]) -> OutboxEntry:
    event = CloudEvent(
        source=source_of("Lyon 2", None),
        type=kind,
        subject="5b0e",
        dataschema="urn:mien:events:1#",
        data=data,
    )
    return OutboxEntry(42, "Lyon 2", None, event)


def test_a_record_of_a_visit_has_nothing_that_its_event_does_not_tell() -> None:
    record = record_of(entry("mien.visit.scored", VISIT), customer())
    assert isinstance(record, VisitRecord)
    assert (record.key, record.version, record.outcome) == ("visit:5b0e", "0000000000000000042", "unclear")
    assert str(record.stops[0]) == "door: +0.10 (+0.00 to +0.20)"
    told = {*VisitScored.model_fields, *InteractionScored.model_fields, "touchpoint"}
    assert {one.name for one in fields(VisitRecord)} - told == {"key", "sequence", "customer"}


def test_what_is_withdrawn_and_what_is_something_else() -> None:
    gone = record_of(entry("mien.visit.withdrawn", {"reason": "erased: forget what was told of it"}))
    assert gone == Withdrawal("visit:5b0e", 42, Kind.VISIT, "erased: forget what was told of it")
    assert record_of(entry("mien.flow.counted", {})) is None


@pytest.mark.parametrize(
    ("given", "at"),
    [
        (consent(withdrawn_at=GIVEN + timedelta(days=1)), NOW),
        (consent(), GIVEN - timedelta(seconds=1)),
        (consent(), GIVEN + timedelta(days=700)),
    ],
)
def test_nobody_is_named_without_a_consent_that_stands(given: object, at: datetime) -> None:
    with pytest.raises(InputError, match="The consent does not allow to name this customer: it is withdrawn"):
        Customer(given, at)  # type: ignore[arg-type]


def test_a_record_that_could_not_be_written_is_not_made() -> None:
    record = record_of(entry("mien.visit.scored", VISIT))
    assert isinstance(record, VisitRecord)
    with pytest.raises(InputError, match="A key has 1 to 100 printable characters; this one has 101"):
        replace(record, key="k" * 101)
    with pytest.raises(InputError, match="A sequence is a number from 1 on"):
        replace(record, sequence=0)
    with pytest.raises(InputError, match="The moment ended_at of a record has no zone"):
        replace(record, ended_at=datetime(2026, 5, 4))
    with pytest.raises(
        InputError, match="A note stands either in the timeline of a visit or in that of a customer"
    ):
        NoteRecord("note:1", 1, "t", "t")


@pytest.mark.parametrize("units", range(1, 14))
def test_a_text_is_cut_between_what_people_take_for_characters(units: int) -> None:
    found = fit("e\u0301👩🏽‍🚒👍🏽x", units)
    assert len(found.encode("utf-16-le")) // 2 <= units
    assert found in {"…", "e\u0301…", "e\u0301👩🏽‍🚒…", "e\u0301👩🏽‍🚒👍🏽x"}
