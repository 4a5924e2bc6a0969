"""Notices: what hangs for which camera, recorded and withdrawn as on the page Privacy."""

from __future__ import annotations

from datetime import UTC, date, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Path, Request
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from mien.errors import NoticeError
from mien.privacy import Notice
from mien.privacy.roles import Right
from mien.runtime.officer import cameras_covered, record_notice, withdraw_notice
from mien.web.access import Visitor, needs
from mien.web.api.common import Answer, Before, Limit, SiteName, Written, site_names
from mien.web.known import site_cameras, store_of
from mien.web.problems import NotFound, Unprocessable

if TYPE_CHECKING:
    from mien.store import RecordedNotice

router = APIRouter(tags=["notices"])

Officer = Annotated[Visitor, Depends(needs(Right.PRIVACY))]
Number = Annotated[int, Path(description="Number of a notice.", ge=1, le=2**31 - 1)]


class NoticeOut(Answer):
    """A notice that hangs, or hung."""

    number: int = Field(description="By which it is withdrawn.")
    site: str
    camera: str | None = Field(description="The one camera that it speaks of; null for the whole site.")
    text_version: str
    put_up_by: str = Field(description="Who put it up and answers for it.")
    shown_on: date = Field(description="First day on which it hung.")
    withdrawn_on: date | None = Field(description="First day without it; null while it hangs.")
    recorded_at: AwareDatetime


class NoticePage(Answer):
    """Notices, those recorded last first.

    Attributes:
        notices: Of this page.
        next: Give this as `before` for the older ones; null where there are none.
    """

    notices: list[NoticeOut]
    next: int | None = Field(examples=[12])


class CameraOut(Answer):
    """A camera, and what hangs for it today."""

    camera: str
    notice: str | None = Field(description="Version of the text that covers it; null: it is not read.")
    since: date | None = Field(description="First day on which that hung.")
    whole_site: bool = Field(description="Whether it speaks of the whole site.")


class NoticeIn(BaseModel):
    """A notice that hangs."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "site": "Lyon 2",
                    "camera": "till",
                    "text_version": "2026-05",
                    "put_up_by": "A. Ozola",
                    "shown_on": "2026-05-04",
                }
            ]
        },
    )

    site: Written
    camera: Written | None = Field(
        None, description="The one camera that it speaks of; null for the whole site."
    )
    text_version: Written
    put_up_by: Written = Field(description="Who put it up and answers for it.")
    shown_on: date | None = Field(None, description="First day on which it hung; today where left out.")


class Withdrawal(BaseModel):
    """That a notice hangs no more."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", json_schema_extra={"examples": [{"on": "2026-06-01"}]}
    )

    on: date | None = Field(None, description="First day without it; today where left out.")


@router.get("/notices")
def notices(
    request: Request, visitor: Officer, site: SiteName, before: Before = None, limit: Limit = 100
) -> NoticePage:
    """The notices of a site, those of calls as well (camera `calls`)."""
    site_names(request, visitor, Right.PRIVACY, site)
    found = store_of(request).notices.page(site, before=before, limit=limit + 1)
    kept = found[:limit]
    return NoticePage(notices=[_out(one) for one in kept], next=kept[-1].id if len(found) > limit else None)


@router.get("/notices/cameras")
def cameras(request: Request, visitor: Officer, site: SiteName) -> list[CameraOut]:
    """What hangs today for each camera of a site; a camera without a notice is not read."""
    site_names(request, visitor, Right.PRIVACY, site)
    names = site_cameras(request).get(site, ())
    return [
        CameraOut(
            camera=one.name,
            notice=None if one.covered is None else one.covered.text_version,
            since=None if one.covered is None else one.covered.shown_on,
            whole_site=one.covered is not None and one.covered.camera is None,
        )
        for one in cameras_covered(store_of(request), site, names, _today())
    ]


@router.post("/notices", status_code=HTTPStatus.CREATED)
def record(request: Request, visitor: Officer, sent: NoticeIn) -> NoticeOut:
    """Record that a notice hangs; the same one twice is one. It is noted who did."""
    site_names(request, visitor, Right.PRIVACY, sent.site)
    known = site_cameras(request).get(sent.site, ())
    if sent.camera is not None and sent.camera not in known:
        raise Unprocessable(
            f"{sent.site} has no camera '{sent.camera}'; it has {', '.join(known) or 'none'}. Leave camera out for "
            "the whole site."
        )
    try:
        notice = Notice(
            sent.site,
            sent.camera,
            sent.shown_on or _today(),
            sent.text_version.strip(),
            sent.put_up_by.strip(),
        )
        return _out(record_notice(store_of(request), visitor.name, notice))
    except NoticeError as error:
        raise Unprocessable(str(error)) from error


@router.post("/notices/{number}/withdraw")
def withdraw(request: Request, visitor: Officer, number: Number, sent: Withdrawal) -> NoticeOut:
    """Record that a notice hangs no more: from that day on nothing may be read that only it covers. It is noted."""
    store = store_of(request)
    known = store.notices.get(number)
    if known is None or not visitor.may(Right.PRIVACY, known.notice.site):
        raise NotFound(f"There is no notice {number} that you may withdraw.")
    if known.notice.withdrawn_on is not None:
        raise Unprocessable(f"Notice {number} was withdrawn on {known.notice.withdrawn_on} already.")
    try:
        return _out(withdraw_notice(store, visitor.name, known, sent.on or _today()))
    except NoticeError as error:
        raise Unprocessable(str(error)) from error


def _today() -> date:
    return datetime.now(UTC).date()


def _out(one: RecordedNotice) -> NoticeOut:
    notice = one.notice
    return NoticeOut(
        number=one.id,
        site=notice.site,
        camera=notice.camera,
        text_version=notice.text_version,
        put_up_by=notice.put_up_by,
        shown_on=notice.shown_on,
        withdrawn_on=notice.withdrawn_on,
        recorded_at=one.recorded_at,
    )
