"""Sites and cameras: named once, referred to by everything else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Table, insert, select, update

from mien.errors import StoreError
from mien.store import flow_sums, rollups, visit_days
from mien.store.tables import cameras, sites

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Connection

    from mien.store.database import Database


class Sites:
    """The sites and cameras that the store knows; they are entered when they are first used."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def entries(self) -> dict[str, tuple[str, ...]]:
        """Names of the sites in alphabetical order, each with the names of its cameras."""
        query = (
            select(sites.c.name, cameras.c.name)
            .join_from(sites, cameras, isouter=True)
            .order_by(sites.c.name, cameras.c.name)
        )
        found: dict[str, tuple[str, ...]] = {}
        with self._database.read() as connection:
            for site, camera in connection.execute(query):
                found[site] = (*found.get(site, ()), *([] if camera is None else [camera]))
        return found

    def entered(self, name: str) -> datetime | None:
        """When a site was entered, which its first start does, UTC; `None` where it is not known."""
        with self._database.read() as connection:
            return connection.execute(
                select(sites.c.created_at).where(sites.c.name == name)
            ).scalar_one_or_none()

    def simulated(self) -> frozenset[str]:
        """Names of the sites of which nothing is real: whatever shows them says so."""
        with self._database.read() as connection:
            return frozenset(connection.execute(select(sites.c.name).where(sites.c.simulated)).scalars())

    def enter_simulated(self, name: str) -> None:
        """Enter a site of which nothing is real, before anything else of it. The same again changes nothing.

        Args:
            name: Its name.

        Raises:
            StoreError: A real site has this name, or the database says no.
        """
        with self._database.write() as connection:
            known = connection.execute(
                select(sites.c.simulated).where(sites.c.name == name)
            ).scalar_one_or_none()
            if known is False:
                raise StoreError(
                    f"The store {self._database.name} holds a real site '{name}', which cannot be simulated as well; "
                    "choose another store."
                )
            if known is None:
                row = {"name": name, "created_at": self._database.now(), "simulated": True}
                connection.execute(insert(sites).values(row))

    def set_clock(self, site: str, time_zone: str) -> None:
        """Enter on which clock a site goes, as its site file says; where that is another, its days are sorted anew.

        Args:
            site: Its name.
            time_zone: Its time zone, as `Europe/Riga`.

        Raises:
            StoreError: The zone does not exist, or the database says no.
        """
        rollups.zone_of(time_zone)
        with self._database.write() as connection:
            number = site_id(connection, site, self._database.now())
            own = sites.c.id == number
            known = connection.execute(select(sites.c.time_zone).where(own)).scalar_one()
            if known == time_zone:
                return
            connection.execute(update(sites).where(own).values(time_zone=time_zone))
            rollups.rebuild(connection, number)
            visit_days.rebuild(connection, number)
            flow_sums.rebuild(connection, number)

    def clocks(self) -> dict[str, str | None]:
        """Time zone of each site, in alphabetical order; `None` where nobody has said so, which counts as UTC."""
        query = select(sites.c.name, sites.c.time_zone).order_by(sites.c.name)
        with self._database.read() as connection:
            return {row.name: row.time_zone for row in connection.execute(query)}


def site_id(connection: Connection, name: str, now: datetime) -> int:
    """The id of a site, entered if it is new."""
    return ensure(connection, sites, {"name": name}, {"created_at": now})


def camera_id(connection: Connection, site: int, name: str, now: datetime) -> int:
    """The id of a camera of a site, entered if it is new."""
    return ensure(connection, cameras, {"site_id": site, "name": name}, {"created_at": now})


def ensure(connection: Connection, table: Table, key: Mapping[str, Any], rest: Mapping[str, Any]) -> int:
    """The id of the row with a unique key, inserted if there is none.

    Args:
        connection: In a write transaction.
        table: A table with an `id`.
        key: Columns that are unique together.
        rest: The other columns of a new row.

    Returns:
        The row's id.
    """
    query = select(table.c.id).where(*(table.c[name] == value for name, value in key.items()))
    found = connection.execute(query).scalar_one_or_none()
    if found is None:
        found = connection.execute(insert(table).values(**key, **rest).returning(table.c.id)).scalar_one()
    return int(found)
