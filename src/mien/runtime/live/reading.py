"""The reading of a site beside the pages: begun, begun anew with a changed site file, and asked for stills."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from time import sleep
from typing import TYPE_CHECKING, Final, Literal

from mien.errors import MienError, NoticeError
from mien.runtime.live.plan import plan_of
from mien.runtime.live.supervisor import Supervisor
from mien.site import load_site

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mien.guests import ArrivalLook
    from mien.marking import Said
    from mien.runtime.live.board import Board
    from mien.runtime.live.plan import Plan

Phase = Literal["none", "starting", "reading", "stopping", "ended", "failed"]

_LOOK_S: Final = 0.2


@dataclass(frozen=True, slots=True)
class ReadingState:
    """How the reading is.

    Attributes:
        phase: `none` where nothing was asked for; `ended` when every recording is read; `failed` with `why`.
        file: The site file whose cameras are read.
        site: The name of the site.
        since: When they began to be read with it.
        digest: SHA-256 of the file then, hex.
        cameras: Those that are read.
        why: Why nothing is read, one sentence.
    """

    phase: Phase = "none"
    file: Path | None = None
    site: str | None = None
    since: datetime | None = None
    digest: str | None = None
    cameras: frozenset[str] = frozenset()
    why: Said | None = None

    @property
    def busy(self) -> bool:
        """Whether it is about to be another."""
        return self.phase in {"starting", "stopping"}


class Reading:
    """Reads the cameras of one site at a time; `run` belongs to the main thread, all else to any.

    Args:
        store: Address of the store; `None` for the usual one.
    """

    def __init__(self, store: str | None) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._wanted: Path | None = None
        self._state = ReadingState()
        self._supervisor: Supervisor | None = None

    @property
    def state(self) -> ReadingState:
        """How it is now."""
        return self._state

    def begin(self, file: Path) -> None:
        """Have `run` read the cameras of a site file first.

        Raises:
            SettingError: Something in it is wrong, or a credential is not where it says.
            NoticeError: No camera may be read; nothing is read then until `restart`.
        """
        try:
            self._planned(file)
        except NoticeError as error:
            self._state = replace(self._state, phase="failed", file=file, why=error.said)
            raise
        self._wanted = file

    def restart(self, file: Path) -> None:
        """Have the cameras of a site file read with what it says now; what is read before ends in good order."""
        with self._lock:
            self._wanted = file
            if self._supervisor is None:
                self._state = ReadingState("starting", file)
            else:
                self._state = replace(self._state, phase="stopping", why=None)

    def still(self, file: Path, camera: str, within_s: float) -> bytes | None:
        """A blurred still of a camera, JPEG; `None` where it is not read here.

        Raises:
            VideoError: It is read and gives no picture.
        """
        supervisor, state = self._supervisor, self._state
        if (
            supervisor is None
            or state.file != file
            or camera not in state.cameras
            or state.phase != "reading"
        ):
            return None
        return supervisor.still(camera, within_s)

    def guests(self) -> dict[str, ArrivalLook]:
        """What guests are told by who came in within the last two minutes, by the subject of their alerts."""
        supervisor = self._supervisor
        return {} if supervisor is None else supervisor.guests

    def run(
        self, stop: Callable[[], bool], show: Callable[[Board], None], say: Callable[[str], None]
    ) -> None:
        """Read what is asked for until a stop is.

        Args:
            stop: Whether to stop.
            show: Shows how it is going, many times a second.
            say: Takes sentences about what begins, ends, or cannot.

        Raises:
            StoreError: The store cannot be used.
        """
        while not stop():
            file = self._taken()
            if file is None:
                sleep(_LOOK_S)
                continue
            try:
                plan = self._planned(file)
            except MienError as error:
                self._state = replace(self._state, phase="failed", why=error.said, since=None)
                say(str(error))
                continue
            for why in plan.not_read:
                say(why)
            self._read(plan, stop, show)
            if not stop() and self._wanted is None:
                self._state = replace(self._state, phase="ended", cameras=frozenset())
                say("No camera is read any more; pages stay.")

    def _read(self, plan: Plan, stop: Callable[[], bool], show: Callable[[Board], None]) -> None:
        supervisor = Supervisor(plan)
        with self._lock:
            self._supervisor = supervisor
            phase: Phase = "reading" if self._wanted is None else "stopping"
            self._state = replace(
                self._state,
                phase=phase,
                since=datetime.now(UTC),
                cameras=frozenset(camera.name for camera in plan.cameras),
            )
        try:
            supervisor.run(lambda: stop() or self._wanted is not None, show)
        finally:
            with self._lock:
                self._supervisor = None

    def _taken(self) -> Path | None:
        with self._lock:
            file, self._wanted = self._wanted, None
            if file is not None:
                self._state = ReadingState("starting", file, digest=_digest(file))
            return file

    def _planned(self, file: Path) -> Plan:
        site = load_site(file)
        self._state = replace(self._state, site=site.name)
        return plan_of(site, file, store=self._store)


def _digest(file: Path) -> str | None:
    try:
        return sha256(file.read_bytes()).hexdigest()
    except OSError:
        return None
