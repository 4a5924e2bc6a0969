"""Which guest an arrival card is about, for the pages; `templates/_guest.html.j2` says it in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mien.web.known import reading_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import HTTPConnection

    from mien.guests import ArrivalLook


def looks_of(connection: HTTPConnection) -> Mapping[str, ArrivalLook]:
    """What guests are told by who came in within the last two minutes, by the subject of their alerts.

    Only cameras that are read in this process tell of anybody; it is empty where none are. Who asks must have checked
    that the visitor may see the moment of the site whose alerts they look at.
    """
    reading = reading_of(connection)
    return {} if reading is None else reading.guests()
