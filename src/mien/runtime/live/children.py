"""The processes of a run: started, listened to, found dead or hanging, and started again."""

from __future__ import annotations

import json
import signal
from base64 import b64decode
from contextlib import suppress
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from mien.errors import VideoError
from mien.journal import logger
from mien.runtime.live.process import UNUSABLE, ask_for_still, ask_to_stop, child, started
from mien.video.backoff import Backoff

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future
    from multiprocessing.connection import Connection
    from multiprocessing.context import SpawnProcess

    from mien.runtime.live.spare import Spare

_STARTING_S: Final = 120.0
_HANGS_S: Final = 30.0
_log = logger("mien.supervisor")


class Child:
    """One process that is to live as long as there is work.

    Args:
        name: For people.
        work: What it does.
        given: Makes the arguments of `work` anew for each start, from why the one before ended.
        spare: Takes its place when it ended, where it is ready.
        logs: Whether it logs.

    Attributes:
        name: For people.
        status: What its present process, or the last one, said last, as its kind says it; `None` before it did.
        done: Whether it ended its work.
        failure: Why it cannot work, one sentence; it is not started again then.
        starts: How often it was started.
        reason: Why it ended last, one sentence.
    """

    def __init__(
        self,
        name: str,
        work: Callable[..., None],
        given: Callable[[str | None], tuple[object, ...]],
        spare: Spare | None = None,
        *,
        logs: bool = True,
    ) -> None:
        self.name = name
        self.status: dict[str, Any] | None = None
        self.done = False
        self.failure: str | None = None
        self.starts = 0
        self.reason: str | None = None
        self._work, self._given, self._spare = work, given, spare
        self._life = partial(child, logs=logs)
        self._process: SpawnProcess | None = None
        self._line: Connection | None = None
        self._heard = self._began = 0.0
        self._again_at: float | None = 0.0
        self._backoff = Backoff(0.5, 60.0)
        self._said = self._worked = False
        self._still: Future[bytes] | None = None

    @property
    def alive(self) -> bool:
        """Whether its process is there."""
        return self._process is not None

    @property
    def pid(self) -> int | None:
        """Number of its process."""
        return None if self._process is None else self._process.pid

    @property
    def works(self) -> bool:
        """Whether its process is there and has given a sign of life."""
        return self._process is not None and self._said

    @property
    def over(self) -> bool:
        """Whether it will not be started again."""
        return self.done or self.failure is not None

    def tend(self, *, restart: bool = True) -> None:
        """Listen to it, and start it if it is not there and should be.

        Args:
            restart: Whether it is started again.
        """
        if self._process is not None:
            self._listen()
            self._check()
        elif restart and not self.over and self._again_at is not None and monotonic() >= self._again_at:
            self._start()

    def stop(self) -> None:
        """Ask it to end in good order."""
        if self._line is not None:
            with suppress(OSError):
                ask_to_stop(self._line)
        if self._process is None:
            self._again_at = None

    def ask_for_still(self, answer: Future[bytes]) -> None:
        """Ask the process of a camera for a blurred still, JPEG.

        Args:
            answer: Gets it, or why there is none; one that is asked for while another is takes its place.
        """
        self._answer(VideoError("Somebody else asked for a still at the same time; try again."))
        self._still = answer
        if self._line is not None and self.works:
            with suppress(OSError):
                ask_for_still(self._line)
                return
        self._answer(
            VideoError("The process of %(name)s is not reading now; try again in a moment.", name=self.name)
        )

    def kill(self) -> None:
        """End it at once."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._close()

    def _start(self) -> None:
        given = self._given(self.reason)
        taken = None if self._spare is None else self._spare.take(self._work, given)
        self._process, self._line = taken or started(self._life, self._work, *given, name=self.name)
        self._said, self.status = False, None
        self._heard = self._began = monotonic()
        self.starts += 1

    def _listen(self) -> None:
        line = self._line
        try:
            while line is not None and line.poll(0):
                said = json.loads(line.recv_bytes())
                self._heard, self._said = monotonic(), True
                if "error" in said:
                    self.reason = said["error"]
                elif "still" in said:
                    self._answer(b64decode(said["still"]))
                elif "no_still" in said:
                    why = said["no_still"]
                    self._answer(VideoError(why))
                else:
                    self.status, self._worked = said["status"], True
        except (OSError, EOFError, ValueError):
            # It died in the middle of a word.
            self._line = None

    def _check(self) -> None:
        process = self._process
        if process is None:
            return
        if process.exitcode is None:
            silent_s = monotonic() - self._heard
            if silent_s > (_HANGS_S if self._said else _STARTING_S):
                self.reason = f"The process of {self.name} said nothing for {silent_s:.0f} s and was ended."
                _log.warning("process hangs", name=self.name, silent_s=round(silent_s, 1))
                self.kill()
                self._plan_again()
            return
        code = process.exitcode
        self._listen()
        if code == 0:
            self.done = True
        elif code == UNUSABLE and not self._worked:
            # It never worked. What did, and then met a full disk or a server that is away, may work again.
            self.failure = self.reason or f"The process of {self.name} cannot work."
        else:
            if code != UNUSABLE:
                how = f"by signal {signal.Signals(-code).name}" if code < 0 else f"with exit code {code}"
                self.reason = f"The process of {self.name} ended {how}."
            _log.warning("process ended", name=self.name, exit_code=code, reason=self.reason)
            self._plan_again()
        self._close()

    def _plan_again(self) -> None:
        self._backoff.lasted(monotonic() - self._began)
        self._again_at = monotonic() + self._backoff.next_s()

    def _answer(self, still: bytes | VideoError) -> None:
        waiting, self._still = self._still, None
        if waiting is None or waiting.done():
            return
        if isinstance(still, bytes):
            waiting.set_result(still)
        else:
            waiting.set_exception(still)

    def _close(self) -> None:
        self._answer(
            VideoError(
                "The process of %(name)s ended before it could give a still; try again.", name=self.name
            )
        )
        if self._process is not None and self._process.exitcode is not None:
            self._process.close()
        self._process = None
        if self._line is not None:
            self._line.close()
            self._line = None
