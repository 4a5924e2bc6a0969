"""A camera of the site file: where its pictures come from and what is where in them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from mien.marking import N_
from mien.site.address import Url
from mien.site.credentials import Secret
from mien.site.part import Name, Part, SeenFromSiteFile, WrongValue, joined
from mien.site.zones import EXCLUDED, DoorLine, Zone

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mien.site.zones import Point

SourceKind = Literal["rtsp", "mjpeg", "webcam", "file"]


def _a_moment(value: object) -> object:
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value
    raise WrongValue("is no moment with its offset; write one as 2026-05-04T09:30:00+02:00, without quotes")


class Camera(Part):
    """One video source."""

    touchpoint: Name = Field(description=N_("the touchpoint that it watches, one of [touchpoints]"))
    url: Url | None = Field(
        default=None,
        description=N_("the address of a network camera, such as rtsp://192.168.1.20:554/stream1"),
    )
    webcam: int | None = Field(
        default=None,
        strict=True,
        ge=0,
        le=63,
        description=N_("the number of a webcam at this machine, 0 to 63"),
    )
    file: SeenFromSiteFile | None = Field(
        default=None, description=N_("a recording that is played as if live, seen from the site file")
    )
    user: Secret | None = Field(
        default=None,
        description=N_('the user name at the camera: "NAME", { env = "VARIABLE" } or { keyring = "ENTRY" }'),
    )
    password: Secret | None = Field(
        default=None, description=N_('the password: { env = "VARIABLE" } or { keyring = "ENTRY" }')
    )
    transport: Literal["tcp", "udp"] = Field(
        default="tcp", description=N_("'tcp', or 'udp' for RTSP cameras that know nothing else")
    )
    begins_at: Annotated[datetime, BeforeValidator(_a_moment)] | None = Field(
        default=None, description=N_("of a file: when it was recorded, such as 2026-05-04T09:30:00+02:00")
    )
    rate: float = Field(default=10.0, ge=1.0, le=60.0, description=N_("readings per second, 1 to 60"))
    enabled: bool = Field(default=True, strict=True, description=N_("true, or false to leave it out for now"))
    flow: bool = Field(
        default=True,
        strict=True,
        description=N_("true, or false to leave uncounted who crosses its door lines and is in its zones"),
    )
    zones: dict[Name, Zone] = Field(
        default_factory=dict, description=N_("tables [cameras.CAMERA.zones.NAME]")
    )
    door_lines: dict[Name, DoorLine] = Field(
        default_factory=dict, description=N_("tables [cameras.CAMERA.door_lines.NAME]")
    )

    @property
    def kind(self) -> SourceKind:
        """What kind of source it is."""
        if self.url is not None:
            return "rtsp" if self.url.scheme.startswith("rtsp") else "mjpeg"
        return "webcam" if self.webcam is not None else "file"

    @property
    def shown(self) -> str:
        """Its source, for people to read: without credentials."""
        if self.url is not None:
            return str(self.url)
        return f"webcam {self.webcam}" if self.webcam is not None else str(self.file)

    @property
    def excluded(self) -> tuple[tuple[Point, ...], ...]:
        """The corners of what is blacked out before anything is looked for: staff and no-reading zones."""
        return tuple(zone.corners for zone in self.zones.values() if zone.kind in EXCLUDED)

    @property
    def has_flow(self) -> bool:
        """Whether it has door lines or zones in which people can be counted."""
        return bool(self.door_lines) or any(zone.kind not in EXCLUDED for zone in self.zones.values())

    def address(self, environ: Mapping[str, str] | None = None) -> str:
        """What `mien.video.open_source` takes, with credentials; it must not be logged.

        Args:
            environ: Environment variables; those of the process where left out.

        Returns:
            `rtsp://`, `rtsps://`, `http://` or `https://` with credentials; `webcam://N`; or a path.

        Raises:
            SettingError: A credential is not where the site file says.
        """
        if self.url is not None:
            user, password = (
                None if secret is None else secret.reveal(environ) for secret in (self.user, self.password)
            )
            return self.url.reveal(user, password, environ)
        return f"webcam://{self.webcam}" if self.webcam is not None else str(self.file)

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        given = [key for key in ("url", "webcam", "file") if getattr(self, key) is not None]
        if not given:
            raise WrongValue("has no source; give one of url, webcam and file")
        if len(given) > 1:
            raise WrongValue("has %(given)s; give one of url, webcam and file", given=joined(given))
        if (self.user or self.password) and self.url is None:
            raise WrongValue(
                "has credentials for a %(given)s; user and password belong to url", given=given[0]
            )
        if self.password is not None and self.user is None:
            raise WrongValue("has a password and no user; give both")
        if self.user is not None and self.url is not None and self.url.holds_user:
            raise WrongValue("has a user in its url and as a key; leave one of them out")
        if "transport" in self.model_fields_set and self.kind != "rtsp":
            raise WrongValue("has a transport; that belongs to addresses that begin with rtsp://")
        if self.begins_at is not None and self.file is None:
            raise WrongValue("has begins_at; that belongs to a file")
        if self.flow and "flow" in self.model_fields_set and not self.has_flow:
            raise WrongValue(
                "has flow = true and nothing to count at; add a door line or a queue, shelf or read zone"
            )
        return self
