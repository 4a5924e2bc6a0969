"""Playbooks: what staff are advised to do, kept version by version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, insert, select

from mien.action.playbook import Entry, Playbook, ordered
from mien.errors import InputError
from mien.store.alert_tables import playbooks
from mien.store.sites import site_id
from mien.store.tables import sites

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection, Row

    from mien.store.database import Database

_ANY: Final = ""


class Playbooks:
    """The playbooks of a store. No version is ever changed: what is saved is a new one."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def newest(self, site: str) -> dict[str | None, Playbook]:
        """The newest version of each playbook of a site, by its protocol; `None` for the one that belongs to none.

        Args:
            site: Name of the site.
        """
        last = (
            select(playbooks.c.site_id, playbooks.c.protocol, func.max(playbooks.c.version).label("version"))
            .group_by(playbooks.c.site_id, playbooks.c.protocol)
            .subquery()
        )
        query = (
            _select()
            .join(
                last,
                (last.c.site_id == playbooks.c.site_id)
                & (last.c.protocol == playbooks.c.protocol)
                & (last.c.version == playbooks.c.version),
            )
            .where(sites.c.name == site)
        )
        with self._database.read() as connection:
            found = [_playbook(row) for row in connection.execute(query)]
        return {one.protocol: one for one in found}

    def versions(self, site: str, protocol: str | None, *, limit: int = 50) -> list[Playbook]:
        """Versions of a playbook, the newest first.

        Args:
            site: Name of the site.
            protocol: The way of serving that it belongs to; `None` for the one that belongs to none.
            limit: At most so many.
        """
        query = _select().where(sites.c.name == site, playbooks.c.protocol == (protocol or _ANY))
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(playbooks.c.version.desc()).limit(limit))
            return [_playbook(row) for row in rows]

    def save(
        self, site: str, protocol: str | None, entries: Iterable[Entry], by: str, *, opened: int
    ) -> Playbook:
        """Save a new version; what is the same as the newest one makes none.

        Args:
            site: Name of the site.
            protocol: The way of serving that it belongs to; `None` for any.
            entries: All its advice.
            by: Who saves it.
            opened: The version that was changed; 0 where there was none.

        Returns:
            The newest version.

        Raises:
            InputError: Somebody else saved one meanwhile; nothing is stored.
            StoreError: The database says no.
        """
        now, kept = self._database.now(), ordered(entries)
        with self._database.write() as connection:
            place = site_id(connection, site, now)
            last = _last(connection, place, protocol or _ANY)
            there = 0 if last is None else last.version
            if there != opened:
                raise InputError(
                    "Somebody saved version %(version)s of this playbook meanwhile; load the page again.",
                    version=there,
                )
            if last is not None and _playbook(last).entries == kept:
                return _playbook(last)
            connection.execute(
                insert(playbooks).values(
                    site_id=place,
                    protocol=protocol or _ANY,
                    version=there + 1,
                    made_at=now,
                    made_by=by,
                    entries=[[one.about, one.touchpoint, one.language, one.text] for one in kept],
                )
            )
        return Playbook(site, protocol, there + 1, now, by, kept)


def _select() -> Any:  # noqa: ANN401  (a Select of all columns)
    return select(playbooks, sites.c.name.label("site")).join(sites)


def _last(connection: Connection, place: int, protocol: str) -> Row[Any] | None:
    query = _select().where(playbooks.c.site_id == place, playbooks.c.protocol == protocol)
    found: Row[Any] | None = connection.execute(
        query.order_by(playbooks.c.version.desc()).limit(1)
    ).one_or_none()
    return found


def _playbook(row: Row[Any]) -> Playbook:
    return Playbook(
        site=row.site,
        protocol=row.protocol or None,
        version=row.version,
        made_at=row.made_at,
        made_by=row.made_by,
        entries=tuple(Entry(*entry) for entry in row.entries),
    )
