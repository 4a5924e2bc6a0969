"""The public page of a site, behind the QR code of its notice: what is measured, by whom, and how to object."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from mien.runtime.call.keeping import CAMERA
from mien.web.access import PUBLIC
from mien.web.addresses import own_address
from mien.web.known import site_file, store_of
from mien.web.problems import NotFound
from mien.web.qr import qr_svg
from mien.web.rendering import render

if TYPE_CHECKING:
    from mien.site import Site

router = APIRouter(prefix="/about", tags=[PUBLIC])


@router.get("/{site}")
def about(request: Request, site: str) -> HTMLResponse:
    """The page; whoever stands before the notice may read it."""
    found = _site(request, site)
    today = found.day(datetime.now(UTC))
    hanging = [
        notice
        for notice in found.recorded_notices()
        if notice.shown_on <= today and (notice.withdrawn_on is None or today < notice.withdrawn_on)
    ]
    told = store_of(request).notices.page(site, camera=CAMERA, limit=1)
    calls = bool(told) or any(one.role == "call" for one in found.touchpoints.values())
    return render(request, "about.html.j2", site=found, notices=hanging, calls=calls)


@router.get("/{site}/qr.svg")
def code(request: Request, site: str) -> Response:
    """The QR code that leads to the page from where this machine is reached now, for the notice."""
    _site(request, site)
    return Response(qr_svg(own_address(request, f"/about/{quote(site)}")), media_type="image/svg+xml")


def _site(request: Request, name: str) -> Site:
    found = site_file(request, name)
    if found is None:
        raise NotFound("There is no such site here.")
    return found
