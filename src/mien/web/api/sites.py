"""Sites, and the moment at them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from mien.privacy.roles import Right
from mien.runtime.moment import SiteMoment, moment_of
from mien.web.access import SignedIn, Visitor, needs
from mien.web.api.common import Answer, AnySite, site_names
from mien.web.known import site_names as all_names
from mien.web.known import store_of

router = APIRouter(tags=["sites"])


class SiteOut(Answer):
    """A site that the visitor may see something of.

    Attributes:
        name: Its name.
        cameras: Cameras that the store knows.
        rights: What the visitor may do there.
    """

    name: str
    cameras: list[str]
    rights: list[Right]


@router.get("/sites")
def sites(request: Request, visitor: Visitor = SignedIn) -> list[SiteOut]:
    """The sites, with what may be done there."""
    cameras = store_of(request).sites.entries()
    found = []
    for name in all_names(request):
        rights = [right for right in Right if visitor.may(right, name)]
        if rights:
            found.append(SiteOut(name=name, cameras=list(cameras.get(name, ())), rights=rights))
    return found


@router.get("/moment")
def moment(
    request: Request, visitor: Annotated[Visitor, Depends(needs(Right.LIVE))], site: AnySite = None
) -> list[SiteMoment]:
    """What the faces at each touchpoint show now, and how the cameras are."""
    names = site_names(request, visitor, Right.LIVE, site)
    return list(moment_of(store_of(request), names, request.app.state.sites))
