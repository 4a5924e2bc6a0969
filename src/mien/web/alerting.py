"""Alerts as pages show them: in words, with advice, and whether they ring."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from typing import TYPE_CHECKING, Final

from mien.action import Answer, RuleName, Situation
from mien.action.playbook import advice
from mien.action.words import TITLES
from mien.marking import N_
from mien.privacy.roles import Right
from mien.store.outbox import KEPT
from mien.web.known import site_file, store_of
from mien.web.problems import NotFound

if TYPE_CHECKING:
    from fastapi import Request

    from mien.action import Alert
    from mien.action.playbook import Advice, Playbook
    from mien.runtime.in_force import InForce
    from mien.spoken import Language
    from mien.web.access import Visitor

LOOKS: Final[dict[Situation, tuple[str, str]]] = {
    Situation.ARRIVAL: ("amber", "unclear"),
    Situation.ARRIVAL_TIRED: ("amber", "amber"),
    Situation.ARRIVAL_UNPLEASANT: ("red", "red"),
    Situation.ARRIVAL_PLEASANT: ("green", "green"),
    Situation.CHECKOUT_FALLING: ("red", "worsened"),
    Situation.QUEUE_SOUR: ("red", "worsened"),
    Situation.LEFT_UNHAPPY: ("red", "worsened"),
    Situation.DELIGHT: ("green", "improved"),
    Situation.CAMERA_TROUBLE: ("amber", "warning"),
    Situation.SYSTEM_TROUBLE: ("amber", "warning"),
    Situation.TENSION: ("red", "warning"),
}
"""Colour and glyph of each situation."""

ANSWER_WORDS: Final[dict[Answer, str]] = {
    Answer.RIGHT: N_("Right"),
    Answer.WRONG: N_("Wrong"),
    Answer.DONE: N_("Done"),
}
"""What staff can say of an alert."""

SHIFT: Final = timedelta(days=1)
"""How far back who may not see single visits sees alerts: they are their own."""

LOUD, SOFT, SILENT = "loud", "soft", ""
_RINGS: Final = {
    Situation.ARRIVAL: SILENT,
    Situation.ARRIVAL_PLEASANT: SILENT,
    Situation.ARRIVAL_TIRED: SOFT,
    Situation.ARRIVAL_UNPLEASANT: SOFT,
    Situation.LEFT_UNHAPPY: SOFT,
    Situation.SYSTEM_TROUBLE: SOFT,
    Situation.DELIGHT: SOFT,
}
"""How what does not ring loudly rings: softly once, or not at all."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An alert as a page shows it.

    Attributes:
        alert: The alert.
        title: What it is, English, to be translated.
        colour: Class of its colour.
        glyph: Its shape.
        why: Why, in the language of the reader.
        why_language: Code of the language that `why` is in: English where nobody translated it.
        advice: What staff are advised to do; `None` where nothing is.
        ring: `loud` until somebody sees to it, `soft` once, empty for no sound.
    """

    alert: Alert
    title: str
    colour: str
    glyph: str
    why: str
    why_language: str
    advice: Advice | None
    ring: str


def shown(alert: Alert, spoken: Language, book: Playbook | None) -> Shown:
    """An alert in the language of its reader.

    Args:
        alert: The alert.
        spoken: The language.
        book: The playbook in force; `None` where there is none.
    """
    found = alert.signal
    title = TITLES[found.situation]
    colour, glyph = LOOKS[found.situation]
    return Shown(
        alert=alert,
        title=title,
        colour=colour,
        glyph=glyph,
        why=spoken.told(found.text, found.values),
        why_language=spoken.code if spoken.knows(found.text) else "en",
        advice=advice(
            book, found.situation, language=spoken.code, touchpoint=found.touchpoint, mood=found.mood
        ),
        ring=_RINGS.get(found.situation, LOUD),
    )


def playbook_now(request: Request, site: str, touchpoint: str | None) -> Playbook | None:
    """The playbook in force at a touchpoint; `None` where nobody wrote one."""
    told: InForce = request.app.state.in_force
    return told.playbook(site, touchpoint, site_file(request, site))


@dataclass(frozen=True, slots=True)
class Asked:
    """Which alerts somebody wants to see.

    Attributes:
        sites: Sites whose alerts they may see, of those that they ask for.
        touchpoint: Only there; `None` for everywhere.
        rule: Only of this rule; `None` for all.
        open_only: Only what is open now.
        before: Only those before the one of this number.
    """

    sites: tuple[str, ...]
    touchpoint: str | None = None
    rule: RuleName | None = None
    open_only: bool = False
    before: int | None = None


def listed(request: Request, visitor: Visitor, asked: Asked, *, limit: int) -> tuple[list[Alert], int | None]:
    """A page of alerts, the newest first, and the number before which the next one begins; `None` where none does.

    Who may not see single visits sees what they were told themselves: the last day; others all that is kept.

    Args:
        request: What is answered.
        visitor: Who asks.
        asked: What for.
        limit: At most so many.
    """
    now = datetime.now(UTC)
    wanted: dict[bool, list[str]] = {True: [], False: []}
    for name in asked.sites:
        wanted[visitor.may(Right.VISITS, name)].append(name)
    found = [
        one
        for whole, those in wanted.items()
        for one in store_of(request).alerts.listed(
            those,
            touchpoint=asked.touchpoint,
            rule=asked.rule,
            open_only=asked.open_only,
            since=now - (KEPT if whole else SHIFT),
            before=asked.before,
            limit=limit + 1,
        )
    ]
    found.sort(key=itemgetter(0), reverse=True)
    older = found[limit - 1][0] if len(found) > limit else None
    return [one for _, one in found[:limit]], older


def alert_of(request: Request, visitor: Visitor, right: Right, uid: str) -> Alert:
    """An alert at a site where a visitor has a right.

    Raises:
        NotFound: There is none, or not for them.
    """
    found = store_of(request).alerts.of(uid)
    if found is None or not visitor.may(right, found.site):
        raise NotFound("There is no such alert that you may see; it may be gone.")
    return found
