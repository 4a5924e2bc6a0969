"""Tasks as pages and the API show them: in the language of the reader, with the way to each curve."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mien.privacy.roles import Right
from mien.web.known import store_of
from mien.web.problems import NotFound

if TYPE_CHECKING:
    from fastapi import Request

    from mien.action import Task, Unhappy
    from mien.store import Store
    from mien.web.access import Visitor


def task_of(request: Request, visitor: Visitor, uid: str) -> Task:
    """A task.

    Args:
        request: What is answered.
        visitor: Who asks.
        uid: Which.

    Raises:
        NotFound: There is none of this id, or not for them.
    """
    found = store_of(request).tasks.get(uid)
    if found is None or not visitor.may(Right.VISITS, found.site):
        raise NotFound("There is no such task here that you may see.")
    return found


def curve_of(store: Store, one: Unhappy) -> str | None:
    """The interaction whose page shows it: where it turned, else itself; `None` where it is gone."""
    found = one.curve or one.subject
    return found if store.listing.get(found) is not None else None
