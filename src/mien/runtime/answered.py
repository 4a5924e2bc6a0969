"""How right the alerts of a site were, rule by rule: one place for pages, the API and reports."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from mien.action import RuleName
from mien.insight.answered import Precision, precision
from mien.store.outbox import KEPT

if TYPE_CHECKING:
    from mien.store import Store

BOUNDED: Final = frozenset({RuleName.CHECKOUT, RuleName.QUEUE, RuleName.TENSION})
"""Rules of which every alert hangs on the one bound that can be set: an arrival card may be about two things."""


def precisions(store: Store, site: str, now: datetime | None = None) -> dict[RuleName, Precision]:
    """How right the alerts of the last 30 days were, by rule, in the order of the rules.

    Args:
        store: The open store.
        site: Name of the site.
        now: The moment, with zone; that of the clock where left out.

    Returns:
        Rules that raised nothing are not in it.

    Raises:
        StoreError: The database says no.
    """
    found = store.alerts.answers(site, (now or datetime.now(UTC)) - KEPT)
    return {
        rule: precision(said.raised, said.right, said.wrong, said.scored if rule in BOUNDED else ())
        for rule in RuleName
        if (said := found.get(rule)) is not None
    }
