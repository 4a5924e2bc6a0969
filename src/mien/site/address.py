"""The address of a network camera, which is never shown with its credentials."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import quote, unquote, urlsplit

from pydantic import BeforeValidator, InstanceOf, PlainSerializer

from mien.errors import VideoError
from mien.marking import Said
from mien.masking import SECRET_KEY, TOLD_VALUE, masked
from mien.site.credentials import VARIABLE, variable
from mien.site.part import WrongValue
from mien.video.address import LIVE_SCHEMES, SCHEME, Address

if TYPE_CHECKING:
    from collections.abc import Mapping

SCHEMES: Final = tuple(scheme for scheme in LIVE_SCHEMES if scheme != "webcam")
"""What an address of a network camera begins with; `http` and `https` give Motion JPEG."""

_FORM: Final = Said("give rtsp://HOST:PORT/PATH, or http://HOST:PORT/PATH for Motion JPEG")


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
        parts = urlsplit(self._written)
        if parts.password is not None and not VARIABLE.fullmatch(parts.password):
            return True
        return any(
            SECRET_KEY.search(match["key"]) and match["value"] and not VARIABLE.fullmatch(match["value"])
            for match in TOLD_VALUE.finditer(f"{parts.path}?{parts.query}")
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
        host = VARIABLE.sub(lambda match: variable(match[1], environ), host)
        netloc = f"{userinfo}@{host}" if userinfo else host
        return parts._replace(netloc=netloc, path=filled(parts.path), query=filled(parts.query)).geturl()


def _parsed(value: object) -> CameraUrl:
    if isinstance(value, CameraUrl):
        return value
    match = SCHEME.match(value) if isinstance(value, str) else None
    if not isinstance(value, str) or match is None:
        raise WrongValue("is no address; %(form)s", form=_FORM)
    if match[1].lower() not in SCHEMES:
        raise WrongValue("begins with '%(begin)s'; %(form)s", begin=match[0], form=_FORM)
    try:
        # As it will be opened; what it does not understand it does not repeat, since nobody could mask it.
        Address.of(VARIABLE.sub("x", value))
        urlsplit(value)
    except VideoError as error:
        raise WrongValue(
            "%(what)s, or give user and password as keys of their own", what=error.said
        ) from None
    except ValueError:
        raise WrongValue("has no valid host; %(form)s", form=_FORM) from None
    return CameraUrl(value)


Url = Annotated[InstanceOf[CameraUrl], BeforeValidator(_parsed), PlainSerializer(str)]
"""The address of a network camera."""
