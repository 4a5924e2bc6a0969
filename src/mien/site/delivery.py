"""To whom events go out."""

from __future__ import annotations

import re
from ipaddress import IPv6Address
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from mien.marking import N_
from mien.site.credentials import Secret
from mien.site.crm import Address, KeptSecret, SignedHook
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


class WebhookDelivery(SignedHook):
    """An address that is told every event of the site by signed messages."""


RuleTold = Literal["arrival", "checkout", "queue", "left_unhappy", "delight", "health", "tension"]
_EVERY: Final[tuple[RuleTold, ...]] = (
    "arrival",
    "checkout",
    "queue",
    "left_unhappy",
    "delight",
    "health",
    "tension",
)


class TellsPeople(Part):
    """What all channels have by which people are told."""

    raised: tuple[RuleTold, ...] = Field(
        default=("health", "tension"),
        description=N_('rules of whose alerts is told at once, such as ["queue", "health"]; [] for none'),
    )
    escalated: tuple[RuleTold, ...] = Field(
        default=_EVERY,
        description=N_(
            "rules of whose alerts is told once nobody has acknowledged them in time (escalate_s)"
        ),
    )
    tasks: bool = Field(
        default=True, strict=True, description=N_("whether tasks are told of when they are opened")
    )
    language: Literal["en", "fr", "es", "ru", "uk"] = Field(
        default="en", description=N_("the language of messages: 'en', 'fr', 'es', 'ru' or 'uk'")
    )
    pages_url: Address | None = Field(
        default=None,
        description=N_("the address of the pages, such as https://mien.example, for a link in messages"),
    )

    @model_validator(mode="after")
    def _without_slash(self) -> Self:
        if self.pages_url is not None and self.pages_url.endswith("/"):
            return self.model_copy(update={"pages_url": self.pages_url.rstrip("/")})
        return self


_MailAddress = Annotated[
    str, StringConstraints(pattern=r"^[^@\s<>,;\"]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?$")
]


class EmailDelivery(TellsPeople):
    """A mail server by which people are told of alerts and tasks."""

    reports: bool = Field(
        default=True, strict=True, description=N_("whether the report of each day is sent, once it is over")
    )
    host: Annotated[str, AfterValidator(_host_alone)] = Field(
        description=N_("the name or address of the mail server alone, such as mail.example")
    )
    port: int | None = Field(
        default=None,
        strict=True,
        ge=1,
        le=65535,
        description=N_("its port, 1 to 65535; 587 with STARTTLS, 465 with TLS, 25 without"),
    )
    security: Literal["starttls", "tls", "none"] = Field(
        default="starttls", description=N_("'starttls', 'tls' or 'none', which carries all in clear")
    )
    user: str | None = Field(
        default=None, min_length=1, description=N_("the user name, where it asks for one")
    )
    password: KeptSecret | None = Field(
        default=None, description=N_('the password: { env = "VARIABLE" } or { keyring = "ENTRY" }')
    )
    sender: _MailAddress = Field(description=N_("from whom the mails are, such as mien@shop.example"))
    to: tuple[_MailAddress, ...] = Field(
        min_length=1, max_length=20, description=N_('who gets them, 1 to 20 addresses: ["ana@shop.example"]')
    )
    ca_file: SeenFromSiteFile | None = Field(
        default=None,
        description=N_(
            "the certificate (PEM) of the authority that signed the mail server's, where this machine does "
            "not know it"
        ),
    )

    @property
    def port_in_use(self) -> int:
        """The port that is connected to."""
        return (
            self.port if self.port is not None else {"starttls": 587, "tls": 465, "none": 25}[self.security]
        )

    @property
    def shown(self) -> str:
        """Where it leads, for people to read."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'smtps' if self.security == 'tls' else 'smtp'}://{host}:{self.port_in_use}"

    @model_validator(mode="after")
    def _fit(self) -> Self:
        if (self.password is None) != (self.user is None):
            raise WrongValue("has a user or a password and not both; give both, or neither")
        if self.password is not None and self.security == "none" and self.host not in _LOCAL:
            raise WrongValue('would send the password in clear; write security = "starttls" or "tls"')
        if self.ca_file is not None and self.security == "none":
            raise WrongValue('has a ca_file without TLS; leave it out, or write security = "tls"')
        return self


class AppriseDelivery(TellsPeople):
    """Chats, phones and pagers that Apprise speaks to, by which people are told of alerts and tasks."""

    urls: tuple[KeptSecret, ...] = Field(
        min_length=1,
        max_length=20,
        description=N_(
            'addresses of Apprise, which hold passwords: [{ env = "VARIABLE" }, { keyring = "ENTRY" }]'
        ),
    )

    @property
    def shown(self) -> str:
        """Where it leads, for people to read: not the addresses, which hold passwords."""
        return f"Apprise ({len(self.urls)})"


class Delivery(Part):
    """To whom events go out: one table per channel."""

    mqtt: MqttDelivery | None = Field(default=None, description=N_("a table [delivery.mqtt] with a host"))
    webhook: WebhookDelivery | None = Field(
        default=None, description=N_("a table [delivery.webhook] with url and secret")
    )
    email: EmailDelivery | None = Field(
        default=None, description=N_("a table [delivery.email] with host, sender and to")
    )
    apprise: AppriseDelivery | None = Field(
        default=None, description=N_("a table [delivery.apprise] with urls")
    )
