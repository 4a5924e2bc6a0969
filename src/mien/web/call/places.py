"""Where a call can belong: the touchpoints of role `call`, at sites where the visitor may have calls read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mien.journey.types import Context
from mien.privacy.roles import Right

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mien.site import Site
    from mien.web.access import Visitor

TOUCHPOINT: Final = "call"
"""Touchpoint of calls at a site whose site file names none of that role."""


@dataclass(frozen=True, slots=True)
class CallPlace:
    """Where a call can belong.

    Attributes:
        site: The site.
        touchpoint: Its touchpoint of role `call`.
        type: What interactions there are about; `None` where nobody said.
    """

    site: str
    touchpoint: str
    type: str | None = None

    @property
    def context(self) -> Context:
        """As interactions carry it."""
        return Context(site=self.site, touchpoint=self.touchpoint, type=self.type)


def places(visitor: Visitor, sites: Iterable[Site], known: Iterable[str]) -> tuple[CallPlace, ...]:
    """The places that a visitor may choose from, by site.

    Args:
        visitor: Who asks.
        sites: Site files that are served.
        known: Names of the sites that the store knows.
    """
    files = {site.name: site for site in sites}
    found = []
    for name in visitor.sites(Right.CALL, sorted({*files, *known})):
        site = files.get(name)
        told = [] if site is None else [(n, one) for n, one in site.touchpoints.items() if one.role == "call"]
        found += [CallPlace(name, touchpoint, one.interaction_type) for touchpoint, one in told]
        found += [] if told else [CallPlace(name, TOUCHPOINT)]
    return tuple(found)
