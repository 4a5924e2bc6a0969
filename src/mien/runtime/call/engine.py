"""All calls of a machine: one thread that reads, one set of networks, and a limit to how many are read at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from mien.errors import InputError
from mien.runtime.call.limits import CallLimits
from mien.runtime.call.models import CallModels
from mien.runtime.call.session import CallSession

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from mien.journey.types import Context

_P = ParamSpec("_P")
_T = TypeVar("_T")


class CallEngine:
    """Reads calls beside whatever serves them; what serves them never waits for a network.

    Every use of a session goes through `run`, so that a session is used by one thread, and its calls come in the order
    in which they were asked for.

    Args:
        limits: What calls may ask of the machine.
        reader: Expression reader, by its name or by the path of a manifest.
    """

    def __init__(self, limits: CallLimits | None = None, *, reader: str = "mien") -> None:
        self.limits = limits or CallLimits()
        self._reader = reader
        self._models: CallModels | None = None
        self._open: set[str] = set()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="call")

    def run(self, work: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> Future[_T]:
        """Do something in the thread that reads; what it gives, or raises, later."""
        return self._thread.submit(work, *args, **kwargs)

    def begin(self, context: Context | None = None, *, recording: bool = False) -> CallSession:
        """A new call; to be run in the thread, since the first one loads the networks.

        Args:
            context: Where it belongs.
            recording: Whether a recording is read, whose time of day nobody knows.

        Raises:
            InputError: As many calls are read already as the machine may.
            ModelError: A network is missing or altered.
        """
        if len(self._open) >= self.limits.calls:
            raise InputError(
                "%(n)s calls are being read on this machine, which is as many as it may; end one of them.",
                n=len(self._open),
            )
        if self._models is None:
            self._models = CallModels.load(self._reader)
        session = CallSession(self._models, context, limits=self.limits, recording=recording)
        self._open.add(session.id)
        return session

    def over(self, session: CallSession) -> None:
        """A call is over, ended or not: another one may be read in its place."""
        self._open.discard(session.id)

    def close(self) -> None:
        """End the thread; what waits in it is not done."""
        self._thread.shutdown(wait=True, cancel_futures=True)
