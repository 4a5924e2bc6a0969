"""What the outbox holds reaches the customer system: once, a task after its visit, and nobody named without consent."""

from __future__ import annotations

import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from mien.action import TaskState, Unhappy
from mien.crm.dataverse.rows import row_id
from mien.crm.records import Kind
from mien.journey import Context, Interaction, Outcome, Score
from mien.privacy import Consent, KeepDays, Purpose
from mien.runtime.delivery import Courier
from mien.runtime.delivery.crm import READ_BACK_EVERY_S, CrmSender
from mien.site import load_site
from mien.site.receipts import ReceiptRow
from mien.store import RecordingKey, Source, Store
from mien.store.receipt_records import NewJoin
from mien.store.receipt_rows import receipt_uid
from support.clock import Clock
from support.crm_worlds import CONTACT, ENVIRON, REFERENCE, DataverseWorld
from support.dataverse import CLIENT_ID, TENANT, Reply
from support.faults import Fault
from support.new_store import ready_made
from support.sites import HEAD
from support.waiting import DEADLINE_S, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mien.action import Task
    from mien.site import Site

SITE = "Lyon 2"
BEGAN = datetime(2026, 5, 4, 7, 0, tzinfo=UTC)
FELL = Score(-41.0, -55.0, -27.0, 0.2, -0.21, 40.0, 33.0, 47.0, Outcome.WORSENED, 9.0, 90, None)


@pytest.fixture
def clock() -> Clock:
    return Clock(BEGAN + timedelta(hours=2))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "s.sqlite"


@pytest.fixture
def store(path: Path, clock: Clock) -> Iterator[Store]:
    with Store.open(ready_made(path), clock=clock) as opened:
        yield opened


@pytest.fixture
def site_file(tmp_path: Path, ready: DataverseWorld) -> Path:
    settings = ready.settings()
    made = tmp_path / "lyon.toml"
    made.write_text(
        HEAD
        + f"""
[touchpoints.till]
role = "checkout"
[cameras.till]
touchpoint = "till"
webcam = 0

[crm.dataverse]
url = "{settings.url}"
tenant = "{TENANT}"
client_id = "{CLIENT_ID}"
client_secret = {{ env = "APP_SECRET" }}
authority = "{settings.authority}"
ca_file = "{settings.ca_file}"
"""
    )
    return made


@pytest.fixture
def site(site_file: Path) -> Site:
    return load_site(site_file)


@pytest.fixture
def sender(site: Site, store: Store, clock: Clock) -> Iterator[CrmSender]:
    made = CrmSender(
        "dataverse", settings=site.crm.dataverse, site=site, store=store, environ=ENVIRON, clock=clock
    )
    yield made
    made.close()


def seen(number: int) -> Interaction:
    return Interaction(
        f"00000000-0000-5000-8000-{number:012d}", number, Context(SITE, "till"),
        60.0 * number, 60.0 * number + 10, 100, {}, None, FELL, None, (), "balance", "r 1",
    )  # fmt: skip


def put(store: Store, *found: Interaction, name: str = "till.mp4") -> None:
    source = Source(name, recorded_at=BEGAN, camera="till")
    with store.recordings.begin(RecordingKey(name, SITE, "till"), "s", reader="r 1", source=source) as run:
        run.commit(found, {}, 3600.0, {})
        run.finish({})


def task_about(store: Store, clock: Clock, number: int, *, folded: bool = False) -> Task:
    about = Unhappy(seen(number).id, "%(time)s, till: fell", {"time": f"09:0{number}"})
    due = clock() + timedelta(hours=24)
    made = store.tasks.open(SITE, BEGAN.date(), "till", about, due_at=due, folded=folded)
    assert made is not None
    return made


def agree(store: Store, number: int) -> None:
    consent = Consent(
        REFERENCE, Purpose.VISITS, BEGAN - timedelta(days=1), "form", "Ada", BEGAN + timedelta(days=9)
    )
    store.consents.record(consent)
    row = ReceiptRow(1, "T1", "7", BEGAN + timedelta(seconds=12), "till", None, REFERENCE)
    store.receipts.add(SITE, [row], KeepDays.alike(30))
    store.receipts.join([NewJoin(receipt_uid(SITE, row), seen(number).id, 2.0, 9.0, None)])


