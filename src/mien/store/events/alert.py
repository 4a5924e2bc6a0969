"""Events about alerts and tasks: what staff are told, and what they have to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import AwareDatetime, Field

from mien.action import AlertState, Answer, RuleName, Situation
from mien.journey.parts import Count, Part, Share
from mien.store.events.envelope import CloudEvent, schema_of, source_of

if TYPE_CHECKING:
    from datetime import datetime

    from mien.action import Alert, Task

ALERT_RAISED: Final = "mien.alert.raised"
"""Staff are told of something."""

ALERT_CHANGED: Final = "mien.alert.changed"
"""An alert stands for more or less, was acknowledged or answered, or the manager is told since nobody has seen it."""

ALERT_WITHDRAWN: Final = "mien.alert.withdrawn"
"""An alert that was told is to be forgotten: it was about somebody who may not be read, or who is erased."""

TASK_OPENED: Final = "mien.task.opened"
"""Something for a person to do."""

TASK_CHANGED: Final = "mien.task.changed"
"""A task that is open is about more, or about less."""

TASK_CLOSED: Final = "mien.task.closed"
"""A task is open no more."""

TASK_WITHDRAWN: Final = "mien.task.withdrawn"
"""All that a task was about is gone from the store."""


class AlertTold(Part):
    """Something for staff now. It names nobody."""

    site: str
    touchpoint: str | None
    service_point: str | None
    rule: RuleName
    situation: Situation
    state: AlertState
    since: Annotated[AwareDatetime, Field(description="Since when it lasts, UTC.")]
    at: Annotated[
        AwareDatetime,
        Field(description="Capture time of the picture at which the rule's bound was crossed, UTC."),
    ]
    expires_at: Annotated[AwareDatetime, Field(description="When it is no longer shown as open, UTC.")]
    why: Annotated[str, Field(description="One English sentence.")]
    probability: Annotated[
        Share | None, Field(description="How sure; null where it is counted and not judged.")
    ]
    n: Annotated[Count, Field(description="Usable readings, customers or pictures that it rests on.")]
    count: Annotated[Count, Field(description="How many alike it stands for.")]
    escalated: Annotated[
        bool, Field(description="Nobody had acknowledged it in time, so the manager is told.")
    ]
    answer: Annotated[Answer | None, Field(description="What staff said of it; null before.")]


class TaskTold(Part):
    """Something for a person to do. It names nobody."""

    site: str
    touchpoint: Annotated[str | None, Field(description="Where it turned; null where that is not known.")]
    subjects: Annotated[list[str], Field(description="Ids of the interactions and visits that it is about.")]
    folded: Annotated[bool, Field(description="It is about all unnamed visits of its day and touchpoint.")]
    count: Annotated[Count, Field(description="Customers that it is about.")]
    due_at: Annotated[AwareDatetime, Field(description="Until when, UTC.")]
    subject: Annotated[str, Field(description="What is to be done, in a few English words.")]
    evidence: Annotated[
        str, Field(description="Why, English: what the face showed where and when, how sure.")
    ]
    state: Annotated[str, Field(description="open, done, cancelled or gone.")]


class Withdrawn(Part):
    """An alert or a task that is to be forgotten."""

    site: str
    reason: Annotated[str, Field(description="Why.")]


def alert_event(kind: str, alert: Alert) -> CloudEvent:
    """The event that tells of an alert.

    Args:
        kind: `ALERT_RAISED` or `ALERT_CHANGED`.
        alert: The alert as it is now.
    """
    found = alert.signal
    data = AlertTold(
        site=alert.site,
        touchpoint=found.touchpoint,
        service_point=found.service_point,
        rule=found.rule,
        situation=found.situation,
        state=alert.state,
        since=found.since,
        at=found.at,
        expires_at=alert.expires_at,
        why=found.why,
        probability=None if found.probability is None else round(found.probability, 4),
        n=found.n,
        count=alert.count,
        escalated=alert.escalated_at is not None,
        answer=alert.answer,
    )
    return _event(
        kind, alert.uid, alert.site, found.touchpoint, data.model_dump(mode="json"), AlertTold, found.at
    )


def task_event(kind: str, task: Task, at: datetime) -> CloudEvent:
    """The event that tells of a task.

    Args:
        kind: `TASK_OPENED`, `TASK_CHANGED` or `TASK_CLOSED`.
        task: The task as it is now.
        at: When that became so, with zone.
    """
    data = TaskTold(
        site=task.site,
        touchpoint=task.touchpoint,
        subjects=list(task.subjects),
        folded=task.folded,
        count=len(task.subjects),
        due_at=task.due_at,
        subject=task.title,
        evidence=task.evidence,
        state=task.state,
    )
    return _event(kind, task.uid, task.site, task.touchpoint, data.model_dump(mode="json"), TaskTold, at)


def forgotten(kind: str, uid: str, site: str, at: datetime, reason: str) -> CloudEvent:
    """The event that says that an alert or a task is to be forgotten.

    Args:
        kind: `ALERT_WITHDRAWN` or `TASK_WITHDRAWN`.
        uid: Its id.
        site: Its site.
        at: When, with zone.
        reason: Why.
    """
    data = Withdrawn(site=site, reason=reason).model_dump(mode="json")
    return _event(kind, uid, site, None, data, Withdrawn, at)


def _event(
    kind: str,
    subject: str,
    site: str,
    touchpoint: str | None,
    data: dict[str, Any],
    part: type[Part],
    at: datetime,
) -> CloudEvent:
    return CloudEvent(
        source=source_of(site, touchpoint),
        type=kind,
        subject=subject,
        time=at,
        dataschema=schema_of(part),
        data=data,
    )
