"""Tasks in Dataverse: made once, changed while they are open, never made anew, and never over what people wrote.

Sources: "Perform conditional operations using the Web API", limit upsert operations (https://learn.microsoft.com/en-us/
power-apps/developer/data-platform/webapi/perform-conditional-operations-using-web-api): `If-None-Match: *` makes and
never changes, `If-Match` changes and never makes; "Note (Annotation) table/entity reference"
(…/reference/entities/annotation): a note is joined to a task by `objectid_task`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mien.crm.dataverse.api import TRIES, Api, create, etag
from mien.crm.dataverse.closing import OPEN, closing_of
from mien.crm.dataverse.merging import COLUMN, Change, Written, change_of, digest, lines_of, without
from mien.crm.dataverse.rows import NOTES, TASKS, beside_row, row_id, task_about, task_row
from mien.crm.records import Kind
from mien.crm.results import Again, Closed, Closing, Done, Missing, Parked

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mien.crm.http import Answer
    from mien.crm.records import TaskRecord
    from mien.crm.results import Result

_NOT_FOUND, _PRECONDITION = 404, 412
_HANGS_AT: Final = "_regardingobjectid_value"
_READ: Final = f"subject,description,statecode,actualend,{COLUMN},{_HANGS_AT}"


def write_task(api: Api, record: TaskRecord, contact: str | None) -> Result:
    """Make a task, or change the one that is there.

    Args:
        api: The environment.
        record: The task.
        contact: Id of the contact at which it hangs where it is about no visit.

    Returns:
        `Missing` where the visit is not there; `Done` with a closing where the task was made before and is open no
        more, or gone.
    """
    uid = row_id(Kind.TASK, record.key)
    if not record.changed:
        row = task_row(record, contact, api.settings) | {COLUMN: str(Written.of(record))}
        answer = create(api, TASKS, uid, row)
        if isinstance(answer, Again):
            return answer
        if answer.fine:
            return Done(uid)
        if answer.status != _PRECONDITION:
            return _refused(api, record, answer)
    for _ in range(TRIES):
        found = api.ask("GET", f"{TASKS}({uid})", query={"$select": _READ})
        if isinstance(found, Again):
            return found
        if found.status == _NOT_FOUND and record.changed:
            return Done(uid, Closing(record.key, Closed.GONE, None))
        if not found.fine:
            # Refused as a duplicate of another row, where it was to be made.
            return api.refused(found if record.changed else answer)
        result = _changed(api, uid, found.json(), record, contact)
        if result is not None:
            return result
    return api.restless()


def _changed(
    api: Api, uid: str, there: Mapping[str, Any], record: TaskRecord, contact: str | None
) -> Result | None:
    """Change a task as it was read; `None` where it is another by now."""
    open_ = there.get("statecode") == OPEN
    done = Done(uid, None if open_ else closing_of(record.key, there))
    change = change_of(there, record, open_=open_)
    if open_ and there.get(_HANGS_AT) is None:
        change = Change({**change.row, **task_about(record, contact)}, change.news, change.gone)
    if not change.row:
        return done
    # Beside it first: what is noted as told has been told.
    refused = _beside(api, uid, record, change)
    if refused is not None:
        return refused
    answer = api.ask("PATCH", f"{TASKS}({uid})", change.row, headers={"If-Match": etag(there)})
    if isinstance(answer, Again):
        return answer
    if answer.status == _PRECONDITION:
        return None
    if answer.status == _NOT_FOUND:
        # The task is gone, which the next look shows, or what it shall hang at is not there.
        there_still = api.ask("GET", f"{TASKS}({uid})", query={"$select": "activityid"})
        if isinstance(there_still, Again):
            return there_still
        return _refused(api, record, answer) if there_still.fine else None
    return done if answer.fine else api.refused(answer)


def _beside(api: Api, uid: str, record: TaskRecord, change: Change) -> Parked | Again | None:
    """Tell in a note beside a task what is new, and take out of notes what is to be forgotten."""
    if not (change.news or change.gone):
        return None
    found = api.ask(
        "GET",
        NOTES,
        query={"$select": "annotationid,notetext", "$filter": f"_objectid_value eq {uid}"},
    )
    if isinstance(found, Again):
        return found
    rows = found.json().get("value")
    if not found.fine or not isinstance(rows, list):
        return api.refused(found)
    told: set[str] = set()
    for row in rows:
        text = str(row.get("notetext") or "")
        told.update(map(digest, lines_of(text)))
        left = without(text, change.gone)
        if left != text and (refused := _shortened(api, row, left)) is not None:
            return refused
    news = [one for one in change.news if digest(one) not in told]
    if not news:
        return None
    note = row_id(Kind.NOTE, f"{record.key}/{record.version}")
    answer = create(api, NOTES, note, beside_row(uid, record.subject, news))
    if isinstance(answer, Again):
        return answer
    return None if answer.fine or answer.status == _PRECONDITION else api.refused(answer)


def _shortened(api: Api, row: Mapping[str, Any], left: str) -> Parked | Again | None:
    """Write what is left of a note; one of which nothing is left is removed."""
    where, version = f"{NOTES}({row.get('annotationid')})", {"If-Match": etag(row)}
    answer = (
        api.ask("PATCH", where, {"notetext": left}, headers=version)
        if left.strip()
        else api.ask("DELETE", where, headers=version)
    )
    if isinstance(answer, Again):
        return answer
    if answer.status == _PRECONDITION:
        return api.restless()
    return None if answer.fine or answer.status == _NOT_FOUND else api.refused(answer)


def _refused(api: Api, record: TaskRecord, answer: Answer) -> Parked | Again:
    refused = api.refused(answer)
    if answer.status == _NOT_FOUND and record.about is not None and isinstance(refused, Parked):
        return Missing(refused.text, refused.values)
    return refused
