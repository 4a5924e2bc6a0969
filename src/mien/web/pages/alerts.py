"""Alerts: what staff were told, acknowledged and answered."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path, Request
from starlette.responses import RedirectResponse

from mien.action import Answer
from mien.privacy.roles import Right
from mien.web.access import Visitor, needs
from mien.web.alerting import alert_of
from mien.web.known import store_of
from mien.web.pages.choices import own_path

router = APIRouter()

Actor = Annotated[Visitor, Depends(needs(Right.ACT))]
Uid = Annotated[str, Path(max_length=36)]
Next = Annotated[str, Form(max_length=2000)]


@router.post("/alerts/{uid}/acknowledge")
def acknowledge(request: Request, visitor: Actor, uid: Uid, next: Next = "/alerts") -> RedirectResponse:
    """Somebody sees to an alert; back to the page."""
    found = alert_of(request, visitor, Right.ACT, uid)
    store_of(request).alerts.acknowledge(found.uid, visitor.name)
    return RedirectResponse(own_path(next), HTTPStatus.SEE_OTHER)


@router.post("/alerts/{uid}/answer")
def answer(
    request: Request, visitor: Actor, uid: Uid, answer: Annotated[Answer, Form()], next: Next = "/alerts"
) -> RedirectResponse:
    """Somebody says what an alert was worth; back to the page."""
    found = alert_of(request, visitor, Right.ACT, uid)
    store_of(request).alerts.answer(found.uid, answer, visitor.name)
    return RedirectResponse(own_path(next), HTTPStatus.SEE_OTHER)
