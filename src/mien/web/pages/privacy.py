"""Privacy: what hangs where, how long what is kept, who looked at what, and what was never stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from mien.errors import MienError, NoticeError
from mien.marking import N_
from mien.privacy import KeepDays, Notice, check_notice
from mien.privacy.roles import Right
from mien.store import RecordedNotice, Store
from mien.store.looks import KEPT_DAYS
from mien.web.access import Visitor, needs
from mien.web.known import store_of
from mien.web.problems import NotFound
from mien.web.rendering import render
from mien.web.signin.words import RIGHT_WORDS

if TYPE_CHECKING:
    from starlette.responses import HTMLResponse

    from mien.site import Site
    from mien.store.due import NextDue

LOOKS: Final = 50
"""Entries of the log on one page."""
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
class CameraNotice:
    """A camera, and what hangs for it today.

    Attributes:
        name: Its name.
        covered: The notice that covers it; `None` where none does, so that it is not read.
    """

    name: str
    covered: Notice | None


@dataclass(frozen=True, slots=True)
class Kept:
    """A kind of what is kept of a site.

    Attributes:
        kind: One of `KINDS`.
        days: For how long; `None` where nobody has said so, or it goes with something else.
        due: What of it goes next.
        share: Of the longest of them, 0..1.
    """

    kind: str
    days: int | None
    due: NextDue
    share: float


@router.get("/privacy")
def privacy(
    request: Request,
    visitor: Officer,
    site: SiteName = None,
    who: Annotated[str, Query(max_length=100)] = "",
    before: Annotated[int | None, Query(ge=1)] = None,
) -> HTMLResponse:
    """The page."""
    return _page(request, visitor, _chosen(request, visitor, site), who=who, before=before)


@router.post("/privacy/notices")
def record_notice(
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
    store = store_of(request)
    try:
        notice = Notice(site, camera or None, shown_on or _today(), text_version.strip(), put_up_by.strip())
        entered = store.notices.record(notice)
    except MienError as error:
        return _page(request, visitor, _chosen(request, visitor, site), wrong=str(error))
    store.looks.note(visitor.name, Right.PRIVACY, f"notice {entered.id} recorded", site)
    return _back(site)


@router.post("/privacy/notices/{number}/withdraw")
def withdraw_notice(
    request: Request, visitor: Officer, number: int, on: Annotated[date | None, Form()] = None
) -> Response:
    """Record that a notice hangs no more."""
    store = store_of(request)
    known = next((one for one in store.notices.entries() if one.id == number), None)
    if known is None or not visitor.may(Right.PRIVACY, known.notice.site):
        raise NotFound(f"There is no notice {number} that you may withdraw.")
    site = known.notice.site
    try:
        store.notices.withdraw(number, on or _today())
    except MienError as error:
        return _page(request, visitor, site, wrong=str(error))
    store.looks.note(visitor.name, Right.PRIVACY, f"notice {number} withdrawn", site)
    return _back(site)


def _today() -> date:
    return datetime.now(UTC).date()


def _back(site: str) -> RedirectResponse:
    return RedirectResponse(f"/privacy?{urlencode({'site': site})}#notices", HTTPStatus.SEE_OTHER)


def _known(request: Request) -> dict[str, tuple[str, ...]]:
    """Sites with their cameras: of the store, and of the site files, which may not have been read yet."""
    store = store_of(request)
    known = store.sites.entries()
    for file in request.app.state.sites:
        cameras = (*known.get(file.name, ()), *file.cameras)
        known[file.name] = tuple(dict.fromkeys(cameras))
    return known


def _chosen(request: Request, visitor: Visitor, site: str | None) -> str | None:
    open_to = visitor.sites(Right.PRIVACY, sorted(_known(request)))
    if site and site not in open_to:
        raise NotFound(f"There is no site '{site}' that you may see.")
    return site or (open_to[0] if open_to else None)


def _page(
    request: Request,
    visitor: Visitor,
    site: str | None,
    *,
    who: str = "",
    before: int | None = None,
    wrong: str = "",
) -> HTMLResponse:
    store = store_of(request)
    known = _known(request)
    open_to = visitor.sites(Right.PRIVACY, sorted(known))
    noted_at = None if visitor.may(Right.PRIVACY, None) else open_to
    looks = store.looks.entries(sites=noted_at, who=who or None, before=before, limit=LOOKS + 1)
    entries = [] if site is None else store.notices.entries(site)
    files: dict[str, Site] = {file.name: file for file in request.app.state.sites}
    return render(
        request,
        "privacy.html.j2",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        wrong=wrong,
        site=site,
        sites=open_to,
        zone=files[site].zone if site in files else UTC,
        cameras=() if site is None else _cameras(known.get(site, ()), entries, site),
        entries=sorted(entries, key=lambda one: (one.notice.withdrawn_on is not None, -one.id)),
        today=_today(),
        kept=() if site is None else _kept(store, site),
        stated=site is not None and store.retention.of(site) is not None,
        runs=store.retention.log()[-RUNS:][::-1],
        kinds=KINDS,
        looks=looks[:LOOKS],
        older=looks[LOOKS - 1].id if len(looks) > LOOKS else None,
        first=before is None,
        who=who,
        whos=store.looks.whos(sites=noted_at),
        rights=RIGHT_WORDS,
        never=NEVER,
    )


def _cameras(names: tuple[str, ...], entries: list[RecordedNotice], site: str) -> tuple[CameraNotice, ...]:
    hung = [entry.notice for entry in entries]
    found = []
    for name in names:
        try:
            covered: Notice | None = check_notice(hung, site, name, on=_today())
        except NoticeError:
            covered = None
        found.append(CameraNotice(name, covered))
    return tuple(found)


def _kept(store: Store, site: str) -> tuple[Kept, ...]:
    days = _days(store.retention.of(site))
    longest = max((n for n in days.values() if n is not None), default=1)
    return tuple(
        Kept(due.kind, days.get(due.kind), due, (days.get(due.kind) or 0) / longest)
        for due in (*store.due.of_site(site), store.due.looks())
    )


def _days(keep: KeepDays | None) -> dict[str, int | None]:
    told: dict[str, int | None] = {"looks": KEPT_DAYS}
    if keep is not None:
        told |= {
            "curves": keep.readings,
            "interactions": keep.interactions,
            "counts": keep.interactions,
            "receipts": keep.receipts,
        }
    return told
