"""Sites, and the moment at them."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import Field

from mien.insight import Grouping
from mien.journey.parts import Index, round_
from mien.privacy.roles import Right
from mien.runtime.moment import SiteMoment, moment_of, today_by_touchpoint
from mien.web.access import SignedIn, Visitor, needs
from mien.web.api.common import Answer, AnySite, site_names
from mien.web.known import site_cameras, store_of
from mien.web.known import site_names as all_names

router = APIRouter(tags=["sites"])


class SiteOut(Answer):
    """A site that the visitor may see something of.

    Attributes:
        name: Its name.
        cameras: Cameras that the store or a site file knows.
        rights: What the visitor may do there.
    """

    name: str
    cameras: list[str]
    rights: list[Right]


@router.get("/sites")
def sites(request: Request, visitor: Visitor = SignedIn) -> list[SiteOut]:
    """The sites, with what may be done there."""
    cameras = site_cameras(request)
    found = []
    for name in all_names(request):
        rights = [right for right in Right if visitor.may(right, name)]
        if rights:
            found.append(SiteOut(name=name, cameras=list(cameras.get(name, ())), rights=rights))
    return found


class TodayOut(Answer):
    """The Happiness Index of today at a touchpoint. A mean is null where `reason` says why."""

    site: str
    touchpoint: str
    interactions: int
    counted: int = Field(description="Those that have a Happiness Index.")
    mean: Index | None
    low: Index | None = Field(description="Lower end of its 95 % interval.")
    high: Index | None = Field(description="Upper end of its 95 % interval.")
    reason: str | None


class NamesOut(Answer):
    """What there is to ask for at a site."""

    first: date | None = Field(description="First day that anything is stored of; null where nothing is.")
    last: date | None
    touchpoints: list[str]
    types: list[str]
    service_points: list[str]
    shifts: list[str]
    protocols: list[str]


@router.get("/names")
def names(
    request: Request, visitor: Annotated[Visitor, Depends(needs(Right.FIGURES))], site: AnySite = None
) -> NamesOut:
    """The days that anything is stored of, and the names that comparisons and lists can be narrowed to."""
    rollups = store_of(request).rollups
    where = site_names(request, visitor, Right.FIGURES, site)
    span, known = rollups.span(where), rollups.names(where)
    return NamesOut(
        first=None if span is None else span[0],
        last=None if span is None else span[1],
        touchpoints=list(known[Grouping.TOUCHPOINT]),
        types=list(known[Grouping.TYPE]),
        service_points=list(known[Grouping.SERVICE_POINT]),
        shifts=list(known[Grouping.SHIFT]),
        protocols=list(known[Grouping.PROTOCOL]),
    )


@router.get("/today")
def today(
    request: Request, visitor: Annotated[Visitor, Depends(needs(Right.FIGURES))], site: AnySite = None
) -> list[TodayOut]:
    """The Happiness Index of today at each touchpoint, on the clock of each site; of fewer than ten no mean."""
    where = site_names(request, visitor, Right.FIGURES, site)
    return [
        TodayOut(
            site=name,
            touchpoint=touchpoint,
            interactions=found.interactions,
            counted=found.counted,
            mean=None if found.mean is None else round_(found.mean.value, 2),
            low=None if found.mean is None else round_(found.mean.low, 2),
            high=None if found.mean is None else round_(found.mean.high, 2),
            reason=found.reason,
        )
        for (name, touchpoint), found in today_by_touchpoint(store_of(request), where).items()
    ]


@router.get("/moment")
def moment(
    request: Request, visitor: Annotated[Visitor, Depends(needs(Right.LIVE))], site: AnySite = None
) -> list[SiteMoment]:
    """What the faces at each touchpoint show now, and how the cameras are."""
    names = site_names(request, visitor, Right.LIVE, site)
    return list(moment_of(store_of(request), names, request.app.state.sites))
