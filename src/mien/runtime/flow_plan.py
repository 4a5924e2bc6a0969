"""What is counted at a camera of a site file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mien.errors import SettingError
from mien.journey.flow import FlowLine, FlowPlan, FlowZone

if TYPE_CHECKING:
    from mien.site import Site
    from mien.site.cameras import Camera

_DOORS: Final = ("entrance", "exit")
"""Roles of touchpoints by which people come and go."""


def plan_of(site: Site, camera: str) -> FlowPlan:
    """What is counted at a camera of a site file.

    Args:
        site: The site.
        camera: Name of the camera.

    Raises:
        SettingError: There is no such camera, or it has nothing to count at.
    """
    one = site.camera(camera)
    if not one.has_flow:
        raise SettingError(
            f"Camera '{camera}' of site '{site.name}' has no door line and no queue, shelf or read zone, so there is "
            f"nothing to count; add [cameras.{camera}.door_lines.NAME] or [cameras.{camera}.zones.NAME]."
        )
    served = {
        name: point.zone
        for name, point in site.service_points.items()
        if point.camera == camera and point.zone is not None
    }
    return FlowPlan(
        tuple(FlowLine(name, line.ends, line.inside) for name, line in one.door_lines.items()),
        tuple(
            FlowZone(
                name,
                zone.kind,
                zone.corners,
                tuple(dict.fromkeys(served[point] for point in zone.service_points if point in served)),
            )
            for name, zone in one.zones.items()
            if zone.kind != "staff" and zone.kind != "no-reading"  # noqa: PLR1714  (this narrows the type)
        ),
    )


def doors_of(site: Site) -> tuple[str, ...]:
    """Cameras that count over a door line at a touchpoint by which people come or go."""
    return tuple(name for name, one in site.cameras.items() if site.role(name) in _DOORS and _counts(one))


def uncounted_door(site: Site) -> str | None:
    """A touchpoint by which people come or go that no camera counts at; `None` where all are counted."""
    counted = {site.cameras[name].touchpoint for name in doors_of(site)}
    return next(
        (name for name, one in site.touchpoints.items() if one.role in _DOORS and name not in counted), None
    )


def _counts(camera: Camera) -> bool:
    return bool(camera.enabled and camera.flow and camera.door_lines)
