"""What holds of tasks in Dataverse alone: whose words are whose, line by line, whatever breaks meanwhile."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from mien.crm import Again, Closed, Done, Kind, Missing, TaskRecord
from mien.crm.dataverse.rows import row_id
from support.crm_worlds import CONTACT, NOW, customer
from support.faults import Fault

if TYPE_CHECKING:
    from support.crm_worlds import DataverseWorld

TASK = TaskRecord("task:1", 43, "Put it right: tills", "09:08: fell", NOW + timedelta(days=1))
UID = row_id(Kind.TASK, TASK.key)


def grown(sequence: int, *lines: str, **keys: Any) -> TaskRecord:
    return replace(TASK, sequence=sequence, evidence="\n".join(lines), changed=True, **keys)


def text(world: DataverseWorld) -> str:
    return str(world.tasks()[0]["evidence"])


def test_only_the_text_that_people_changed_is_theirs(ready: DataverseWorld, open_: Any) -> None:
    connector = open_(ready)
    assert isinstance(connector.send(TASK), Done)
    ready.server.change("tasks", UID, {"subject": "Call Ms Petit"})
    assert isinstance(connector.send(grown(44, "09:08: fell", "09:40: fell")), Done)
    assert ready.tasks()[0]["subject"] == "Call Ms Petit"
    assert text(ready) == "09:08: fell\n09:40: fell"
    assert ready.notes() == []
    # As Mien wrote it again, it follows again; other ends of lines are no change by people.
    ready.server.change(
        "tasks", UID, {"subject": TASK.subject, "description": "09:08: fell\r\n09:40: fell\r\n"}
    )
    assert isinstance(connector.send(grown(45, "09:08: fell", "10:02: fell", subject="Put it right")), Done)
    assert ready.tasks()[0]["subject"] == "Put it right"
    assert text(ready) == "09:08: fell\n10:02: fell"


def test_what_is_erased_goes_from_wherever_it_stands_and_people_keep_their_words(
    ready: DataverseWorld, open_: Any
) -> None:
    connector = open_(ready)
    assert isinstance(connector.send(replace(TASK, evidence="09:08: fell\n09:40: fell")), Done)
    ready.server.change("tasks", UID, {"description": "09:08: fell\nBo knows why.\n09:40: fell"})
    assert isinstance(connector.send(grown(44, "09:08: fell", "09:40: fell", "10:02: fell")), Done)
    assert isinstance(
        connector.send(grown(45, "09:08: fell", "09:40: fell", "10:02: fell", "10:30: fell")), Done
    )
    assert [one["text"] for one in ready.notes()] == ["10:02: fell", "10:30: fell"]
    (first, _) = ready.server.rows("annotations")
    ready.server.change("annotations", first["annotationid"], {"notetext": "10:02: fell\nShe came back."})
    assert isinstance(connector.send(grown(46, "09:08: fell")), Done)
    assert text(ready) == "09:08: fell\nBo knows why.\n"
    assert [one["text"] for one in ready.notes()] == ["She came back."]
    # Of a closed task, too, and nothing else.
    ready.close_task(TASK.key)
    closed = connector.send(grown(47, "11:00: fell"))
    assert isinstance(closed, Done)
    assert closed.closing is not None
    assert text(ready) == "Bo knows why.\n"


@pytest.mark.parametrize("fault", [Fault.RESET_BEFORE, Fault.RESET_AFTER, Fault.BUSY])
def test_whatever_breaks_each_line_is_told_once(ready: DataverseWorld, open_: Any, fault: Fault) -> None:
    connector = open_(ready)
    assert isinstance(connector.send(TASK), Done)
    ready.server.change("tasks", UID, {"description": "Bo knows why."})
    lines = ["09:08: fell"]
    for number in range(1, 4):
        lines.append(f"10:0{number}: fell")
        record = grown(43 + number, *lines)
        # It breaks at one request later each time, and what comes next is about more.
        ready.proxy.faults += [Fault.NONE] * number + [fault]
        assert isinstance(connector.send(record), Again)
        ready.proxy.faults.clear()
    # The connection that broke may be noticed at the next request only.
    answers = [connector.send(grown(47, *lines)) for _ in range(3)]
    assert isinstance(answers[-1], Done)
    assert text(ready) == "Bo knows why."
    told = [line for one in ready.notes() for line in one["text"].splitlines()]
    assert sorted(told) == lines[1:], "what people left out of the text is not told to them again"


def test_what_people_change_while_it_is_written_is_theirs_too(ready: DataverseWorld, open_: Any) -> None:
    connector, server = open_(ready), ready.server
    assert isinstance(connector.send(TASK), Done)
    server.meanwhile.append(lambda: server.change("tasks", UID, {"description": "Bo knows why."}))
    assert isinstance(connector.send(grown(44, "09:08: fell", "09:40: fell")), Done)
    assert text(ready) == "Bo knows why."
    assert [one["text"] for one in ready.notes()] == ["09:40: fell"]
    server.meanwhile.append(lambda: server.remove("tasks", UID))
    gone = connector.send(grown(45, "09:08: fell", "09:40: fell", "10:02: fell"))
    assert isinstance(gone, Done)
    assert gone.closing is not None
    assert gone.closing.how is Closed.GONE
    assert (ready.tasks(), ready.notes()) == ([], [])


def test_an_earlier_version_changes_nothing_and_what_has_no_room_stands_beside(
    ready: DataverseWorld, open_: Any
) -> None:
    connector = open_(ready)
    assert isinstance(connector.send(TASK), Done)
    lines = [f"{number:04}: fell {'x' * 240}" for number in range(10)]
    assert isinstance(connector.send(grown(50, *lines)), Done)
    assert isinstance(connector.send(grown(44, "09:08: fell", "09:40: fell")), Done)
    words = ready.words()
    assert [words.count(line) for line in lines] == [1] * 10
    assert "09:40: fell" not in words


def test_a_task_of_before_the_column_was_filled_is_peoples(ready: DataverseWorld, open_: Any) -> None:
    connector = open_(ready)
    ready.server.insert(
        "tasks", {"activityid": UID, "subject": "Old", "description": "09:08: fell", "statecode": 0}
    )
    for _ in range(2):
        assert isinstance(connector.send(grown(44, "09:08: fell", "09:40: fell")), Done)
    assert ready.tasks()[0]["subject"] == "Old"
    assert text(ready) == "09:08: fell"
    assert [one["text"] for one in ready.notes()] == ["09:40: fell"]


def test_a_task_whose_visit_is_not_there_says_so_and_is_joined_later(
    ready: DataverseWorld, open_: Any
) -> None:
    connector = open_(ready)
    assert isinstance(connector.send(replace(TASK, about="visit:1")), Missing)
    assert isinstance(connector.send(replace(TASK, customer=customer("L-0815"))), Missing)
    assert ready.tasks() == []
    assert isinstance(connector.send(TASK), Done)
    assert isinstance(connector.send(grown(44, "09:08: fell", about="visit:1")), Missing)
    assert isinstance(connector.send(grown(44, "09:08: fell", customer=customer())), Done)
    assert ready.server.rows("tasks")[0]["_regardingobjectid_value"] == CONTACT
