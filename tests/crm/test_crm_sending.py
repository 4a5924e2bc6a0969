"""What the outbox holds reaches the customer system: once, a task after its visit, and nobody named without consent."""

from __future__ import annotations

import signal
import subprocess
import sys
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from mien.action import TaskState
from mien.crm.dataverse.rows import row_id
from mien.crm.records import Kind
from mien.runtime.delivery import Courier, deliver
from mien.runtime.delivery.crm import READ_BACK_EVERY_S, CrmSender
from support.crm_sending import fell, sending, task_about, work
from support.crm_worlds import CONTACT, ENVIRON, REFERENCE, DataverseWorld
from support.dataverse import Reply
from support.faults import Fault
from support.lyon import agree, pay
from support.stored import NINE, SITE, put
from support.waiting import DEADLINE_S, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mien.store import Store
    from support.clock import Clock


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "s.sqlite"


@pytest.fixture
def sender(ready: DataverseWorld, tmp_path: Path, store: Store, clock: Clock) -> Iterator[CrmSender]:
    with sending(ready, tmp_path, store, clock) as made:
        yield made


def test_whatever_breaks_visits_and_tasks_are_there_once_and_the_task_hangs_at_its_visit(
    ready: DataverseWorld, store: Store, sender: CrmSender, clock: Clock
) -> None:
    put(store, *(fell(n) for n in range(6)))
    agree(store, REFERENCE)
    pay(store, REFERENCE, fell(0))
    task = task_about(store, clock, 0)
    ready.proxy.faults += [
        Fault.RESET_AFTER, Fault.NONE, Fault.BUSY, Fault.RESET_BEFORE, Fault.HALF, Fault.RESET_AFTER, Fault.NONE,
        Fault.RESET_AFTER, Fault.HALF, Fault.RESET_AFTER,
    ]  # fmt: skip
    work(Courier(store, SITE, sender), clock)
    assert sorted(one["key"] for one in ready.visits()) == sorted(
        f"interaction:{fell(n).id}" for n in range(6)
    )
    assert [one["customer"] for one in sorted(ready.visits(), key=lambda one: one["key"])] == [True] + [
        False
    ] * 5
    (row,) = ready.server.rows("tasks")
    visit = row_id(Kind.VISIT, f"interaction:{fell(0).id}")
    assert (row["activityid"], row["_regardingobjectid_value"]) == (
        row_id(Kind.TASK, f"task:{task.uid}"),
        visit,
    )
    (named,) = [one for one in ready.server.rows("mien_visits") if one["_mien_contact_value"]]
    assert (named["mien_visitid"], named["_mien_contact_value"]) == (visit, CONTACT)
    assert store.dispatches.listed(SITE) == []


def test_a_consent_that_was_withdrawn_before_it_is_sent_names_nobody(
    ready: DataverseWorld, store: Store, sender: CrmSender, clock: Clock
) -> None:
    put(store, fell(0))
    agree(store, REFERENCE)
    pay(store, REFERENCE, fell(0))
    store.consents.withdraw(REFERENCE, clock())
    work(Courier(store, SITE, sender), clock)
    assert [one["customer"] for one in ready.visits()] == [False]


def test_a_folded_task_grows_while_it_is_open_and_its_closing_is_read_back(
    ready: DataverseWorld, store: Store, sender: CrmSender, clock: Clock
) -> None:
    put(store, *(fell(n) for n in range(4)))
    courier = Courier(store, SITE, sender)
    task = task_about(store, clock, 0, folded=True)
    assert sender.read_back() == 0, "what was not written is not taken for removed"
    work(courier, clock)
    task_about(store, clock, 1, folded=True)
    work(courier, clock)
    ((text,),) = [[one["evidence"]] for one in ready.tasks()]
    assert text == "09:00, till: fell\n09:01, till: fell"
    uid = row_id(Kind.TASK, f"task:{task.uid}")
    ready.server.change("tasks", uid, {"statecode": 1, "actualend": "2026-05-04T14:00:00Z"})
    clock.forward(READ_BACK_EVERY_S)
    deliver(store, SITE, sender, once=True)
    found = store.tasks.get(task.uid)
    assert found is not None
    assert (found.state, found.closed_at) == (TaskState.DONE, NINE + timedelta(hours=7))
    assert task_about(store, clock, 3, folded=True).uid != task.uid
    work(Courier(store, SITE, sender), clock)
    assert len(ready.tasks()) == 2


def test_erasure_takes_a_task_and_a_visit_back(
    ready: DataverseWorld, store: Store, sender: CrmSender, clock: Clock
) -> None:
    put(store, fell(0))
    agree(store, REFERENCE)
    pay(store, REFERENCE, fell(0))
    task_about(store, clock, 0)
    courier = Courier(store, SITE, sender)
    work(courier, clock)
    store.erasures.erase(REFERENCE)
    work(courier, clock)
    assert ready.tasks() == []
    assert [(one["outcome"], one["customer"]) for one in ready.visits()] == [("withdrawn", False)]


def test_a_visit_that_is_refused_is_parked_and_goes_with_its_task_once_it_is_mended(
    ready: DataverseWorld, store: Store, sender: CrmSender, clock: Clock
) -> None:
    put(store, fell(0), fell(1))
    task_about(store, clock, 0)
    ready.server.next.append(Reply(400, {"error": {"message": "A plug-in says no."}}))
    courier = Courier(store, SITE, sender)
    work(courier, clock)
    assert [one["key"] for one in ready.visits()] == [f"interaction:{fell(1).id}"], "the others go on"
    (visit,) = store.dispatches.listed(SITE, parked=True)
    assert "refuses it (400: A plug-in says no)" in (visit.reason or "")
    (task,) = ready.tasks()
    assert task["evidence"].splitlines()[-1] == "The visit that this is about could not be written here yet."
    store.dispatches.retry(SITE, sender.name)
    work(courier, clock)
    assert (len(ready.visits()), len(ready.tasks())) == (2, 1)
    (row,) = ready.server.rows("tasks")
    assert row["_regardingobjectid_value"] == row_id(Kind.VISIT, visit.record)
    assert row["description"] == "09:00, till: fell"
    assert store.dispatches.listed(SITE) == []


def test_a_process_that_is_killed_between_sending_and_noting_it_sends_it_again_and_it_is_there_once(
    ready: DataverseWorld,
    store: Store,
    path: Path,
    tmp_path: Path,
    sender: CrmSender,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in ENVIRON.items():
        monkeypatch.setenv(name, value)
    put(store, fell(0))
    task_about(store, clock, 0)
    # The server has done what was asked, and its answer never comes.
    ready.proxy.faults.append(Fault.SLOW)
    command = [sys.executable, "-m", "mien", "deliver", str(tmp_path / "lyon.toml"), "--store", str(path)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    until(lambda: len(ready.visits()) == 1, "the visit")
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert store.dispatches.waiting(SITE, "crm.dataverse") == 2
    tag = ready.server.rows("mien_visits")[0]["@odata.etag"]
    again = subprocess.run(
        [*command, "--once"], capture_output=True, text=True, check=False, timeout=DEADLINE_S
    )
    assert (again.returncode, again.stderr) == (0, "")
    assert "2 delivered to" in again.stdout
    assert (len(ready.visits()), len(ready.tasks())) == (1, 1)
    assert ready.server.rows("mien_visits")[0]["@odata.etag"] == tag
    assert store.dispatches.listed(SITE) == []
