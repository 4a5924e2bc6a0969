"""Alerts as rules raise them, for what shows or sends them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from mien.action import RuleName, Signal, Situation
from mien.site.rules import Arrival, Checkout, HealthRule, LeftUnhappy, Queue

if TYPE_CHECKING:
    from mien.action import Alert
    from mien.store import Store

RULES = {
    RuleName.ARRIVAL: Arrival(),
    RuleName.CHECKOUT: Checkout(cooldown_s=0.0),
    RuleName.QUEUE: Queue(cooldown_s=0.0),
    RuleName.LEFT_UNHAPPY: LeftUnhappy(cooldown_s=0.0),
    RuleName.HEALTH: HealthRule(cooldown_s=0.0),
}
_OF = {
    Situation.ARRIVAL: RuleName.ARRIVAL,
    Situation.ARRIVAL_TIRED: RuleName.ARRIVAL,
    Situation.ARRIVAL_UNPLEASANT: RuleName.ARRIVAL,
    Situation.CHECKOUT_FALLING: RuleName.CHECKOUT,
    Situation.QUEUE_SOUR: RuleName.QUEUE,
    Situation.LEFT_UNHAPPY: RuleName.LEFT_UNHAPPY,
    Situation.CAMERA_TROUBLE: RuleName.HEALTH,
}


def raised(
    store: Store,
    situation: Situation = Situation.CHECKOUT_FALLING,
    *,
    site: str = "North",
    touchpoint: str | None = "tills",
    at: datetime | None = None,
    **more: Any,
) -> Alert:
    """An alert of a site, raised now unless told otherwise."""
    now = at or datetime.now(UTC)
    signal = Signal(
        rule=_OF[situation],
        situation=situation,
        touchpoint=touchpoint,
        subject=str(uuid4()),
        since=now - timedelta(seconds=5),
        at=now,
        **{"text": "The face shows %(fall)s less.", "values": {"fall": "0.42"}, "probability": 0.973} | more,
    )
    [alert] = store.alerts.take(
        site, [signal], {rule.value: settings for rule, settings in RULES.items()}, ZoneInfo("UTC")
    ).new
    return alert
