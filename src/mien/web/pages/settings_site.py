"""The page of one site file: its text, what is wrong with it, what Mien understood, and saving."""

from __future__ import annotations

from datetime import UTC, datetime
from difflib import unified_diff
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from mien.action.words import RULE_WORDS
from mien.errors import InputError
from mien.privacy.roles import Right
from mien.runtime import site_history
from mien.runtime.site_file import Refused
from mien.site.edit import with_notice
from mien.site.hidden import hidden
from mien.web.adding import SECRETS, SOURCES, Adding
from mien.web.known import reading_of, site_files_of, store_of
from mien.web.naming import ROLES
from mien.web.pages.settings import Setter, address, file_of
from mien.web.pages.site_form import SiteFileRoute
from mien.web.problems import NotFound
from mien.web.rendering import render, said_of
from mien.web.setup import summary

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import HTMLResponse

    from mien.runtime.site_file import Saved, SiteFile
    from mien.site import Checked
    from mien.web.access import Visitor

router = APIRouter(prefix="/settings/{site}", route_class=SiteFileRoute)

LINES = 400
"""Lines of a difference that are shown."""

Whole = Annotated[str, Form()]
Digest = Annotated[str, Form(max_length=64)]
Yes = Annotated[str, Form(max_length=5)]


@router.get("")
def site_page(request: Request, visitor: Setter, site: str, saved: str = "") -> HTMLResponse:
    """The page."""
    return page_of(request, file_of(request, visitor, site), saved=bool(saved))


@router.post("/check")
def check(request: Request, visitor: Setter, site: str, text: Whole = "") -> HTMLResponse:
    """What is wrong with a text, and worth a look, for the page to show beside it."""
    file = file_of(request, visitor, site)
    checked = site_files_of(request).check(file, text)
    return render(request, "_settings_found.html.j2", checked=checked, remarks=_remarks(checked), fresh=True)


@router.post("")
def save(
    request: Request, visitor: Setter, site: str, text: Whole = "", digest: Digest = "", renamed: Yes = ""
) -> Response:
    """Save a text, if nothing stands against it."""
    file = file_of(request, visitor, site)
    try:
        done = save_text(request, visitor, file, text, digest, renamed=bool(renamed))
    except InputError as error:
        return page_of(request, file, text=text, wrong=said_of(request, error))
    if isinstance(done, Refused):
        return page_of(request, file_of(request, visitor, site), text=text, refused=done)
    note_saved(request, visitor, done.file, f"{done.added} lines new, {done.removed} gone")
    return RedirectResponse(f"{address(done.file)}?saved=yes", HTTPStatus.SEE_OTHER)


@router.post("/notice")
def write_notice(
    request: Request, visitor: Setter, site: str, number: Annotated[int, Form(ge=1)] = 1, digest: Digest = ""
) -> Response:
    """Write a notice that was recorded on the page of privacy into the file."""
    file = file_of(request, visitor, site)
    recorded = next((one for one in store_of(request).notices.entries(file.name) if one.id == number), None)
    if recorded is None or recorded.notice.withdrawn_on is not None:
        raise NotFound("There is no notice %(number)s of this site that hangs.", number=number)
    one = recorded.notice
    text = with_notice(file.text or "", one.shown_on, one.text_version, one.put_up_by, one.camera)
    try:
        done = site_files_of(request).save(file, text, digest, visitor.name)
    except InputError as error:
        return page_of(request, file, wrong=said_of(request, error))
    if isinstance(done, Refused):
        return page_of(request, file_of(request, visitor, site), refused=done)
    note_saved(request, visitor, done.file, f"notice {number} written")
    return RedirectResponse(f"{address(done.file)}?saved=yes", HTTPStatus.SEE_OTHER)


def save_text(
    request: Request, visitor: Visitor, file: SiteFile, text: str, digest: str, *, renamed: bool
) -> Saved | Refused:
    """Save a text by somebody who may set up the site that it names.

    Raises:
        Forbidden: They may not.
        InputError: The file cannot be written.
    """
    files = site_files_of(request)
    found = files.check(file, text).site
    if found is not None:
        visitor.check(Right.SETTINGS, found.name)
    return files.save(file, text, digest, visitor.name, renamed=renamed)


def note_saved(request: Request, visitor: Visitor, file: SiteFile, what: str) -> None:
    """Note in the log who changed a site file."""
    store_of(request).looks.note(visitor.name, Right.SETTINGS, f"site file changed: {what}", file.name)


def difference(before: str, after: str) -> list[tuple[str, str]]:
    """Lines of a difference with what became of each: `+`, `-`, `@` or nothing; credentials are struck out."""
    lines = list(unified_diff(hidden(before).splitlines(), hidden(after).splitlines(), lineterm="", n=2))[2:]
    return [(line[:1].strip(), line[1:] if line[:1] != "@" else "") for line in lines[:LINES]]


def _remarks(checked: Checked) -> tuple[object, ...]:
    return () if checked.site is None else checked.remarks(checked.site.day(datetime.now(UTC)))


def page_of(  # noqa: PLR0913  (what the page shows)
    request: Request,
    file: SiteFile,
    *,
    text: str | None = None,
    wrong: str = "",
    refused: Refused | None = None,
    saved: bool = False,
    adding: Adding | None = None,
    against: Sequence[str] = (),
) -> HTMLResponse:
    """The page; what somebody wrote is kept.

    Args:
        request: What is answered.
        file: The site file.
        text: Its text as somebody changed it; `None` for what it is.
        wrong: Why it was not saved.
        refused: Likewise, in its parts.
        saved: Whether it was saved.
        adding: The form of a further camera as somebody filled it in; `None` for an empty one.
        against: Why that was not added.
    """
    files = site_files_of(request)
    store = store_of(request)
    shown = None if file.text is None else files.hidden.hide(file.text)
    changed = refused is not None and refused.why == "changed"
    status = HTTPStatus.CONFLICT if changed else HTTPStatus.UNPROCESSABLE_ENTITY
    checked = file.checked if text is None else files.check(file, text)
    return render(
        request,
        "settings_site.html.j2",
        status=status if refused is not None or wrong or against else HTTPStatus.OK,
        file=file,
        here=address(file),
        text=shown if text is None else text,
        edited=text is not None,
        checked=checked,
        remarks=_remarks(checked),
        wrong=wrong,
        refused=refused,
        changes=difference(shown or "", text) if changed and text is not None else (),
        saved=saved,
        fresh=False,
        summary=summary(file, store.notices.entries(file.name)),
        roles=ROLES,
        rule_words=RULE_WORDS,
        adding=adding or Adding(),
        against=against,
        sources=SOURCES,
        secrets=SECRETS,
        versions=site_history.versions(file.path),
        kept_in=site_history.folder_of(file.path),
        kept=site_history.KEPT,
        reading=reading_of(request),
        zone=UTC if file.site is None else file.site.zone,
    )
