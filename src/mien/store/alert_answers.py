"""What staff said of the alerts of a site, added up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from mien.action import Answer, RuleName
from mien.store.alert_tables import alerts
from mien.store.tables import sites

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class Answers:
    """What staff said of the alerts of a rule.

    Attributes:
        raised: Alerts that were raised.
        right: How many were right, or were done something about.
        wrong: How many were wrong.
        scored: For each that was answered: its probability and whether it was right.
    """

    raised: int
    right: int
    wrong: int
    scored: tuple[tuple[float, bool], ...]


def answers_of(
    connection: Connection, site: str, since: datetime, until: datetime | None
) -> dict[RuleName, Answers]:
    """What staff said, by rule; rules that raised none are not in it.

    Args:
        connection: To read from.
        site: Name of the site.
        since: Of alerts raised from then on, with zone.
        until: Raised before then; `None` for until now.
    """
    query = (
        select(alerts.c.rule, alerts.c.probability, alerts.c.answer)
        .join(sites)
        .where(sites.c.name == site, alerts.c.raised_at >= since)
    )
    if until is not None:
        query = query.where(alerts.c.raised_at < until)
    rows: dict[RuleName, list[tuple[float | None, Answer | None]]] = {}
    for row in connection.execute(query):
        said = None if row.answer is None else Answer(row.answer)
        rows.setdefault(RuleName(row.rule), []).append((row.probability, said))
    return {rule: _answers(said) for rule, said in rows.items()}


def _answers(said: list[tuple[float | None, Answer | None]]) -> Answers:
    answered = [(sure, answer is not Answer.WRONG) for sure, answer in said if answer is not None]
    right = sum(fine for _, fine in answered)
    scored = tuple((sure, fine) for sure, fine in answered if sure is not None)
    return Answers(len(said), right, len(answered) - right, scored)
