"""How the pages are served: where, to whom, and by which languages."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

LOCAL: Final = ("127.0.0.1", "localhost", "::1")
"""Names of this machine for itself: the only ones that pages answer to until they are told otherwise."""

PORT: Final = 8470
"""Where pages are served unless another port is asked for."""


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
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = "127.0.0.1"
    port: int = Field(default=PORT, ge=0, le=65535)
    names: tuple[str, ...] = ()
    certificate: Path | None = None
    key: Path | None = None
    plain: bool = False
    site_files: tuple[Path, ...] = ()

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
