"""Flow of one camera of a site: from its pictures to counts, for recordings and for what runs live."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import shapely
from shapely.geometry import Polygon

from mien.errors import SettingError
from mien.journey.flow import DoorPeriods, FaceTurn, FlowBook, FlowSettings, Sighting, balance
from mien.report.flow import FlowReport
from mien.runtime.flow_plan import plan_of
from mien.video import open_video
from mien.vision.people.watch import PeopleWatch
from mien.vision.turned import FaceDirections

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path
    from typing import Self

    from mien.journey.flow import Crossing, FlowPlan, Stay
    from mien.journey.flow.plan import Point
    from mien.site import Site
    from mien.video.types import Frame

    Progress = Callable[[float, float | None], None]

RATE: Final = 2.0
"""Pictures per second that flow looks at where nothing else is said."""

_RATES: Final = (0.5, 5.0)


class CameraFlow:
    """Counts the people of one camera, picture by picture.

    Args:
        plan: What is counted.
        size: Width and height of its picture, pixels.
        exclude: Zones that are black before anybody is looked for, corners in 0-1 coordinates of the picture.
        begins: What time it is at 0 s of the stream, with zone; periods then begin with the quarters of the hour.
        watch: Finds and follows people, of the same excluded zones; one of its own where left out.
        counting: How they are counted.

    Raises:
        ModelError: Weights are missing or altered.
    """

    def __init__(
        self,
        plan: FlowPlan,
        *,
        size: tuple[int, int],
        exclude: Sequence[Sequence[Point]] = (),
        begins: datetime | None = None,
        watch: PeopleWatch | None = None,
        counting: FlowSettings | None = None,
    ) -> None:
        settings = counting or FlowSettings()
        self.watch = watch or PeopleWatch(exclude=exclude)
        self.book = FlowBook(plan.seen_in(size), settings, into_period_s=settings.into_period_s(begins))
        shelves = any(zone.kind == "shelf" for zone in plan.zones)
        self._faces = FaceDirections(exclude, threads=self.watch.settings.threads) if shelves else None
        # Elsewhere in the picture faces are not read, so no direction is read there either.
        self._read = shapely.union_all([Polygon(zone.corners) for zone in plan.zones if zone.kind == "read"])

    @classmethod
    def of(cls, site: Site, camera: str, *, size: tuple[int, int], begins: datetime | None = None) -> Self:
        """What counts at a camera of a site file.

        Raises:
            SettingError: There is no such camera, or it has nothing to count at.
            ModelError: Weights are missing or altered.
        """
        plan = plan_of(site, camera)
        return cls(plan, size=size, exclude=site.cameras[camera].excluded, begins=begins)

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
        flow = CameraFlow.of(site, camera, size=size, begins=begins)
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
        balance=balance(
            DoorPeriods.of(quarters), empty=not stopped and _closed_at_both_ends(site, begins, length_s)
        ),
        warnings=warnings,
    )


def _closed_at_both_ends(site: Site, begins: datetime | None, length_s: float) -> bool:
    """Whether the site was closed when the recording began and when it ended; not where that is not known."""
    if begins is None:
        return False
    ends = begins + timedelta(seconds=length_s)
    return site.is_open(begins) is False and site.is_open(ends) is False
