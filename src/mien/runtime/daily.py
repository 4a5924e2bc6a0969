"""Removes what is kept no longer once a day, beside what a process does else."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from mien.errors import StoreError
from mien.runtime.beside import beside
from mien.runtime.retention import expire

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from threading import Event

    from mien.store import Store

_DAY_S: Final = 86_400.0
_AGAIN_S: Final = 300.0
"""After this it is tried again where the store said no."""


def removing_daily(store: Store, say: Callable[[str], None]) -> AbstractContextManager[None]:
    """Remove what is due now and each day, in a thread, while the block lasts.

    Args:
        store: The open store.
        say: Takes a sentence about what was removed, or why nothing could be.
    """

    def remove(over: Event) -> None:
        wait_s = 0.0
        while not over.wait(wait_s):
            wait_s = _DAY_S
            try:
                gone = expire(store, datetime.now(UTC)).removed
            except StoreError as error:
                wait_s = _AGAIN_S
                say(f"What is kept no longer could not be removed; it is tried again: {error}")
                continue
            if any(gone.values()):
                told = ", ".join(f"{count:,} {what}" for what, count in gone.items() if count)
                say(f"Removed, since it is kept no longer: {told}.")

    return beside("removing", remove)
