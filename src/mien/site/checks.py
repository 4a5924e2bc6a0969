"""What must fit together in a site file, beyond the single keys."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Final

from mien.site.part import listed, nearest
from mien.site.problems import dotted
from mien.site.zones import never_matching

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mien.site.cameras import Camera
    from mien.site.model import Site
    from mien.site.toml_lines import KeyPath

    Found = Iterator[tuple[KeyPath, str]]

_COMMON_SHARE: Final = 0.05
"""Share of the smaller zone that two service points may have in common: outlines drawn by hand overlap a little."""


def misfits(site: Site) -> Found:
    """All that does not fit together.

    Args:
        site: A site whose keys are right each by itself.

    Yields:
        The keys that lead there, and a sentence.
    """
    yield from _references(site)
    yield from _applied(site)
    yield from _alike(site)
    yield from _touchpoints(site)
    yield from _zones(site)
    yield from _service_points(site)
    yield from _sources(site)
    yield from _travel(site)
    yield from _uses(site)


def _references(site: Site) -> Found:
    for name, camera in site.cameras.items():
        at: KeyPath = ("cameras", name)
        yield from _unknown((*at, "touchpoint"), camera.touchpoint, "touchpoint", site.touchpoints)
        for zone_name, zone in camera.zones.items():
            for place, point in enumerate(zone.service_points):
                keys = (*at, "zones", zone_name, "service_points", place)
                yield from _unknown(keys, point, "service point", site.service_points)
    for place, notice in enumerate(site.notices):
        if notice.camera is not None:
            yield from _unknown(("notices", place, "camera"), notice.camera, "camera", site.cameras)
        if notice in site.notices[:place]:
            yield ("notices", place), f"{dotted(('notices', place))} is there already; keep one"
    for name, touchpoint in site.touchpoints.items():
        kind = touchpoint.interaction_type
        if kind is not None and kind not in site.interaction_types:
            keys = ("touchpoints", name, "interaction_type")
            yield (
                keys,
                f"{dotted(keys)} is '{kind}'; {nearest(kind, site.interaction_types)}interaction_types has "
                f"{listed(site.interaction_types)}",
            )
    for name, service_point in site.service_points.items():
        yield from _unknown(("service_points", name, "camera"), service_point.camera, "camera", site.cameras)


def _applied(site: Site) -> Found:
    """Where protocols and rules are said to apply."""
    for table, entries in (("protocols", site.protocols.items()), ("rules", site.rules)):
        for name, entry in entries:
            for place, touchpoint_name in enumerate(() if entry is None else entry.touchpoints):
                keys = (table, name, "touchpoints", place)
                yield from _unknown(keys, touchpoint_name, "touchpoint", site.touchpoints)


def _unknown(keys: KeyPath, name: str, what: str, known: Mapping[str, object]) -> Found:
    if name not in known:
        table = f"[{what.replace(' ', '_')}s]"
        yield (
            keys,
            f"{dotted(keys)} is '{name}', which is no {what} of this file; {nearest(name, known)}{table} has "
            f"{listed(known)}",
        )


def _alike(site: Site) -> Found:
    """Names that differ in capitals only: one of them is a slip, and some file systems and topics cannot tell them."""
    tables = ("touchpoints", "cameras", "service_points", "shifts", "protocols")
    rooms: list[list[KeyPath]] = [[(table, name) for name in getattr(site, table)] for table in tables]
    for name, camera in site.cameras.items():
        at = ("cameras", name)
        zones: list[KeyPath] = [(*at, "zones", zone) for zone in camera.zones]
        # Zones and door lines of a camera are asked for by the same name.
        rooms.append([*zones, *((*at, "door_lines", line) for line in camera.door_lines)])
    for room in rooms:
        seen: dict[str, KeyPath] = {}
        for keys in room:
            other = seen.setdefault(str(keys[-1]).casefold(), keys)
            if other != keys:
                yield keys, f"{dotted(keys)}: its name is taken by {dotted(other)} already; choose another"


def _touchpoints(site: Site) -> Found:
    watched = {camera.touchpoint for camera in site.cameras.values()}
    for name, touchpoint in site.touchpoints.items():
        # Calls are read in the browser of who holds them.
        if name not in watched and touchpoint.role != "call":
            yield (
                ("touchpoints", name),
                f'touchpoints.{name} has no camera; add touchpoint = "{name}" to one of the cameras '
                f"({listed(site.cameras)}), or take it out",
            )


def _zones(site: Site) -> Found:
    for name, camera in site.cameras.items():
        for (table, zone), why in never_matching(camera.zones, camera.door_lines).items():
            keys = ("cameras", name, table, zone)
            yield keys, f"{dotted(keys)} {why}"


def _service_points(site: Site) -> Found:
    tills: dict[str, str] = {}
    sound: dict[str, list[str]] = {}
    for name, point in site.service_points.items():
        at = ("service_points", name)
        if point.till is not None and (other := tills.setdefault(point.till, name)) != name:
            yield (
                (*at, "till"),
                f"service_points.{name}.till is '{point.till}', as of '{other}'; give each its own",
            )
        camera = site.cameras.get(point.camera)
        if camera is None:
            continue
        if point.zone is not None and (wrong := _not_for_customers(camera, point.zone)) is not None:
            yield (*at, "zone"), f"service_points.{name}.zone is '{point.zone}', {wrong}"
            continue
        sound.setdefault(point.camera, []).append(name)
    for camera_name, names in sound.items():
        yield from _confused(site, site.cameras[camera_name], names)


def _not_for_customers(camera: Camera, name: str) -> str | None:
    """Why customers at a service point cannot stand in a zone."""
    zone = camera.zones.get(name)
    if zone is not None and zone.kind == "read":
        return None
    fit = [known for known, one in camera.zones.items() if one.kind == "read"]
    what = "which the camera does not have" if zone is None else f"which is of kind '{zone.kind}'"
    return f"{what}; {nearest(name, fit)}its zones of kind 'read' are {listed(fit)}"


def _confused(site: Site, camera: Camera, names: list[str]) -> Found:
    """Service points that one camera could not tell apart."""
    for one, other in combinations(names, 2):
        zones = [site.service_points[name].zone for name in (one, other)]
        if None in zones:
            yield (
                ("service_points", other),
                f"service_points.{other} is seen by the camera of '{one}', which cannot tell them apart; give each a "
                "zone of kind 'read'",
            )
            continue
        shapes = [camera.zones[zone].polygon for zone in zones if zone is not None]
        if shapes[0].intersection(shapes[1]).area > _COMMON_SHARE * min(shape.area for shape in shapes):
            yield (
                ("service_points", other, "zone"),
                f"service_points.{other}.zone overlaps with the zone of '{one}', so a customer would be at both; draw "
                "them apart",
            )


def _sources(site: Site) -> Found:
    seen: dict[object, str] = {}
    for name, camera in site.cameras.items():
        source = camera.url or camera.webcam if camera.file is None else camera.file
        key = (camera.kind, source)
        other = seen.setdefault(key, name)
        if other != name:
            which = "url" if camera.url is not None else camera.kind
            yield (
                ("cameras", name, which),
                f"cameras.{name} has the same {which} as camera '{other}', so everybody would count twice; keep one",
            )


def _travel(site: Site) -> Found:
    ways: dict[tuple[str, str], int] = {}
    for place, travel in enumerate(site.matching.travel):
        at: KeyPath = ("matching", "travel", place)
        yield from _unknown((*at, "leaving"), travel.leaving, "touchpoint", site.touchpoints)
        yield from _unknown((*at, "reaching"), travel.reaching, "touchpoint", site.touchpoints)
        other = ways.setdefault((travel.leaving, travel.reaching), place)
        if other != place:
            yield at, f"{dotted(at)} is about the way of {dotted(('matching', 'travel', other))}; keep one"


def _uses(site: Site) -> Found:
    if site.roster is not None and not site.shifts:
        yield (
            ("roster",),
            "roster names a file, but there are no [shifts.NAME] that its rows could mean; add some",
        )
    if site.receipts is not None and not any(point.till for point in site.service_points.values()):
        yield (
            ("receipts",),
            "receipts could never be joined to anything, since no service point has a till; add [service_points.NAME] "
            "with a till",
        )
    if site.matching.enabled and sum(camera.enabled for camera in site.cameras.values()) < 2:
        yield (
            ("matching", "enabled"),
            "matching.enabled is true, but there are not two enabled cameras whose interactions could be joined; add "
            "one, or write false",
        )
