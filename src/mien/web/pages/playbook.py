"""Playbooks: what staff are advised to do in each situation, as managers write it."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from mien.action import Situation
from mien.action.playbook import LANGUAGES, MOOD, MOST_CHARACTERS, Entry, built_in, changes, subjects
from mien.action.words import TITLES
from mien.errors import InputError
from mien.journey.moods import chart
from mien.privacy.roles import Right
from mien.runtime.playbook import save_playbook
from mien.spoken import languages
from mien.web.access import Visitor, needs
from mien.web.alerting import LOOKS
from mien.web.known import site_file, site_names, store_of
from mien.web.problems import NotFound
from mien.web.rendering import render, said_of
from mien.web.texts import language_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import HTMLResponse

    from mien.action.playbook import Change, Playbook
    from mien.runtime.in_force import InForce

VERSIONS: Final = 20
"""Versions that are shown."""

router = APIRouter()

Writer = Annotated[Visitor, Depends(needs(Right.ADVICE))]
Name = Annotated[str, Form(max_length=200)]


@dataclass(frozen=True, slots=True)
class Part:
    """Which part of which playbook is shown: one protocol, one place, one language.

    Attributes:
        site: The site.
        protocol: `None` for any.
        touchpoint: `None` for everywhere.
        language: One of `LANGUAGES`.
    """

    site: str
    protocol: str | None
    touchpoint: str | None
    language: str

    @property
    def address(self) -> str:
        """Of the page that shows it."""
        asked = {
            "site": self.site,
            "protocol": self.protocol or "",
            "touchpoint": self.touchpoint or "",
            "language": self.language,
        }
        return f"/playbook?{urlencode({name: value for name, value in asked.items() if value})}"

    def holds(self, one: Entry) -> bool:
        """Whether an entry stands in it."""
        return (one.touchpoint, one.language) == (self.touchpoint, self.language)


@router.get("/playbook")
def playbook(
    request: Request,
    visitor: Annotated[Visitor, Depends(needs(Right.LIVE))],
    site: Annotated[str, Query(max_length=200)] = "",
    protocol: Annotated[str, Query(max_length=200)] = "",
    touchpoint: Annotated[str, Query(max_length=200)] = "",
    language: Annotated[str, Query(max_length=2)] = "",
) -> HTMLResponse:
    """The page: one playbook of a site, for one place and language."""
    names = visitor.sites(Right.LIVE, site_names(request))
    if site and site not in names:
        raise NotFound("There is no site '%(site)s' that you may see.", site=site)
    if not names:
        return render(request, "playbook.html.j2", part=None)
    spoken = language_of(request).code
    part = Part(
        site or names[0],
        protocol or None,
        touchpoint or None,
        language if language in LANGUAGES else spoken,
    )
    return _page(request, visitor, part)


@router.post("/playbook")
def save(  # noqa: PLR0913, PLR0917  (the fields of the form)
    request: Request,
    visitor: Writer,
    site: Name = "",
    protocol: Name = "",
    touchpoint: Name = "",
    language: Annotated[str, Form(max_length=2)] = "",
    opened: Annotated[int, Form(ge=0)] = 0,
    about: Annotated[list[str], Form()] = [],  # noqa: B006  (FastAPI copies it)
    text: Annotated[list[str], Form()] = [],  # noqa: B006
    remove: Annotated[list[int], Form()] = [],  # noqa: B006
) -> Response:
    """Save what was written as a new version."""
    part = _part(request, visitor, site, protocol, touchpoint, language)
    book = store_of(request).playbooks.newest(site).get(part.protocol)
    written = {name: " ".join(said.split()) for name, said in zip(about, text, strict=False)}
    entries = [
        one
        for number, one in enumerate(() if book is None else book.entries)
        if number not in remove and (not part.holds(one) or one.about not in written)
    ]
    entries += [Entry(name, part.touchpoint, part.language, said) for name, said in written.items() if said]
    return _saved(request, visitor, part, entries, opened, written)


@router.post("/playbook/back")
def back(
    request: Request,
    visitor: Writer,
    site: Name = "",
    protocol: Name = "",
    version: Annotated[int, Form(ge=1)] = 1,
    opened: Annotated[int, Form(ge=0)] = 0,
) -> Response:
    """Bring an earlier version back, as a new one."""
    part = _part(request, visitor, site, protocol)
    known = store_of(request).playbooks.versions(site, part.protocol)
    wanted = next((one for one in known if one.version == version), None)
    if wanted is None:
        raise NotFound("There is no version %(version)s of this playbook.", version=version)
    return _saved(request, visitor, part, wanted.entries, opened, {})


def _part(
    request: Request, visitor: Visitor, site: str, protocol: str, touchpoint: str = "", language: str = ""
) -> Part:
    """What somebody is about to change.

    Raises:
        NotFound: There is no such site, or not for them.
    """
    if site not in visitor.sites(Right.ADVICE, site_names(request)):
        raise NotFound("There is no site '%(site)s' that you may see.", site=site)
    spoken = language_of(request).code
    return Part(site, protocol or None, touchpoint or None, language if language in LANGUAGES else spoken)


def _saved(
    request: Request,
    visitor: Visitor,
    part: Part,
    entries: Sequence[Entry],
    opened: int,
    written: dict[str, str],
) -> Response:
    file = site_file(request, part.site)
    try:
        save_playbook(
            store_of(request), part.site, part.protocol, entries, by=visitor.name, opened=opened, site=file
        )
    except InputError as error:
        return _page(request, visitor, part, written=written, wrong=said_of(request, error))
    return RedirectResponse(f"{part.address}&saved=yes", HTTPStatus.SEE_OTHER)


def _page(
    request: Request,
    visitor: Visitor,
    part: Part,
    *,
    written: dict[str, str] | None = None,
    wrong: str = "",
) -> HTMLResponse:
    store, file = store_of(request), site_file(request, part.site)
    newest = store.playbooks.newest(part.site)
    known = store.playbooks.versions(part.site, part.protocol, limit=VERSIONS + 1)
    entries = known[0].entries if known else ()
    own = {one.about: one.text for one in entries if part.holds(one)} | (written or {})
    places = {one.touchpoint for book in newest.values() for one in book.entries if one.touchpoint}
    touchpoints = tuple(dict.fromkeys((*(() if file is None else file.touchpoints), *sorted(places))))
    protocols = tuple(
        dict.fromkeys((*(() if file is None else file.protocols), *(one for one in newest if one)))
    )
    told: InForce = request.app.state.in_force
    holding = {
        touchpoint: found
        for touchpoint in touchpoints
        if file is not None and (found := told.protocol(file, touchpoint)) is not None
    }
    return render(
        request,
        "playbook.html.j2",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        part=part,
        sites=visitor.sites(Right.LIVE, site_names(request)),
        protocols=protocols,
        touchpoints=touchpoints,
        spoken_names={one.code: one.name for one in languages()},
        may_write=visitor.may(Right.ADVICE, part.site),
        situations=[(one.value, TITLES[one], *LOOKS[one]) for one in Situation],
        moods=[(f"{MOOD}{one.key}", one) for one in chart() if not one.chart_only],
        of_moods=any(about.startswith(MOOD) for about in own),
        names={
            **{one.value: TITLES[one] for one in Situation},
            **{f"{MOOD}{mood.key}": mood.names[language_of(request).code] for mood in chart()},  # type: ignore[index]
        },
        own=own,
        strays=[(number, one) for number, one in enumerate(entries) if _is_stray(one)],
        built_in=built_in(),
        most=MOST_CHARACTERS,
        opened=known[0].version if known else 0,
        versions=_versions(known),
        zone=ZoneInfo(store.sites.clocks().get(part.site) or "UTC"),
        holding=holding,
        wrong=wrong,
        saved="saved" in request.query_params and not wrong,
    )


def _is_stray(one: Entry) -> bool:
    """Whether a piece of advice is about nothing that may be written here, so that nobody is ever shown it."""
    return one.about not in subjects() or one.language not in LANGUAGES


def _versions(known: Sequence[Playbook]) -> list[tuple[Playbook, tuple[Change, ...]]]:
    """Versions, the newest first, each with what is another than in the one before."""
    found = [(one, changes(before.entries, one.entries)) for one, before in pairwise(known)]
    if known and len(known) <= VERSIONS:
        found.append((known[-1], changes((), known[-1].entries)))
    return found
