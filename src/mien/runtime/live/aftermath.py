"""What the writer does about what it has stored: tasks, praise, the report of a day; and whether all goes out."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from time import monotonic
from typing import TYPE_CHECKING, Final

from mien.errors import BusyError
from mien.runtime.nightly import Nightly
from mien.runtime.reacting import Reactions
from mien.runtime.sending_health import SendingHealth

if TYPE_CHECKING:
    from mien.site import Site
    from mien.store import Store

_EVERY_S: Final = 0.5
_LOOK_EVERY_S: Final = 30.0


class Aftermath:
    """Follows what is stored of a site.

    Args:
        site: The site.
        store: The open store of the writer.
    """

    def __init__(self, site: Site, store: Store) -> None:
        self._reactions, self._nightly = Reactions(site, store), Nightly(site, store)
        self._sending = SendingHealth(site, store, lambda: datetime.now(UTC))
        self._at: float | None = None
        self._looked: float | None = None

    def follow(self, *, now: bool = False) -> None:
        """Do what is due, at most twice a second; `now` all of it.

        Raises:
            StoreError: The store cannot be read or written.
        """
        if not now and self._at is not None and monotonic() - self._at < _EVERY_S:
            return
        self._at = monotonic()
        # Two runs of the same site, of different cameras: what one leaves the other does.
        with suppress(BusyError):
            while self._reactions.follow() and now:
                pass
            self._nightly.write_due()
        if self._looked is None or monotonic() - self._looked > _LOOK_EVERY_S:
            self._looked = monotonic()
            self._sending.look()
