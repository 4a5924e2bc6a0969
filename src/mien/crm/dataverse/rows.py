"""Records as rows: which columns hold what, and under which primary key.

Sources: "Task table/entity reference" and "Note (Annotation) table/entity reference" (https://learn.microsoft.com/
en-us/power-apps/developer/data-platform/reference/entities/task and …/annotation): a subject has at most 200 and 500
characters, a description 2,000, the text of a note 100,000; priority 2 is high. "Associate and disassociate table rows
using the Web API" (…/webapi/associate-disassociate-entities-using-web-api): `@odata.bind`, and null to take away.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid5

from mien.crm.dataverse.solution import solution
from mien.crm.records import Kind, NoteRecord, TaskRecord, VisitRecord
from mien.crm.texts import fit, utc

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mien.crm.records import Withdrawal
    from mien.site.crm import DataverseCrm

NAMESPACE: Final = UUID("6f5a2c0e-95d3-5c0b-8d6f-3a1f0b9c7e42")
"""Of the primary keys that we make. It never changes: a row is found again by it."""

TASKS, NOTES, CONTACTS = "tasks", "annotations", "contacts"
"""Entity sets."""

SETS: Final = {Kind.TASK: TASKS, Kind.NOTE: NOTES, Kind.VISIT: "mien_visits"}
"""Entity sets by what is written there."""

WITHDRAWN: Final = "withdrawn"

_TASK_SUBJECT, _TASK_TEXT = 200, 2_000
_NOTE_SUBJECT, _NOTE_TEXT = 500, 100_000
_HIGH, _NORMAL = 2, 1

Row = dict[str, Any]


def row_id(kind: Kind, key: str) -> str:
    """The primary key of a record's row: always the same for the same record, so that it is there once.

    Source: "Update and delete table rows using the Web API", "Upsert a table row": a row that is not there is created
    under the key in the address (https://learn.microsoft.com/en-us/power-apps/developer/data-platform/webapi/
    update-delete-entities-using-web-api).

    Example:
        >>> row_id(Kind.TASK, "task:1") == row_id(Kind.TASK, "task:1") != row_id(Kind.NOTE, "task:1")
        True
    """
    return str(uuid5(NAMESPACE, f"{kind}/{key}"))


def visit_row(record: VisitRecord, contact: str | None) -> Row:
    """A visit; what it does not have is null, so that an earlier version leaves nothing behind.

    Args:
        record: The visit.
        contact: Id of the contact, if it is known whose it was.
    """
    began = utc(record.started_at)
    row: Row = {
        "mien_name": f"{record.site} {began[:16].replace('T', ' ') + ' UTC' if began else ''}".strip(),
        "mien_key": record.key,
        "mien_sequence": record.version,
        "mien_site": record.site,
        "mien_touchpoint": record.touchpoint,
        "mien_startedat": began,
        "mien_endedat": utc(record.ended_at),
        "mien_outcome": record.outcome,
        "mien_reason": record.reason,
        "mien_eps": record.eps,
        "mien_epslow": record.eps_low,
        "mien_epshigh": record.eps_high,
        "mien_happinessindex": record.happiness_index,
        "mien_hilow": record.hi_low,
        "mien_hihigh": record.hi_high,
        "mien_way": "\n".join(map(str, record.stops)) or None,
        "mien_calibrated": record.calibrated,
        "mien_selectedsample": record.selected_sample,
        "mien_scale": record.scale,
        "mien_reader": record.reader,
        "mien_contact@odata.bind": None if contact is None else f"/{CONTACTS}({contact})",
    }
    return _fitted(row)


def withdrawn_row(withdrawal: Withdrawal) -> Row:
    """What stays of a visit that is taken back: that it was and why it is not, so that no version returns."""
    row: Row = {one.schema_: None for one in solution().table.columns}
    row |= {
        "mien_name": WITHDRAWN,
        "mien_key": withdrawal.key,
        "mien_sequence": withdrawal.version,
        "mien_outcome": WITHDRAWN,
        "mien_reason": withdrawal.reason,
        "mien_contact@odata.bind": None,
    }
    return _fitted(row)


def task_row(record: TaskRecord, contact: str | None, settings: DataverseCrm) -> Row:
    """A task, about the visit or, where there is none, about the contact."""
    row: Row = {
        **task_text(record),
        **task_about(record, contact),
        "scheduledend": utc(record.due_at),
        "prioritycode": _HIGH if record.urgent else _NORMAL,
    }
    if settings.task_owner is not None:
        owners = "systemusers" if settings.task_owner_kind == "user" else "teams"
        row["ownerid@odata.bind"] = f"/{owners}({settings.task_owner})"
    return row


def task_about(record: TaskRecord, contact: str | None) -> Row:
    """What a task hangs at: the visit, else the contact, else nothing."""
    if record.about is not None:
        return {"regardingobjectid_mien_visit_task@odata.bind": _visit(record.about)}
    if contact is not None:
        return {"regardingobjectid_contact_task@odata.bind": f"/{CONTACTS}({contact})"}
    return {}


def task_text(record: TaskRecord) -> Row:
    """What of a task follows what is known, while it is open."""
    return {
        "subject": fit(record.subject, _TASK_SUBJECT),
        "description": fit(record.evidence, _TASK_TEXT),
    }


def note_row(record: NoteRecord, contact: str | None) -> Row:
    """A note in the timeline of the visit or of the contact."""
    row: Row = {"subject": fit(record.title, _NOTE_SUBJECT), "notetext": fit(record.text, _NOTE_TEXT)}
    if record.about is not None:
        row["objectid_mien_visit@odata.bind"] = _visit(record.about)
    else:
        row["objectid_contact@odata.bind"] = f"/{CONTACTS}({contact})"
    return row


def beside_row(task: str, title: str, lines: Sequence[str]) -> Row:
    """A note beside a task, with what is new.

    Args:
        task: Primary key of the task.
        title: A few words.
        lines: What is new.
    """
    return {
        "subject": fit(title, _NOTE_SUBJECT),
        "notetext": fit("\n".join(lines), _NOTE_TEXT),
        "objectid_task@odata.bind": f"/{TASKS}({task})",
    }


def _visit(key: str) -> str:
    return f"/{SETS[Kind.VISIT]}({row_id(Kind.VISIT, key)})"


def _fitted(row: Row) -> Row:
    longest = solution().table.longest
    return {
        name: fit(value, longest[name]) if isinstance(value, str) and name in longest else value
        for name, value in row.items()
    }
