"""Flow of one camera of a site: from its pictures to counts, for recordings and for what runs live."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import shapely
from shapely.geometry import Polygon

from mien.errors import SettingError
from mien.journey.flow import (
    FaceTurn,
    FlowBook,
    FlowLine,
    FlowPlan,
    FlowSettings,
    FlowZone,
    Sighting,
    balance,
)
from mien.report.flow import FlowReport
from mien.video import open_video
from mien.vision.people.watch import PeopleWatch
from mien.vision.turned import FaceDirections

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from mien.journey.flow import Crossing, Stay
    from mien.site import Site
    from mien.video.types import Frame
    from mien.vision.people.watch import PeopleSettings

    Progress = Callable[[float, float | None], None]

RATE: Final = 2.0
"""Pictures per second that flow looks at where nothing else is said."""

_RATES: Final = (0.5, 5.0)


def plan_of(site: Site, camera: str, *, size: tuple[int, int]) -> FlowPlan:
    """What is counted at a camera of a site file.

    Args:
        site: The site.
        camera: Name of the camera.
        size: Width and height of its picture, pixels.

    Raises:
        SettingError: There is no such camera, or it has nothing to count at.
    """
    one = site.camera(camera)
    lines = tuple(FlowLine(name, line.ends, line.inside) for name, line in one.door_lines.items())
    served = {
        name: point.zone
        for name, point in site.service_points.items()
        if point.camera == camera and point.zone is not None
    }
    zones = tuple(
        FlowZone(
            name,
            zone.kind,
            zone.corners,
            tuple(dict.fromkeys(served[point] for point in zone.service_points if point in served)),
        )
        for name, zone in one.zones.items()
        if zone.kind != "staff" and zone.kind != "no-reading"  # noqa: PLR1714  (this narrows the type)
    )
    if not lines and not zones:
        raise SettingError(
            f"Camera '{camera}' of site '{site.name}' has no door line and no queue, shelf or read zone, so there is "
            f"nothing to count; add [cameras.{camera}.door_lines.NAME] or [cameras.{camera}.zones.NAME]."
        )
    return FlowPlan(lines, zones, size[0] / size[1])


class CameraFlow:
    """Counts the people of one camera, picture by picture.

    Args:
        site: The site.
        camera: Name of the camera.
        size: Width and height of its picture, pixels.
        begins: What time it is at 0 s of the stream, with zone; periods then begin with the quarters of the hour.
        people: How people are found and followed.
        counting: How they are counted.

    Raises:
        SettingError: There is no such camera, or it has nothing to count at.
        ModelError: Weights are missing or altered.
    """

    def __init__(
        self,
        site: Site,
        camera: str,
        *,
        size: tuple[int, int],
        begins: datetime | None = None,
        people: PeopleSettings | None = None,
        counting: FlowSettings | None = None,
    ) -> None:
        plan = plan_of(site, camera, size=size)
        exclude = site.cameras[camera].excluded
        settings = counting or FlowSettings()
        into_s = begins.timestamp() % settings.quarter_s if begins is not None else 0.0
        self.watch = PeopleWatch(people, exclude=exclude)
        self.book = FlowBook(plan, settings, into_period_s=into_s)
        shelves = any(zone.kind == "shelf" for zone in plan.zones)
        self._faces = FaceDirections(exclude, threads=self.watch.settings.threads) if shelves else None
        # Elsewhere in the picture faces are not read, so no direction is read there either.
        self._read = shapely.union_all([Polygon(zone.corners) for zone in plan.zones if zone.kind == "read"])

    def take(self, frame: Frame) -> list[Crossing | Stay]:
        """Take in the next picture; what became certain by it.

        Raises:
            InputError: It is not later than the one before.
        """
        found = self.watch.process(frame)
        people = [Sighting(one.track_id, one.x, one.y, one.height, one.feet) for one in found.seen]
        return self.book.take(
            frame.t_s, people, found.ended, faces=self._turns(frame), excluded=found.excluded
        )

    def finish(self) -> list[Crossing | Stay]:
        """The stream ended; what became certain by that."""
        return self.book.finish()

    def state(self) -> dict[str, Any]:
        """What `restore` needs to go on after a stop: numbers and names, nothing of a picture; JSON can hold it."""
        return {"people": self.watch.state(), "book": self.book.state()}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on where another one of the same camera stopped.

        Raises:
            SettingError: The tracks are not what `state` gave.
            InputError: The counts are not, or those of other lines and zones.
        """
        self.book.restore(state.get("book", {}))
        self.watch.restore(state.get("people", {}))

    def _turns(self, frame: Frame) -> list[FaceTurn]:
        if self._faces is None:
            return []
        return [
            FaceTurn(face.x, face.y, face.yaw, face.pitch)
            for face in self._faces.look(frame.image)
            if self._read.is_empty or shapely.intersects_xy(self._read, face.x, face.y)
        ]


def flow_of_recording(
    video: Path,
    site: Site,
    camera: str,
    *,
    recorded_at: datetime | None = None,
    rate: float = RATE,
    progress: Progress | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> FlowReport:
    """Count the people in a recording of a camera of a site.

    Args:
        video: The file; any container and codec FFmpeg reads.
        site: The site.
        camera: Name of the camera, whose lines and zones are counted at.
        recorded_at: When second 0 of the recording was, with zone; else what the site file says.
        rate: Pictures per second that are looked at, 0.5 to 5.
        progress: Called with position and length in seconds.
        stop: Asked before each picture; what was counted until then is told.

    Raises:
        VideoError: The file cannot be read.
        SettingError: There is no such camera, it has nothing to count at, or the rate is out of range.
        NoticeError: No notice covers the camera on that day.
        ModelError: Weights are missing or altered.
    """
    if not _RATES[0] <= rate <= _RATES[1]:
        raise SettingError(
            f"Flow looks at {_RATES[0]:g} to {_RATES[1]:g} pictures per second, not at {rate:g}; {RATE:g} do."
        )
    begins = recorded_at or site.camera(camera).begins_at
    with open_video(video) as source:
        size = source.info.width, source.info.height
        flow = CameraFlow(site, camera, size=size, begins=begins)
        site.notice_for(camera, site.day(begins or datetime.now(UTC)))
        events: list[Crossing | Stay] = []
        stopped = False
        for frame in source.frames(rate=rate):
            if stop():
                stopped = True
                break
            events += flow.take(frame)
            if progress is not None:
                progress(frame.t_s, source.info.duration_s)
        events += flow.finish()
        warnings, length_s = tuple(source.warnings), source.last_t_s or 0.0
    quarters = flow.book.quarters()
    return FlowReport(
        video=str(video),
        site=site.name,
        camera=camera,
        recorded_at=begins,
        time_zone=site.time_zone,
        rate=rate,
        length_s=length_s,
        complete=not stopped,
        plan=flow.book.plan,
        settings=flow.book.settings,
        quarters=tuple(quarters),
        events=tuple(events),
        total=flow.book.total(),
        balance=balance(quarters, empty=not stopped and _closed_at_both_ends(site, begins, length_s)),
        warnings=warnings,
    )


def _closed_at_both_ends(site: Site, begins: datetime | None, length_s: float) -> bool:
    """Whether the site was closed when the recording began and when it ended; not where that is not known."""
    if begins is None:
        return False
    ends = begins + timedelta(seconds=length_s)
    return site.is_open(begins) is False and site.is_open(ends) is False
