"""What is to be read, worked out from the site file before any process is started."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from mien.errors import NoticeError, SettingError
from mien.journey.flow import FlowSettings
from mien.journey.flow.state import STATE_VERSION
from mien.journey.types import Context
from mien.runtime.flow_plan import doors_of, uncounted_door
from mien.runtime.flow_plan import plan_of as flow_plan_of
from mien.runtime.settings import AnalysisSettings
from mien.runtime.stream_names import LIVE
from mien.runtime.tension_lock import check_tension
from mien.site.rules import active
from mien.video.anchor import Anchor
from mien.vision.badges import BadgeSettings
from mien.vision.settings import CameraView

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    from mien.journey.flow import FlowPlan
    from mien.site import Site
    from mien.site.hours import OpeningHours
    from mien.site.segments import Segments

Pace = Literal["live", "replay"]


@dataclass(frozen=True, slots=True)
class CameraPlan:
    """One camera as its worker reads it. It holds credentials and must not be logged.

    Attributes:
        name: Its name in the site file.
        address: What `mien.video` opens.
        shown: The same for people, without credentials.
        file: The recording; `None` for a camera.
        stream: Names the stream, the same for every worker that goes on with it.
        begins: Ties its times to UTC.
        settings: How faces are read; role and zones are those of `view`.
        view: Where, and whose not.
        touchpoint: Which one it watches.
        transport: Of RTSP.
        speed: Seconds of a recording per second; `None` as fast as can be.
        pace: `live` drops pictures that come too fast; `replay` makes them wait.
        hours: When the site is open; `None` where the site file does not say it, and nothing is after hours.
        time_zone: The clock of the site.
        matching: On what legal basis templates are made of faces; `None` where none are.
        segments: What is guessed of faces; `None` where nothing is.
        flow: Where its people are counted; `None` where they are not.
        guests: Whether staff are to be told which guest an arrival card is about.
    """

    name: str
    address: str
    shown: str
    file: Path | None
    stream: str
    begins: Anchor
    settings: AnalysisSettings
    view: CameraView
    touchpoint: str
    transport: Literal["tcp", "udp"]
    speed: float | None
    pace: Pace
    hours: OpeningHours | None
    time_zone: str
    matching: str | None
    segments: Segments | None
    flow: FlowPlan | None
    guests: bool

    def closed_at(self, t_s: float) -> bool:
        """Whether the site is closed at a time of the stream, seconds."""
        moment = self.begins.utc_of(t_s)
        return self.hours is not None and not self.hours.is_open(moment, ZoneInfo(self.time_zone))

    def day_at(self, t_s: float) -> date:
        """The day on the clock of the site at a time of the stream, seconds."""
        return self.begins.utc_of(t_s).astimezone(ZoneInfo(self.time_zone)).date()

    def __repr__(self) -> str:
        return f"CameraPlan({self.name!r}, {self.shown!r})"


@dataclass(frozen=True, slots=True)
class Plan:
    """What one run of a site reads.

    Attributes:
        site: The site.
        site_file: Where it stands.
        run: Names the run.
        store: Address of the store.
        cameras: The cameras that are read.
        not_read: Why others are not, one sentence each.
    """

    site: Site
    site_file: Path
    run: str
    store: str | None
    cameras: tuple[CameraPlan, ...]
    not_read: tuple[str, ...]

    @property
    def doors(self) -> frozenset[str]:
        """Cameras that together count all who come and go; empty where somebody may pass a door uncounted."""
        doors = frozenset(doors_of(self.site))
        read = {camera.name for camera in self.cameras}
        return doors if uncounted_door(self.site) is None and doors <= read else frozenset()


def plan_of(
    site: Site,
    site_file: Path,
    *,
    store: str | None = None,
    only: Sequence[str] = (),
    pace: Pace = "live",
    speed: float | None = 1.0,
) -> Plan:
    """Work out what is to be read.

    Args:
        site: The site.
        site_file: Where it stands.
        store: Address of the store; `None` for the usual one.
        only: Cameras to read; all that are enabled where empty.
        pace: `replay` takes recordings only.
        speed: Seconds of a recording per second; `None` as fast as can be, in a replay only.

    Raises:
        SettingError: There is no such camera, a credential is not where the site file says, the speed is out of range,
            a camera is to be replayed, or the tension rule is locked.
        NoticeError: No camera is left, since no notice covers any.
    """
    check_tension(site, site_file)
    for name in only:
        site.camera(name)
    if speed is not None and not 0.1 <= speed <= 1000.0:
        raise SettingError(f"A replay runs at 0.1 to 1000 times the speed, or at 'max', not at {speed:g}.")
    run, anchor = uuid.uuid4().hex, Anchor.now()
    chosen, not_read = [], []
    for name, camera in site.cameras.items():
        if only and name not in only:
            continue
        if not camera.enabled:
            not_read.append(f"Camera '{name}' is left out, as the site file says (enabled = false).")
            continue
        if pace == "replay" and camera.file is None:
            raise SettingError(
                f"Camera '{name}' is no recording, so it cannot be replayed; choose those that are with --camera."
            )
        begins = anchor if camera.begins_at is None else Anchor(camera.begins_at, anchor.steady_s)
        try:
            site.notice_for(name, site.day(begins.utc))
        except NoticeError as error:
            not_read.append(str(error))
            continue
        chosen.append(_camera(site, name, run, begins, pace, speed))
    if not chosen:
        raise NoticeError(
            f"No camera of site '{site.name}' is read: {not_read[0] if not_read else 'it has none'}"
        )
    return Plan(site, site_file, run, store, tuple(chosen), tuple(not_read))


def _camera(site: Site, name: str, run: str, begins: Anchor, pace: Pace, speed: float | None) -> CameraPlan:
    camera = site.cameras[name]
    badges = site.badges
    view = CameraView(
        role=site.role(name),
        exclude=camera.excluded,
        read=tuple(zone.corners for zone in camera.zones.values() if zone.kind == "read"),
        badges=BadgeSettings(
            family=badges.family, staff=frozenset(badges.staff), no_reading=frozenset(badges.no_reading)
        )
        if badges.enabled
        else None,
    )
    settings = AnalysisSettings.of(rate=camera.rate)
    return CameraPlan(
        name=name,
        address=camera.address(),
        shown=camera.shown,
        file=camera.file,
        stream=f"{LIVE}{run}:{name}",
        begins=begins,
        settings=settings,
        view=view,
        touchpoint=camera.touchpoint,
        transport=camera.transport,
        speed=speed,
        pace=pace,
        hours=site.opening_hours,
        time_zone=site.time_zone,
        matching=site.matching.legal_basis if site.matching.enabled else None,
        segments=site.segments if site.segments.enabled else None,
        flow=flow_plan_of(site, name) if camera.flow and camera.has_flow else None,
        guests=_tells_guests(site, camera.touchpoint),
    )


def _tells_guests(site: Site, touchpoint: str) -> bool:
    """Whether there are arrival cards of guests who come in there."""
    rule = active(site.rules.arrival)
    if rule is None or site.touchpoints[touchpoint].role != "entrance":
        return False
    return not rule.touchpoints or touchpoint in rule.touchpoints


def context_of(site: Site, touchpoint: str) -> Context:
    """What holds for every interaction at a touchpoint; shift and service point come with its time and place."""
    known = site.touchpoints.get(touchpoint)
    return Context(site.name, touchpoint, None if known is None else known.interaction_type)


def digest_of(plan: CameraPlan, site: str, reader: str) -> str:
    """Digest of everything that changes what is read and counted at a camera."""
    context = Context(site=site, touchpoint=plan.touchpoint)
    text = f"{plan.settings.digest(context, reader)}|{plan.view!r}|{plan.hours!r}|{plan.time_zone}"
    if plan.flow is not None:
        text += f"|{plan.flow!r}|{FlowSettings()!r}|{STATE_VERSION}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def replayed(fingerprint: str, camera: str) -> str:
    """Names the stream of a recording, so that it is not stored twice however often it is replayed."""
    return f"file:{fingerprint}:{camera}"
