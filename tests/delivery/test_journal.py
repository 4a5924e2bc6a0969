"""What a process notes of itself names no customer and no key, however it fails."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from multiprocessing import connection
from typing import TYPE_CHECKING

import pytest

from mien.crm.records import VisitRecord
from mien.journal import without_addresses
from mien.journey import Context, Interaction, Outcome, Score
from mien.privacy import Consent, KeepDays, Purpose
from mien.runtime.live.delivering import deliver_events
from mien.runtime.live.plan import plan_of
from mien.runtime.live.process import ask_to_stop, child, started
from mien.site import load_site
from mien.site.receipts import ReceiptRow
from mien.store import RecordingKey, Source, Store
from mien.store.receipt_records import NewJoin
from mien.store.receipts import receipt_uid
from support.sites import HEAD
from support.waiting import DEADLINE_S, until

if TYPE_CHECKING:
    from pathlib import Path

SITE, REFERENCE = "Lyon 2", "LOYALTY-4711"
SCORE = Score(-41.0, -55.0, -27.0, 0.2, -0.21, 40.0, 33.0, 47.0, Outcome.WORSENED, 9.0, 90, None)


@pytest.fixture
def site_file(tmp_path: Path, path: Path) -> Path:
    """A site with a visit of a known customer, and a file of visits in which a spreadsheet has cut a row short."""
    made = tmp_path / "lyon.toml"
    camera = '[touchpoints.till]\nrole = "checkout"\n[cameras.till]\ntouchpoint = "till"\nwebcam = 0\n'
    made.write_text(f'{HEAD}{camera}[crm.csv]\nfolder = "{tmp_path}"\n')
    columns = ",".join(one.name for one in fields(VisitRecord))
    (tmp_path / "visits.csv").write_text(f"{columns}\r\n{REFERENCE}\r\n", newline="")
    began = datetime.now(UTC) - timedelta(hours=1)
    one = Interaction(
        "00000000-0000-5000-8000-000000000001", 1, Context(SITE, "till"),
        60.0, 70.0, 100, {}, None, SCORE, None, (), "balance", "r 1",
    )  # fmt: skip
    with Store.open(path) as store:
        source = Source("till", recorded_at=began, camera="till")
        with store.recordings.begin(
            RecordingKey("till", SITE, "till"), "s", reader="r 1", source=source
        ) as run:
            run.commit((one,), {}, 3600.0, {})
            run.finish({})
        day = timedelta(days=1)
        store.consents.record(Consent(REFERENCE, Purpose.VISITS, began - day, "form", "Ada", began + 9 * day))
        row = ReceiptRow(1, "T1", "7", began + timedelta(seconds=72), "till", None, REFERENCE)
        store.receipts.add(SITE, [row], KeepDays.alike(30))
        store.receipts.join([NewJoin(receipt_uid(SITE, row), one.id, 2.0, 9.0, None)])
    return made


def failed_at_visit(text: str) -> dict[str, object]:
    """The entry of the log about the visit that could not be written."""
    return next(one for line in text.splitlines() if (one := json.loads(line))["event"] == "sending failed")


def mien(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mien", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=DEADLINE_S)


def test_a_sender_that_fails_is_told_without_the_customer(site_file: Path, path: Path) -> None:
    ran = mien("deliver", site_file, "--once", "--store", path)
    told, *others = ran.stderr.splitlines()
    entry = failed_at_visit(told)
    assert (entry["channel"], entry["level"]) == ("crm.csv", "error")
    assert str(entry["exception"]).splitlines()[-1] == "ValueError"
    assert "in _read" in str(entry["exception"])
    assert "Mien itself failed at it (ValueError); please report this." in others[0]
    assert "parked" in ran.stdout
    assert REFERENCE not in ran.stdout + ran.stderr


@pytest.mark.once
def test_so_does_the_process_that_delivers_while_a_site_is_read(
    site_file: Path, path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    plan = plan_of(load_site(site_file), site_file, store=str(path))
    process, line = started(child, deliver_events, plan, name="delivery")
    with Store.open(path) as store:
        until(lambda: store.dispatches.listed(SITE, parked=True), "the visit is parked")
    ask_to_stop(line)
    process.join(DEADLINE_S)
    said = capfd.readouterr()
    assert failed_at_visit(said.err)["channel"] == "crm.csv"
    assert REFERENCE not in said.out + said.err


def falls(_reporter: object) -> None:
    raise KeyError(REFERENCE)


@pytest.mark.once
def test_a_process_that_ends_by_a_fault_says_where_and_not_what(capfd: pytest.CaptureFixture[str]) -> None:
    process, line = started(child, falls, name="falls")
    connection.wait([process.sentinel], DEADLINE_S)
    process.join(DEADLINE_S)
    line.close()
    (entry,) = map(json.loads, capfd.readouterr().err.splitlines())
    assert (process.exitcode, entry["event"]) == (1, "the process failed")
    assert entry["exception"].splitlines()[-1] == "KeyError"
    assert "in falls" in entry["exception"]
    assert REFERENCE not in entry["exception"]


LIBRARIES = """
import asyncio, logging, threading
from mien.journal import begin
begin()
begin()
async def lost():
    asyncio.get_running_loop().create_task(fails())
    await asyncio.sleep(0)
