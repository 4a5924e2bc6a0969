"""How the pages are served: where, to whom, and by which languages."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

LOCAL: Final = ("127.0.0.1", "localhost", "::1")
"""Names of this machine for itself: the only ones that pages answer to until they are told otherwise."""

PORT: Final = 8470
"""Where pages are served unless another port is asked for."""


class Provider(BaseModel):
    """An identity provider, by OpenID Connect.

    Attributes:
        issuer: Its address, as its tokens name it; https, or this machine.
        client_id: What it calls these pages.
        client_secret: What these pages show it; blank for a public client, which PKCE protects.
        name: What the button says: "Sign in with NAME".
        trust_email: Whether an e-mail address of which it does not say that it was verified finds a user. Only where
            nobody can choose their own address there.
        new_users: Whether somebody whom nobody made a user becomes one, without any role.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    issuer: str
    client_id: str = Field(min_length=1)
    client_secret: SecretStr = SecretStr("")
    name: str = Field(default="single sign-on", min_length=1, max_length=40)
    trust_email: bool = False
    new_users: bool = False

    @field_validator("issuer")
    @classmethod
    def _reached_safely(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOCAL):
            raise ValueError(
                f"the issuer '{value}' must begin with https://, since who can change its answers signs in"
            )
        return value


class WebSettings(BaseModel):
    """How the pages are served.

    Attributes:
        host: Address to listen at.
        port: Port to listen at; 0 for any that is free.
        names: Host names that requests may be made to, beside those of this machine.
        certificate: Certificate for https, PEM; with `key`.
        key: Its private key, PEM.
        plain: Whether a network may be served without https: behind a proxy that does it.
        site_files: Site files whose cameras these pages tell of.
        sites: Folder with more of them, where new ones go; `None` for none.
        provider: Where users may sign in beside here.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = "127.0.0.1"
    port: int = Field(default=PORT, ge=0, le=65535)
    names: tuple[str, ...] = ()
    certificate: Path | None = None
    key: Path | None = None
    plain: bool = False
    site_files: tuple[Path, ...] = ()
    sites: Path | None = None
    provider: Provider | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if (self.certificate is None) != (self.key is None):
            raise ValueError("a certificate and its key belong together; give both or none")
        if self.host not in LOCAL and self.certificate is None and not self.plain:
            raise ValueError(
                f"pages at {self.host} can be reached from the network, where passwords must not travel in the open; "
                "make a certificate with mien tls, or say --plain where a proxy in front does https"
            )
        return self

    @property
    def secure(self) -> bool:
        """Whether browsers reach the pages by https."""
        return self.certificate is not None or self.plain

    @property
    def allowed_hosts(self) -> tuple[str, ...]:
        """Host names that a request may be made to; others are refused, against rebinding of names."""
        own = () if self.host in {"0.0.0.0", "::"} else (self.host,)
        return tuple(dict.fromkeys((*LOCAL, *own, *self.names)))
