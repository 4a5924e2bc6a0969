"""Records as signed messages to an address, by the convention of Standard Webhooks.

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
import json
import time
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid5

from mien.crm.http import ANSWER_S, Line, refused, without
from mien.crm.plain import kind_of, plain
from mien.crm.records import VisitRecord
from mien.crm.results import Again, Done, Finding, Parked
from mien.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from mien.crm.records import Record
    from mien.crm.results import Closing, Result, Step
    from mien.site.crm import WebhookCrm

NAMESPACE: Final = UUID("0d3b7c6a-2f0e-5d0e-9a61-58c4f1f7a9d3")
"""Of the ids of messages. It never changes: a receiver knows by them what came before."""

_BEGINS: Final = "whsec_"
_SHORTEST, _LONGEST = 24, 64
_MOST_SAID: Final = 500


class WebhookConnector:
    """A connector to an address that takes messages.

    Args:
        settings: The table of the site file.
        environ: Environment variables for the secret; those of the process where left out.
        answer_s: Seconds for which an answer is waited for.
        clock: Seconds since 1970, for the timestamp of an attempt.

    Raises:
        SettingError: The secret is not where the site file says, or is none.
    """

    name: Final = "webhook"
    reads_back: Final = False

    def __init__(
        self,
        settings: WebhookCrm,
        environ: Mapping[str, str] | None = None,
        *,
        answer_s: float = ANSWER_S,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._settings, self._answer_s, self._clock = settings, answer_s, clock
        self._secret = settings.secret.reveal(environ)
        self._key = _key(self._secret)
        self._line: Line | None = None

    @property
    def shown(self) -> str:
        """Where it leads, for people to read."""
        return self._settings.shown

    def send(self, record: Record) -> Result:
        """Send one record as a message and wait until it is taken."""
        kind, data = kind_of(record), plain(record)
        told: dict[str, object] = {"type": f"mien.crm.{kind}", "data": data}
        if isinstance(record, VisitRecord) and data["ended_at"] is not None:
            told["timestamp"] = data["ended_at"]
        body = json.dumps(told, allow_nan=False, ensure_ascii=False, separators=(",", ":")).encode()
        uid = f"msg_{uuid5(NAMESPACE, f'{kind}/{record.key}/{record.version}').hex}"
        moment = str(int(self._clock()))
        answer = self._opened().ask(
            "POST",
            self._settings.url,
            content=body,
            headers={
                "Content-Type": "application/json; charset=utf-8",
                "webhook-id": uid,
                "webhook-timestamp": moment,
                "webhook-signature": f"v1,{signature(self._key, uid, moment, body)}",
            },
        )
        if isinstance(answer, Again):
            return answer
        if answer.fine:
            return Done(uid)
        customer = getattr(record, "customer", None)
        said = answer.body[:_MOST_SAID].decode("utf-8", "replace")
        hidden = None if customer is None else customer.reference
        return refused(answer, self.shown, without(said, self._secret, hidden))

    def closings(self, keys: Sequence[str]) -> list[Closing] | Parked | Again:  # noqa: ARG002  (of the protocol)
        """Nothing: messages go one way."""
        return []

    def check(self) -> list[Finding]:
        """Whether the address answers; nothing is sent to it."""
        answer = self._opened().ask("HEAD", self._settings.url)
        if isinstance(answer, Again):
            return [Finding("access", False, answer.text, answer.values)]
        values = {"where": self.shown, "status": answer.status}
        if answer.status >= 500 or answer.status == 404:
            return [
                Finding(
                    "access", False, "%(where)s answers %(status)d; mend url under [crm.webhook].", values
                )
            ]
        return [
            Finding(
                "access",
                True,
                "%(where)s answers. Whether it takes the signature shows with the first message.",
                values,
            )
        ]

    def missing(self) -> list[Step] | Parked | Again:
        """Nothing: the receiver is made by whoever runs it."""
        return []

    def make(self, step: Step) -> Result:
        """Nothing: there is no step."""
        return Parked("There is no step '%(key)s'.", {"key": step.key})

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


def _key(secret: str) -> bytes:
    try:
        found = base64.b64decode(secret.removeprefix(_BEGINS), validate=True)
    except (binascii.Error, ValueError):
        found = b""
    if not secret.startswith(_BEGINS) or not _SHORTEST <= len(found) <= _LONGEST:
        raise SettingError(
            f"The secret of [crm.webhook] is none: it is '{_BEGINS}' and {_SHORTEST} to {_LONGEST} bytes in base64; "
            "make one with: echo whsec_$(openssl rand -base64 32)"
        )
    return found
