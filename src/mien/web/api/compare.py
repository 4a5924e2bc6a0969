"""Groups compared: means with intervals and counts, and which site got worse and where."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.encoders import jsonable_encoder

from mien.insight import Grouping, Measure
from mien.privacy.roles import Right
from mien.runtime.compare import compare_stored, find_worsening, month_before
from mien.site.hours import check_day
from mien.store import Chosen
from mien.web.access import Visitor, needs
from mien.web.api.common import AnySite, Day, Text, site_names
from mien.web.known import store_of
from mien.web.problems import Unprocessable

router = APIRouter(tags=["compare"])


def chosen(  # noqa: PLR0913, PLR0917  (one parameter per filter)
    request: Request,
    visitor: Annotated[Visitor, Depends(needs(Right.FIGURES))],
    first: Day,
    last: Day,
    site: AnySite = None,
    touchpoint: Text = None,
    type: Text = None,
    shift: Text = None,
) -> Chosen:
    """Which interactions are compared.

    Raises:
        Unprocessable: The days are in the wrong order.
        SettingError: A day is far off.
    """
    names = site_names(request, visitor, Right.FIGURES, site)
    for day in (first, last):
        check_day(day)
    if first > last:
        raise Unprocessable(f"The first day, {first}, is after the last, {last}; exchange them.")
    given = {"touchpoint": touchpoint, "type": type, "shift": shift}
    return Chosen(names, first, last, {name: value for name, value in given.items() if value is not None})


@router.get("/compare")
def compare(
    request: Request,
    which: Annotated[Chosen, Depends(chosen)],
    by: Grouping = Grouping.SITE,
    measure: Measure = Measure.INDEX,
) -> dict[str, Any]:
    """Groups with their means, 95 % intervals, counts, differences and verdicts; `docs/comparing.md` explains each."""
    answer: dict[str, Any] = jsonable_encoder(asdict(compare_stored(store_of(request), which, by, measure)))
    return answer


@router.get("/worsening")
def worsening(
    request: Request, which: Annotated[Chosen, Depends(chosen)], measure: Measure = Measure.INDEX
) -> dict[str, Any]:
    """Which site got worse against the period before, at which touchpoint, in which third of the interaction."""
    before = month_before(which.first, which.last)
    answer: dict[str, Any] = jsonable_encoder(
        asdict(find_worsening(store_of(request), which, before, measure))
    )
    return answer
