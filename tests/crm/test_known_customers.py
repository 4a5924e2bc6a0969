"""A customer who agreed is named in the customer system once the receipt says who it was, and has a segment there."""

import csv
from datetime import timedelta

from mien.action import TaskState, Unhappy
from mien.crm import Done
from mien.journey import Outcome, Score
from mien.runtime.delivery import Courier
from mien.runtime.delivery.crm import CrmSender
from mien.site import load_site
from support.lyon import agree, pay
from support.sites import HEAD
from support.stored import NINE, SITE, put, seen

FILE = (
    HEAD
    + """\
[touchpoints.till]
role = "checkout"
[cameras.till]
touchpoint = "till"
webcam = 0
[crm.csv]
folder = "out"
"""
)


def left(number, outcome):
    score = Score(
        -30.0, -45.0, -15.0, 0.1, -0.2, 45.0, 40.0, 50.0, outcome, 9.0, 90, None, eps_mean=-30.0, eps_sd=7.0,
        hi_mean=45.0, hi_sd=2.0,
    )  # fmt: skip
    return seen(number, score)


def send(store, site, clock):
    sender = CrmSender("csv", settings=site.crm.csv, site=site, store=store, clock=clock)
    for entry in store.outbox.after(0):
        if sender.wants(entry) is not None:
            assert isinstance(sender.send(entry), Done)
    sender.close()


def rows(tmp_path, name):
    with (tmp_path / "out" / name).open(newline="") as file:
        return list(csv.DictReader(file))


def test_a_receipt_that_comes_after_the_visit_was_written_names_it_and_gives_the_segment(
    site, store, clock, tmp_path
):
    agree(store, "C-17")
    put(store, left(0, Outcome.WORSENED), left(5, Outcome.IMPROVED))
    send(store, site, clock)
    assert not any("C-17" in str(row) for row in rows(tmp_path, "visits.csv"))
    pay(store, "C-17", left(0, Outcome.UNCLEAR))
    send(store, site, clock)
    assert [row["segment"] for row in rows(tmp_path, "segments.csv")][-1] == "left unhappier"
    pay(store, "C-17", left(5, Outcome.UNCLEAR))
    send(store, site, clock)
    named = {row["key"] for row in rows(tmp_path, "visits.csv") if "C-17" in str(row)}
    assert named == {f"interaction:{left(number, Outcome.UNCLEAR).id}" for number in (0, 5)}
    newest = max(rows(tmp_path, "segments.csv"), key=lambda row: row["sequence"])
    assert newest["segment"] == "returned after a bad visit"
    notes = rows(tmp_path, "notes.csv")
    assert [note["text"] for note in notes] == [
        "4 May 2026, 09:00, Lyon 2, till\nWhat the face showed worsened; EPS −30 (95 % interval −45 to −15).",
        "4 May 2026, 09:05, Lyon 2, till\nWhat the face showed improved; EPS −30 (95 % interval −45 to −15).",
    ]
    store.consents.withdraw("C-17", NINE + timedelta(minutes=30))
    before = len(rows(tmp_path, "segments.csv"))
    send(store, site, clock)
    assert len(rows(tmp_path, "segments.csv")) == before, "who withdrew is named no more"


def test_with_a_visit_that_is_erased_its_note_goes_too(site, store, clock, tmp_path):
    agree(store, "C-17")
    put(store, left(0, Outcome.WORSENED))
    pay(store, "C-17", left(0, Outcome.UNCLEAR))
    send(store, site, clock)
    store.erasures.erase("C-17")
    send(store, site, clock)
    gone = {row["key"] for row in rows(tmp_path, "withdrawals.csv")}
    visit = f"interaction:{left(0, Outcome.UNCLEAR).id}"
    assert gone == {visit, f"note:{visit}"}


def test_a_task_leads_to_the_page_with_the_curve(store, clock, tmp_path):
    path = tmp_path / "lyon.toml"
    mail = 'host = "mail.example"\nsender = "a@b.example"\nto = ["c@d.example"]\npages_url = "https://mien.example/"\n'
    path.write_text(f"{FILE}[delivery.email]\n{mail}")
    about = Unhappy("i1", "a fall", {})
    due = clock() + timedelta(hours=24)
    task = store.tasks.open(SITE, NINE.date(), "till", about, due_at=due, folded=True)
    send(store, load_site(path), clock)
    (row,) = rows(tmp_path, "tasks.csv")
    link = f"https://mien.example/tasks?site=Lyon+2&task={task.uid}#task-{task.uid}"
    assert row["evidence"].split() == ["a", "fall", link]


def test_what_was_discarded_before_the_file_had_it_is_not_written_when_it_grows(site, store, clock, tmp_path):
    due = clock() + timedelta(hours=24)
    store.tasks.open(SITE, NINE.date(), "till", Unhappy("i1", "one", {}), due_at=due, folded=True)
    file = tmp_path / "out" / "tasks.csv"
    file.parent.mkdir()
    file.write_text("another,file\r\n")
    sender = CrmSender("csv", settings=site.crm.csv, site=site, store=store, clock=clock)
    courier = Courier(store, SITE, sender)
    courier.step()
    assert store.dispatches.discard(SITE, sender.name) == 1
    file.unlink()
    task = store.tasks.open(SITE, NINE.date(), "till", Unhappy("i2", "two", {}), due_at=due, folded=True)
    while courier.waiting:
        courier.step()
    sender.close()
    assert not file.exists()
    # Files tell nothing back: elsewhere it is still to be done.
    assert store.tasks.get(task.uid).state is TaskState.OPEN
