"""The moment at some sites: who is in view at each touchpoint, what was seen today, and how the cameras are."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict

from mien.insight import Grouping, Measure, compare
from mien.journey.now import PersonNow
from mien.store import Chosen
from mien.store.live import Health
from mien.store.rolled import PLACE_MARK

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from mien.insight import Group
    from mien.site import Site
    from mien.store import Store
    from mien.store.live import LiveCamera


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CameraMoment(_Told):
    """One camera.

    Attributes:
        name: Its name.
        health: How it is; `None` where it is not read at the moment.
    """

    name: str
    health: Health | None


class TouchpointMoment(_Told):
    """One touchpoint.

    Attributes:
        name: Its name.
        role: Its role in the journey; `None` where the site file is not known here.
        read: Whether any of its cameras says what it sees.
        people: Who is in view, the longest there first.
        cameras: Its cameras.
    """

    name: str
    role: str | None
    read: bool
    people: tuple[PersonNow, ...]
    cameras: tuple[CameraMoment, ...]


class SiteMoment(_Told):
    """One site.

    Attributes:
        site: Its name.
        touchpoints: In the order of the site file, or by name.
    """

    site: str
    touchpoints: tuple[TouchpointMoment, ...]

    @property
    def in_view(self) -> int:
        """How many faces are in view."""
        return sum(len(one.people) for one in self.touchpoints)

    @property
    def troubled(self) -> tuple[CameraMoment, ...]:
        """Cameras that something is wrong with."""
        return tuple(
            camera
            for touchpoint in self.touchpoints
            for camera in touchpoint.cameras
            if camera.health is not None and camera.health.trouble is not None
        )


def today_by_touchpoint(
    store: Store, names: Iterable[str], now: datetime | None = None
) -> dict[tuple[str, str], Group]:
    """The Happiness Index of today at each touchpoint, on the clock of each site.

    Args:
        store: The open store.
        names: Names of the sites.
        now: The moment, with zone; that of the clock where left out.

    Returns:
        By site and touchpoint; who was not seen today is not in it.

    Raises:
        StoreError: The database says no.
    """
    moment, clocks = now or datetime.now(UTC), store.sites.clocks()
    days: dict[date, list[str]] = {}
    for name in names:
        day = moment.astimezone(ZoneInfo(clocks.get(name) or "UTC")).date()
        days.setdefault(day, []).append(name)
    found: dict[tuple[str, str], Group] = {}
    for day, those in days.items():
        parts = store.rollups.days(Chosen(those, day, day), Grouping.PLACE, Measure.INDEX)
        for row in compare(parts, Grouping.PLACE, Measure.INDEX).rows:
            if row.label is not None:
                site, _, touchpoint = row.label.partition(PLACE_MARK)
                found[site, touchpoint] = row.found
    return found


def moment_of(store: Store, names: Iterable[str], site_files: Iterable[Site] = ()) -> tuple[SiteMoment, ...]:
    """The moment at some sites.

    Args:
        store: The open store.
        names: Names of the sites.
        site_files: Site files that are known here: cameras that are not read are told from these.

    Returns:
        One for each site, in the order given.

    Raises:
        StoreError: The database says no.
    """
    files = {site.name: site for site in site_files}
    said: dict[str, dict[str, LiveCamera]] = {}
    for one in store.live.cameras():
        said.setdefault(one.site, {})[one.camera] = one
    return tuple(_site(name, said.get(name, {}), files.get(name)) for name in names)


def _site(name: str, said: dict[str, LiveCamera], file: Site | None) -> SiteMoment:
    watched = {camera: touchpoint for camera, one in said.items() if (touchpoint := _touchpoint(one))}
    order: list[str] = []
    if file is not None:
        watched = {camera: known.touchpoint for camera, known in file.cameras.items()} | watched
        order = list(file.touchpoints)
    order += sorted(set(watched.values()) - set(order))
    touchpoints = []
    for touchpoint in order:
        there = sorted(camera for camera, where in watched.items() if where == touchpoint)
        seen = [one.now for camera in there if (one := said.get(camera)) is not None and one.now is not None]
        people = sorted((person for now in seen for person in now.people), key=lambda one: one.since_s)
        touchpoints.append(
            TouchpointMoment(
                name=touchpoint,
                role=None
                if file is None or touchpoint not in file.touchpoints
                else file.touchpoints[touchpoint].role,
                read=bool(seen),
                people=tuple(people),
                cameras=tuple(
                    CameraMoment(name=camera, health=said[camera].health if camera in said else None)
                    for camera in there
                ),
            )
        )
    return SiteMoment(site=name, touchpoints=tuple(touchpoints))


def _touchpoint(one: LiveCamera) -> str | None:
    for word in (one.now, one.health):
        if word is not None:
            return word.touchpoint
    return None
