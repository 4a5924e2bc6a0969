"""Privacy: what hangs where, how long what is kept, who looked at what, and what was never stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Path, Query, Request
from starlette.responses import RedirectResponse, Response

from mien.errors import MienError
from mien.marking import N_
from mien.privacy import Notice
from mien.privacy.roles import Right
from mien.runtime.call.keeping import CAMERA
from mien.runtime.officer import cameras_covered, kept_of, record_notice, withdraw_notice
from mien.web.access import Visitor, needs
from mien.web.known import site_cameras, site_file, store_of
from mien.web.looked import subject_of
from mien.web.problems import NotFound
from mien.web.rendering import render, said_of
from mien.web.texts import language_of
from mien.web.words import RIGHT_WORDS

if TYPE_CHECKING:
    from starlette.responses import HTMLResponse

LOOKS: Final = 50
"""Entries of the log on one page."""
CALLS: Final = 20
"""Calls that are told of which the other side was told."""
LATE: Final = timedelta(days=2)
"""What should have been removed longer ago than this is overdue: it is done once a day."""
RUNS: Final = 5
"""Runs of the removal that are told."""

KINDS: Final[dict[str, str]] = {
    "curves": N_("curves and seconds"),
    "interactions": N_("scored interactions"),
    "visits": N_("visits"),
    "counts": N_("counts of people"),
    "receipts": N_("receipts"),
    "looks": N_("entries of the log"),
}
"""Kinds of what is kept, in words."""

NEVER: Final = (
    N_("Pictures, films or sound of anybody"),
    N_("Names of customers, or anything by which a face is known again another day"),
    N_("Which customer is of what age or gender"),
    N_("What somebody said"),
    N_("Readings of who wears a badge against being read, or of a camera for which no notice hangs"),
)

router = APIRouter()

Officer = Annotated[Visitor, Depends(needs(Right.PRIVACY))]
SiteName = Annotated[str | None, Query(max_length=200)]
Text = Annotated[str, Form(max_length=200)]


@dataclass(frozen=True, slots=True)
class Asked:
    """What an officer sees something of.

    Attributes:
        cameras: Cameras of the sites that are open to them, by site in the order of the alphabet.
        site: The one that is shown; `None` where there is none.
    """

    cameras: dict[str, tuple[str, ...]]
    site: str | None


@router.get("/privacy")
def privacy(
    request: Request,
    visitor: Officer,
    site: SiteName = None,
    who: Annotated[str, Query(max_length=100)] = "",
    before: Annotated[int | None, Query(ge=1, le=2**53)] = None,
) -> HTMLResponse:
    """The page."""
    return _page(request, visitor, _asked(request, visitor, site), who=who, before=before)


@router.post("/privacy/notices")
def add_notice(
    request: Request,
    visitor: Officer,
    site: Text = "",
    camera: Text = "",
    text_version: Text = "",
    put_up_by: Text = "",
    shown_on: Annotated[date | None, Form()] = None,
) -> Response:
    """Record that a notice hangs."""
    visitor.check(Right.PRIVACY, site)
    asked = _asked(request, visitor, site)
    try:
        notice = Notice(site, camera or None, shown_on or _today(), text_version.strip(), put_up_by.strip())
        record_notice(store_of(request), visitor.name, notice)
    except MienError as error:
        return _page(request, visitor, asked, wrong=said_of(request, error))
    return _back(site)


@router.post("/privacy/notices/{number}/withdraw")
def end_notice(
    request: Request,
    visitor: Officer,
    number: Annotated[int, Path(ge=1, le=2**31 - 1)],
    on: Annotated[date | None, Form()] = None,
) -> Response:
    """Record that a notice hangs no more."""
    store = store_of(request)
    known = store.notices.get(number)
    if known is None or not visitor.may(Right.PRIVACY, known.notice.site):
        raise NotFound("There is no notice %(number)s that you may withdraw.", number=number)
    site = known.notice.site
    try:
        withdraw_notice(store, visitor.name, known, on or _today())
    except MienError as error:
        return _page(request, visitor, _asked(request, visitor, site), wrong=said_of(request, error))
    return _back(site)


def _today() -> date:
    return datetime.now(UTC).date()


def _back(site: str) -> RedirectResponse:
    return RedirectResponse(f"/privacy?{urlencode({'site': site})}#notices", HTTPStatus.SEE_OTHER)


def _asked(request: Request, visitor: Visitor, site: str | None) -> Asked:
    known = site_cameras(request)
    open_to = {name: known[name] for name in visitor.sites(Right.PRIVACY, sorted(known))}
    if site and site not in open_to:
        raise NotFound("There is no site '%(site)s' that you may see.", site=site)
    return Asked(open_to, site or next(iter(open_to), None))


def _page(
    request: Request,
    visitor: Visitor,
    asked: Asked,
    *,
    who: str = "",
    before: int | None = None,
    wrong: str = "",
) -> HTMLResponse:
    store, site = store_of(request), asked.site
    noted_at = None if visitor.may(Right.PRIVACY, None) else tuple(asked.cameras)
    looks = store.looks.entries(sites=noted_at, who=who or None, before=before, limit=LOOKS + 1)
    entries = [] if site is None else store.notices.entries(site, but=CAMERA)
    file = site_file(request, site)
    today = _today()
    kept = () if site is None else kept_of(store, site)
    return render(
        request,
        "privacy.html.j2",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        wrong=wrong,
        site=site,
        sites=tuple(asked.cameras),
        zone=UTC if file is None else file.zone,
        overdue=datetime.now(UTC) - LATE,
        subject_of=partial(subject_of, spoken=language_of(request)),
        cameras=() if site is None else cameras_covered(store, site, asked.cameras[site], today),
        entries=sorted(entries, key=lambda one: (one.notice.withdrawn_on is not None, -one.id)),
        calls=() if site is None else store.notices.page(site, camera=CAMERA, limit=CALLS),
        today=today,
        kept=kept,
        longest=max((one.days for one in kept if one.days is not None), default=1),
        stated=site is not None and store.retention.of(site) is not None,
        runs=store.retention.log(limit=RUNS),
        kinds=KINDS,
        looks=looks[:LOOKS],
        older=looks[LOOKS - 1].id if len(looks) > LOOKS else None,
        first=before is None,
        who=who,
        whos=store.looks.whos(sites=noted_at),
        rights=RIGHT_WORDS,
        never=NEVER,
    )
