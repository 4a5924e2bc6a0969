"""Which stores are demo stores: only these are filled, and only these are ever removed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mien.errors import StoreError
from mien.runtime.demo.sample import SAMPLE
from mien.runtime.demo.story import Story
from mien.store import Store

if TYPE_CHECKING:
    from pathlib import Path


def check_demo(store: Store) -> Story | None:
    """Make sure that a store is a demo store, or an empty one that can become one.

    Args:
        store: The open store.

    Returns:
        What it was filled with, or began to be; `None` where it is empty.

    Raises:
        StoreError: It holds something real.
    """
    simulated = store.sites.simulated()
    real = sorted(set(store.sites.entries()) - simulated)
    known = store.recordings.list_recordings()
    if real or (known and not simulated):
        what = f"site '{real[0]}'" if real else f"'{known[0].source.name}'"
        raise StoreError(
            f"The store {store.address} is no demo store, it holds {what}; it was left as it is. Give the demo a store "
            "of its own with --store."
        )
    told = next((one.settings_digest for one in known if one.key.site in simulated), None)
    if told is None:
        return None
    story = Story.of(told)
    if story is None:
        raise StoreError(
            f"The demo store {store.address} was made by another Mien ({told}); add --rebuild to make it anew."
        )
    return story


def remove_demo(address: str | Path) -> None:
    """Remove a demo store that lives in files; nothing happens where there is none.

    Args:
        address: As for `Store.open`.

    Raises:
        StoreError: It holds something real, or lives on a server.
    """
    files = [path for path in Store.files(address) if path.exists()]
    if not files:
        return
    with Store.open(address, create=False) as store:
        simulated = store.sites.simulated()
        real = sorted(set(store.sites.entries()) - simulated)
        own = [
            one.source.name
            for one in store.recordings.list_recordings()
            if one.key.site is None and one.source.name != SAMPLE
        ]
        if real or own or not simulated:
            what = f"'{(real + own)[0]}'" if real or own else "nothing simulated"
            raise StoreError(
                f"The store {store.address} holds {what}, so it is not removed for the demo; give another with --store."
            )
    for path in files:
        path.unlink(missing_ok=True)
