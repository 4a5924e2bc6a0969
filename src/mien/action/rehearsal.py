"""What would have become of signals: the desk, without anything being stored or sent."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mien.action.desk import Held, New, Recent, Standing, Together, decide

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date
    from zoneinfo import ZoneInfo

    from mien.action.types import Signal
    from mien.site.rules import Rule


@dataclass(frozen=True, slots=True)
class Tried:
    """What would have become of the signals of one rule.

    Attributes:
        told: Signals that would have become alerts, in order of time.
        together: Signals that would have been counted with one of them.
        held: Signals of which nobody would have been told, by why.
    """

    told: tuple[Signal, ...] = ()
    together: int = 0
    held: Mapping[Held, int] | None = None

    @property
    def alerts(self) -> int:
        """How many alerts there would have been."""
        return len(self.told)

    @property
    def signals(self) -> int:
        """How many signals there were."""
        return self.alerts + self.together + sum((self.held or {}).values())


def tried(signals: Iterable[Signal], rules: Mapping[str, Rule], zone: ZoneInfo) -> dict[str, Tried]:
    """Decide on signals as the desk would have, had nothing been told before and nobody acknowledged anything.

    Args:
        signals: What rules found; one subject is told once.
        rules: The settings of the rules, by name.
        zone: The clock of the site.

    Returns:
        What would have become of them, by name of the rule; rules without a signal have one without any.
    """
    told: dict[str, list[Signal]] = {name: [] for name in rules}
    together: Counter[str] = Counter()
    held: dict[str, Counter[Held]] = {name: Counter() for name in rules}
    last: dict[tuple[str, str | None, str | None], Standing] = {}
    today: Counter[tuple[str, date]] = Counter()
    known: set[tuple[str, str]] = set()
    for signal in sorted(signals, key=lambda one: one.at):
        name, day = signal.rule.value, signal.at.astimezone(zone).date()
        if (name, signal.subject) in known:
            continue
        group = name, signal.touchpoint, signal.alike
        recent = Recent((last[group],) if group in last else (), today[name, day])
        decision = decide(signal, rules[name], zone, recent)
        if isinstance(decision, Held):
            held[name][decision] += 1
            continue
        known.add((name, signal.subject))
        if isinstance(decision, Together):
            together[name] += 1
        elif isinstance(decision, New):
            last[group] = Standing(signal.subject, signal.at, decision.expires_at)
            today[name, day] += 1
            told[name].append(signal)
    return {name: Tried(tuple(told[name]), together[name], dict(held[name])) for name in rules}
