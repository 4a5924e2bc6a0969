"""What is counted at a camera of a site file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mien.errors import SettingError
from mien.journey.flow import FlowLine, FlowPlan, FlowZone

if TYPE_CHECKING:
    from mien.site import Site


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
