"""Today: the state at each touchpoint now, what was seen today, and whether the cameras are well."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse

from mien.privacy.roles import Right
from mien.store import Store
from mien.web.access import Visitor, needs
from mien.web.rendering import render

router = APIRouter()


@router.get("/")
def today(request: Request, visitor: Annotated[Visitor, Depends(needs(Right.LIVE))]) -> HTMLResponse:
    """The page."""
    store: Store = request.app.state.store
    known = store.sites.entries()
    return render(request, "today.html.j2", sites=visitor.sites(Right.LIVE, known), cameras=known)
