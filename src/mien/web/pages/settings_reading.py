"""With which file the cameras of a site are read, and the button that has them read with the file as it is now."""

from __future__ import annotations

from datetime import UTC
from http import HTTPStatus
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from mien.privacy.roles import Right
from mien.web.known import reading_of, store_of
from mien.web.pages.settings import Setter, address, file_of
from mien.web.problems import Unprocessable
from mien.web.rendering import render

if TYPE_CHECKING:
    from starlette.responses import HTMLResponse

router = APIRouter(prefix="/settings/{site}/reading")


@router.get("")
def reading(request: Request, visitor: Setter, site: str) -> HTMLResponse:
    """How the reading is, for the page of the site to show."""
    file = file_of(request, visitor, site)
    return render(
        request,
        "_settings_reading.html.j2",
        file=file,
        here=address(file),
        reading=reading_of(request),
        zone=UTC if file.site is None else file.site.zone,
    )


@router.post("")
def restart(request: Request, visitor: Setter, site: str) -> Response:
    """Have the cameras read with the file as it is now."""
    file = file_of(request, visitor, site)
    reads = reading_of(request)
    if reads is None:
        raise Unprocessable("These pages read no cameras; start again what reads them.")
    state = reads.state
    if state.file not in {None, file.path} and state.phase in {"starting", "reading", "stopping"}:
        raise Unprocessable(
            "These pages read the cameras of %(other)s already; read those of this site by: mien run %(path)s",
            other=state.site or state.file,
            path=file.path,
        )
    if file.site is None:
        raise Unprocessable(
            "Something is wrong with the file, so its cameras cannot be read with it; mend it first."
        )
    if not state.busy:
        reads.restart(file.path)
        store_of(request).looks.note(visitor.name, Right.SETTINGS, "cameras started anew", file.name)
    return RedirectResponse(f"{address(file)}#reading", HTTPStatus.SEE_OTHER)
