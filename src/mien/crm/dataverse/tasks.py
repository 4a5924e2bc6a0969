"""Tasks in Dataverse: made once, changed while they are open, never made anew, and never over what people wrote.

Sources: "Perform conditional operations using the Web API", limit upsert operations (https://learn.microsoft.com/en-us/
power-apps/developer/data-platform/webapi/perform-conditional-operations-using-web-api): `If-None-Match: *` makes and
never changes, `If-Match` changes and never makes; "Note (Annotation) table/entity reference"
(…/reference/entities/annotation): a note is joined to a task by `objectid_task`.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from mien.crm.dataverse.api import NEW, TRIES, Trouble, etag, given
from mien.crm.dataverse.closing import OPEN, closing_of
from mien.crm.dataverse.merging import COLUMN, Change, Written, change_of, digest, lines_of, without
from mien.crm.dataverse.rows import NOTES, TASKS, beside_row, row_id, task_about, task_row
from mien.crm.records import Kind
from mien.crm.results import Again, Closed, Closing, Done, Missing, Parked

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mien.crm.dataverse.api import Api
    from mien.crm.http import Answer
    from mien.crm.records import TaskRecord
    from mien.crm.results import Result

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
    try:
        return _write(api, record, contact)
    except Trouble as trouble:
        return trouble.result


def _write(api: Api, record: TaskRecord, contact: str | None) -> Result:
    uid, refused = row_id(Kind.TASK, record.key), None
    where = f"{TASKS}({uid})"
    if not record.changed:
        row = task_row(record, contact, api.settings) | {COLUMN: str(Written.of(record))}
        answer = api.must(
            "PATCH",
            where,
            given(row),
            but=(HTTPStatus.NOT_FOUND, HTTPStatus.PRECONDITION_FAILED),
            headers=NEW,
        )
        if answer.fine:
            return Done(uid)
        refused = _refused(api, record, answer)
        if answer.status == HTTPStatus.NOT_FOUND:
            return refused
    for _ in range(TRIES):
        found = api.must("GET", where, but=(HTTPStatus.NOT_FOUND,), query={"$select": _READ})
        if not found.fine:
            # Where it was to be made: refused as a duplicate of another row.
            return refused or Done(uid, Closing(record.key, Closed.GONE, None))
        result = _change(api, where, found.json(), record, contact)
        if result is not None:
            return result
    return api.restless()


def _change(
    api: Api, where: str, there: Mapping[str, Any], record: TaskRecord, contact: str | None
) -> Result | None:
    """Change a task as it was read; `None` where it is another by now."""
    uid, open_ = row_id(Kind.TASK, record.key), there.get("statecode") == OPEN
    change = change_of(there, record, open_=open_)
    row = dict(change.row)
    if open_ and there.get(_HANGS_AT) is None:
        row |= task_about(record, contact)
    if row:
        # Beside it first: what is noted as told has been told.
        _beside(api, uid, record, change)
        expected = (HTTPStatus.NOT_FOUND, HTTPStatus.PRECONDITION_FAILED)
        answer = api.must("PATCH", where, row, but=expected, headers={"If-Match": etag(there)})
        if answer.status == HTTPStatus.NOT_FOUND:
            # What it shall hang at is not there, or the task itself is gone, which the next look shows.
            left = api.must("GET", where, but=(HTTPStatus.NOT_FOUND,), query={"$select": "activityid"})
            return _refused(api, record, answer) if left.fine else None
        if not answer.fine:
            return None
    return Done(uid, None if open_ else closing_of(record.key, there))


def _beside(api: Api, uid: str, record: TaskRecord, change: Change) -> None:
    """Tell in a note beside a task what is new, and take out of notes what is to be forgotten.

    Raises:
        Trouble: It could not be done.
    """
    if not (change.news or change.gone):
        return
    query = {"$select": "annotationid,notetext", "$filter": f"_objectid_value eq {uid}"}
    rows = api.must("GET", NOTES, query=query).json().get("value")
    told: set[str] = set()
    for row in rows if isinstance(rows, list) else ():
        text = str(row.get("notetext") or "")
        told.update(map(digest, lines_of(text)))
        left = without(text, change.gone)
        if left != text:
            _shorten(api, row, left)
    news = [one for one in change.news if digest(one) not in told]
    if news:
        note = f"{NOTES}({row_id(Kind.NOTE, f'{record.key}/{record.version}')})"
        row = beside_row(uid, record.subject, news)
        api.must("PATCH", note, row, but=(HTTPStatus.PRECONDITION_FAILED,), headers=NEW)


def _shorten(api: Api, row: Mapping[str, Any], left: str) -> None:
    """Write what is left of a note; one of which nothing is left is removed."""
    where, version = f"{NOTES}({row.get('annotationid')})", {"If-Match": etag(row)}
    if left.strip():
        answer = api.must(
            "PATCH",
            where,
            {"notetext": left},
            but=(HTTPStatus.NOT_FOUND, HTTPStatus.PRECONDITION_FAILED),
            headers=version,
        )
    else:
        answer = api.must(
            "DELETE", where, but=(HTTPStatus.NOT_FOUND, HTTPStatus.PRECONDITION_FAILED), headers=version
        )
    if answer.status == HTTPStatus.PRECONDITION_FAILED:
        raise Trouble(api.restless())


def _refused(api: Api, record: TaskRecord, answer: Answer) -> Parked | Again:
    refused = api.refused(answer)
    if answer.status == HTTPStatus.NOT_FOUND and record.about is not None and isinstance(refused, Parked):
        return Missing(refused.text, refused.values)
    return refused
