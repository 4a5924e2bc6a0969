"""Alerts: what staff were told; acknowledged and answered as on the tablet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from mien.action import AlertState, Answer, RuleName, Situation
from mien.privacy.roles import Right
from mien.runtime.answered import precisions
from mien.web.access import Visitor, needs
from mien.web.alerting import Asked, alert_of, listed, playbook_now, shown
from mien.web.api.common import Answer as Told
from mien.web.api.common import AnySite, Before, Limit, SiteName, Text, site_names
from mien.web.known import store_of
from mien.web.texts import language_of

if TYPE_CHECKING:
    from mien.action import Alert

router = APIRouter(tags=["alerts"])

Seeing = Annotated[Visitor, Depends(needs(Right.LIVE))]
Actor = Annotated[Visitor, Depends(needs(Right.ACT))]
Uid = Annotated[str, Path(description="Id of an alert.", max_length=36)]


class AlertOut(Told):
    """Something that staff were told. It names nobody."""

    id: str
    site: str
    touchpoint: str | None = Field(description="Where; null where it concerns the whole site.")
    service_point: str | None
    rule: RuleName
    situation: Situation
    state: AlertState
    since: AwareDatetime = Field(description="Since when it lasts.")
    at: AwareDatetime = Field(
        description="Capture time of the picture at which the rule's bound was crossed."
    )
    expires_at: AwareDatetime = Field(description="When it is no longer shown as open.")
    why: str = Field(description="One sentence, in the language that is asked for where it is translated.")
    probability: float | None = Field(description="How sure; null where it is counted and not judged.")
    n: int = Field(description="Usable readings, customers or pictures that it rests on.")
    count: int = Field(description="How many alike it stands for.")
    advice: str | None = Field(description="What staff are advised to do, by the playbook in force.")
    escalated_at: AwareDatetime | None = Field(description="When the manager was told; null before.")
    acknowledged_at: AwareDatetime | None
    acknowledged_by: str | None
    answer: Answer | None = Field(description="What staff said of it; null before.")
    answered_by: str | None


class AlertPage(Told):
    """Alerts, the newest first.

    Attributes:
        alerts: Of this page.
        next: Give this as `before` for the older ones; null where there are none.
    """

    alerts: list[AlertOut]
    next: int | None = Field(examples=[412])


class PrecisionOut(Told):
    """How right the alerts of a rule were, by what staff answered in the last 30 days."""

    rule: RuleName
    raised: int
    answered: int
    right: float | None = Field(description="Share that was right; null before 10 answers.", examples=[0.82])
    low: float | None = Field(description="Lower end of its 95 % interval (Wilson).")
    high: float | None = Field(description="Upper end.")
    reached: bool = Field(description="Whether four of five are right, which is wished for.")
    suggested: float | None = Field(
        description="The lowest probability from which on the answered ones reach that; null where none does, or where "
        "nothing need change.",
        examples=[0.964],
    )


class Said(BaseModel):
    """What staff say of an alert."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", json_schema_extra={"examples": [{"answer": "right"}]}
    )

    answer: Answer


@router.get("/alerts")
def alerts(  # noqa: PLR0913, PLR0917  (one parameter per filter)
    request: Request,
    visitor: Seeing,
    site: AnySite = None,
    touchpoint: Text = None,
    rule: RuleName | None = None,
    open: Annotated[bool, Query(description="Only what is open now.")] = False,
    before: Before = None,
    limit: Limit = 100,
) -> AlertPage:
    """What staff were told, of the last 30 days; who may not see single visits is told of the last day."""
    names = site_names(request, visitor, Right.LIVE, site)
    asked = Asked(tuple(names), touchpoint, rule, open_only=open, before=before)
    found, older = listed(request, visitor, asked, limit=limit)
    return AlertPage(alerts=[_out(request, one) for one in found], next=older)


@router.get("/alerts/precision")
def precision(
    request: Request, visitor: Annotated[Visitor, Depends(needs(Right.FIGURES))], site: SiteName
) -> list[PrecisionOut]:
    """How right the rules of a site were, by what staff answered in the last 30 days."""
    site_names(request, visitor, Right.FIGURES, site)
    return [
        PrecisionOut(
            rule=rule,
            raised=one.raised,
            answered=one.answered,
            right=None if one.share is None else round(one.share.value, 4),
            low=None if one.share is None else round(one.share.low, 4),
            high=None if one.share is None else round(one.share.high, 4),
            reached=one.reached,
            suggested=None if one.suggestion is None else one.suggestion.bound,
        )
        for rule, one in precisions(store_of(request), site).items()
    ]


@router.post("/alerts/{uid}/acknowledge")
def acknowledge(request: Request, visitor: Actor, uid: Uid) -> AlertOut:
    """Somebody sees to it; the first one who says so counts."""
    found = alert_of(request, visitor, Right.ACT, uid)
    return _out(request, store_of(request).alerts.acknowledge(found.uid, visitor.name))


@router.post("/alerts/{uid}/answer")
def answer(request: Request, visitor: Actor, uid: Uid, sent: Said) -> AlertOut:
    """Somebody says what it was worth; the last word counts. It is acknowledged with that."""
    found = alert_of(request, visitor, Right.ACT, uid)
    return _out(request, store_of(request).alerts.answer(found.uid, sent.answer, visitor.name))


def _out(request: Request, alert: Alert) -> AlertOut:
    found = alert.signal
    said = shown(alert, language_of(request), playbook_now(request, alert.site, found.touchpoint))
    return AlertOut(
        id=alert.uid,
        site=alert.site,
        touchpoint=found.touchpoint,
        service_point=found.service_point,
        rule=found.rule,
        situation=found.situation,
        state=alert.state,
        since=found.since,
        at=found.at,
        expires_at=alert.expires_at,
        why=said.why,
        probability=None if found.probability is None else round(found.probability, 4),
        n=found.n,
        count=alert.count,
        advice=None if said.advice is None else said.advice.text,
        escalated_at=alert.escalated_at,
        acknowledged_at=alert.acknowledged_at,
        acknowledged_by=alert.acknowledged_by,
        answer=alert.answer,
        answered_by=alert.answered_by,
    )
