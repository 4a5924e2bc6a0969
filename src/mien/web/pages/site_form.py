"""Forms in which a whole site file stands: they may be as long as site files may, and other forms not."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from mien.site.load import MOST_BYTES
from mien.web.problems import WebError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from fastapi import Request
    from starlette.responses import Response

MOST_ENCODED: Final = 6 * MOST_BYTES
"""Bytes of a form; a line's end takes six in it, and no letter takes more."""


class TooLong(WebError):  # noqa: N818  (named for what is the case)
    """A form is longer than any that holds a site file."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class SiteFileRoute(APIRoute):
    """A route that takes a site file in a form."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Answers a request whose form is read with the limit of site files; all that asks for it gets that one."""
        handle = super().get_route_handler()

        async def taken(request: Request) -> Response:
            try:
                await request.form(max_part_size=MOST_ENCODED)
            except HTTPException as error:
                raise TooLong(
                    "This is far longer than the %(most)s MB that a site file may have, so it was not taken; is it "
                    "another file?",
                    most=MOST_BYTES // 1_000_000,
                ) from error
            return await handle(request)

        return taken
