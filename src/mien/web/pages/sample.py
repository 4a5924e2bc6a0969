"""The first result: the sample that ships with Mien, read here and now, and kept nowhere."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse

from mien.web.access import SignedIn, Visitor
from mien.web.rendering import render
from mien.web.showing import values_of

router = APIRouter(prefix="/sample")


@router.get("")
def sample(request: Request, visitor: Visitor = SignedIn) -> HTMLResponse:  # noqa: ARG001
    """How far the reading is, or what it found."""
    state = request.app.state.sample.state()
    values = {} if state.found is None else values_of(request, state.found, camera=None)
    return render(request, "sample.html.j2", state=state, **values)


@router.post("")
def read(request: Request, visitor: Visitor = SignedIn) -> RedirectResponse:  # noqa: ARG001
    """Read it, once for everybody who looks."""
    request.app.state.sample.start()
    return RedirectResponse("/sample", HTTPStatus.SEE_OTHER)
