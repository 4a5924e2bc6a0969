"""Every route of pages, API and live channel: put together once in a process, however many apps it makes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fastapi import APIRouter

from mien.web import api, live, signin
from mien.web.pages import PAGES

if TYPE_CHECKING:
    from starlette.routing import BaseRoute


def _all() -> tuple[BaseRoute, ...]:
    router = APIRouter(dependencies=[signin.Unforged])
    router.include_router(api.router)
    for one in (*PAGES, *signin.ROUTERS):
        router.include_router(one, include_in_schema=False)
    router.include_router(live.router)
    return tuple(router.routes)


ROUTES: Final = _all()
"""None that changes something is open to requests that another site forged."""
