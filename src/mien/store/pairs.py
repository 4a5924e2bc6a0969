"""How pairs of cameras differ, as it was measured."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from mien.errors import SettingError
from mien.expressions import check_scale
from mien.journey.camera_pair import CameraPair, MeasuredPair
from mien.store.sites import camera_id, site_id
from mien.store.tables import cameras, sites
from mien.store.visit_tables import camera_pairs

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row, Select

    from mien.expressions import ScaleName
    from mien.store.database import Database

_FIRST, _SECOND = cameras.alias("first"), cameras.alias("second")


class Pairs:
    """The measured pairs of cameras. Nothing is removed: the newest measurement of a pair counts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, measured: MeasuredPair) -> None:
        """Enter a measurement. Visits that are scored already stay as they were told.

        Args:
            measured: What was measured; it holds for both directions.

        Raises:
            SettingError: It is one camera, or there is no such scale.
            StoreError: The database says no.
        """
        if measured.from_camera == measured.to_camera:
            raise SettingError(
                f"A pair needs two cameras, and both are '{measured.to_camera}'; name another one."
            )
        now = self._database.now()
        with self._database.write() as connection:
            site = site_id(connection, measured.site, now)
            row = {
                "site_id": site,
                "from_camera_id": camera_id(connection, site, measured.from_camera, now),
                "to_camera_id": camera_id(connection, site, measured.to_camera, now),
                "scale": check_scale(measured.scale),
                "reader": measured.reader,
                "mean_offset": float(measured.pair.offset),
                "offset_variance": float(measured.pair.offset_variance),
                "variance": float(measured.pair.variance),
                "testers": int(measured.pair.testers),
                "measured_at": measured.measured_at,
            }
            connection.execute(insert(camera_pairs).values(row))

    def find(
        self, site: str, from_camera: str, to_camera: str, *, scale: ScaleName, reader: str
    ) -> MeasuredPair | None:
        """The newest measurement of two cameras, in this direction whichever was recorded; `None` without any."""
        with self._database.read() as connection:
            return find(connection, site, (from_camera, to_camera), scale=scale, reader=reader)

    def entries(self, site: str | None = None) -> list[MeasuredPair]:
        """Every measurement of a site, or of all, in order of time."""
        query = _select().order_by(camera_pairs.c.measured_at, camera_pairs.c.id)
        if site is not None:
            query = query.where(sites.c.name == site)
        with self._database.read() as connection:
            return [_measured(row, turned=False) for row in connection.execute(query)]


def find(
    connection: Connection, site: str, way: tuple[str, str], *, scale: str, reader: str
) -> MeasuredPair | None:
    """As `Pairs.find`, in a transaction.

    Args:
        connection: In a transaction.
        site: The site.
        way: The camera that was passed first, and the later one.
        scale: Of the valences.
        reader: Name and version of the expression reader.
    """
    there = (_FIRST.c.name == way[0]) & (_SECOND.c.name == way[1])
    back = (_FIRST.c.name == way[1]) & (_SECOND.c.name == way[0])
    query = (
        _select()
        .where(sites.c.name == site, there | back)
        .where(camera_pairs.c.scale == scale, camera_pairs.c.reader == reader)
        .order_by(camera_pairs.c.measured_at.desc(), camera_pairs.c.id.desc())
        .limit(1)
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else _measured(row, turned=row.from_camera != way[0])


def _select() -> Select[Any]:
    joined = (
        camera_pairs.join(sites, camera_pairs.c.site_id == sites.c.id)
        .join(_FIRST, camera_pairs.c.from_camera_id == _FIRST.c.id)
        .join(_SECOND, camera_pairs.c.to_camera_id == _SECOND.c.id)
    )
    names = sites.c.name.label("site"), _FIRST.c.name.label("from_camera"), _SECOND.c.name.label("to_camera")
    return select(camera_pairs, *names).select_from(joined)


def _measured(row: Row[Any], *, turned: bool) -> MeasuredPair:
    pair = CameraPair(row.mean_offset, row.variance, row.offset_variance, row.testers)
    way = row.from_camera, row.to_camera
    found = MeasuredPair(row.site, *way, check_scale(row.scale), row.reader, pair, row.measured_at)
    return found.reversed() if turned else found
