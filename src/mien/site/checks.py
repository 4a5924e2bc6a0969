"""What must fit together in a site file, beyond the single keys."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Final

from mien.marking import N_, Said
from mien.site.part import listed, nearest
from mien.site.problems import about, dotted
from mien.site.rules import LOOKS_AT
from mien.site.zones import never_matching

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mien.site.cameras import Camera
    from mien.site.model import Site
    from mien.site.toml_lines import KeyPath

    Found = Iterator[tuple[KeyPath, Said]]

_COMMON_SHARE: Final = 0.05
"""Share of the smaller zone that two service points may have in common: outlines drawn by hand overlap a little."""


_NONE_OF: Final = {
    "touchpoint": N_(
        "%(key)s is '%(name)s', which is no touchpoint of this file; %(meant)s[touchpoints] has %(known)s"
    ),
    "camera": N_("%(key)s is '%(name)s', which is no camera of this file; %(meant)s[cameras] has %(known)s"),
    "service point": N_(
        "%(key)s is '%(name)s', which is no service point of this file; %(meant)s[service_points] has %(known)s"
    ),
}
"""What is said of a name that does not stand there."""

_NOT_WATCHED: Final = N_(
    "%(key)s is '%(name)s', which no camera watches, so the rule would never find anything there; take it out"
)
_NOWHERE: Final = N_(
    "%(key)s looks at touchpoints of the roles %(roles)s, of which this file has none; name its touchpoints, or take "
    "the rule out"
)
_TOO_LATE: Final = N_(
    "%(key)s is %(seconds)s, but the alert is over after %(expires)s s (expires_s), so the manager would never be "
    "told; write less, or a longer expires_s"
)


def misfits(site: Site) -> Found:
    """All that does not fit together.

    Args:
        site: A site whose keys are right each by itself.

    Yields:
        The keys that lead there, and a sentence.
    """
    yield from _references(site)
    yield from _applied(site)
    yield from _rules(site)
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
            yield (
                ("notices", place),
                Said("%(key)s is there already; keep one", key=dotted(("notices", place))),
            )
    for name, touchpoint in site.touchpoints.items():
        kind = touchpoint.interaction_type
        if kind is not None and kind not in site.interaction_types:
            keys = ("touchpoints", name, "interaction_type")
            yield (
                keys,
                Said(
                    "%(key)s is '%(kind)s'; %(meant)sinteraction_types has %(known)s",
                    key=dotted(keys),
                    kind=kind,
                    meant=nearest(kind, site.interaction_types),
                    known=listed(site.interaction_types),
                ),
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


def _rules(site: Site) -> Found:
    """Rules that are on and could never find anything, or never do what they say."""
    watched = {camera.touchpoint for camera in site.cameras.values()}
    for name, rule in site.rules.on():
        at: KeyPath = ("rules", name)
        if name in LOOKS_AT:
            for place, touchpoint in enumerate(rule.touchpoints):
                if touchpoint in site.touchpoints and touchpoint not in watched:
                    keys = (*at, "touchpoints", place)
                    yield keys, Said(_NOT_WATCHED, key=dotted(keys), name=touchpoint)
            roles = {touchpoint.role for touchpoint in site.touchpoints.values()}
            # The health rule looks after what must be sent as well, wherever there is no camera.
            if not rule.touchpoints and name != "health" and not roles & LOOKS_AT[name]:
                yield at, Said(_NOWHERE, key=dotted(at), roles=listed(sorted(LOOKS_AT[name])))
        if rule.escalate_s is not None and rule.escalate_s >= rule.expires_s:
            keys = (*at, "escalate_s")
            yield (
                keys,
                Said(
                    _TOO_LATE,
                    key=dotted(keys),
                    seconds=f"{rule.escalate_s:g}",
                    expires=f"{rule.expires_s:g}",
                ),
            )


def _unknown(keys: KeyPath, name: str, what: str, known: Mapping[str, object]) -> Found:
    if name not in known:
        said = Said(
            _NONE_OF[what], key=dotted(keys), name=name, meant=nearest(name, known), known=listed(known)
        )
        yield keys, said


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
                taken = Said("its name is taken by %(other)s already; choose another", other=dotted(other))
                yield keys, about(keys, taken)


def _touchpoints(site: Site) -> Found:
    watched = {camera.touchpoint for camera in site.cameras.values()}
    for name, touchpoint in site.touchpoints.items():
        # Calls are read in the browser of who holds them.
        if name not in watched and touchpoint.role != "call":
            yield (
                ("touchpoints", name),
                Said(
                    'touchpoints.%(name)s has no camera; add touchpoint = "%(name)s" to one of the cameras '
                    "(%(known)s), or take it out",
                    name=name,
                    known=listed(site.cameras),
                ),
            )


def _zones(site: Site) -> Found:
    for name, camera in site.cameras.items():
        for (table, zone), why in never_matching(camera.zones, camera.door_lines).items():
            keys = ("cameras", name, table, zone)
            yield keys, Said("%(key)s %(what)s", key=dotted(keys), what=why)


def _service_points(site: Site) -> Found:
    tills: dict[str, str] = {}
    sound: dict[str, list[str]] = {}
    for name, point in site.service_points.items():
        at = ("service_points", name)
        if point.till is not None and (other := tills.setdefault(point.till, name)) != name:
            yield (
                (*at, "till"),
                Said(
                    "service_points.%(name)s.till is '%(till)s', as of '%(other)s'; give each its own",
                    name=name,
                    till=point.till,
                    other=other,
                ),
            )
        camera = site.cameras.get(point.camera)
        if camera is None:
            continue
        if point.zone is not None and (wrong := _not_for_customers(camera, point.zone)) is not None:
            said = Said(
                "service_points.%(name)s.zone is '%(zone)s', %(what)s", name=name, zone=point.zone, what=wrong
            )
            yield (*at, "zone"), said
            continue
        sound.setdefault(point.camera, []).append(name)
    for camera_name, names in sound.items():
        yield from _confused(site, site.cameras[camera_name], names)


def _not_for_customers(camera: Camera, name: str) -> Said | None:
    """Why customers at a service point cannot stand in a zone."""
    zone = camera.zones.get(name)
    if zone is not None and zone.kind == "read":
        return None
    fit = [known for known, one in camera.zones.items() if one.kind == "read"]
    if zone is None:
        return Said(
            "which the camera does not have; %(meant)sits zones of kind 'read' are %(known)s",
            meant=nearest(name, fit),
            known=listed(fit),
        )
    return Said(
        "which is of kind '%(kind)s'; %(meant)sits zones of kind 'read' are %(known)s",
        kind=zone.kind,
        meant=nearest(name, fit),
        known=listed(fit),
    )


def _confused(site: Site, camera: Camera, names: list[str]) -> Found:
    """Service points that one camera could not tell apart."""
    for one, other in combinations(names, 2):
        zones = [site.service_points[name].zone for name in (one, other)]
        if None in zones:
            yield (
                ("service_points", other),
                Said(
                    "service_points.%(name)s is seen by the camera of '%(other)s', which cannot tell them apart; give "
                    "each a zone of kind 'read'",
                    name=other,
                    other=one,
                ),
            )
            continue
        shapes = [camera.zones[zone].polygon for zone in zones if zone is not None]
        if shapes[0].intersection(shapes[1]).area > _COMMON_SHARE * min(shape.area for shape in shapes):
            yield (
                ("service_points", other, "zone"),
                Said(
                    "service_points.%(name)s.zone overlaps with the zone of '%(other)s', so a customer would be at "
                    "both; draw them apart",
                    name=other,
                    other=one,
                ),
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
                Said(
                    "cameras.%(name)s has the same %(which)s as camera '%(other)s', so everybody would count twice; "
                    "keep one",
                    name=name,
                    which=which,
                    other=other,
                ),
            )


def _travel(site: Site) -> Found:
    ways: dict[tuple[str, str], int] = {}
    for place, travel in enumerate(site.matching.travel):
        at: KeyPath = ("matching", "travel", place)
        yield from _unknown((*at, "leaving"), travel.leaving, "touchpoint", site.touchpoints)
        yield from _unknown((*at, "reaching"), travel.reaching, "touchpoint", site.touchpoints)
        other = ways.setdefault((travel.leaving, travel.reaching), place)
        if other != place:
            said = Said(
                "%(key)s is about the way of %(other)s; keep one",
                key=dotted(at),
                other=dotted(("matching", "travel", other)),
            )
            yield at, said


def _uses(site: Site) -> Found:
    if site.roster is not None and not site.shifts:
        yield (
            ("roster",),
            Said("roster names a file, but there are no [shifts.NAME] that its rows could mean; add some"),
        )
    if site.receipts is not None and not any(point.till for point in site.service_points.values()):
        yield (
            ("receipts",),
            Said(
                "receipts could never be joined to anything, since no service point has a till; add "
                "[service_points.NAME] with a till"
            ),
        )
    if site.matching.enabled and sum(camera.enabled for camera in site.cameras.values()) < 2:
        yield (
            ("matching", "enabled"),
            Said(
                "matching.enabled is true, but there are not two enabled cameras whose interactions could be joined; "
                "add one, or write false"
            ),
        )
