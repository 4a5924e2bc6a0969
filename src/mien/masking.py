"""Credentials never reach a log, a message or a screen.

Addresses of cameras carry passwords in three places: before the `@`, in the query, and with some makers in the
path (`/user=admin_password=x_channel=1`). What FFmpeg says of an address it could not open repeats it whole. So
texts of others are masked too, by their form and by the passwords that are known.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterable, MutableMapping

MASK: Final = "***"
"""What stands for a credential."""

TOLD_VALUE: Final = re.compile(
    r"(?i)(?P<key>(?<![a-z])[a-z]*(?:us(?:e?r|e)|login|pas|pwd|psw|token|auth|secret|key|cred)[a-z]*=)"
    r"(?P<value>[^&/?#;\s]*?)(?=_[a-z]+=|[&/?#;\s]|$)"
)
"""A user name or password in the path or the query of an address, by what makers of cameras call it."""

SECRET_KEY: Final = re.compile(r"(?i)pas|pwd|psw|token|auth|secret|key|cred")
"""What the key of a password holds, and that of a user name does not."""

# Greedy up to the last @, for a password may hold one, and a slash or a question mark too.
_USERINFO: Final = re.compile(r"(?i)\b(?P<scheme>[a-z][a-z0-9+.-]*://)\S*@")

_SHORTEST_KNOWN: Final = 3
"""Shorter secrets stand in too many other words."""


def masked(text: str) -> str:
    """A text without the credentials of the addresses in it.

    Example:
        >>> masked("cannot open rtsp://admin:hun/ter@10.0.0.4:554/live?token=abc&n=1")
        'cannot open rtsp://***@10.0.0.4:554/live?token=***&n=1'
    """
    text = _USERINFO.sub(rf"\g<scheme>{MASK}@", text)
    return TOLD_VALUE.sub(rf"\g<key>{MASK}", text)


class Mask:
    """Masks texts by their form and by the secrets that are known; a processor for structlog.

    In a chain of processors it stands after the one that writes out exceptions.

    Args:
        secrets: Passwords as they were revealed; also found as they stand in an address.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        known = {form for secret in secrets for form in (secret, quote(secret), quote(secret, safe=""))}
        # The longest first, lest a part of one is masked and its rest left.
        self._known = sorted((one for one in known if len(one) >= _SHORTEST_KNOWN), key=len, reverse=True)

    def text(self, text: str) -> str:
        """A text without credentials."""
        for secret in self._known:
            text = text.replace(secret, MASK)
        return masked(text)

    def __call__(self, _logger: object, _method: str, event: MutableMapping[str, Any]) -> Any:  # noqa: ANN401
        """The entry of a log without credentials, however deep they lie."""
        return self._deep(event)

    def _deep(self, value: Any) -> Any:  # noqa: ANN401  (whatever was logged)
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, bytes):
            return self.text(value.decode("utf-8", "replace")).encode()
        if isinstance(value, dict):
            return {self._deep(key): self._deep(inner) for key, inner in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            return [self._deep(inner) for inner in value]
        if value is None or isinstance(value, bool | int | float):
            return value
        # Whatever it is, the renderer would write it so.
        return self.text(str(value) if isinstance(value, BaseException) else repr(value))
