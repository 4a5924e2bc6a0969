"""What Mien understood of a site file, for people to read; never a credential."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mien.errors import NoticeError
from mien.site.zones import EXCLUDED

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from mien.marking import Said
    from mien.privacy import Notice
    from mien.runtime.site_file import SiteFile
    from mien.site import Camera, Site
    from mien.site.hours import Hours
    from mien.site.model import NoticeEntry
    from mien.store import RecordedNotice


@dataclass(frozen=True, slots=True)
class CameraToday:
    """A camera, and whether it would be read today.

    Attributes:
        name: Its name.
        camera: What the file says of it.
        role: Role of its touchpoint.
        notice: What hangs for it; `None` where nothing does.
    """

    name: str
    camera: Camera
    role: str
    notice: Notice | None

    @property
    def read(self) -> bool:
        """Whether it is read."""
        return self.camera.enabled and self.notice is not None

    @property
    def blacked_out(self) -> int:
        """How many of its zones are blacked out."""
        return sum(zone.kind in EXCLUDED for zone in self.camera.zones.values())

    @property
    def secrets(self) -> tuple[Said, ...]:
        """Where its credentials are kept; never what they are."""
        kept = [secret.place for secret in (self.camera.user, self.camera.password) if secret is not None]
        return tuple(dict.fromkeys(kept))


@dataclass(frozen=True, slots=True)
class Summary:
    """A site as Mien understood it, on a day.

    Attributes:
        site: The site.
        day: The day, on its clock.
        cameras: Its cameras.
        hours: When it is open on that day; `None` where no hours are given.
        on_duty: Shifts of the day, their hours and who is in them.
        unwritten: Notices that were recorded on the page of privacy and do not stand in the file.
        withdrawn: Notices of the file that were withdrawn on the page of privacy.
        rules: Rules that are on.
    """

    site: Site
    day: date
    cameras: tuple[CameraToday, ...]
    hours: tuple[Hours, ...] | None
    on_duty: tuple[tuple[str, Hours, tuple[str, ...]], ...]
    unwritten: tuple[RecordedNotice, ...]
    withdrawn: tuple[RecordedNotice, ...]
    rules: tuple[str, ...]


def cameras_today(site: Site, now: datetime) -> tuple[CameraToday, ...]:
    """The cameras of a site, and whether each would be read now."""
    found = []
    for name, camera in site.cameras.items():
        try:
            notice = site.notice_for(name, site.day(now))
        except NoticeError:
            notice = None
        found.append(CameraToday(name, camera, site.role(name), notice))
    return tuple(found)


def summary(file: SiteFile, recorded: Sequence[RecordedNotice]) -> Summary | None:
    """What Mien understood of a site file; `None` where something is wrong with it.

    Args:
        file: The file.
        recorded: What the store holds of notices of the site.
    """
    site = file.site
    if site is None:
        return None
    now = datetime.now(UTC)
    day = site.day(now)
    duty = []
    for name, shift in site.shifts.items():
        if shift.span(day, site.zone) is not None:
            people = tuple(entry.person for entry in file.checked.roster.on(day) if entry.shift == name)
            duty.append((name, shift.hours, people))
    return Summary(
        site=site,
        day=day,
        cameras=cameras_today(site, now),
        hours=None if site.opening_hours is None else tuple(site.opening_hours.hours(day)),
        on_duty=tuple(duty),
        unwritten=tuple(
            one
            for one in recorded
            if one.notice.withdrawn_on is None
            and one.notice.camera in {None, *site.cameras}
            and all(not _same(one.notice, entry) for entry in site.notices)
        ),
        withdrawn=tuple(
            one
            for one in recorded
            if one.notice.withdrawn_on is not None
            and any(_same(one.notice, entry) and entry.withdrawn_on is None for entry in site.notices)
        ),
        rules=tuple(name for name, _ in site.rules.on()),
    )


def _same(notice: Notice, entry: NoticeEntry) -> bool:
    return (notice.camera, notice.shown_on, notice.text_version, notice.put_up_by) == (
        entry.camera,
        entry.shown_on,
        entry.text_version,
        entry.put_up_by,
    )
