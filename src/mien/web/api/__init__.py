"""The API, version 1: everything the pages show, for programs.

A program sends its key as `Authorization: Bearer mien_...`; a browser that is signed in may ask, too. Lists come in
pages: `next` of one is `before` of the following, of events `after`. What goes wrong is a problem document (RFC 9457).
"""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Depends
from fastapi.security import HTTPBearer

from mien.web.api import (
    alerts,
    compare,
    events,
    flow,
    interactions,
    looks,
    moods,
    notices,
    playbooks,
    reports,
    sales,
    sites,
    tables,
    tasks,
    visits,
)
from mien.web.api.common import PREFIX, only_known
from mien.web.problems import documented

router: Final = APIRouter(
    prefix=PREFIX,
    dependencies=[
        Depends(HTTPBearer(auto_error=False, description="An API key, as `mien user key` makes it.")),
        Depends(only_known),
    ],
    responses=documented(400, 401, 403, 404, 422, 503),
)
"""All of it."""

for _part in (
    sites,
    interactions,
    visits,
    compare,
    moods,
    flow,
    reports,
    tables,
    events,
    sales,
    notices,
    looks,
    alerts,
    playbooks,
    tasks,
):
    router.include_router(_part.router)
