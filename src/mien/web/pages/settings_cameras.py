"""One more camera in a site file, from a form on its page."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from mien.errors import InputError
from mien.marking import N_
from mien.runtime.site_file import Refused
from mien.site.edit import with_camera
from mien.web.adding import Adding
from mien.web.known import site_files_of
from mien.web.pages.settings import Setter, address, against, file_of
from mien.web.pages.settings_site import note_saved, page_of
from mien.web.rendering import said_of

router = APIRouter(prefix="/settings/{site}/cameras")

_TAKEN_OUT: Final = N_(
    "The address held a password, which is not kept here. Put it into an environment variable whose name begins with "
    "MIEN_, or into the keyring, and name that below."
)


@router.post("")
def add(request: Request, visitor: Setter, site: str, form: Annotated[Adding, Form()]) -> Response:
    """Write the camera into the file, by the same checks as its text."""
    file = file_of(request, visitor, site)
    asked, lost = form.bare()
    if lost:
        return page_of(request, file, adding=asked, against=[said_of(request, InputError(_TAKEN_OUT))])
    try:
        text = with_camera(file.text or "", asked.camera())
        done = site_files_of(request).save(file, text, asked.digest, visitor.name)
    except InputError as error:
        return page_of(request, file, adding=asked, against=[said_of(request, error)])
    if isinstance(done, Refused):
        now = file_of(request, visitor, site)
        return page_of(request, now, adding=asked, against=against(request, done))
    note_saved(request, visitor, done.file, f"camera {asked.name} added")
    return RedirectResponse(f"{address(done.file)}?saved=yes", HTTPStatus.SEE_OTHER)
