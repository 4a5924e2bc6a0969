"""What a site file says of how its site is stored, entered where a command that writes the store reads the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mien.site import Site
    from mien.store import Store


def enter_site(store: Store, site: Site) -> None:
    """Enter for how long a site keeps what is found there, and on which clock its days are counted.

    Args:
        store: The open store.
        site: The site.

    Raises:
        StoreError: The database says no.
    """
    store.retention.record(site.name, site.retention.days)
    store.sites.set_clock(site.name, site.time_zone)
