"""What every connector must do. A new one gets a world in conftest and passes all of this."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from mien.crm import (
    CONNECTORS,
    Again,
    Closed,
    Closing,
    Done,
    Kind,
    NoteRecord,
    Parked,
    Segment,
    SegmentRecord,
    Stop,
    TaskRecord,
    VisitRecord,
    Withdrawal,
)
from support.crm_worlds import HOOK_SECRET, NOW, REFERENCE, WORLDS, CsvWorld, World, customer
from support.dataverse import CLIENT_SECRET

VISIT = VisitRecord(
    key="visit:5b0e1c1e", sequence=42, site="Lyon 2", started_at=NOW, ended_at=NOW + timedelta(minutes=9),
    outcome="worsened", eps=-31.25, eps_low=-44.0, eps_high=-18.5, calibrated=True, selected_sample=True,
    stops=(Stop("door", 0.1, 0.0, 0.2), Stop("tills", reason="too short")), scale="balance", reader="mien 1.3.0",
)  # fmt: skip
TASK = TaskRecord("task:1", 43, "Find out why, put it right", "tills: fell at 09:08", NOW + timedelta(days=1))
NOTE = NoteRecord("note:1", 44, "Left unhappier", "EPS -31 (-44 to -19)", about=VISIT.key)
SEGMENT = SegmentRecord("segment:7", 45, customer(), Segment.UNHAPPIER)


def test_every_connector_is_in_the_suite() -> None:
    assert tuple(WORLDS) == CONNECTORS.names


def test_each_record_is_there_once_however_often_it_is_sent(world: World, open_: Any) -> None:
    records = [replace(VISIT, customer=customer()), TASK, NOTE, SEGMENT]
    connector = open_(world)
    for _ in range(2):
        assert [type(connector.send(record)) for record in records] == [Done] * 4
    assert [type(open_.anew(world).send(record)) for record in records] == [Done] * 4
    assert [one["key"] for one in world.visits()] == [VISIT.key]
    assert world.visits()[0]["customer"] is True
    assert len(world.tasks()) == len(world.notes()) == 1
    assert world.segment() == "left unhappier"


def test_the_newest_version_wins_in_whatever_order_they_come(world: World, open_: Any) -> None:
    connector = open_(world)
    newer = replace(
        VISIT, sequence=50, outcome="unclear", eps=None, eps_low=None, eps_high=None, reason="why"
    )
    for record in (VISIT, newer, VISIT, newer):
        assert isinstance(connector.send(record), Done)
    (found,) = world.visits()
    assert (found["sequence"], found["outcome"]) == (50, "unclear")
    for sequence, segment in ((45, Segment.UNHAPPIER), (60, Segment.RETURNED), (45, Segment.UNHAPPIER)):
        assert isinstance(connector.send(SegmentRecord("segment:7", sequence, customer(), segment)), Done)
    assert world.segment() == "returned after a bad visit"


def test_a_task_that_is_about_more_says_so_while_it_is_open_and_is_there_once(
    world: World, open_: Any
) -> None:
    connector = open_(world)
    more = replace(TASK, sequence=47, evidence="tills: fell at 09:08\ntills: fell at 09:40", changed=True)
    for record in (TASK, more, more, TASK):
        assert isinstance(connector.send(record), Done)
    (found,) = world.tasks()
    assert plainly(found["evidence"]) == more.evidence
    # Where the answer to the first was lost, the later one changes it.
    assert isinstance(open_.anew(world).send(replace(more, sequence=48, changed=False)), Done)
    assert len(world.tasks()) == 1
    world.close_task(TASK.key)
    closed = open_.anew(world).send(replace(more, sequence=49, evidence="much more"))
    assert isinstance(closed, Done)
    if world.closes:
        assert closed.closing is not None
        assert (closed.closing.key, closed.closing.how) == (TASK.key, Closed.DONE)
    assert ("much more" in world.words()) is not world.closes


def test_what_people_wrote_in_a_task_stays_and_what_is_new_is_told_beside_it(
    world: World, open_: Any
) -> None:
    connector = open_(world)
    assert isinstance(connector.send(TASK), Done)
    connector.close()
    world.edit_task(TASK.key, "Call Ms Petit", f"{TASK.evidence}\nAsked Bo: the till was stuck.")
    lines = [TASK.evidence]
    for number, line in enumerate(("tills: fell at 09:40", "tills: fell at 10:02")):
        lines.append(line)
        grown = replace(TASK, sequence=47 + number, evidence="\n".join(lines), changed=True)
        for _ in range(2):
            assert isinstance(connector.send(grown), Done)
    words = world.words()
    for said in ("Call Ms Petit", "Asked Bo: the till was stuck.", *lines):
        assert said in words
    if world.closes:
        assert [words.count(line) for line in lines] == [1, 1, 1]


def test_a_task_that_people_removed_is_not_made_anew_when_it_grows(world: World, open_: Any) -> None:
    connector = open_(world)
    assert isinstance(connector.send(TASK), Done)
    world.remove_task(TASK.key)
    for _ in range(2):
        result = connector.send(replace(TASK, sequence=47, evidence="more", changed=True))
        assert isinstance(result, Done)
        assert result.closing == (Closing(TASK.key, Closed.GONE, None) if world.closes else None)
    assert len(world.tasks()) == (0 if world.closes else 1)


def test_what_is_withdrawn_names_nobody_and_does_not_come_back(world: World, open_: Any) -> None:
    connector = open_(world)
    named = replace(VISIT, customer=customer())
    for record in (named, Withdrawal(VISIT.key, 51, Kind.VISIT, "erased: forget what was told of it"), named):
        assert isinstance(connector.send(record), Done)
    (found,) = world.visits()
    assert (found["outcome"], found["customer"]) == ("withdrawn", False)


def test_a_refusal_is_parked_with_its_reason_and_without_the_customer(world: World, open_: Any) -> None:
    connector = open_(world)
    assert isinstance(connector.send(TASK), Done)
    world.refuse_next()
    result = connector.send(replace(VISIT, key="visit:2", customer=None))
    if isinstance(world, CsvWorld):
        assert isinstance(result, Parked)
        assert "visits.csv has other columns than Mien writes (another, file); move it away" in result.reason
    else:
        assert isinstance(result, Parked)
        assert "refuses it (400: " in result.reason
        world.refuse_next()
        told = connector.send(SEGMENT)
        assert isinstance(told, Parked)
        assert REFERENCE not in told.reason
        assert "no to ***" in told.reason
    assert isinstance(connector.send(NoteRecord("note:9", 9, "t", "t", customer=customer())), Done)


def test_who_cannot_be_reached_is_tried_again(world: World) -> None:
    with world.unreachable() as connector:
        result = connector.send(TASK)
    assert isinstance(result, Again)
    assert result.after_s is None
    assert "cannot be " in result.reason


def test_who_asks_to_wait_is_waited_for(world: World, open_: Any) -> None:
    if isinstance(world, CsvWorld):
        other = open_(world)
        assert isinstance(other.send(TASK), Done)
        busy = open_(world).send(TASK)
        assert isinstance(busy, Again)
        assert "is written by another process" in busy.reason
        return
    connector = open_(world)
    connector.check()  # so that the next request is the record
    world.busy_next()
    busy = connector.send(TASK)
    assert isinstance(busy, Again)
    assert busy.after_s == 17
    assert world.tasks() == []
    assert isinstance(connector.send(TASK), Done)
    assert len(world.tasks()) == 1


TEXTS = (
    'Zoë d\'Arc & "Söhne" <b>',
    "店長 — 👩🏽‍🚒🔥",
    "a\r\nb\nc\td",
    "=1+1;-2",
    "\ud83d lone \0 zero",
    "é" * 90_000 + "👩🏽‍🚒" * 5_000,
)


def test_texts_arrive_as_they_are_or_are_cut_where_that_can_be_seen(world: World, open_: Any) -> None:
    connector = open_(world)
    for n, text in enumerate(TEXTS):
        assert isinstance(connector.send(replace(TASK, key=f"task:{n}", subject=text, evidence=text)), Done)
        assert isinstance(connector.send(replace(VISIT, key=f"visit:{n}", site=text, reason=text)), Done)
    assert len(world.tasks()) == len(world.visits()) == len(TEXTS)
    for text, task, visit in zip(TEXTS, world.tasks(), world.visits(), strict=True):
        whole = text.replace("\ud83d", "")
        if world.kind == "dataverse":
            whole = whole.replace("\0", "")
        for found in (task["subject"], task["evidence"], visit["site"]):
            if len(text) > 1000 and world.kind == "dataverse":
                assert found.endswith("…")
                assert whole.startswith(found[:-1])
                assert len(found) >= 90
            else:
                assert plainly(found) == plainly(whole)


def plainly(text: str) -> str:
    """As people read it: whatever ends a line, and however a spreadsheet is kept from calculating."""
    return text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("'")


def test_moments_are_the_same_moments_whatever_their_zone(world: World, open_: Any) -> None:
    connector = open_(world)
    # The hour that comes twice when summer time ends, and a zone with half an hour.
    moment = datetime(2026, 10, 25, 2, 30, tzinfo=timezone(timedelta(hours=2)))
    there = datetime(2026, 12, 31, 23, 45, tzinfo=timezone(timedelta(hours=-3, minutes=-30)))
    assert isinstance(connector.send(replace(VISIT, started_at=moment)), Done)
    assert isinstance(connector.send(replace(TASK, due_at=there)), Done)
    assert datetime.fromisoformat(world.visits()[0]["began"]) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert datetime.fromisoformat(world.tasks()[0]["due"]) == datetime(2027, 1, 1, 3, 15, tzinfo=UTC)


def test_nothing_secret_and_nobody_is_logged_or_shown(
    world: World,
    open_: Any,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    with caplog.at_level(logging.DEBUG):
        connector = open_(world)
        for record in (
            replace(VISIT, customer=customer()),
            NoteRecord("note:2", 2, "t", "t", customer=customer()),
            SEGMENT,
        ):
            assert isinstance(connector.send(record), Done)
        connector.check()
    said = [
        caplog.text,
        *capfd.readouterr(),
        repr(connector),
        str(vars(VISIT.__class__)),
        repr(SEGMENT),
        connector.shown,
    ]
    for secret in (CLIENT_SECRET, HOOK_SECRET, REFERENCE, "L-4711", "Bearer token"):
        assert not any(secret in one for one in said), secret


def test_a_check_that_finds_all_well_writes_nothing(world: World, open_: Any) -> None:
    connector = open_(world)
    assert isinstance(connector.send(TASK), Done)
    before = (world.tasks(), world.visits(), world.notes())
    findings = connector.check()
    assert findings
    assert [one.said for one in findings if not one.fine] == []
    assert (world.tasks(), world.visits(), world.notes()) == before
    assert connector.missing() == []
