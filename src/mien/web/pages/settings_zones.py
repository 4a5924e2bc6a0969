"""Zones and door lines of a camera, drawn on a blurred still of it."""

from __future__ import annotations

import json
from http import HTTPStatus
from threading import Lock
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from fastapi import APIRouter, Form, Request
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from starlette.responses import RedirectResponse, Response

from mien.errors import InputError
from mien.marking import N_
from mien.privacy.roles import Right
from mien.runtime.site_file import Refused
from mien.runtime.still import WITHIN_S, blurred_still
from mien.site.edit import Drawn, with_drawn
from mien.site.zones import ZoneKind
from mien.web.inputs import place_of, told
from mien.web.known import reading_of, site_files_of, store_of
from mien.web.naming import ROLES
from mien.web.pages.settings import Setter, address, against, file_of
from mien.web.pages.settings_site import Digest, note_saved
from mien.web.problems import NotFound, Unprocessable
from mien.web.rendering import render, said_of

if TYPE_CHECKING:
    from starlette.responses import HTMLResponse

    from mien.runtime.site_file import SiteFile
    from mien.site import Camera

router = APIRouter(prefix="/settings/{site}/zones/{camera}")

KIND_WORDS: Final[dict[str, tuple[str, str]]] = {
    "read": (
        N_("Read here"),
        N_("Faces are read in such zones, and elsewhere in this picture they are not."),
    ),
    "staff": (
        N_("Staff area"),
        N_("Blacked out before anything is looked for: whoever stands there is never read."),
    ),
    "no-reading": (N_("No reading"), N_("Blacked out, for whatever reason nobody may be read there.")),
    "queue": (N_("Queue"), N_("People wait there; how many and for how long is counted.")),
    "shelf": (N_("Shelf"), N_("What people look at: goods, a screen.")),
    "line": (N_("Door line"), N_("Counts who crosses it, in and out. The arrow points inside.")),
}
"""What each kind is called, and what it does."""

_MOST: Final = 100
_taking = Lock()

Point = tuple[float, float]


