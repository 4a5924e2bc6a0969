"""The report of a month, of one site or of all that one may see, as a file."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal
from urllib.parse import quote
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from mien.privacy.roles import Right
from mien.runtime.monthly import Month
from mien.web.access import Visitor, needs
from mien.web.api.common import SiteName, site_names
from mien.web.known import site_file, store_of
from mien.web.monthly import Asked, document, file_name, make_report
from mien.web.monthly.render import style_of_file
from mien.web.problems import NotFound, documented
from mien.web.texts import language, language_of

if TYPE_CHECKING:
    from datetime import date

    from mien.web.monthly import MonthReport
    from mien.web.monthly.press import Press

router = APIRouter(tags=["reports"])

FEWEST_STORES: Final = 2
"""Stores that a chain has at least."""


class Format(StrEnum):
    """What kind of file."""

    HTML = "html"
    PDF = "pdf"


MonthText = Annotated[
    str | None,
    Query(
        description="The month, on the clock of the site; else the last whole one.",
        pattern="^[0-9]{4}-[0-9]{2}$",
        examples=["2026-10"],
    ),
]
LanguageCode = Annotated[
    Literal["en", "fr", "es", "ru", "uk"] | None,
    Query(description="ISO 639-1; else as Accept-Language prefers."),
]
FILES: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "The report: one file that loads nothing.",
        "content": {
            "text/html": {"schema": {"type": "string"}},
            "application/pdf": {"schema": {"type": "string", "format": "binary"}},
        },
    },
    **documented(501),
}


@dataclass(frozen=True, slots=True)
class Wish:
    """How a report is wanted."""

    language: str | None
    format: Format


def wish(language: LanguageCode = None, format: Format = Format.HTML) -> Wish:
    """How a report is wanted."""
    return Wish(language, format)


def asked_store(
    request: Request,
    visitor: Annotated[Visitor, Depends(needs(Right.FIGURES))],
    site: SiteName,
    month: MonthText = None,
) -> Asked:
    """The report of one site.

    Raises:
        NotFound: There is no such site that the visitor may see.
        SettingError: The month has not begun, or is far off.
    """
    site_names(request, visitor, Right.FIGURES, site)
    store = store_of(request)
    if site not in store.sites.entries():
        raise NotFound("Nothing is stored of site '%(site)s' yet.", site=site)
    today = datetime.now(ZoneInfo(store.sites.clocks().get(site) or "UTC")).date()
    return Asked(month_of(month, today), (site,), site=site_file(request, site))


def asked_chain(
    request: Request, visitor: Annotated[Visitor, Depends(needs(Right.FIGURES))], month: MonthText = None
) -> Asked:
    """The report of all sites that a visitor may see.

    Raises:
        NotFound: They may see fewer than two.
        SettingError: The month has not begun, or is far off.
    """
    names = visitor.sites(Right.FIGURES, store_of(request).sites.entries())
    if len(names) < FEWEST_STORES:
        raise NotFound(
            "A chain has %(fewest_stores)s sites or more, and you may see %(n)s here.",
            fewest_stores=FEWEST_STORES,
            n=len(names),
        )
    return Asked(month_of(month, datetime.now(UTC).date()), names, chain=True)


@router.get("/reports/store", response_class=Response, responses=FILES)
async def store_report(
    request: Request, asked: Annotated[Asked, Depends(asked_store)], wanted: Annotated[Wish, Depends(wish)]
) -> Response:
    """What a month of a site was like: `docs/reports.md` tells what stands in it."""
    return await _answer(request, asked, wanted)


@router.get("/reports/chain", response_class=Response, responses=FILES)
async def chain_report(
    request: Request, asked: Annotated[Asked, Depends(asked_chain)], wanted: Annotated[Wish, Depends(wish)]
) -> Response:
    """What a month of all sites that you may see was like, and how they compare."""
    return await _answer(request, asked, wanted)


def month_of(text: str | None, today: date) -> Month:
    """The month that is asked for: the last whole one where none is.

    Raises:
        SettingError: It has not begun, or is far off.
    """
    return Month.of(today).before if not text else Month.parse(text, today)


async def _answer(request: Request, asked: Asked, wanted: Wish) -> Response:
    spoken = language_of(request) if wanted.language is None else language(wanted.language)
    report = await run_in_threadpool(make_report, store_of(request), asked, spoken)
    text = await run_in_threadpool(document, report)
    headers = {"Content-Language": spoken.code, "Content-Disposition": named(report, wanted.format)}
    if wanted.format is Format.PDF:
        press: Press = request.app.state.press
        return Response(await press.printed(text), media_type="application/pdf", headers=headers)
    # Its one style sheet stands in it, and is let in by what it is.
    digest = b64encode(sha256(style_of_file().encode()).digest()).decode()
    headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    )
    return Response(text, media_type="text/html; charset=utf-8", headers=headers)


def named(report: MonthReport, format: Format) -> str:
    """Content-Disposition: a plain name for all, and the title for those that read it (RFC 6266)."""
    title = "".join(
        " " if letter in '\\/:*?"<>|' or ord(letter) < ord(" ") else letter for letter in report.title
    )
    return (
        f'attachment; filename="{file_name(report, format)}"; '
        f"filename*=UTF-8''{quote(f'{title}.{format}', safe='')}"
    )
