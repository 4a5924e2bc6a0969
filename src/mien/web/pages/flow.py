"""Flow: who came and went, where people stayed and waited, and by which ways they went; and joined visits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Final

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import HTMLResponse

from mien.errors import SettingError
from mien.privacy.roles import Right
from mien.runtime.flow_stored import stored_flow
from mien.runtime.stored import busiest_site
from mien.web import doorways
from mien.web.access import Visitor, needs
from mien.web.known import store_of
from mien.web.problems import NotFound
from mien.web.rendering import render, said_of

if TYPE_CHECKING:
    from mien.report.flow_stored import StoredCamera, StoredFlow
    from mien.site import Site

router = APIRouter()

DAYS: Final = 7
"""Days that are shown where none are asked for."""
_PATHS: Final = 8
_WAYS: Final = 6
_SHADES: Final = 12
_SCALE: Final = (0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True, slots=True)
class Bar:
    """One hour of the day at the doors.

    Attributes:
        hour: 0..23.
        came_in: People who came in.
        went_out: People who went out.
        in_share: Of the busiest count of an hour, 0..1.
        out_share: Likewise.
    """

    hour: int
    came_in: int
    went_out: int
    in_share: float
    out_share: float


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a heat map, or a step of its scale.

    Attributes:
        opacity: How strong its colour is, 0..1.
        seconds: How long people stood there, all together.
    """

    opacity: float
    seconds: float


@dataclass(frozen=True, slots=True)
class CameraView:
    """What the page draws of one camera.

    Attributes:
        found: What was counted.
        bars: Hours at its door lines; empty where it has none.
        heat: Rows of the heat map; empty where nobody stood.
        scale: Up to how long a few of its shades say that people stood.
        steps: The commonest ways, (from, to, people).
    """

    found: StoredCamera
    bars: tuple[Bar, ...]
    heat: tuple[tuple[Cell, ...], ...]
    scale: tuple[Cell, ...]
    steps: tuple[tuple[str, str, int], ...]


@router.get("/flow")
def flow(
    request: Request,
    visitor: Annotated[Visitor, Depends(needs(Right.FIGURES))],
    site: Annotated[str | None, Query(max_length=200)] = None,
    first: date | None = None,
    last: date | None = None,
) -> HTMLResponse:
    """The page."""
    files = {one.name: one for one in request.app.state.sites}
    open_to = visitor.sites(Right.FIGURES, files)
    if site is not None and site not in open_to:
        raise NotFound("There is no site file of a site '%(site)s' here that you may see.", site=site)
    store = store_of(request)
    chosen = files.get(site or busiest_site(store, open_to) or "")
    found, wrong = None, None
    if chosen is not None:
        last, first = _days(chosen, first, last)
        try:
            found = stored_flow(store, chosen, first, last)
        except SettingError as error:
            wrong = said_of(request, error)
    by_month = found is not None and len(found.days) > doorways.MOST_DAYS
    return render(
        request,
        "flow.html.j2",
        site=chosen,
        sites=open_to,
        first=first,
        last=last,
        found=found,
        wrong=wrong,
        unit_s=1 if found is None else _unit_s(found),
        most_ways=_WAYS,
        by_month=by_month,
        doors=()
        if found is None
        else doorways.by_month(found.days)
        if by_month
        else doorways.by_day(found.days),
        crossings=None if found is None else doorways.crossings_of(found.days),
        views=() if found is None else tuple(_view(found, camera) for camera in found.cameras),
    )


def _days(site: Site, first: date | None, last: date | None) -> tuple[date, date]:
    """The last day and the first: the week up to today where nothing is asked for."""
    last = last or site.day(datetime.now(UTC))
    return last, first or last - timedelta(days=DAYS - 1)


def _unit_s(found: StoredFlow) -> int:
    """In what the bars of the visits are labelled: minutes where they all begin at whole ones, else seconds."""
    bars = () if found.visits is None else found.visits.through.bars
    return 60 if all(bar.from_s % 60 == 0 for bar in bars) else 1


def _view(flow: StoredFlow, camera: StoredCamera) -> CameraView:
    counts, settings = camera.total, flow.settings
    heat: tuple[tuple[Cell, ...], ...] = ()
    scale: tuple[Cell, ...] = ()
    if any(counts.heat.values()):
        shades = counts.heat_shades(settings.rows, settings.columns, _SHADES) / _SHADES
        seconds = counts.heat_map(settings.rows, settings.columns)
        heat = tuple(
            tuple(Cell(*cell) for cell in zip(*row, strict=True))
            for row in zip(shades.tolist(), seconds.tolist(), strict=True)
        )
        # Shades go by the root of the time.
        scale = tuple(Cell(part, float(seconds.max()) * part**2) for part in _SCALE)
    return CameraView(camera, _bars(camera), heat, scale, tuple(counts.steps[:_PATHS]))


def _bars(camera: StoredCamera) -> tuple[Bar, ...]:
    if not camera.total.lines:
        return ()
    hours = sorted(camera.summed.hours.items())
    most = max((n for _, line in hours for n in (line.came_in, line.went_out)), default=0) or 1
    return tuple(
        Bar(hour, line.came_in, line.went_out, line.came_in / most, line.went_out / most)
        for hour, line in hours
    )
