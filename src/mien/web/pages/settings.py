"""Settings: the sites that one may set up, and a form that makes one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated
from urllib.parse import quote
from zoneinfo import available_timezones

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import RedirectResponse, Response

from mien.errors import InputError
from mien.privacy.roles import Right
from mien.web.access import Visitor, needs
from mien.web.known import site_files_of, store_of
from mien.web.problems import NotFound
from mien.web.rendering import render, said_of
from mien.web.setup import CameraToday, cameras_today

if TYPE_CHECKING:
    from starlette.responses import HTMLResponse

    from mien.runtime.site_file import Refused, SiteFile
    from mien.site import Problem

PATH = "/settings"

router = APIRouter()

Setter = Annotated[Visitor, Depends(needs(Right.SETTINGS))]
Text = Annotated[str, Form(max_length=200)]


@dataclass(frozen=True, slots=True)
class Card:
    """A site on the page.

    Attributes:
        file: Its file.
        cameras: Its cameras, and whether each would be read today.
        problems: What is wrong with the file.
        remarks: What is allowed and worth a look.
    """

    file: SiteFile
    cameras: tuple[CameraToday, ...]
    problems: tuple[Problem, ...]
    remarks: tuple[Problem, ...]


@router.get(PATH)
def settings(request: Request, visitor: Setter) -> HTMLResponse:
    """The page."""
    return _page(request, visitor)


@router.post(PATH)
def make(request: Request, visitor: Setter, name: Text = "", time_zone: Text = "") -> Response:
    """Make a site file."""
    visitor.check(Right.SETTINGS, name.strip())
    try:
        made = site_files_of(request).make(name, time_zone)
    except InputError as error:
        return _page(request, visitor, wrong=said_of(request, error), name=name, time_zone=time_zone)
    store_of(request).looks.note(visitor.name, Right.SETTINGS, "site file made", made.name)
    return RedirectResponse(address(made), HTTPStatus.SEE_OTHER)


def address(file: SiteFile) -> str:
    """Where the page of a site file is."""
    return f"{PATH}/{quote(file.key, safe='')}"


def against(request: Request, refused: Refused) -> list[str]:
    """What stands against saving a file, in the language of the request.

    Args:
        request: What is answered.
        refused: What became of it.
    """
    sentences = [problem.said for problem in refused.problems]
    return [said_of(request, one) for one in (*sentences, refused.said) if one is not None]


def file_of(request: Request, visitor: Visitor, key: str) -> SiteFile:
    """The file that an address names.

    Raises:
        NotFound: There is none, or not for this visitor.
    """
    found = site_files_of(request).get(key)
    if found is None or not visitor.may(Right.SETTINGS, found.name):
        raise NotFound("There is no site '%(key)s' here that you may set up.", key=key)
    return found


def _page(
    request: Request, visitor: Visitor, *, wrong: str = "", name: str = "", time_zone: str = ""
) -> HTMLResponse:
    files = site_files_of(request)
    now = datetime.now(UTC)
    cards = []
    for file in files.entries():
        if visitor.may(Right.SETTINGS, file.name):
            site = file.site
            remarks = () if site is None else file.checked.remarks(site.day(now))
            cameras = () if site is None else cameras_today(site, now)
            cards.append(Card(file, cameras, file.checked.problems, remarks))
    own = next((card.file.site.time_zone for card in cards if card.file.site is not None), "")
    return render(
        request,
        "settings.html.j2",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        cards=cards,
        address=address,
        folder=None if files.folder is None else files.folder.resolve(),
        zones=sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/")),
        wrong=wrong,
        name=name,
        time_zone=time_zone or own,
    )
