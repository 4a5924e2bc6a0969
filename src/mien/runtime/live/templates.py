"""How templates get from camera workers to the matcher: through a local socket, from memory to memory."""

from __future__ import annotations

import json
import selectors
import socket
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Final, Self

from mien.vision.matching import FaceEmbedder, Template, TrackTemplates

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType

    from mien.runtime.live.plan import CameraPlan

KEPT_S: Final = 60.0
"""A template of which no interaction is told for so long, seconds, is zeroed: its face only passed by."""


class TemplateLine:
    """A worker's line to the matcher. It never waits: a template that cannot be sent is zeroed.

    Args:
        address: Path of the socket at which the matcher listens.

    Attributes:
        lost: Templates that could not be sent; their interactions are joined to nothing.
    """

    def __init__(self, address: str) -> None:
        self.lost = 0
        self._address = address
        self._line: socket.socket | None = None

    def send(self, template: Template, stream: str, track_id: int) -> None:
        """Move a template of a track that ended to the matcher."""
        whose = json.dumps([stream, track_id], ensure_ascii=False)
        with template:
            try:
                line = self._connected()
                template.move(lambda parts: line.sendmsg(parts, [], socket.MSG_DONTWAIT), whose)
            except OSError:
                self.close()
                self.lost += 1

    def close(self) -> None:
        """Hang up."""
        if self._line is not None:
            self._line.close()
            self._line = None

    def _connected(self) -> socket.socket:
        if self._line is None:
            line = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            try:
                line.connect(self._address)
            except OSError:
                line.close()
                raise
            self._line = line
        return self._line


class FacesOut:
    """The templates of a worker, from the first picture of a track until they are with the matcher.

    Args:
        line: Where they go.
        plan: The camera; it has the legal basis.

    Attributes:
        templates: What the pipeline shows faces to.
    """

    def __init__(self, line: TemplateLine, plan: CameraPlan) -> None:
        self.templates = TrackTemplates(FaceEmbedder(legal_basis=plan.matching or ""))
        self._line, self._stream = line, plan.stream

    @property
    def lost(self) -> int:
        """Templates that could not be sent."""
        return self._line.lost

    def send(self, ended: Iterable[int]) -> None:
        """Move the templates of tracks that ended to the matcher."""
        for track_id in ended:
            if (template := self.templates.take(track_id)) is not None:
                self._line.send(template, self._stream, track_id)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.templates.close()
        self._line.close()


class Arrivals:
    """Where templates arrive at the matcher, to wait for the interaction to which they belong.

    Args:
        address: Path of the socket, in a folder into which only its owner may look; one that is left over is replaced.
    """

    def __init__(self, address: str) -> None:
        Path(address).unlink(missing_ok=True)
        self._door = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._door.bind(address)
        self._door.listen()
        self._waiting: dict[tuple[str, int], tuple[Template, float]] = {}
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._door, selectors.EVENT_READ)

    def listen(self, timeout_s: float) -> None:
        """Take what arrives.

        Args:
            timeout_s: How long to wait for the first; what is there already is taken in any case.
        """
        while ready := self._selector.select(timeout_s):
            for key, _ in ready:
                line = key.fileobj
                assert isinstance(line, socket.socket)
                if line is self._door:
                    self._selector.register(line.accept()[0], selectors.EVENT_READ)
                elif not self._take(line):
                    self._selector.unregister(line)
                    line.close()
            timeout_s = 0.0
        self._forget_old()

    def take(self, stream: str, track_id: int) -> Template | None:
        """The template of a track; `None` where none came."""
        known = self._waiting.pop((stream, track_id), None)
        return None if known is None else known[0]

    def _take(self, line: socket.socket) -> bool:
        try:
            arrived = Template.arrived(lambda parts: line.recvmsg_into(parts)[0])
        except OSError:
            return False
        if arrived is None:
            return False
        stream, track_id = json.loads(arrived[0])
        # A worker that goes on in a replay ends the same track again.
        if (old := self.take(stream, track_id)) is not None:
            old.close()
        self._waiting[stream, track_id] = arrived[1], monotonic()
        return True

    def _forget_old(self) -> None:
        old = [whose for whose, (_, at_s) in self._waiting.items() if monotonic() - at_s > KEPT_S]
        for whose in old:
            self._waiting.pop(whose)[0].close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for template, _ in self._waiting.values():
            template.close()
        self._waiting.clear()
        for key in list(self._selector.get_map().values()):
            with suppress(OSError):
                assert isinstance(key.fileobj, socket.socket)
                key.fileobj.close()
        self._selector.close()
