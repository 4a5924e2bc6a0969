"""The playbook in force: the one that belongs to the protocol that the roster says is kept to now."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mien.action.playbook import in_force
from mien.errors import MienError
from mien.site.protocols import protocol_at
from mien.site.roster import LoadedRoster, load_roster

if TYPE_CHECKING:
    from mien.action.playbook import Playbook
    from mien.site import Site
    from mien.store import Store


class InForce:
    """Tells which playbook holds; rosters are read again only where their file or their site changed.

    Args:
        store: The open store.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._read: dict[str, tuple[Site, int, LoadedRoster]] = {}

    def playbook(
        self, name: str, touchpoint: str | None, site: Site | None, now: datetime | None = None
    ) -> Playbook | None:
        """The playbook that the staff of a touchpoint are to go by now.

        Args:
            name: Name of the site.
            touchpoint: Where; `None` for what concerns the whole site, which belongs to no protocol.
            site: Its site file; `None` where it is not known here, so that no protocol is known either.
            now: The moment, with zone; that of the clock where left out.

        Returns:
            It, `None` where nobody wrote one.

        Raises:
            StoreError: The database says no.
        """
        newest = self._store.playbooks.newest(name)
        if not newest:
            return None
        if site is None or touchpoint is None:
            return in_force(newest, None)
        return in_force(newest, self.protocol(site, touchpoint, now))

    def protocol(self, site: Site, touchpoint: str, now: datetime | None = None) -> str | None:
        """The protocol that is kept to at a touchpoint now; `None` where none is, or where the roster cannot be read.

        Args:
            site: The site file.
            touchpoint: Where.
            now: The moment, with zone; that of the clock where left out.
        """
        if not site.protocols:
            return None
        return protocol_at(site, self._roster(site), now or datetime.now(UTC), touchpoint)

    def _roster(self, site: Site) -> LoadedRoster:
        if site.roster is None:
            return LoadedRoster()
        try:
            stamp = site.roster.file.stat().st_mtime_ns
            known = self._read.get(site.name)
            if known is None or known[0] is not site or known[1] != stamp:
                known = self._read[site.name] = (site, stamp, load_roster(site))
        except (OSError, MienError):
            return LoadedRoster()
        return known[2]
