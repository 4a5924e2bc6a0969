"""The end of what is kept: rows of the store and files that show faces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mien.runtime.media import delete_expired
from mien.store import Expired

if TYPE_CHECKING:
    from datetime import datetime

    from mien.store import Store


def expire(store: Store, now: datetime, *, dry_run: bool = False) -> Expired:
    """Remove everything whose time is over: rows in bounded batches, then files that show faces.

    Made to be called once a day; more often does no harm, and a call that was missed is made up for by the next.

    Args:
        store: The open store; others may write it meanwhile.
        now: The moment, with zone.
        dry_run: Only count.

    Returns:
        How much of each kind was removed, or is due.

    Raises:
        StoreError: The database says no, or a file cannot be deleted; what was removed until then is removed.
    """
    rows = store.retention.expire(now, dry_run=dry_run)
    files = len(store.media.expired(now.date()) if dry_run else delete_expired(store, now.date()))
    return Expired({**rows.removed, **({"files that show faces": files} if files else {})}, dry_run)
