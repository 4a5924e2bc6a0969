"""An earlier version of a site file: what became of it since, and how it comes back."""

from __future__ import annotations

from datetime import UTC
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import RedirectResponse, Response

from mien.errors import InputError
from mien.runtime import site_history
from mien.runtime.site_file import Refused
from mien.web.pages.settings import Setter, address, file_of
from mien.web.pages.settings_site import Digest, Yes, difference, note_saved, save_text
from mien.web.problems import NotFound
from mien.web.rendering import render, said_of

if TYPE_CHECKING:
    from starlette.responses import HTMLResponse

    from mien.runtime.site_file import SiteFile

router = APIRouter(prefix="/settings/{site}/versions/{key}")

Key = Annotated[str, Path(max_length=300)]


@router.get("")
def version(request: Request, visitor: Setter, site: str, key: Key) -> HTMLResponse:
    """The page."""
    return _page(request, file_of(request, visitor, site), key)


@router.post("")
def restore(
    request: Request, visitor: Setter, site: str, key: Key, digest: Digest = "", renamed: Yes = ""
) -> Response:
    """Save an earlier version as it was; what the file says now becomes one."""
    file = file_of(request, visitor, site)
    text = _text(file, key)
    try:
        done = save_text(request, visitor, file, text, digest, renamed=bool(renamed))
    except InputError as error:
        return _page(request, file, key, wrong=said_of(request, error))
    if isinstance(done, Refused):
        return _page(request, file_of(request, visitor, site), key, refused=done)
    note_saved(request, visitor, done.file, "an earlier version restored")
    return RedirectResponse(f"{address(done.file)}?saved=yes", HTTPStatus.SEE_OTHER)


def _text(file: SiteFile, key: str) -> str:
    try:
        content = site_history.content_of(file.path, key)
    except InputError as error:
        raise NotFound(error.text, **error.values) from error
    return content.decode("utf-8-sig", "replace").replace("\r\n", "\n")


def _page(
    request: Request, file: SiteFile, key: str, *, wrong: str = "", refused: Refused | None = None
) -> HTMLResponse:
    text = _text(file, key)
    return render(
        request,
        "settings_version.html.j2",
        status=HTTPStatus.OK if refused is None and not wrong else HTTPStatus.UNPROCESSABLE_ENTITY,
        file=file,
        here=address(file),
        earlier=next(one for one in site_history.versions(file.path) if one.key == key),
        changes=difference(file.text or "", text),
        wrong=wrong,
        refused=refused,
        zone=UTC if file.site is None else file.site.zone,
    )