class DrawnZone(BaseModel):
    """A zone or a door line as the page sends it."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    name: str = Field(max_length=80)
    was: str | None = Field(default=None, max_length=80)
    kind: ZoneKind | Literal["line"]
    corners: list[Point] = Field(default=[], max_length=200)
    service_points: list[str] = Field(default=[], max_length=_MOST)
    ends: list[Point] = Field(default=[], max_length=2)
    inside: Point | None = None

    def drawn(self) -> Drawn:
        """What the file is to hold."""
        values: dict[str, Any]
        if self.kind == "line":
            inside = [] if self.inside is None else list(self.inside)
            values = {"ends": [list(point) for point in self.ends], "inside": inside}
        else:
            values = {"kind": self.kind, "corners": [list(point) for point in self.corners]}
            if self.service_points and self.kind == "queue":
                values["service_points"] = self.service_points
        return Drawn("door_lines" if self.kind == "line" else "zones", self.name.strip(), self.was, values)


_DRAWN: Final = TypeAdapter(Annotated[list[DrawnZone], Field(max_length=_MOST)])


@router.get("")
def zones(request: Request, visitor: Setter, site: str, camera: str, saved: str = "") -> HTMLResponse:
    """The page."""
    file, of = _camera(request, visitor, site, camera)
    return _page(request, file, camera, of, saved=bool(saved))


@router.post("")
def save(
    request: Request,
    visitor: Setter,
    site: str,
    camera: str,
    drawn: Annotated[str, Form(max_length=500_000)] = "",
    digest: Digest = "",
) -> Response:
    """Write what was drawn into the file, by the same checks as its text."""
    file, of = _camera(request, visitor, site, camera)
    try:
        asked = _DRAWN.validate_json(drawn)
    except ValidationError as error:
        first = error.errors()[0]
        raise Unprocessable(
            "What was drawn cannot be used (%(where)s: %(why)s); load the page again.",
            where=place_of(first),
            why=told(first),
        ) from None
    kept = [one.model_dump(mode="json") for one in asked]
    try:
        text = with_drawn(file.text or "", camera, [one.drawn() for one in asked])
        done = site_files_of(request).save(file, text, digest, visitor.name)
    except InputError as error:
        return _page(request, file, camera, of, kept=kept, wrong=[said_of(request, error)])
    if isinstance(done, Refused):
        now, of = _camera(request, visitor, site, camera)
        wrong = against(request, done)
        return _page(request, now, camera, of, kept=kept, wrong=wrong, changed=done.why == "changed")
    note_saved(request, visitor, done.file, f"zones of camera {camera}")
    return RedirectResponse(f"{request.url.path}?saved=yes", HTTPStatus.SEE_OTHER)


@router.post("/still")
def still(request: Request, visitor: Setter, site: str, camera: str) -> Response:
    """A picture of the camera, blurred so that nobody can be known; written nowhere. That it was taken is noted."""
    file, of = _camera(request, visitor, site, camera)
    if not of.enabled:
        raise Unprocessable(
            "Camera '%(camera)s' is left out (enabled = false), so no still is taken of it.", camera=camera
        )
    if not _taking.acquire(timeout=WITHIN_S):
        raise Unprocessable("Another still is being taken; try again in a moment.")
    try:
        # A camera may serve one program only; a recording serves all.
        reading = reading_of(request) if of.file is None else None
        jpeg = None if reading is None else reading.still(file.path, camera, WITHIN_S)
        if jpeg is None:
            jpeg = blurred_still(of)
    except InputError as error:
        raise Unprocessable(error.text, **error.values) from error
    finally:
        _taking.release()
    store_of(request).looks.note(visitor.name, Right.SETTINGS, f"blurred still of camera {camera}", file.name)
    return Response(jpeg, media_type="image/jpeg", headers={"Cache-Control": "no-store"})


def _camera(request: Request, visitor: Setter, key: str, name: str) -> tuple[SiteFile, Camera]:
    file = file_of(request, visitor, key)
    if file.site is None:
        raise Unprocessable(
            "Something is wrong with the file of '%(name)s', so nothing can be drawn for it; mend its "
            "text first.",
            name=file.name,
        )
    if name not in file.site.cameras:
        raise NotFound("Site '%(site)s' has no camera '%(camera)s'.", site=file.name, camera=name)
    return file, file.site.cameras[name]


def _as_drawn(camera: Camera) -> list[dict[str, Any]]:
    """Zones and lines of a camera as the page draws them."""
    found = [
        DrawnZone(
            name=name,
            was=name,
            kind=zone.kind,
            corners=list(zone.corners),
            service_points=list(zone.service_points),
        )
        for name, zone in camera.zones.items()
    ]
    found += [
        DrawnZone(name=name, was=name, kind="line", ends=list(line.ends), inside=line.inside)
        for name, line in camera.door_lines.items()
    ]
    return [one.model_dump(mode="json") for one in found]


def _page(  # noqa: PLR0913  (what the page shows)
    request: Request,
    file: SiteFile,
    name: str,
    camera: Camera,
    *,
    kept: list[dict[str, Any]] | None = None,
    wrong: list[str] | None = None,
    changed: bool = False,
    saved: bool = False,
) -> HTMLResponse:
    assert file.site is not None
    status = HTTPStatus.CONFLICT if changed else HTTPStatus.UNPROCESSABLE_ENTITY
    drawn = _as_drawn(camera) if kept is None else kept
    return render(
        request,
        "settings_zones.html.j2",
        status=status if wrong else HTTPStatus.OK,
        file=file,
        site=file.site,
        here=address(file),
        name=name,
        camera=camera,
        role=ROLES[file.site.role(name)],
        drawn=json.dumps(drawn, ensure_ascii=False),
        there=drawn,
        edited=kept is not None,
        kinds=KIND_WORDS,
        wrong=wrong or [],
        changed=changed,
        saved=saved,
    )
