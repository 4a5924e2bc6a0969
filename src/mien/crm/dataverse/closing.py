"""Reading back which tasks people have closed.

Sources: "Task table/entity reference" (https://learn.microsoft.com/en-us/power-apps/developer/data-platform/reference/
entities/task): `statecode` 0 is open, 1 completed, 2 cancelled; `actualend` is when. "Filter rows using OData"
(…/webapi/query/filter-rows).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from mien.crm.dataverse.rows import TASKS, row_id
from mien.crm.records import Kind
from mien.crm.results import Again, Closed, Closing, Parked

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mien.crm.dataverse.api import Api

AT_ONCE: Final = 40
"""Tasks that one request asks for: its address stays well under the 32 KB that are taken."""

OPEN: Final = 0
"""The `statecode` of a task that is open."""

_HOW: Final = {1: Closed.DONE, 2: Closed.CANCELLED}


def closings(api: Api, keys: Sequence[str]) -> list[Closing] | Parked | Again:
    """Which of these tasks are open no more.

    Args:
        api: The environment.
        keys: Keys of task records that were written.
    """
    found: list[Closing] = []
    wanted = list(dict.fromkeys(keys))
    for start in range(0, len(wanted), AT_ONCE):
        some = {row_id(Kind.TASK, key): key for key in wanted[start : start + AT_ONCE]}
        answer = api.ask(
            "GET",
            TASKS,
            query={
                "$select": "activityid,statecode,actualend",
                "$filter": " or ".join(f"activityid eq {uid}" for uid in some),
            },
        )
        if isinstance(answer, Again):
            return answer
        if not answer.fine:
            return api.refused(answer)
        rows = answer.json().get("value")
        if not isinstance(rows, list):
            return Again("%(where)s answered something else than tasks.", {"where": api.settings.shown})
        states = {str(row.get("activityid")): row for row in rows}
        found.extend(
            closing for uid, key in some.items() if (closing := closing_of(key, states.get(uid))) is not None
        )
    return found


def closing_of(key: str, row: Mapping[str, Any] | None) -> Closing | None:
    """How a task ended.

    Args:
        key: The key of its record.
        row: Its `statecode` and `actualend`; `None` where it is gone.

    Returns:
        `None` where it is open, or in a state that is not known.
    """
    if row is None:
        return Closing(key, Closed.GONE, None)
    state = row.get("statecode")
    if state == OPEN or state not in _HOW:
        return None
    return Closing(key, _HOW[state], _moment(row.get("actualend")))


def _moment(value: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
