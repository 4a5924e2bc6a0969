"""What people find in the customer system, and what they did there: their language, their words, their removals."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from mien.action import TaskState
from mien.crm.dataverse.rows import row_id
from mien.crm.records import Kind
from mien.journey import Outcome
from mien.runtime.delivery import Courier
from mien.runtime.delivery.crm import READ_BACK_EVERY_S
from support.crm_sending import FELL, fell, sending, task_about, work
from support.crm_worlds import CONTACT, REFERENCE, DataverseWorld
from support.dataverse import Reply
from support.lyon import agree, pay
from support.stored import SITE, put

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mien.runtime.delivery.crm import CrmSender
    from mien.store import Store
    from support.clock import Clock

STRANGER = "L-0815"


@pytest.fixture
def sender(ready: DataverseWorld, tmp_path: Path, store: Store, clock: Clock) -> Iterator[CrmSender]:
    with sending(ready, tmp_path, store, clock) as made:
        yield made


def state(store: Store, uid: str) -> TaskState:
    found = store.tasks.get(uid)
    assert found is not None
    return found.state


@pytest.mark.parametrize("done", [False, True])
def test_a_task_that_is_gone_or_done_there_is_told_so_at_once_when_it_grows(
    ready: DataverseWorld, store: Store, sender: CrmSender, clock: Clock, done: bool
) -> None:
    courier = Courier(store, SITE, sender)
    task = task_about(store, clock, 0, folded=True)
    work(courier, clock)
    key = f"task:{task.uid}"
    ready.close_task(key) if done else ready.remove_task(key)
    task_about(store, clock, 1, folded=True)
    work(courier, clock)
    assert store.dispatches.listed(SITE) == []
    assert state(store, task.uid) is (TaskState.DONE if done else TaskState.GONE)
    assert len(ready.tasks()) == int(done)
    # Who comes next has a task anew.
    assert task_about(store, clock, 2, folded=True).uid != task.uid
    work(courier, clock)
    assert ready.tasks()[-1]["evidence"] == "09:02, till: fell"


@pytest.mark.parametrize("grows", [False, True])
def test_a_task_that_was_discarded_before_it_was_made_is_never_made(
    ready: DataverseWorld, store: Store, sender: CrmSender, clock: Clock, grows: bool
) -> None:
    courier = Courier(store, SITE, sender)
    ready.server.next.append(Reply(400, {"error": {"message": "A plug-in says no."}}))
    task = task_about(store, clock, 0, folded=True)
    work(courier, clock)
    assert store.dispatches.discard(SITE, sender.name) == 1
    if grows:
        task_about(store, clock, 1, folded=True)
        work(courier, clock)
    else:
        assert sender.read_back() == 1
    assert ready.tasks() == []
    assert state(store, task.uid) is TaskState.GONE
    assert store.dispatches.listed(SITE) == []


def test_growth_that_was_discarded_takes_nothing_away(
    ready: DataverseWorld, store: Store, sender: CrmSender, clock: Clock
) -> None:
    courier = Courier(store, SITE, sender)
    task = task_about(store, clock, 0, folded=True)
    work(courier, clock)
    ready.server.next.append(Reply(400, {"error": {"message": "A plug-in says no."}}))
    task_about(store, clock, 1, folded=True)
    work(courier, clock)
    assert store.dispatches.discard(SITE, sender.name) == 1
    clock.forward(READ_BACK_EVERY_S)
    assert sender.read_back() == 0
    assert state(store, task.uid) is TaskState.OPEN
    task_about(store, clock, 2, folded=True)
    work(courier, clock)
    assert ready.tasks()[0]["evidence"].splitlines() == [f"09:0{n}, till: fell" for n in range(3)]


def test_tasks_and_notes_come_in_the_language_of_the_site_file(
    ready: DataverseWorld, store: Store, tmp_path: Path, clock: Clock
) -> None:
    agree(store, REFERENCE)
    put(store, fell(0))
    pay(store, REFERENCE, fell(0))
    with sending(ready, tmp_path, store, clock, 'language = "fr"\n') as sender:
        task_about(store, clock, 0)
        work(Courier(store, SITE, sender), clock)
    (task,) = ready.tasks()
    assert task["subject"].endswith(": till, 4 mai 2026")
    assert "Find out" not in task["subject"]
    (note,) = ready.notes()
    assert note["title"] == "Visite"
    first, second = note["text"].splitlines()
    assert first == "4 mai 2026, 09:00, Lyon 2, till"
    assert re.search(r"EPS −41 .*−55 .*−27", second)
    assert "face showed" not in second


def test_the_language_is_that_of_the_mails_where_it_is_left_out(
    ready: DataverseWorld, store: Store, tmp_path: Path, clock: Clock
) -> None:
    mail = '[delivery.email]\nhost = "mail.example"\nsender = "a@b.example"\nto = ["c@d.example"]\nlanguage = "es"\n'
    with sending(ready, tmp_path, store, clock, mail) as sender:
        task_about(store, clock, 0, folded=True)
        work(Courier(store, SITE, sender), clock)
    assert "4 may 2026" in ready.tasks()[0]["subject"]


def test_a_customer_who_is_no_contact_parks_the_visit_once_and_keeps_no_manager_waiting(
    ready: DataverseWorld, store: Store, sender: CrmSender, clock: Clock
) -> None:
    agree(store, STRANGER)
    put(store, fell(0), fell(1))
    pay(store, STRANGER, fell(0))
    task = task_about(store, clock, 0)
    courier = Courier(store, SITE, sender)
    work(courier, clock)
    (parked,) = store.dispatches.listed(SITE)
    assert parked.record == f"interaction:{fell(0).id}"
    assert "has no contact whose mien_reference is the reference of this consent; enter it there" in (
        parked.reason or ""
    )
    assert STRANGER not in (parked.reason or "")
    assert [one["key"] for one in ready.visits()] == [f"interaction:{fell(1).id}"], "the others go on"
    (row,) = ready.server.rows("tasks")
    assert row["_regardingobjectid_value"] is None
    assert row["description"].splitlines()[0] == "09:00, till: fell"
    assert f"no contact here has the reference {STRANGER}." in row["description"]
    # Once the contact is there, and somebody wrote beside it meanwhile.
    ready.server.change(
        "tasks", row["activityid"], {"description": row["description"] + "\nI know her: Ms Petit."}
    )
    ready.server.insert("contacts", {"contactid": CONTACT[:-1] + "2", "mien_reference": STRANGER})
    assert store.dispatches.retry(SITE, sender.name) == 1
    work(courier, clock)
    assert store.dispatches.listed(SITE) == []
    named = {one["mien_visitid"]: one["_mien_contact_value"] for one in ready.server.rows("mien_visits")}
    visit = row_id(Kind.VISIT, parked.record)
    assert named[visit] == CONTACT[:-1] + "2"
    (row,) = ready.server.rows("tasks")
    assert (row["activityid"], row["_regardingobjectid_value"]) == (
        row_id(Kind.TASK, f"task:{task.uid}"),
        visit,
    )
    assert row["description"].split() == ["09:00,", "till:", "fell", "I", "know", "her:", "Ms", "Petit."]
    assert ready.server.rows("contacts")[-1]["mien_segment"] == "left unhappier"
    assert [one["title"] for one in ready.notes()] == ["Visit"]


def test_a_visit_without_a_number_says_why_in_its_note(
    ready: DataverseWorld, store: Store, sender: CrmSender, clock: Clock
) -> None:
    score = replace(
        FELL, eps=None, eps_low=None, eps_high=None, outcome=Outcome.UNCLEAR, reason="no usable reading"
    )
    agree(store, REFERENCE)
    put(store, replace(fell(0), score=score))
    pay(store, REFERENCE, fell(0))
    work(Courier(store, SITE, sender), clock)
    assert ready.notes()[0]["text"].splitlines()[1] == (
        "It cannot be told how what the face showed changed: no usable reading."
    )
