"""What is counted at the doors, zones and queues of a site."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request

from mien.privacy.roles import Right
from mien.runtime.flow_stored import stored_flow
from mien.web.access import Visitor, needs
from mien.web.api.common import Day, SiteName, site_file
from mien.web.known import store_of

router = APIRouter(tags=["flow"])


@router.get("/flow")
def flow(
    request: Request,
    visitor: Annotated[Visitor, Depends(needs(Right.FIGURES))],
    site: SiteName,
    first: Day,
    last: Day,
    periods: Annotated[
        bool,
        Query(description="Whether to give each quarter of an hour by itself: 0.4 MB a week and camera."),
    ] = True,
) -> dict[str, Any]:
    """Counts by period, totals, waits and stays with intervals, ways, heat maps; as `mien flow --json` has them."""
    of = site_file(request, visitor, Right.FIGURES, site)
    found = stored_flow(store_of(request), of, first, last, periods=periods)
    document: dict[str, Any] = json.loads(found.to_json())
    return document
