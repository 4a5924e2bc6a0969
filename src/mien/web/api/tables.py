"""Tables for analysts: days of groups, and single interactions, as CSV or Parquet."""

from __future__ import annotations

from tempfile import TemporaryFile
from threading import BoundedSemaphore
from typing import IO, TYPE_CHECKING, Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import StreamingResponse

from mien.privacy.roles import Right
from mien.runtime.analyst import (
    DAILY,
    INTERACTIONS,
    TableFormat,
    daily_batches,
    interaction_batches,
    write_table,
)
from mien.site.hours import check_day
from mien.web.access import Visitor, needs
from mien.web.api.common import AnySite, Day, site_names
from mien.web.known import store_of
from mien.web.monthly.press import Busy
from mien.web.problems import Forbidden, Unprocessable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    import pyarrow as pa

router = APIRouter(tags=["tables"])

MOST_DAYS: Final = 400
"""Days of one table: a year and a month."""
_AT_ONCE: Final = 2
_PIECE: Final = 1 << 16
_TYPES: Final = {
    TableFormat.CSV: "text/csv; charset=utf-8",
    TableFormat.PARQUET: "application/vnd.apache.parquet",
}
_FILES: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "The table. Parquet carries what each column means.",
        "content": {
            "text/csv": {"schema": {"type": "string"}},
            "application/vnd.apache.parquet": {"schema": {"type": "string", "format": "binary"}},
        },
    }
}
_making = BoundedSemaphore(_AT_ONCE)

Kind = Annotated[TableFormat, Query(alias="format", description="What kind of file.")]
Analyst = Annotated[Visitor, Depends(needs(Right.EXPORT))]


@router.get("/tables/daily", response_class=StreamingResponse, responses=_FILES)
def daily(
    request: Request,
    visitor: Analyst,
    first: Day,
    last: Day,
    site: AnySite = None,
    kind: Kind = TableFormat.CSV,
) -> StreamingResponse:
    """Groups by day with counts, means, intervals and sums; nothing of fewer than ten."""
    _check(first, last)
    names = site_names(request, visitor, Right.EXPORT, site)
    store = store_of(request)
    return _answer("days", kind, DAILY, lambda: daily_batches(store, names, first, last), (first, last))


@router.get("/tables/interactions", response_class=StreamingResponse, responses=_FILES)
def interactions(
    request: Request,
    visitor: Analyst,
    first: Day,
    last: Day,
    site: AnySite = None,
    kind: Kind = TableFormat.CSV,
) -> StreamingResponse:
    """Single interactions, to who may see single visits as well. That they were taken away is noted."""
    _check(first, last)
    names = site_names(request, visitor, Right.EXPORT, site)
    allowed = tuple(name for name in names if visitor.may(Right.VISITS, name))
    if not allowed:
        raise Forbidden(Right.VISITS, site)
    store = store_of(request)
    for name in allowed:
        store.looks.note(visitor.name, Right.EXPORT, f"table of interactions from {first} to {last}", name)
    return _answer(
        "interactions",
        kind,
        INTERACTIONS,
        lambda: interaction_batches(store, allowed, first, last),
        (first, last),
    )


def _check(first: date, last: date) -> None:
    for day in (first, last):
        check_day(day)
    if first > last:
        raise Unprocessable(
            "The first day, %(first)s, is after the last, %(last)s; exchange them.", first=first, last=last
        )
    if (last - first).days >= MOST_DAYS:
        raise Unprocessable(
            "From %(first)s to %(last)s are %(what)s days, and a table has at most %(most_days)s; ask "
            "for several.",
            first=first,
            last=last,
            what=(last - first).days + 1,
            most_days=MOST_DAYS,
        )


def _answer(
    name: str,
    kind: TableFormat,
    schema: pa.Schema,
    batches: Callable[[], Iterator[pa.RecordBatch]],
    days: tuple[date, date],
) -> StreamingResponse:
    """The table, made in a file without a name and told from there, so that it needs little memory."""
    if not _making.acquire(blocking=False):
        raise Busy("Two tables are being made already; try again in a minute.")
    sink = TemporaryFile()  # noqa: SIM115  (closed when all of it was told)
    try:
        write_table(sink, batches(), schema, kind, first_day=days[0], last_day=days[1])
        length = sink.tell()
        sink.seek(0)
    except BaseException:
        sink.close()
        raise
    finally:
        _making.release()
    file = f"mien-{name}-{days[0]}-{days[1]}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{file}"', "Content-Length": str(length)}
    return StreamingResponse(_pieces(sink), media_type=_TYPES[kind], headers=headers)


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE):
            yield piece
