"""The notices that hang, or hung: who reads a site must find one here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from mien.errors import StoreError
from mien.privacy import Notice, check_notice
from mien.store.sites import camera_id, site_id
from mien.store.tables import cameras, notices, sites

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy import Connection, Row, Select

    from mien.store.database import Database


@dataclass(frozen=True, slots=True)
class RecordedNotice:
    """A notice as the store keeps it.

    Attributes:
        id: Its number, by which it is withdrawn.
        notice: What hangs where, since when.
        recorded_at: When it was entered, UTC.
    """

    id: int
    notice: Notice
    recorded_at: datetime


class Notices:
    """The record of notices. Nothing is ever removed from it: a notice that was taken down is withdrawn."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, notice: Notice) -> RecordedNotice:
        """Enter a notice; the same one twice is one.

        Args:
            notice: What hangs where, since when.

        Returns:
            The notice with its number.

        Raises:
            StoreError: The database says no.
        """
        now = self._database.now()
        with self._database.write() as connection:
            for known in self._find(connection, notice.site):
                if known.notice == notice:
                    return known
            site = site_id(connection, notice.site, now)
            camera = None if notice.camera is None else camera_id(connection, site, notice.camera, now)
            row = {
                "site_id": site,
                "camera_id": camera,
                "shown_on": notice.shown_on,
                "withdrawn_on": notice.withdrawn_on,
                "text_version": notice.text_version,
                "put_up_by": notice.put_up_by,
                "recorded_at": now,
            }
            number = connection.execute(insert(notices).values(row).returning(notices.c.id)).scalar_one()
        return RecordedNotice(number, notice, now)

    def entries(self, site: str | None = None, *, but: str | None = None) -> list[RecordedNotice]:
        """The notices of a site, or of all, in the order in which they were put up.

        Args:
            site: Its name.
            but: Not those that speak of this camera alone.
        """
        with self._database.read() as connection:
            return self._find(connection, site, but)

    def page(
        self, site: str, *, camera: str | None = None, before: int | None = None, limit: int = 50
    ) -> list[RecordedNotice]:
        """The notices of a site, those recorded last first.

        Args:
            site: Its name.
            camera: Only those that speak of this camera alone.
            before: Only those recorded before the one of this number: the last of the page before.
            limit: At most so many.
        """
        query = _select().where(sites.c.name == site).order_by(notices.c.id.desc()).limit(limit)
        if before is not None:
            query = query.where(notices.c.id < before)
        if camera is not None:
            query = query.where(cameras.c.name == camera)
        with self._database.read() as connection:
            return [_recorded(row, withdrawn_on=row.withdrawn_on) for row in connection.execute(query)]

    def get(self, notice_id: int) -> RecordedNotice | None:
        """A notice by its number; `None` where there is none."""
        with self._database.read() as connection:
            row = connection.execute(_select().where(notices.c.id == notice_id)).one_or_none()
        return None if row is None else _recorded(row, withdrawn_on=row.withdrawn_on)

    def withdraw(self, notice_id: int, on: date) -> RecordedNotice:
        """Say that a notice hangs no more.

        Args:
            notice_id: Its number.
            on: First day on which it no longer hung.

        Returns:
            The notice as it is now.

        Raises:
            StoreError: There is no such notice, or it was withdrawn before.
            NoticeError: The day is before the one on which it was put up.
        """
        with self._database.write() as connection:
            row = connection.execute(_select().where(notices.c.id == notice_id)).one_or_none()
            if row is None:
                raise StoreError(
                    "There is no notice %(notice_id)s; 'mien notice list' shows those there are.",
                    notice_id=notice_id,
                )
            if row.withdrawn_on is not None:
                raise StoreError(
                    "Notice %(notice_id)s was withdrawn on %(withdrawn_on)s already.",
                    notice_id=notice_id,
                    withdrawn_on=row.withdrawn_on,
                )
            known = _recorded(row, withdrawn_on=on)
            connection.execute(update(notices).where(notices.c.id == notice_id).values(withdrawn_on=on))
        return known

    def require(self, site: str, camera: str | None = None, *, on: date) -> Notice:
        """The notice that allows reading a camera of a site on a day.

        Args:
            site: The site.
            camera: The camera; `None` where it is not known, which only a notice for the whole site covers.
            on: The day on which the pictures were taken.

        Returns:
            The covering notice.

        Raises:
            NoticeError: None covers it; the message says how to record one.
        """
        return check_notice([known.notice for known in self.entries(site)], site, camera, on=on)

    @staticmethod
    def _find(connection: Connection, site: str | None, but: str | None = None) -> list[RecordedNotice]:
        query = _select().order_by(notices.c.shown_on, notices.c.id)
        if but is not None:
            query = query.where(cameras.c.name.is_(None) | (cameras.c.name != but))
        if site is not None:
            query = query.where(sites.c.name == site)
        return [_recorded(row, withdrawn_on=row.withdrawn_on) for row in connection.execute(query)]


def _select() -> Select[Any]:
    joined = notices.join(sites, notices.c.site_id == sites.c.id).outerjoin(
        cameras, notices.c.camera_id == cameras.c.id
    )
    return select(notices, sites.c.name.label("site"), cameras.c.name.label("camera")).select_from(joined)


def _recorded(row: Row[Any], *, withdrawn_on: date | None) -> RecordedNotice:
    notice = Notice(row.site, row.camera, row.shown_on, row.text_version, row.put_up_by, withdrawn_on)
    return RecordedNotice(row.id, notice, row.recorded_at)
