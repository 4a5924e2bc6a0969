"""The end of what is kept: rows of the store and files that show faces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mien.runtime.media import delete_expired
from mien.store import Expired

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from mien.store import Store


def expire(
    store: Store, now: datetime, *, dry_run: bool = False, told: Callable[[Path], None] = lambda _: None
) -> Expired:
    """Remove everything whose time is over: rows in bounded batches, then files that show faces.

    Made to be called once a day; more often does no harm, and a call that was missed is made up for by the next.

    Args:
        store: The open store; others may write it meanwhile.
        now: The moment, UTC.
        dry_run: Only count.
        told: Given each file that was deleted.

    Returns:
        How much of each kind was removed, or is due.

    Raises:
        StoreError: The database says no, or a file cannot be deleted; what was removed until then is removed.
    """
    rows = store.retention.expire(now, dry_run=dry_run)
    if dry_run:
        files = len(store.media.expired(now.date()))
    else:
        gone = delete_expired(store, now.date())
        files = len(gone)
        for path in gone:
            told(path)
    return Expired({**rows.removed, **({"files that show faces": files} if files else {})}, dry_run)
