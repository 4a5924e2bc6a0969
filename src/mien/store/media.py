"""The list of files in which faces can be seen, so that each can be deleted when its time is over."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

from sqlalchemy import delete, select, update

from mien.store.sites import ensure
from mien.store.tables import media_grants

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy import Select

    from mien.privacy import MediaGrant
    from mien.store.database import Database


@dataclass(frozen=True, slots=True)
class StoredPicture:
    """A file in which faces can be seen.

    Attributes:
        path: Where it is, absolute.
        purpose: What it is for.
        until: Last day on which it may exist.
        granted_at: When leave was given, UTC.
        recording_id: The recording that it shows; `None` where that is not, or no longer, in the store.
    """

    path: Path
    purpose: str
    until: date
    granted_at: datetime
    recording_id: int | None


class Media:
    """The files written under a `MediaGrant`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, path: Path, grant: MediaGrant, recording_id: int | None = None) -> None:
        """Enter a file *before* it is written, so that no crash leaves one that nobody knows of.

        Args:
            path: Where it will be; a file entered before at the same place is replaced.
            grant: The leave to write it.
            recording_id: The recording that it shows, if it is in the store.

        Raises:
            StoreError: The database says no; then the file must not be written.
        """
        values = {
            "purpose": grant.purpose,
            "until": grant.until,
            "granted_at": self._database.now(),
            "recording_id": recording_id,
        }
        with self._database.write() as connection:
            number = ensure(connection, media_grants, {"path": _address(path)}, values)
            connection.execute(update(media_grants).where(media_grants.c.id == number).values(**values))

    def entries(self) -> list[StoredPicture]:
        """Every file, the one whose time ends first at the head."""
        return self._find(select(media_grants))

    def expired(self, today: date) -> list[StoredPicture]:
        """The files whose last day is before `today`: to be deleted, then forgotten."""
        return self._find(select(media_grants).where(media_grants.c.until < today))

    def forget(self, path: Path) -> bool:
        """Strike a file off the list *after* it was deleted.

        Returns:
            Whether it was on the list.

        Raises:
            StoreError: The database says no.
        """
        with self._database.write() as connection:
            gone = delete(media_grants).where(media_grants.c.path == _address(path))
            return connection.execute(gone).rowcount > 0

    def _find(self, query: Select[Any]) -> list[StoredPicture]:
        ordered = query.order_by(media_grants.c.until, media_grants.c.id)
        with self._database.read() as connection:
            return [
                StoredPicture(_path(row.path), row.purpose, row.until, row.granted_at, row.recording_id)
                for row in connection.execute(ordered)
            ]


def _address(path: Path) -> str:
    # Names of files are bytes; an address holds any of them, a text does not. Links are kept as they are.
    return Path(os.path.abspath(path)).as_uri()  # noqa: PTH100  (takes '..' out, which Path.absolute leaves)


def _path(address: str) -> Path:
    return Path(os.fsdecode(unquote_to_bytes(address.removeprefix("file://"))))
