"""When staff are told of something: one table per rule, each off until its table stands in the file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final, Literal, Self, TypeVar

from pydantic import Field, model_validator

from mien.marking import N_
from mien.site.hours import WrittenHours
from mien.site.part import Name, Part, WrongValue

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LOOKS_AT: Final[Mapping[str, frozenset[str]]] = {
    "arrival": frozenset({"entrance"}),
    "checkout": frozenset({"checkout", "counter"}),
    "queue": frozenset({"checkout", "counter"}),
    "tension": frozenset({"entrance", "department", "counter", "checkout", "exit"}),
    "health": frozenset({"entrance", "department", "counter", "checkout", "exit"}),
}
"""Roles of the touchpoints where the rules that look through cameras look, unless their tables name touchpoints."""

Probability = Annotated[float, Field(strict=False, ge=0.5, le=0.999)]


class Rule(Part):
    """What every rule has."""

    enabled: bool = Field(default=True, strict=True, description=N_("true, or false to leave it out for now"))
    touchpoints: tuple[Name, ...] = Field(
        default=(), description=N_("where it looks, some of [touchpoints]; wherever it fits where left out")
    )
    cooldown_s: float = Field(
        default=120.0,
        ge=0,
        le=86_400,
        description=N_(
            "seconds, 0 to 86400, in which what is alike at one touchpoint is counted, not told anew"
        ),
    )
    expires_s: float = Field(
        default=300.0,
        ge=10,
        le=604_800,
        description=N_("seconds, 10 to 604800, after which it is no longer shown as open"),
    )
    escalate_s: float | None = Field(
        default=None,
        ge=10,
        le=86_400,
        description=N_("seconds, 10 to 86400, after which the manager is told if nobody has acknowledged it"),
    )
    daily_cap: int = Field(
        default=50, strict=True, ge=1, le=10_000, description=N_("how many a day at most, 1 to 10000")
    )
    quiet: tuple[WrittenHours, ...] = Field(
        default=(), description=N_('hours in which nobody is told, such as ["12:00-13:00"]')
    )


class Arrival(Rule):
    """A card when a customer comes in: what the face shows, and what staff are advised to do."""

    cooldown_s: float = Field(
        default=0.0, ge=0, le=86_400, description=N_("seconds between two cards, 0 to 86400")
    )
    expires_s: float = Field(
        default=120.0, ge=10, le=600, description=N_("seconds for which a card is shown, 10 to 600")
    )
    daily_cap: int = Field(
        default=2000, strict=True, ge=1, le=10_000, description=N_("how many a day at most")
    )
    show: Literal["all", "attention"] = Field(
        default="all",
        description=N_("'all' for everybody, 'attention' for tired-looking and unpleasant faces alone"),
    )
    tired: float = Field(
        default=0.5,
        ge=0.2,
        le=0.7,
        description=N_("from which probability on a face is called tired-looking, 0.2 to 0.7"),
    )
    probability: Probability = Field(
        default=0.95, description=N_("how sure an unpleasant face must be, 0.5 to 0.999")
    )


class Checkout(Rule):
    """A warning before the customer leaves the till: the face has fallen against its own first seconds."""

    probability: Probability = Field(default=0.95, description=N_("how sure the fall must be, 0.5 to 0.999"))
    fall: float = Field(
        default=0.15,
        ge=0.05,
        le=1.0,
        description=N_("by how much valence must have fallen at least, 0.05 to 1"),
    )
    sustained_s: float = Field(
        default=4.0, ge=3.0, le=60.0, description=N_("for how many seconds it must last, 3 to 60")
    )


class Queue(Rule):
    """A queue that turns sour: several faces in view are unpleasant together, and stay so."""

    probability: Probability = Field(default=0.95, description=N_("how sure it must be, 0.5 to 0.999"))
    people: int = Field(
        default=3, strict=True, ge=2, le=50, description=N_("how many people there must be, 2 to 50")
    )
    sustained_s: float = Field(
        default=20.0, ge=5.0, le=600.0, description=N_("for how many seconds it must last, 5 to 600")
    )


class LeftUnhappy(Rule):
    """A customer has left unhappier than they came: a task for the manager."""

    expires_s: float = Field(default=86_400.0, ge=10, le=604_800, description=N_("seconds, 10 to 604800"))
    due_hours: float = Field(
        default=24.0, ge=1, le=336, description=N_("hours until the task is due, 1 to 336")
    )
    at_hours: float = Field(
        default=24.0,
        ge=1,
        le=168,
        description=N_("how many hours ago a visit may have ended to become a task, 1 to 168"),
    )


class Delight(Rule):
    """Many customers of a shift have left happier than they came: praise for the team."""

    expires_s: float = Field(default=28_800.0, ge=10, le=604_800, description=N_("seconds, 10 to 604800"))
    customers: int = Field(
        default=10,
        strict=True,
        ge=10,
        le=1000,
        description=N_("how many customers it takes in a shift, 10 to 1000"),
    )


class HealthRule(Rule):
    """A camera or a part of Mien does not work."""

    expires_s: float = Field(default=3600.0, ge=10, le=604_800, description=N_("seconds, 10 to 604800"))
    after_s: float = Field(
        default=60.0, ge=5, le=3600, description=N_("for how many seconds it must last, 5 to 3600")
    )


class Tension(Rule):
    """Angry or frightened faces of several people, for store security: it names a touchpoint, never a person."""

    enabled: bool = Field(
        default=False, strict=True, description=N_("true once `mien evaluate --groups` has passed, or false")
    )
    probability: Probability = Field(default=0.99, description=N_("how sure it must be, 0.5 to 0.999"))
    people: int = Field(
        default=2, strict=True, ge=2, le=50, description=N_("how many people there must be, 2 to 50")
    )
    sustained_s: float = Field(
        default=10.0, ge=5.0, le=600.0, description=N_("for how many seconds it must last, 5 to 600")
    )
    passed: str | None = Field(
        default=None,
        min_length=1,
        description=N_(
            "the file that `mien evaluate --groups` wrote for this site, with every group in its bounds"
        ),
    )

    @model_validator(mode="after")
    def _passed_first(self) -> Self:
        if self.enabled and self.passed is None:
            raise WrongValue(
                "stays locked until `mien evaluate --groups` has passed for this site; name its result as passed"
            )
        return self


R = TypeVar("R", bound=Rule)


def active(rule: R | None) -> R | None:
    """A rule that is on; `None` where its table is not there or says that it is off."""
    return rule if rule is not None and rule.enabled else None


class Rules(Part):
    """When staff are told of something."""

    arrival: Arrival | None = Field(default=None, description=N_("a table [rules.arrival]"))
    checkout: Checkout | None = Field(default=None, description=N_("a table [rules.checkout]"))
    queue: Queue | None = Field(default=None, description=N_("a table [rules.queue]"))
    left_unhappy: LeftUnhappy | None = Field(default=None, description=N_("a table [rules.left_unhappy]"))
    delight: Delight | None = Field(default=None, description=N_("a table [rules.delight]"))
    health: HealthRule | None = Field(default=None, description=N_("a table [rules.health]"))
    tension: Tension | None = Field(default=None, description=N_("a table [rules.tension]"))

    def on(self) -> Iterator[tuple[str, Rule]]:
        """The rules that are on, by name."""
        for name, rule in self:
            if active(rule) is not None:
                yield name, rule
