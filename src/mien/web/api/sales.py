"""Receipts from tills, joined to the interactions at them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Lock, Timer
from time import monotonic
from typing import TYPE_CHECKING, Annotated, Final

from fastapi import APIRouter, BackgroundTasks, Depends, Request
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from mien.errors import MienError
from mien.journal import logger
from mien.privacy.roles import Right
from mien.runtime.entering import enter_site
from mien.runtime.receipts import join_site
from mien.site.receipts import ReceiptRow
from mien.web.access import Visitor, needs
from mien.web.api.common import Answer, Written, site_file
from mien.web.known import store_of
from mien.web.problems import Unprocessable

if TYPE_CHECKING:
    from mien.site import Site
    from mien.store import Store

router = APIRouter(tags=["sales"])

_AHEAD: Final = timedelta(minutes=10)
"""How far a till's clock may be ahead."""
_JOIN_EVERY_S: Final = 60.0
_log = logger(__name__)


class Sale(BaseModel):
    """One receipt."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "till": "POS-01",
                    "number": "4711",
                    "printed_at": "2026-05-04T10:31:07+02:00",
                    "type": "purchase",
                }
            ]
        },
    )

    till: Written = Field(description="What the till system calls the till, or its service point.")
    number: Written = Field(description="Number of the receipt.")
    printed_at: AwareDatetime = Field(description="When, by the clock of the till, with its offset.")
    service_point: Written | None = Field(
        None, description="Its service point in the site file; else the one with that till."
    )
    type: Written | None = Field(None, description="What it was about.")
    reference: Written | None = Field(
        None,
        description="Loyalty or CRM reference; stored only under a recorded consent, else not in any form.",
    )


class Sales(BaseModel):
    """Receipts of one site."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    site: Written = Field(examples=["Simulated Lyon"])
    sales: list[Sale] = Field(min_length=1, max_length=1000)


class SalesTaken(Answer):
    """What became of them. The same receipt twice is there once."""

    new: int = Field(description="Receipts that were not known.")
    known: int = Field(description="Receipts that were, and are left as they were.")
    named: int = Field(description="References that were stored.")
    no_consent: int = Field(description="References that were not stored, since no consent allows it.")
    too_old: int = Field(description="Receipts that would have been removed already.")
    erased: int = Field(description="Receipts that were erased, and do not come back.")


@router.post("/sales")
def take_sales(
    request: Request,
    sent: Sales,
    later: BackgroundTasks,
    visitor: Annotated[Visitor, Depends(needs(Right.SALES))],
) -> SalesTaken:
    """Take receipts; sent again, nothing is counted twice. They are joined to interactions within a minute or two."""
    site = site_file(request, visitor, Right.SALES, sent.site)
    store = store_of(request)
    now = datetime.now(UTC)
    rows = [_row(site, number, sale, now) for number, sale in enumerate(sent.sales, 1)]
    enter_site(store, site)
    added = store.receipts.add(site.name, rows, site.retention.days)
    joiner: Joiner = request.app.state.joiner
    later.add_task(joiner.join, store, site)
    return SalesTaken(
        new=added.new,
        known=added.known,
        named=added.named,
        no_consent=added.no_consent,
        too_old=added.too_old,
        erased=added.erased,
    )


class Joiner:
    """Joins receipts to interactions after they came, at most once a minute for each site."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._at: dict[str, float] = {}
        self._waiting: dict[str, Timer] = {}

    def join(self, store: Store, site: Site) -> None:
        """Join those of a site now, or when a minute has gone since the last time."""
        with self._lock:
            if site.name in self._waiting:
                return
            wait_s = self._at.get(site.name, -_JOIN_EVERY_S) + _JOIN_EVERY_S - monotonic()
            if wait_s > 0:
                timer = self._waiting[site.name] = Timer(wait_s, self._join, (store, site))
                timer.daemon = True
                timer.start()
                return
        self._join(store, site)

    def close(self) -> None:
        """Wait for nothing any more; receipts that are not joined yet are joined with the next ones."""
        with self._lock:
            for timer in self._waiting.values():
                timer.cancel()

    def _join(self, store: Store, site: Site) -> None:
        with self._lock:
            self._waiting.pop(site.name, None)
            self._at[site.name] = monotonic()
        try:
            join_site(store, site)
        except MienError as error:
            _log.warning("receipts wait to be joined", site=site.name, reason=str(error))


def _row(site: Site, number: int, sale: Sale, now: datetime) -> ReceiptRow:
    points = site.service_points
    point = sale.service_point
    if point is not None and point not in points:
        raise Unprocessable(
            f"Sale {number} names the service point '{point}', which {site.name} does not have; it has "
            f"{', '.join(points) or 'none'}."
        )
    if point is None:
        point = next((name for name, known in points.items() if sale.till in {name, known.till}), None)
    if point is None:
        tills = ", ".join(f"{known.till or name} ({name})" for name, known in points.items())
        raise Unprocessable(
            f"Sale {number} is of till '{sale.till}', which no service point of {site.name} has; its tills are "
            f"{tills or 'none'}."
        )
    if sale.printed_at > now + _AHEAD:
        raise Unprocessable(f"Sale {number} was printed at {sale.printed_at}, which is still to come.")
    return ReceiptRow(
        line=number,
        # One till by two names would count a receipt twice.
        till=(points[point].till or sale.till) if sale.till == point else sale.till,
        number=sale.number,
        printed_at=sale.printed_at.astimezone(UTC),
        service_point=point,
        type=sale.type,
        reference=sale.reference,
    )
