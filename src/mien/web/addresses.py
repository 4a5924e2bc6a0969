"""Addresses of these pages, as those who are given them reach them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastapi import Request

    from mien.web.settings import WebSettings


def own_address(request: Request, path: str) -> str:
    """The whole address of a path, by the name under which the pages were asked for; a proxy may have taken off https.

    Args:
        request: Whose host is one of `WebSettings.allowed_hosts`.
        path: Begins with a slash.
    """
    settings: WebSettings = request.app.state.settings
    return f"{'https' if settings.secure else 'http'}://{request.headers['host']}{path}"
