"""What is now: the last word of each camera, for pages that show the moment. Nothing of it is kept.

The writer says what is seen, the supervisor how the cameras are; pages in any process read both. A row is overwritten
by the next word and removed when reading ends, so what one customer's face showed is gone a second later.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from pydantic import BaseModel, ConfigDict
from sqlalchemy import delete, func, insert, select, update

from mien.journey.now import PersonNow
from mien.store.live_tables import live_states
from mien.store.sites import camera_id, site_id
from mien.store.tables import cameras, sites

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from mien.store.database import Database

FRESH_S: Final = 10.0
"""A word older than this is of a run that is gone."""

Kind = Literal["now", "health"]


class Now(BaseModel):
    """What a camera sees.

    Attributes:
        touchpoint: Which one it watches.
        people: Who is in view.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    touchpoint: str
    people: tuple[PersonNow, ...] = ()


class Health(BaseModel):
    """How a camera is.

    Attributes:
        touchpoint: Which one it watches.
        phase: `live`, `reading`, `connecting`, `starting`, `idle`, `done` or `not read`.
        trouble: What is wrong, one English sentence; `None` where nothing is.
        what: Which kind of trouble that is, for pages to say it in their language; `None` where nothing is.
        restarts: How often its process was started again.
        interactions: Interactions stored in this run.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    touchpoint: str
    phase: str
    trouble: str | None = None
    what: str | None = None
    restarts: int = 0
    interactions: int = 0


@dataclass(frozen=True, slots=True)
class LiveCamera:
    """The last words about one camera.

    Attributes:
        site: Its site.
        camera: Its name.
        now: What it sees; `None` where nobody says so at the moment.
        health: How it is; `None` where nobody says so at the moment.
    """

    site: str
    camera: str
    now: Now | None
    health: Health | None


class Live:
    """The moment, by camera."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def say(self, site: str, words: Mapping[str, Now] | Mapping[str, Health]) -> None:
        """Overwrite what was said of cameras.

        Args:
            site: The site.
            words: By name of the camera, all of one kind.

        Raises:
            StoreError: The database says no.
        """
        if not words:
            return
        now = self._database.now()
        with self._database.write() as connection:
            place = site_id(connection, site, now)
            for camera, word in words.items():
                own = {"camera_id": camera_id(connection, place, camera, now), "kind": _kind(word)}
                said = {"said_at": now, "data": word.model_dump(mode="json")}
                mine = (live_states.c.camera_id == own["camera_id"]) & (live_states.c.kind == own["kind"])
                if not connection.execute(update(live_states).where(mine).values(**said)).rowcount:
                    connection.execute(insert(live_states).values(**own, **said))

    def fall_silent(self, site: str, kind: Kind) -> None:
        """Remove what was said of the cameras of a site: reading has ended.

        Args:
            site: The site.
            kind: Which words.
        """
        own = select(cameras.c.id).join(sites).where(sites.c.name == site)
        with self._database.write() as connection:
            connection.execute(
                delete(live_states).where(live_states.c.camera_id.in_(own), live_states.c.kind == kind)
            )

    def cameras(self, site: str | None = None) -> list[LiveCamera]:
        """The cameras of which something was said in the last `FRESH_S` seconds, by site and name.

        Args:
            site: Only of this site.
        """
        query = (
            select(sites.c.name.label("site"), cameras.c.name.label("camera"), live_states)
            .select_from(live_states.join(cameras).join(sites))
            .order_by(sites.c.name, cameras.c.name)
        )
        if site is not None:
            query = query.where(sites.c.name == site)
        now = self._database.now()
        found: dict[tuple[str, str], dict[str, Any]] = {}
        with self._database.read() as connection:
            for row in connection.execute(query):
                if (now - row.said_at).total_seconds() <= FRESH_S:
                    found.setdefault((row.site, row.camera), {})[row.kind] = row.data
        return [
            LiveCamera(
                place,
                camera,
                Now.model_validate(said["now"]) if "now" in said else None,
                Health.model_validate(said["health"]) if "health" in said else None,
            )
            for (place, camera), said in found.items()
        ]

    def said_at(self) -> datetime | None:
        """When the last word of any camera was said, UTC: what watches for news compares it."""
        with self._database.read() as connection:
            last: datetime | None = connection.execute(select(func.max(live_states.c.said_at))).scalar_one()
        return last


def _kind(word: Now | Health) -> Kind:
    return "now" if isinstance(word, Now) else "health"
