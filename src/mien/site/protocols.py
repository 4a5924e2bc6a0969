"""Which way of serving is kept to at a moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from mien.site.model import Site
    from mien.site.roster import LoadedRoster


def protocol_at(
    site: Site, roster: LoadedRoster, moment: datetime, touchpoint: str, service_point: str | None = None
) -> str | None:
    """The protocol that the roster says is kept to, where all who work there say the same.

    Args:
        site: The site.
        roster: Who works when.
        moment: When, with zone.
        touchpoint: Where; a protocol may be meant for other touchpoints only.
        service_point: Till or desk; `None` for all of them.

    Returns:
        Its name; `None` where none is, where people keep to different ones, or where nobody has said.
    """
    named = {entry.protocol for entry in roster.at(moment, service_point)}
    protocol = named.pop() if len(named) == 1 else None
    if protocol is None:
        return None
    where = site.protocols[protocol].touchpoints
    return protocol if not where or touchpoint in where else None
