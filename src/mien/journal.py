"""What Mien notes about itself: one JSON object a line on standard error, the same in every process.

Of an error its kind is written and where it happened, never what it says nor what any variable held: the reference of
a customer may stand there (`KeyError: 'LOYALTY-4711'`), or an address with a key. Of what libraries log, the sentence
is written with its numbers, and nothing else that they put into it.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sys
import threading
import traceback
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import structlog

from mien.masking import MASK, Mask, masked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from structlog.typing import EventDict, FilteringBoundLogger

_MOST_SAID: Final = 300
_ADDRESS: Final = re.compile(r"(?i)\b(?P<scheme>[a-z][a-z0-9+.-]*)://(?P<rest>[^\s'\")\]>]*)")
_WEB: Final = frozenset({"http", "https"})


def logger(name: str) -> FilteringBoundLogger:
    """What a part of Mien notes things with, wherever it runs; nothing has to be set up before.

    Args:
        name: Of the part, such as `mien.delivery`.
    """
    found: FilteringBoundLogger = structlog.wrap_logger(
        _Lines(),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _with_process,
            _with_exception,
            Mask(),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        part=name,
    )
    return found


def begin() -> None:
    """Write all that this process says of itself so: what libraries log, and what nobody expected.

    Called where a process begins, once for each kind of process: that of a command, and those that one starts.
    """
    root = logging.getLogger()
    if not any(isinstance(one.formatter, _OfLibraries) for one in root.handlers):
        handler = _ToStandardError()
        handler.setFormatter(_OfLibraries())
        root.addHandler(handler)
    sys.excepthook = lambda _kind, error, _trace: write_failure(error)
    threading.excepthook = lambda given: _of_thread(given.exc_value)
    sys.unraisablehook = lambda given: _of_thread(given.exc_value)


@contextmanager
def silent() -> Iterator[None]:
    """Note nothing while the block lasts: for commands that say themselves what there is to say."""
    before = structlog.get_config()["wrapper_class"]
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    try:
        yield
    finally:
        structlog.configure(wrapper_class=before)


def write_failure(error: BaseException) -> None:
    """Write an error that nobody expected to standard error, for people.

    Args:
        error: What ended the process.
    """
    sys.stderr.write(f"{written(error)}\nmien: This is a fault in Mien; please report the lines above.\n")


def written(error: BaseException) -> str:
    """An error without any value: of which kind it is, where it happened, and what led to it.

    Args:
        error: As it was caught.

    Example:
        >>> print(written(KeyError("LOYALTY-4711")))
        KeyError
    """
    return "\n".join(_lines(error, set()))


def without_addresses(text: str) -> str:
    """A text in which of every address only its kind and, on the web, its host stands: keys stand in the rest of some.

    Example:
        >>> without_addresses("no answer of https://api.example/bot12:key/send nor of slack://A1/B2/C3")
        'no answer of https://api.example/*** nor of slack://***'
    """
    return masked(_ADDRESS.sub(_short, text))


class _Lines:
    """Writes lines to where standard error is at that moment: a program may have put another in its place."""

    def msg(self, message: str) -> None:
        sys.stderr.write(f"{message}\n")
        sys.stderr.flush()

    debug = info = warning = error = critical = exception = msg


class _ToStandardError(logging.StreamHandler[Any]):
    """To where standard error is at that moment."""

    def emit(self, record: logging.LogRecord) -> None:
        _Lines().msg(self.format(record))

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  (of the library)
        """Nothing: what could not be written holds values."""


class _OfLibraries(logging.Formatter):
    """Of what a library logs, the sentence with its numbers."""

    def format(self, record: logging.LogRecord) -> str:
        told = {
            "part": record.name,
            "event": _sentence(record),
            "level": record.levelname.lower(),
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat().replace("+00:00", "Z"),
            "process": os.getpid(),
        }
        if record.exc_info and record.exc_info[1] is not None:
            told["exception"] = written(record.exc_info[1])
        return json.dumps(told, ensure_ascii=False)


def _sentence(record: logging.LogRecord) -> str:
    text = str(record.msg)
    if isinstance(record.args, tuple) and record.args:
        try:
            text %= tuple(one if isinstance(one, int | float) else MASK for one in record.args)
        except (TypeError, ValueError):
            text = str(record.msg)
    # Later lines repeat errors, with what they say.
    first = text.strip().partition("\n")[0]
    return without_addresses(first)[:_MOST_SAID]


def _short(match: re.Match[str]) -> str:
    if match["scheme"].lower() not in _WEB:
        return f"{match['scheme']}://{MASK}"
    # Up to the last @, for a password may hold a slash.
    host, *more = re.split(r"[/?#]", match["rest"].rpartition("@")[2], maxsplit=1)
    return f"{match['scheme']}://{host}" + (f"/{MASK}" if any(more) else "")


def _lines(error: BaseException, seen: set[int]) -> list[str]:
    seen.add(id(error))
    before: list[str] = []
    cause = error.__cause__
    if cause is None and not error.__suppress_context__:
        cause = error.__context__
    if cause is not None and id(cause) not in seen:
        led = "which was the cause of" if error.__cause__ is cause else "and while that was dealt with"
        before = [*_lines(cause, seen), f"{led}:"]
    frames = [
        line for one in traceback.format_tb(error.__traceback__) for line in one.rstrip("\n").split("\n")
    ]
    found = [*before, *(["Traceback (most recent call last):"] if frames else []), *frames, _kind(error)]
    if isinstance(error, BaseExceptionGroup):
        for one in error.exceptions:
            if id(one) not in seen:
                found += [f"  | {line}" for line in _lines(one, seen)]
    return found


def _kind(error: BaseException) -> str:
    kind = type(error)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    if isinstance(error, OSError) and isinstance(error.errno, int) and error.errno > 0:
        return f"{name}: [Errno {error.errno}] {os.strerror(error.errno)}"
    return name


def _of_thread(error: BaseException | None) -> None:
    if error is not None and not isinstance(error, SystemExit):
        _log.error("a thread failed", exc_info=error)


def _with_exception(_logger: object, _method: str, event: EventDict) -> EventDict:
    given = event.pop("exc_info", None)
    if given is True:
        given = sys.exc_info()[1]
    elif isinstance(given, tuple):
        given = given[1]
    if isinstance(given, BaseException):
        event["exception"] = written(given)
    return event


def _with_process(_logger: object, _method: str, event: EventDict) -> EventDict:
    return {**event, "process": os.getpid()}


_log: Final = logger("mien.journal")
