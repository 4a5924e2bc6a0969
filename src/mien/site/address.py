"""The address of a network camera, which is never shown with its credentials."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import quote, unquote, urlsplit

from pydantic import BeforeValidator, InstanceOf, PlainSerializer

from mien.site.credentials import VARIABLE, variable
from mien.site.masking import MASK, SECRET_VALUE, masked

if TYPE_CHECKING:
    from collections.abc import Mapping

SCHEMES: Final = ("rtsp", "rtsps", "http", "https")
"""What an address of a network camera begins with; those of the last two give motion JPEG."""

_FORM: Final = "give rtsp://HOST:PORT/PATH, or http://HOST:PORT/PATH for motion JPEG"


@dataclass(frozen=True, slots=True, repr=False)
class CameraUrl:
    """An address as it stands in the site file, perhaps with `${NAME}` for environment variables.

    Its text is masked wherever it is printed; only `reveal` gives the whole.
    """

    _written: str

    def __str__(self) -> str:
        return masked(self._written)

    def __repr__(self) -> str:
        return f"CameraUrl('{self}')"

    @property
    def scheme(self) -> str:
        """One of `SCHEMES`."""
        return urlsplit(self._written).scheme.lower()

    @property
    def holds_user(self) -> bool:
        """Whether a user name or password stands before the `@`."""
        return "@" in urlsplit(self._written).netloc

    @property
    def in_clear(self) -> bool:
        """Whether a password stands in it as it is, and not as `${NAME}`."""
        password = urlsplit(self._written).password
        if password is not None and not VARIABLE.fullmatch(password):
            return True
        told = (match for match in SECRET_VALUE.finditer(self._after_host()))
        return any(
            not match["key"].lower().startswith(("user", "usr", "login"))
            and not VARIABLE.fullmatch(match["value"])
            for match in told
            if match["value"]
        )

    @property
    def variables(self) -> tuple[str, ...]:
        """The environment variables that it names."""
        return tuple(match[1] for match in VARIABLE.finditer(self._written))

    def reveal(
        self, user: str | None = None, password: str | None = None, environ: Mapping[str, str] | None = None
    ) -> str:
        """The whole address, for whoever opens it; it must not be logged.

        Whatever a user name or password holds is escaped, so that `@`, `/` or `#` in them do no harm.

        Args:
            user: User name that does not stand in the address.
            password: Password that does not stand in it.
            environ: Environment variables; those of the process where left out.

        Raises:
            SettingError: A variable that it names is not set.
        """

        def filled(text: str, *, escape: bool = False) -> str:
            # What is written in an address may be escaped already; what a variable holds is not.
            parts = VARIABLE.split(text)
            words = [
                variable(part, environ) if place % 2 else unquote(part) if escape else part
                for place, part in enumerate(parts)
            ]
            if escape:
                return quote("".join(words), safe="")
            return "".join(quote(word, safe="") if place % 2 else word for place, word in enumerate(words))

        parts = urlsplit(self._written)
        before, _, host = parts.netloc.rpartition("@")
        if before:
            name, colon, word = before.partition(":")
            userinfo = filled(name, escape=True) + (f":{filled(word, escape=True)}" if colon else "")
        else:
            userinfo = quote(user or "", safe="")
            if password is not None:
                userinfo += f":{quote(password, safe='')}"
        netloc = f"{userinfo}@{host}" if userinfo else host
        return parts._replace(netloc=netloc, path=filled(parts.path), query=filled(parts.query)).geturl()

    def _after_host(self) -> str:
        parts = urlsplit(self._written)
        return f"{parts.path}?{parts.query}"


def _parsed(value: object) -> CameraUrl:
    if isinstance(value, CameraUrl):
        return value
    if not isinstance(value, str) or "://" not in value:
        raise ValueError(f"is no address; {_FORM}")
    try:
        parts = urlsplit(value)
        host, _port = parts.hostname, parts.port
    except ValueError:
        host = None
    else:
        if parts.scheme.lower() not in SCHEMES:
            raise ValueError(f"begins with '{parts.scheme}://'; {_FORM}")
    if not host or parts.fragment or any(letter.isspace() for letter in value) or MASK in value:
        # Not repeated here: what cannot be understood cannot be masked with certainty either.
        raise ValueError(
            f"cannot be understood; {_FORM}, and write user and password as keys of their own, since "
            "# / ? @ in them break an address"
        )
    return CameraUrl(value)


Url = Annotated[InstanceOf[CameraUrl], BeforeValidator(_parsed), PlainSerializer(str)]
"""The address of a network camera."""
