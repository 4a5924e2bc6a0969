"""Styles, scripts and the colours: what browsers keep, under names that change with the content."""

from __future__ import annotations

from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from fastapi import APIRouter
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

from mien.report.palette import COLOURS
from mien.web.access import PUBLIC

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.types import Scope

_WORKER: Final = "tablet_worker.js"
_KEPT: Final = "public, max-age=31536000, immutable"

router = APIRouter(tags=[PUBLIC], include_in_schema=False)


def colours() -> str:
    """The palette as CSS: light, dark where the reader's device is, and either where it was chosen; print is light."""
    light = "".join(f"--{name}:{pair[0]};" for name, pair in COLOURS.items())
    dark = "".join(f"--{name}:{pair[1]};" for name, pair in COLOURS.items())
    return (
        f":root{{color-scheme:light;{light}}}\n"
        f"@media screen and (prefers-color-scheme:dark){{:root:not([data-theme=light]){{color-scheme:dark;{dark}}}}}\n"
        f"@media screen{{:root[data-theme=dark]{{color-scheme:dark;{dark}}}}}\n"
    )


@router.get("/colours.css")
def colours_file() -> Response:
    """The palette."""
    return Response(colours(), media_type="text/css", headers={"Cache-Control": _KEPT})


@router.get("/healthz")
def healthz() -> Response:
    """That the pages are served; whoever watches over machines asks for it."""
    return Response("ok\n", media_type="text/plain")


def version() -> str:
    """Changes with any of the files, so that browsers that keep them for a year have the right ones."""
    digest = sha256(colours().encode())
    folder = files("mien.web").joinpath("static")
    waiting = [folder]
    while waiting:
        for entry in sorted(waiting.pop().iterdir(), key=lambda one: one.name):
            if entry.is_file():
                digest.update(entry.read_bytes())
            else:
                waiting.append(entry)
    return digest.hexdigest()[:10]


class _Kept(StaticFiles):
    """Files whose address changes with them."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, to be kept where its version was asked for."""
        response = await super().get_response(path, scope)
        if b"v=" in scope.get("query_string", b""):
            response.headers["Cache-Control"] = _KEPT
        else:
            response.headers["Cache-Control"] = "no-cache"
        if path == _WORKER:
            # The tablet is all that it may answer for, though it is served beside other files (W3C Service Workers).
            response.headers["Service-Worker-Allowed"] = "/tablet"
        return response


def serve_static(app: FastAPI) -> None:
    """Have an app serve the files."""
    app.include_router(router)
    app.mount("/static", _Kept(packages=[("mien.web", "static")]), name="static")