def work(courier: Courier, clock: Clock, most: int = 200) -> None:
    """Until nothing waits."""
    for _ in range(most):
        courier.step()
        if not courier.waiting:
            return
        clock.forward(5)
    raise AssertionError("something waits for ever")


def test_whatever_breaks_visits_and_tasks_are_there_once_and_the_task_hangs_at_its_visit(
    ready: DataverseWorld, store: Store, sender: CrmSender, clock: Clock
) -> None:
    put(store, *(seen(n) for n in range(6)))
    agree(store, 0)
    task = task_about(store, clock, 0)
    ready.proxy.faults += [
        Fault.RESET_AFTER, Fault.NONE, Fault.BUSY, Fault.RESET_BEFORE, Fault.HALF, Fault.RESET_AFTER, Fault.NONE,
        Fault.RESET_AFTER, Fault.HALF, Fault.RESET_AFTER,
    ]  # fmt: skip
    work(Courier(store, SITE, sender), clock)
    assert sorted(one["key"] for one in ready.visits()) == sorted(
        f"interaction:{seen(n).id}" for n in range(6)
    )
    assert [one["customer"] for one in sorted(ready.visits(), key=lambda one: one["key"])] == [True] + [
        False
    ] * 5
    (row,) = ready.server.rows("tasks")
    visit = row_id(Kind.VISIT, f"interaction:{seen(0).id}")
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
    put(store, seen(0))
    agree(store, 0)
    store.consents.withdraw(REFERENCE, clock())
    work(Courier(store, SITE, sender), clock)
    assert [one["customer"] for one in ready.visits()] == [False]


def test_a_folded_task_grows_while_it_is_open_and_its_closing_is_read_back(
    ready: DataverseWorld, store: Store, sender: CrmSender, clock: Clock
) -> None:
    put(store, *(seen(n) for n in range(4)))
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
    task_about(store, clock, 2, folded=True)
    work(courier, clock)
    assert [one["evidence"] for one in ready.tasks()] == [text], "what was closed is theirs"
    clock.forward(READ_BACK_EVERY_S)
    assert sender.read_back() == 1
    found = store.tasks.get(task.uid)
    assert found is not None
    assert (found.state, found.closed_at) == (TaskState.DONE, BEGAN + timedelta(hours=7))
    assert task_about(store, clock, 3, folded=True).uid != task.uid
    work(courier, clock)
    assert len(ready.tasks()) == 2


def test_erasure_takes_a_task_and_a_visit_back(
    ready: DataverseWorld, store: Store, sender: CrmSender, clock: Clock
) -> None:
    put(store, seen(0))
    agree(store, 0)
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
    put(store, seen(0), seen(1))
    task_about(store, clock, 0)
    ready.server.next.append(Reply(400, {"error": {"message": "A plug-in says no."}}))
    courier = Courier(store, SITE, sender)
    work(courier, clock)
    assert [one["key"] for one in ready.visits()] == [f"interaction:{seen(1).id}"], "the others go on"
    visit, task = store.dispatches.listed(SITE, parked=True)
    assert "refuses it (400: A plug-in says no)" in (visit.reason or "")
    assert "Does Not Exist" in (task.reason or "")
    store.dispatches.retry(SITE, sender.name)
    work(courier, clock)
    assert (len(ready.visits()), len(ready.tasks())) == (2, 1)
    assert store.dispatches.listed(SITE) == []


def test_a_process_that_is_killed_between_sending_and_noting_it_sends_it_again_and_it_is_there_once(
    ready: DataverseWorld,
    store: Store,
    path: Path,
    site_file: Path,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in ENVIRON.items():
        monkeypatch.setenv(name, value)
    put(store, seen(0))
    task_about(store, clock, 0)
    # The server has done what was asked, and its answer never comes.
    ready.proxy.faults.append(Fault.SLOW)
    command = [sys.executable, "-m", "mien", "deliver", str(site_file), "--store", str(path)]
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
