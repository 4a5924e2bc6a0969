"""What the staff of the simulated stores are told, and what they say of it: made up, like all else of the demo."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from mien.action import Answer, RuleName, Signal, Situation
from mien.journey.types import Outcome
from mien.marking import N_
from mien.runtime.demo.story import TIME_ZONE, hours_on
from mien.runtime.unhappy import left_unhappy
from mien.site.rules import Arrival, Checkout, HealthRule, LeftUnhappy, Queue, Rules
from mien.store.events import InteractionScored, scored

if TYPE_CHECKING:
    import numpy as np

    from mien.runtime.demo.story import Story
    from mien.store import Store

RULES: Final = Rules(
    arrival=Arrival(show="attention"),
    checkout=Checkout(cooldown_s=60.0, escalate_s=240.0),
    queue=Queue(),
    left_unhappy=LeftUnhappy(),
    health=HealthRule(),
)
"""The rules of the simulated stores."""

RULES_TEXT: Final = """[rules.arrival]
show = "attention"

[rules.checkout]
cooldown_s = 60
escalate_s = 240

[rules.queue]

[rules.left_unhappy]

[rules.health]
"""
"""The same, as their site files have them."""

_ZONE: Final = ZoneInfo(TIME_ZONE)
_ALERT_DAYS: Final = 30
_A_DAY: Final = 1.6
"""Alerts that a store has a day, on average; in a real one that is for the rules to show."""
_ANSWERED: Final = 0.75
_TASKS: Final = 5
_BY: Final = "simulated staff"

_KINDS: Final[tuple[tuple[float, Situation, RuleName, str], ...]] = (
    (0.5, Situation.CHECKOUT_FALLING, RuleName.CHECKOUT, "checkout"),
    (0.2, Situation.QUEUE_SOUR, RuleName.QUEUE, "checkout"),
    (0.2, Situation.ARRIVAL_TIRED, RuleName.ARRIVAL, "entrance"),
    (0.1, Situation.ARRIVAL_UNPLEASANT, RuleName.ARRIVAL, "entrance"),
)
"""How often what is raised where."""

_FALLING: Final = N_(
    "The face shows less than in its own first seconds: valence %(fall)s lower, for %(seconds)s s."
)
_SOUR: Final = N_("%(people)s of %(all)s faces in view show something unpleasant, for %(seconds)s s.")
_TIRED: Final = N_("The face shows signs of being tired: %(percent)s %% probable.")
_UNPLEASANT: Final = N_("The face shows something unpleasant on the way in.")


def fill_alerts(store: Store, story: Story) -> None:
    """Store what staff were told in the last 30 days, with what they said of it. Told again, nothing changes.

    Args:
        store: The open store, in which the sites are entered.
        story: What is simulated.
    """
    for day in reversed(story.days_back()[:_ALERT_DAYS]):
        for site in story.sites:
            hours = hours_on(site, day)
            if hours is None:
                continue
            rng = story.chance(site, day, 9)
            midnight = datetime.combine(day, time(), _ZONE)
            found = [
                _signal(rng, (midnight + timedelta(hours=float(hour))).astimezone(UTC), f"{day} {number}")
                for number, hour in enumerate(sorted(rng.uniform(*hours, int(rng.poisson(_A_DAY)))))
            ]
            for alert in store.alerts.take(site.name, found, dict(RULES.on()), _ZONE).new:
                if rng.random() < _ANSWERED:
                    store.alerts.answer(alert.uid, _answer(rng, alert.signal.probability or 0.0), _BY)


def fill_tasks(store: Store, story: Story) -> None:
    """Open the tasks that follow from the last customers who left the checkout unhappy; again, nothing changes.

    Args:
        store: The open store, filled.
        story: What is simulated.
    """
    for site in story.sites:
        page = store.listing.page(site.name, touchpoint="checkout", outcome=Outcome.WORSENED, limit=_TASKS)
        for one in page.entries:
            if one.started_at is None:
                continue
            told = InteractionScored.model_validate(scored(one.interaction, one.started_at).data)
            about = left_unhappy(one.interaction.id, told, one.interaction, _ZONE)
            if about is not None:
                day = one.started_at.astimezone(_ZONE).date()
                due = one.started_at + timedelta(hours=24)
                store.tasks.open(site.name, day, "checkout", about, due_at=due, folded=True)


def _signal(rng: np.random.Generator, at: datetime, name: str) -> Signal:
    kinds = [share for share, *_ in _KINDS]
    _, situation, rule, touchpoint = _KINDS[int(rng.choice(len(_KINDS), p=kinds))]
    values: dict[str, str] = {}
    seconds, probability = int(rng.integers(4, 30)), round(float(rng.uniform(0.95, 0.999)), 3)
    match situation:
        case Situation.CHECKOUT_FALLING:
            text = _FALLING
            values = {"fall": f"{rng.uniform(0.2, 0.6):.2f}", "seconds": str(seconds)}
        case Situation.QUEUE_SOUR:
            text, people = _SOUR, int(rng.integers(3, 6))
            values = {"people": str(people), "all": str(people + 1), "seconds": str(seconds + 20)}
        case Situation.ARRIVAL_TIRED:
            text, probability = _TIRED, round(float(rng.uniform(0.5, 0.7)), 3)
            values = {"percent": f"{100 * probability:.0f}"}
        case _:
            text = _UNPLEASANT
    return Signal(
        rule=rule,
        situation=situation,
        touchpoint=touchpoint,
        subject=f"simulated:{name}",
        since=at - timedelta(seconds=seconds),
        at=at,
        text=text,
        values=values,
        probability=probability,
        n=10 * seconds,
    )


def _answer(rng: np.random.Generator, probability: float) -> Answer:
    """What staff say: the surer the rule was, the oftener it was right."""
    if rng.random() > 0.45 + 11.0 * max(probability - 0.95, 0.0):
        return Answer.WRONG
    return Answer.DONE if rng.random() < 0.4 else Answer.RIGHT
