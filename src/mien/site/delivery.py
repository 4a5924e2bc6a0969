"""To whom events go out."""

from __future__ import annotations

import re
from ipaddress import IPv6Address
from typing import Annotated, Final, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from mien.marking import N_
from mien.site.credentials import Secret
from mien.site.part import Part, SeenFromSiteFile, WrongValue

PORT: Final = 1883
"""The port of MQTT (IANA), and the one with TLS."""
TLS_PORT: Final = 8883

_HOST: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
_LOCAL: Final = frozenset({"localhost", "127.0.0.1", "::1"})


def _host_alone(host: str) -> str:
    # Never repeated in the message: it may hold a password.
    if ":" in host:
        try:
            IPv6Address(host)
        except ValueError:
            raise WrongValue(
                "is more than a host; give it alone, and port, user and password as keys of their own"
            ) from None
    elif not _HOST.fullmatch(host):
        raise WrongValue("is no host; give its name or address alone, such as broker.example or 192.168.1.5")
    return host


class MqttDelivery(Part):
    """A broker that is given every event of the site."""

    host: Annotated[str, AfterValidator(_host_alone)] = Field(
        description=N_("the name or address of the broker alone, such as broker.example or 192.168.1.5")
    )
    port: int | None = Field(
        default=None, strict=True, ge=1, le=65535, description=N_("its port, 1 to 65535; 1883, with TLS 8883")
    )
    user: Secret | None = Field(
        default=None, description=N_('the user name: "NAME", { env = "VARIABLE" } or { keyring = "ENTRY" }')
    )
    password: Secret | None = Field(
        default=None, description=N_('the password: { env = "VARIABLE" } or { keyring = "ENTRY" }')
    )
    tls: bool = Field(
        default=False, strict=True, description=N_("true where the broker speaks TLS, or false")
    )
    ca_file: SeenFromSiteFile | None = Field(
        default=None,
        description=N_(
            "the certificate (PEM) of the authority that signed the broker's, where this machine does not "
            "know it"
        ),
    )
    topic_prefix: Annotated[
        str, StringConstraints(pattern=r"^[\w.-][\w .-]*(?:/[\w .-]+)*$", max_length=200)
    ] = Field(
        default="mien",
        description=N_("how topics begin: letters, digits, spaces, . _ - and / between levels"),
    )

    @property
    def port_in_use(self) -> int:
        """The port that is connected to."""
        return self.port if self.port is not None else TLS_PORT if self.tls else PORT

    @property
    def shown(self) -> str:
        """Where it leads, for people to read: without credentials."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'mqtts' if self.tls else 'mqtt'}://{host}:{self.port_in_use}"

    @property
    def open_password(self) -> bool:
        """Whether the password would cross a network that anybody there can read."""
        return self.password is not None and not self.tls and self.host not in _LOCAL

    @model_validator(mode="after")
    def _fit(self) -> Self:
        if self.password is not None and self.user is None:
            raise WrongValue("has a password and no user; give both")
        if self.ca_file is not None and not self.tls:
            raise WrongValue("has a ca_file without TLS; write tls = true, or leave it out")
        return self


class Delivery(Part):
    """To whom events go out: one table per channel."""

    mqtt: MqttDelivery | None = Field(default=None, description=N_("a table [delivery.mqtt] with a host"))
