"""One exchange over HTTP, with an end in time, and what its answer means for a record."""

from __future__ import annotations

import json
import logging
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

import httpx2

from mien.crm.results import Again, Parked
from mien.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

CONNECT_S: Final = 10.0
"""Seconds for which a connection is waited for."""

ANSWER_S: Final = 60.0
"""Seconds for which a whole answer is waited for; Dataverse ends what takes more than two minutes."""

CREDENTIALS_S: Final = 300.0
"""Seconds until refused credentials are tried again: they are mended by a person, and are no fault of the record."""

_MOST_BYTES: Final = 8_000_000
_LONGEST_SAID: Final = 300
_LONGEST_WAIT_S: Final = 86_400.0

_TOO_MANY, _TIMED_OUT, _TOO_EARLY, _NOT_BUILT = 429, 408, 425, 501
_UNAUTHORIZED: Final = 401


class _Quiet(logging.Filter):
    """Keeps addresses out of logs: the reference of a customer stands in some of them."""

    def filter(self, record: logging.LogRecord) -> bool:
        return not str(record.msg).startswith("HTTP Request:")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other side answered.

    Attributes:
        status: HTTP status.
        headers: By their names in small letters.
        body: At most 8 MB.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def fine(self) -> bool:
        """Whether it did what was asked."""
        return 200 <= self.status < 300

    def json(self) -> dict[str, Any]:
        """The body as an object; empty where it is none."""
        try:
            found = json.loads(self.body)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


class Line:
    """Exchanges with one host.

    Args:
        shown: Where it leads, for people to read.
        ca_file: The certificate of an authority that this machine does not know.
        answer_s: Seconds for which a whole answer is waited for.

    Raises:
        SettingError: The certificate cannot be used.
    """

    def __init__(self, shown: str, ca_file: Path | None = None, *, answer_s: float = ANSWER_S) -> None:
        self.shown, self._answer_s = shown, answer_s
        # Redirects would carry the credentials elsewhere.
        self._client = httpx2.Client(
            verify=_trust(ca_file),
            timeout=httpx2.Timeout(answer_s, connect=min(CONNECT_S, answer_s)),
            follow_redirects=False,
        )
        logger = logging.getLogger("httpx2")
        if not any(isinstance(one, _Quiet) for one in logger.filters):
            logger.addFilter(_Quiet())

    def ask(
        self, method: str, url: str, *, headers: Mapping[str, str] | None = None, content: bytes | None = None
    ) -> Answer | Again:
        """Send one request and wait for the whole answer.

        Returns:
            The answer, or `Again` where none came whole: whether the request arrived is then not known.
        """
        began = monotonic()
        body = bytearray()
        try:
            with self._client.stream(method, url, headers=dict(headers or {}), content=content) as answer:
                for part in answer.iter_bytes():
                    body += part
                    if len(body) > _MOST_BYTES:
                        return Again(
                            "%(where)s answered with more than %(bytes)d bytes.",
                            {"where": self.shown, "bytes": _MOST_BYTES},
                        )
                    if monotonic() - began > self._answer_s:
                        return self._slow()
        except httpx2.TimeoutException:
            return self._slow()
        except httpx2.HTTPError as error:
            return Again("%(where)s cannot be reached (%(why)s).", {"where": self.shown, "why": _why(error)})
        return Answer(answer.status_code, {k.lower(): v for k, v in answer.headers.items()}, bytes(body))

    def close(self) -> None:
        """End its connections. It can be used no more."""
        self._client.close()

    def _slow(self) -> Again:
        return Again(
            "%(where)s did not answer within %(seconds)g s.", {"where": self.shown, "seconds": self._answer_s}
        )


def refused(answer: Answer, shown: str, said: str, *, now: datetime | None = None) -> Parked | Again:
    """What an answer that did not do what was asked means for the record.

    Too many requests, a server in trouble and refused credentials pass, or are mended without looking at the record: it
    is tried again. Everything else would be refused again.

    Args:
        answer: The answer, with a status of 300 or more.
        shown: Who answered, for people to read.
        said: What it says of the reason, without anything secret.
        now: The moment to which a `Retry-After` with a date counts; else this one.
    """
    values: dict[str, object] = {"where": shown, "status": answer.status, "said": clause(said)}
    if answer.status == _UNAUTHORIZED:
        return Again(
            "%(where)s does not accept the credentials (401: %(said)s); 'mien crm check FILE.toml' tells more.",
            values,
            CREDENTIALS_S,
        )
    later = answer.status in {_TOO_MANY, _TIMED_OUT, _TOO_EARLY} or answer.status >= 500
    if later and answer.status != _NOT_BUILT:
        return Again(
            "%(where)s cannot take it now (%(status)d: %(said)s).",
            values,
            retry_after(answer.headers.get("retry-after"), now or datetime.now(UTC)),
        )
    return Parked("%(where)s refuses it (%(status)d: %(said)s).", values)


def retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds that a `Retry-After` asks to wait, at most a day; `None` where it says nothing that can be understood.

    Source: RFC 9110, 10.2.3: seconds, or a date.

    Example:
        >>> from datetime import UTC, datetime
        >>> now = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
        >>> retry_after("17", now), retry_after("Mon, 04 May 2026 09:00:30 GMT", now), retry_after("soon", now)
        (17.0, 30.0, None)
    """
    if value is None:
        return None
    try:
        seconds = float(value) if value.strip().isascii() and value.strip().isdigit() else None
        if seconds is None:
            moment = parsedate_to_datetime(value)
            seconds = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() - now.timestamp()
    except (ValueError, TypeError, OverflowError):
        return None
    return min(max(seconds, 0.0), _LONGEST_WAIT_S)


def clause(text: str) -> str:
    """A foreign message as part of a sentence: one line, printable, not long."""
    words = " ".join("".join(c if c.isprintable() else " " for c in text).split()).rstrip(".")
    return (words if len(words) <= _LONGEST_SAID else f"{words[: _LONGEST_SAID - 1]}…") or "it says nothing"


def without(text: str, *secrets: str | None) -> str:
    """A foreign message in which nothing of these stands any more."""
    for secret in secrets:
        if secret:
            text = text.replace(secret, "***")
    return text


def _why(error: httpx2.HTTPError) -> str:
    """Why there is no answer. What the network says holds nothing secret; other errors repeat headers and addresses."""
    return clause(
        str(error) if isinstance(error, httpx2.NetworkError) and str(error) else type(error).__name__
    )


def _trust(ca_file: Path | None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if ca_file is not None:
        try:
            context.load_verify_locations(cafile=ca_file)
        except (OSError, ssl.SSLError) as error:
            why = "holds no certificate" if isinstance(error, ssl.SSLError) else error.strerror
            raise SettingError(
                f"The certificate file '{ca_file}' cannot be used: {why}; give that of the authority, as PEM."
            ) from error
    return context
