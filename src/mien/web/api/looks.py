"""For an officer: who looked at what, for how long what is kept, and what was removed."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from pydantic import AwareDatetime, Field

from mien.privacy.roles import Right
from mien.runtime.officer import kept_of
from mien.web.access import Visitor, needs
from mien.web.api.common import Answer, AnySite, Before, Limit, SiteName, site_names
from mien.web.known import store_of

router = APIRouter(tags=["privacy"])

Officer = Annotated[Visitor, Depends(needs(Right.PRIVACY))]


class LookOut(Answer):
    """Who looked at what, or changed what of users, keys and notices."""

    number: int
    at: AwareDatetime
    who: str = Field(description="A user's name or `key NAME`, as it was then.", examples=["key till"])
    right: Right = Field(description="By which right.")
    subject: str = Field(examples=["visit 6f9619ff-8b86-d011-b42d-00c04fc964ff"])
    site: str | None = Field(description="Null for what belongs to no site.")


class LookPage(Answer):
    """Looks, the latest first.

    Attributes:
        looks: Of this page.
        next: Give this as `before` for the older ones; null where there are none.
    """

    looks: list[LookOut]
    next: int | None = Field(examples=[90210])


class KeptOut(Answer):
    """A kind of what is kept of a site."""

    kind: str = Field(examples=["interactions"])
    days: int | None = Field(
        description="For how long; null where nobody has said so, or it goes with its first interaction."
    )
    first_goes_at: AwareDatetime | None = Field(description="Null where nothing is kept that has a date.")
    within_a_week: int = Field(description="How many rows go within a week.")


class RetentionOut(Answer):
    """For how long what is kept of a site.

    Attributes:
        stated: Whether anybody has said so, in the site file.
        kept: By kind; `looks` are those of all sites.
    """

    stated: bool
    kept: list[KeptOut]


class RemovalOut(Answer):
    """A run that removed what was due, at all sites."""

    number: int
    ran_at: AwareDatetime
    removed: dict[str, int] = Field(
        description="How many, by kind.", examples=[{"curves": 120, "visits": 12}]
    )


class RemovalPage(Answer):
    """Runs, the latest first.

    Attributes:
        removals: Of this page.
        next: Give this as `before` for the older ones; null where there are none.
    """

    removals: list[RemovalOut]
    next: int | None = Field(examples=[31])


@router.get("/looks")
def looks(
    request: Request,
    visitor: Officer,
    site: AnySite = None,
    who: Annotated[str | None, Query(description="Only of this user or key.", max_length=100)] = None,
    since: Annotated[AwareDatetime | None, Query(description="Only from then on.")] = None,
    before: Before = None,
    limit: Limit = 100,
) -> LookPage:
    """Who looked at what. What belongs to no site is told to officers of every site only."""
    found = store_of(request).looks.entries(
        sites=_noted_at(request, visitor, site), who=who, since=since, before=before, limit=limit + 1
    )
    kept = found[:limit]
    return LookPage(
        looks=[
            LookOut(
                number=one.id, at=one.at, who=one.who, right=one.right, subject=one.subject, site=one.site
            )
            for one in kept
        ],
        next=kept[-1].id if len(found) > limit else None,
    )


@router.get("/looks/who")
def whos(request: Request, visitor: Officer, site: AnySite = None) -> list[str]:
    """Who is in the log, by name."""
    return store_of(request).looks.whos(sites=_noted_at(request, visitor, site))


@router.get("/retention")
def retention(request: Request, visitor: Officer, site: SiteName) -> RetentionOut:
    """For how long what is kept of a site, and what of it goes next."""
    site_names(request, visitor, Right.PRIVACY, site)
    store = store_of(request)
    return RetentionOut(
        stated=store.retention.of(site) is not None,
        kept=[
            KeptOut(
                kind=one.due.kind,
                days=one.days,
                first_goes_at=one.due.first_at,
                within_a_week=one.due.soon,
            )
            for one in kept_of(store, site)
        ],
    )


@router.get("/retention/removals")
def removals(request: Request, visitor: Officer, before: Before = None, limit: Limit = 100) -> RemovalPage:  # noqa: ARG001
    """What was removed because its time was over; nothing in it tells of anybody."""
    found = store_of(request).retention.log(before=before, limit=limit + 1)
    kept = found[:limit]
    return RemovalPage(
        removals=[RemovalOut(number=one.id, ran_at=one.ran_at, removed=dict(one.removed)) for one in kept],
        next=kept[-1].id if len(found) > limit else None,
    )


def _noted_at(request: Request, visitor: Visitor, site: str | None) -> tuple[str, ...] | None:
    """The sites whose looks are told; `None` for all, and those that belong to no site."""
    if site is None and visitor.may(Right.PRIVACY, None):
        return None
    return site_names(request, visitor, Right.PRIVACY, site)
