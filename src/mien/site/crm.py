"""Into which customer system visits, tasks, notes and segments are written."""

from __future__ import annotations

import re
from typing import Annotated, Final, Literal, Self
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from mien.marking import N_
from mien.site.credentials import Secret
from mien.site.part import Part, SeenFromSiteFile, WrongValue

ENTRA: Final = "https://login.microsoftonline.com"
"""Where Microsoft's public cloud gives tokens; national clouds have others.
Source: https://learn.microsoft.com/en-us/entra/identity-platform/authentication-national-cloud
"""

_LOCAL: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_LAST_PORT: Final = 65535
_CONTROL: Final = re.compile(r"[\x00-\x20\x7f]")


class KeptSecret(Secret):
    """Where a secret is kept, and never in the site file itself: such files are copied, mailed and versioned."""

    @model_validator(mode="after")
    def _not_written_here(self) -> Self:
        if self.clear is not None:
            raise WrongValue(
                'stands in the file itself; write { env = "NAME" } or { keyring = "ENTRY" }, and keep it there'
            )
        return self


def _address(url: str) -> str:
    # Never repeated in the message: it may hold a password.
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise WrongValue("is no address; give one such as https://crm.example") from None
    if not host or _CONTROL.search(url) or (port is not None and not 0 < port <= _LAST_PORT):
        raise WrongValue("is no address; give one such as https://crm.example")
    if parts.username is not None or parts.password is not None:
        raise WrongValue("holds a user or a password; give the address alone")
    if parts.scheme != "https" and not (parts.scheme == "http" and host in _LOCAL):
        raise WrongValue("is not encrypted; it must begin with https://, for it carries what concerns people")
    return url


def _origin(url: str) -> str:
    parts = urlsplit(_address(url))
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise WrongValue("has more than a host; give it alone, such as https://contoso.crm4.dynamics.com")
    return f"{parts.scheme}://{parts.netloc}"


Address = Annotated[str, StringConstraints(max_length=2000), AfterValidator(_address)]
Origin = Annotated[str, StringConstraints(max_length=200), AfterValidator(_origin)]
Column = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,127}$")]


class CustomerSystem(Part):
    """What the tables of all customer systems have."""

    language: Literal["en", "fr", "es", "ru", "uk"] | None = Field(
        default=None,
        description=N_(
            "the language of tasks and notes: 'en', 'fr', 'es', 'ru' or 'uk'; that of [delivery.email] where left out"
        ),
    )


class DataverseCrm(CustomerSystem):
    """An environment of Microsoft Dynamics 365 or Dataverse."""

    url: Origin = Field(
        description=N_("the address of the environment alone, such as https://contoso.crm4.dynamics.com")
    )
    tenant: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$")] = Field(
        description=N_(
            "the directory (tenant) of the app registration: its id or a domain such as contoso.onmicrosoft.com"
        )
    )
    client_id: UUID = Field(description=N_("the application (client) id of the app registration"))
    client_secret: KeptSecret = Field(
        description=N_('its client secret: { env = "VARIABLE" } or { keyring = "ENTRY" }')
    )
    contact_key: Column = Field(
        default="mien_reference",
        description=N_(
            "the column of contacts that holds the reference of a consent, with an alternate key of its own"
        ),
    )
    task_owner: UUID | None = Field(
        default=None,
        description=N_(
            "the id of the user or team who is given tasks; the application itself where left out"
        ),
    )
    task_owner_kind: Literal["user", "team"] = Field(default="user", description=N_("'user' or 'team'"))
    authority: Origin = Field(
        default=ENTRA,
        description=N_("where tokens come from, for national clouds; Microsoft's public one where left out"),
    )
    ca_file: SeenFromSiteFile | None = Field(
        default=None,
        description=N_(
            "the certificate (PEM) of an authority that this machine does not know, such as a proxy's"
        ),
    )

    @property
    def shown(self) -> str:
        """Where it leads, for people to read."""
        return self.url


class SignedHook(Part):
    """An address that is told by signed messages."""

    url: Address = Field(
        description=N_("the address that takes the messages, such as https://crm.example/hooks/mien")
    )
    secret: KeptSecret = Field(
        description=N_(
            "what messages are signed with, 'whsec_' and 24 to 64 bytes in base64: "
            '{ env = "VARIABLE" } or { keyring = "ENTRY" }'
        )
    )
    ca_file: SeenFromSiteFile | None = Field(
        default=None, description=N_("the certificate (PEM) of an authority that this machine does not know")
    )

    @property
    def shown(self) -> str:
        """Where it leads, for people to read: without path and query, which may be a secret themselves."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"


class WebhookCrm(CustomerSystem, SignedHook):
    """An address that is told of visits and tasks by signed messages."""


class CsvCrm(CustomerSystem):
    """A folder with CSV files that grow."""

    folder: SeenFromSiteFile = Field(
        description=N_("the folder, seen from this file; made where it is missing")
    )

    @property
    def shown(self) -> str:
        """Where it is, for people to read."""
        return str(self.folder)


class Crm(Part):
    """Into which customer systems is written: one table per connector."""

    dataverse: DataverseCrm | None = Field(
        default=None, description=N_("a table [crm.dataverse] with url, tenant, client_id and client_secret")
    )
    webhook: WebhookCrm | None = Field(
        default=None, description=N_("a table [crm.webhook] with url and secret")
    )
    csv: CsvCrm | None = Field(default=None, description=N_("a table [crm.csv] with a folder"))
