"""Signed messages to an address, by the convention of Standard Webhooks.

Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md: the headers
`webhook-id` (the same for every attempt), `webhook-timestamp` (of the attempt) and `webhook-signature` (`v1,` and the
HMAC-SHA256 in base64 of `id.timestamp.body`). A receiver refuses what is older than a few minutes, and takes each id
once.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import time
from typing import TYPE_CHECKING, Final

from mien.crm.http import ANSWER_S, Line, refused, without
from mien.crm.results import Again, Done, Finding
from mien.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mien.crm.results import Result
    from mien.site.crm import SignedHook

_BEGINS: Final = "whsec_"
_SHORTEST, _LONGEST = 24, 64
_MOST_SAID: Final = 500

_TAKES_NO_HEAD: Final = frozenset({400, 405, 406, 411, 415, 422, 501})
"""What an address that takes messages may well say to a HEAD, which has no body."""
_REFUSES: Final = frozenset({401, 403, 407})
_LATER: Final = frozenset({408, 425, 429})


class Hook:
    """An address that takes signed messages.

    Args:
        settings: Its table in the site file.
        table: What that is called, for messages.
        environ: Environment variables for the secret; those of the process where left out.
        answer_s: Seconds for which an answer is waited for.
        clock: Seconds since 1970, for the timestamp of an attempt.

    Raises:
        SettingError: The secret is not where the site file says, or is none.
    """

    def __init__(
        self,
        settings: SignedHook,
        table: str,
        environ: Mapping[str, str] | None = None,
        *,
        answer_s: float = ANSWER_S,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._settings, self._table, self._answer_s, self._clock = settings, table, answer_s, clock
        self._secret = settings.secret.reveal(environ)
        self._key = _key(self._secret, table)
        self._line: Line | None = None

    @property
    def shown(self) -> str:
        """Where it leads, for people to read."""
        return self._settings.shown

    def post(self, uid: str, body: bytes, kind: str, hidden: str | None = None) -> Result:
        """Send a message and wait until it is taken.

        Args:
            uid: Its id, the same for every attempt.
            body: What is sent.
            kind: Its media type.
            hidden: What must not stand in a reason, such as the reference of a customer.
        """
        moment = str(int(self._clock()))
        answer = self._opened().ask(
            "POST",
            self._settings.url,
            content=body,
            headers={
                "Content-Type": f"{kind}; charset=utf-8",
                "webhook-id": uid,
                "webhook-timestamp": moment,
                "webhook-signature": f"v1,{signature(self._key, uid, moment, body)}",
            },
        )
        if isinstance(answer, Again):
            return answer
        if answer.fine:
            return Done(uid)
        said = answer.body[:_MOST_SAID].decode("utf-8", "replace")
        return refused(answer, self.shown, without(said, self._secret, hidden))

    def check(self) -> Finding:
        """Whether the address answers and does not refuse; no message is sent to it."""
        answer = self._opened().ask("HEAD", self._settings.url)
        if isinstance(answer, Again):
            return Finding("access", False, answer.text, answer.values)
        values = {"where": self.shown, "status": answer.status, "table": self._table}
        if answer.fine or answer.status in _TAKES_NO_HEAD:
            text = "%(where)s answers. Whether it takes the signature shows with the first message."
            return Finding("access", True, text, values)
        return Finding("access", False, _refusal(answer.status), values)

    def close(self) -> None:
        """End the connection, if there is one."""
        line, self._line = self._line, None
        if line is not None:
            line.close()

    def _opened(self) -> Line:
        if self._line is None:
            self._line = Line(self.shown, self._settings.ca_file, answer_s=self._answer_s)
        return self._line


def signature(key: bytes, uid: str, moment: str, body: bytes) -> str:
    """The signature of a message, in base64.

    Args:
        key: The secret, decoded.
        uid: Its `webhook-id`.
        moment: Its `webhook-timestamp`.
        body: What is sent.

    Example:
        The one that the convention prints:

        >>> key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
        >>> signature(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", b'{"test": 2432232314}')
        'g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='
    """
    signed = b".".join((uid.encode(), moment.encode(), body))
    return base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def _refusal(status: int) -> str:
    """What is wrong, by what was answered to a HEAD."""
    if status in _REFUSES:
        return (
            "%(where)s answers %(status)d: it refuses the request. Have it take messages from here, which are known by "
            "their signature alone, and answer a HEAD without one; or mend url under [%(table)s]."
        )
    if status in _LATER:
        return "%(where)s answers %(status)d: it cannot take anything now; try again later."
    if status < 400:
        return (
            "%(where)s answers %(status)d: it points elsewhere, where messages are not sent after it; set url under "
            "[%(table)s] to the address that takes them."
        )
    return "%(where)s answers %(status)d; mend url under [%(table)s]."


def _key(secret: str, table: str) -> bytes:
    try:
        found = base64.b64decode(secret.removeprefix(_BEGINS), validate=True)
    except (binascii.Error, ValueError):
        found = b""
    if not secret.startswith(_BEGINS) or not _SHORTEST <= len(found) <= _LONGEST:
        raise SettingError(
            f"The secret of [{table}] is none: it is '{_BEGINS}' and {_SHORTEST} to {_LONGEST} bytes in base64; "
            "make one with: echo whsec_$(openssl rand -base64 32)"
        )
    return found