async def fails():
    raise KeyError("LOYALTY-4711")
def within():
    raise ValueError("LOYALTY-4711") from OSError(111, "LOYALTY-4711")
asyncio.run(lost())
thread = threading.Thread(target=within)
thread.start()
thread.join()
log = logging.getLogger("apprise")
log.info("not told")
log.warning("no answer of https://api.example/bot4711:LOYALTY after %d s (%s)", 3, "LOYALTY-4711")
try:
    raise RuntimeError("LOYALTY-4711")
except RuntimeError:
    log.exception("it failed\\nLOYALTY-4711")
"""


def test_what_libraries_log_and_threads_die_of_is_told_without_what_it_holds() -> None:
    command = [sys.executable, "-c", LIBRARIES]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, timeout=DEADLINE_S)
    assert "LOYALTY" not in ran.stdout + ran.stderr
    lost, thread, answer, failed = map(json.loads, ran.stderr.splitlines())
    assert (lost["part"], lost["event"]) == ("asyncio", "Task exception was never retrieved")
    assert lost["exception"].splitlines()[-1] == "KeyError"
    kinds = [line for line in thread["exception"].splitlines() if not line.startswith((" ", "Trace"))]
    refused = "ConnectionRefusedError: [Errno 111] Connection refused"
    assert kinds == [refused, "which was the cause of:", "ValueError"]
    assert answer["event"] == "no answer of https://api.example/*** after 3 s (***)"
    assert (failed["event"], failed["level"]) == ("it failed", "error")


def test_a_command_that_fails_says_where_and_not_what(site_file: Path, tmp_path: Path) -> None:
    # More than a CSV reader takes as one cell.
    (tmp_path / "visits.csv").write_text(REFERENCE * 20_000)
    ran = mien("crm", "check", site_file)
    assert ran.returncode == 1
    assert "field larger" not in ran.stderr
    assert ran.stderr.splitlines()[-2:] == [
        "_csv.Error", "mien: This is a fault in Mien; please report the lines above."
    ]  # fmt: skip
    assert "in _columns" in ran.stderr


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("json://u:pw@h/x failed", "json://*** failed"),
        ("slack://TokenA/TokenB/C gave 404", "slack://*** gave 404"),
        ("GET https://api.example/bot12:key/send?x=1 gave 404", "GET https://api.example/*** gave 404"),
        ("for url 'https://u:pw@h.example/'", "for url 'https://h.example'"),
        ("at http://h.example:8080.", "at http://h.example:8080."),
    ],
)
def test_of_an_address_its_host_is_left(said: str, left: str) -> None:
    assert without_addresses(said) == left
