"""The pages, one module each. `PAGES` is the one list of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mien.web.call import routes as call
from mien.web.pages import choices, flow, moods, today

if TYPE_CHECKING:
    from fastapi import APIRouter

PAGES: Final[tuple[APIRouter, ...]] = (today.router, flow.router, moods.router, call.router, choices.router)
