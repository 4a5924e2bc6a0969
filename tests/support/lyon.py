"""A site of which much has happened: fixtures for tests of what follows from that, and who its customers were.

A folder of tests takes them into its conftest. A module says in `FILE` what its site file holds.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from mien.privacy import Consent, KeepDays, Purpose
from mien.site import Site, load_site
from mien.site.receipts import ReceiptRow
from mien.store import Store
from mien.store.receipt_records import NewJoin
from mien.store.receipt_rows import receipt_uid
from support.clock import Clock
from support.stored import NINE, SITE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mien.journey import Interaction


@pytest.fixture
def clock() -> Clock:
    """Eleven o'clock in Paris: two hours after the first customer came."""
    return Clock(NINE + timedelta(hours=2))


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    """An empty store that lives by that clock."""
    with Store.open(tmp_path / "s.sqlite", clock=clock) as opened:
        yield opened


@pytest.fixture
def site(tmp_path: Path, request: pytest.FixtureRequest) -> Site:
    """The site of the module's `FILE`."""
    return site_of(tmp_path, request.module.FILE)


def site_of(folder: Path, text: str) -> Site:
    """The site of a file with this text."""
    path = folder / "lyon.toml"
    path.write_text(text)
    return load_site(path)


def agree(store: Store, reference: str, *, since: datetime = NINE - timedelta(days=1)) -> None:
    """A customer agrees that visits are noted under a reference, for 90 days."""
    store.consents.record(
        Consent(reference, Purpose.VISITS, since, "form", "Ada", since + timedelta(days=90))
    )


def pay(store: Store, reference: str, seen: Interaction) -> None:
    """The customer of an interaction pays, and the receipt bears a reference."""
    at = NINE + timedelta(seconds=seen.start_s + 8)
    row = ReceiptRow(1, "POS", str(seen.track_id), at, "till", None, reference)
    store.receipts.add(SITE, [row], KeepDays.alike(30))
    store.receipts.join([NewJoin(receipt_uid(SITE, row), seen.id, 1.0, 9.0, None)])
