"""The site file as Mien understands it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, model_validator

from mien.errors import NoticeError, SettingError
from mien.marking import N_
from mien.privacy import Notice, check_notice
from mien.site.cameras import Camera
from mien.site.crm import Crm
from mien.site.delivery import Delivery
from mien.site.hours import Hours, OpeningHours, Shift
from mien.site.matching import Matching
from mien.site.measures import Badges, Contact, Receipts, Retention
from mien.site.part import NAMES_ARE, Day, Name, Part, SeenFromSiteFile, WrongValue, nearest, one_name_each
from mien.site.rules import Rules
from mien.site.segments import Segments
from mien.vision.gate import Role

if TYPE_CHECKING:
    from datetime import date, datetime


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        # Listing the zones opens hundreds of files: only where one is wrong.
        from zoneinfo import available_timezones  # noqa: PLC0415

        raise WrongValue(
            "'%(name)s' is no time zone; %(meant)sgive one of the tz database, such as Europe/Paris",
            name=name,
            meant=nearest(name, sorted(available_timezones())),
        ) from None
    return name


Names = Annotated[tuple[Name, ...], AfterValidator(one_name_each)]


class NoticeEntry(Part):
    """A notice that tells customers that their facial expression is read."""

    shown_on: Day = Field(description=N_("the first day on which it hung, such as 2026-05-04"))
    text_version: str = Field(
        min_length=1, pattern=r"\S", description=N_("which version of the text it carries")
    )
    put_up_by: str = Field(min_length=1, pattern=r"\S", description=N_("who put it up and answers for it"))
    camera: Name | None = Field(
        default=None, description=N_("the one camera that it speaks of; the whole site where left out")
    )
    withdrawn_on: Day | None = Field(default=None, description=N_("the first day on which it no longer hung"))

    @model_validator(mode="after")
    def _sound(self) -> Self:
        try:
            self.at("site")
        except NoticeError as error:
            raise WrongValue(error.text, **error.values) from None
        return self

    def at(self, site: str) -> Notice:
        """The notice as the store records it."""
        return Notice(site, self.camera, self.shown_on, self.text_version, self.put_up_by, self.withdrawn_on)


class Touchpoint(Part):
    """A place in the journey that cameras watch."""

    role: Role = Field(
        description=N_("what it is in the journey: entrance, department, counter, checkout, exit, call")
    )
    interaction_type: Name | None = Field(
        default=None, description=N_("what interactions here are about, one of interaction_types")
    )


class ServicePoint(Part):
    """A till or desk."""

    camera: Name = Field(description=N_("the camera that sees the customer there, one of [cameras]"))
    zone: Name | None = Field(
        default=None,
        description=N_(
            "the zone of kind 'read' in that camera where the customer stands; all of it where left out"
        ),
    )
    till: str | None = Field(
        default=None, min_length=1, max_length=80, description=N_("what the till system calls it on receipts")
    )


class Roster(Part):
    """Who works in which shift."""

    file: SeenFromSiteFile = Field(
        description=N_(
            "a CSV file with the columns date, shift, person and, if you like, service_point, protocol"
        )
    )


class Protocol(Part):
    """A way of serving that can be put to the test."""

    description: str = Field(min_length=1, pattern=r"\S", description=N_("what staff do, in a sentence"))
    touchpoints: Names = Field(
        default=(), description=N_("where it applies, some of [touchpoints]; everywhere where left out")
    )


class Site(Part):
    """A shop, branch or centre with all that Mien must know of it."""

    name: Name = Field(description=NAMES_ARE)
    time_zone: Annotated[str, AfterValidator(_known_zone)] = Field(
        description=N_("the time zone of the site, such as Europe/Paris")
    )
    interaction_types: Names = Field(
        default=(), description=N_('what interactions can be about, such as ["purchase", "return"]')
    )
    notices: tuple[NoticeEntry, ...] = Field(
        default=(), description=N_("tables [[notices]] with shown_on, text_version and put_up_by")
    )
    touchpoints: dict[Name, Touchpoint] = Field(
        min_length=1, description=N_("at least one table [touchpoints.NAME] with a role")
    )
    cameras: dict[Name, Camera] = Field(
        min_length=1,
        description=N_("at least one table [cameras.NAME] with a touchpoint and a url, webcam or file"),
    )
    service_points: dict[Name, ServicePoint] = Field(
        default_factory=dict, description=N_("tables [service_points.NAME] with a camera")
    )
    opening_hours: OpeningHours | None = Field(
        default=None, description=N_("a table [opening_hours] with the hours of each day")
    )
    shifts: dict[Name, Shift] = Field(default_factory=dict, description=N_("tables [shifts.NAME] with hours"))
    roster: Roster | None = Field(default=None, description=N_("a table [roster] with a file"))
    protocols: dict[Name, Protocol] = Field(
        default_factory=dict, description=N_("tables [protocols.NAME] with a description")
    )
    matching: Matching = Field(
        default_factory=Matching, description=N_("a table [matching] with enabled and its legal basis")
    )
    segments: Segments = Field(
        default_factory=Segments,
        description=N_("a table [segments] with enabled, attributes and its legal basis"),
    )
    badges: Badges = Field(default_factory=Badges, description=N_("a table [badges] with enabled"))
    receipts: Receipts | None = Field(default=None, description=N_("a table [receipts] with a file"))
    retention: Retention = Field(
        default_factory=Retention, description=N_("a table [retention] with numbers of days")
    )
    contact: Contact | None = Field(
        default=None, description=N_("a table [contact] with controller and email or phone")
    )
    delivery: Delivery = Field(
        default_factory=Delivery, description=N_("a table [delivery.mqtt] with the broker that events go to")
    )
    rules: Rules = Field(
        default_factory=Rules,
        description=N_("tables such as [rules.checkout], by which staff are told of something"),
    )
    crm: Crm = Field(
        default_factory=Crm,
        description=N_(
            "tables [crm.dataverse], [crm.webhook] or [crm.csv] with the customer system that is written to"
        ),
    )

    @property
    def zone(self) -> ZoneInfo:
        """The clock of the site."""
        return ZoneInfo(self.time_zone)

    def day(self, moment: datetime) -> date:
        """The day of a moment (with its zone) on the clock of the site."""
        return moment.astimezone(self.zone).date()

    def midnight(self, day: date) -> datetime:
        """The first moment of a day on the clock of the site, UTC; that of the next one is its end.

        Args:
            day: One that `check_day` lets pass, or near to it.
        """
        return Hours(0, 0).on(day, self.zone).begin

    def is_open(self, moment: datetime) -> bool | None:
        """Whether the site is open at a moment (with its zone); `None` where no hours are given."""
        return None if self.opening_hours is None else self.opening_hours.is_open(moment, self.zone)

    def shifts_at(self, moment: datetime) -> tuple[str, ...]:
        """Names of the shifts at a moment (with its zone), the one that began last first."""
        found = [
            (span.begin, name) for name, shift in self.shifts.items() if (span := shift.at(moment, self.zone))
        ]
        return tuple(name for _, name in sorted(found, reverse=True))

    def camera(self, name: str) -> Camera:
        """A camera by its name.

        Raises:
            SettingError: There is none of that name.
        """
        if name not in self.cameras:
            raise SettingError(
                "Site '%(site)s' has no camera '%(camera)s'; it has %(known)s.",
                site=self.name,
                camera=name,
                known=", ".join(self.cameras),
            )
        return self.cameras[name]

    def role(self, camera: str) -> Role:
        """The role of the touchpoint that a camera watches."""
        return self.touchpoints[self.cameras[camera].touchpoint].role

    def role_at(self, touchpoint: str | None) -> Role | None:
        """The role of a touchpoint by its name; `None` where there is none of it."""
        known = None if touchpoint is None else self.touchpoints.get(touchpoint)
        return None if known is None else known.role

    def recorded_notices(self) -> tuple[Notice, ...]:
        """The notices as the store records them."""
        return tuple(entry.at(self.name) for entry in self.notices)

    def notice_for(self, camera: str, on: date) -> Notice:
        """The notice that allows reading a camera on a day.

        Args:
            camera: Its name.
            on: The day on the clock of the site.

        Raises:
            NoticeError: None covers it, so it is not read; the message says how to record one.
        """
        try:
            return check_notice(self.recorded_notices(), self.name, camera, on=on)
        except NoticeError:
            raise NoticeError(
                "Camera '%(camera)s' of site '%(site)s' is not read on %(on)s, for the site file records no notice "
                "that hangs there then; add [[notices]] with shown_on, text_version and put_up_by.",
                camera=camera,
                site=self.name,
                on=on,
            ) from None
