"""A TCP proxy that lets one thing go wrong per request, where it really goes wrong: at the socket."""

from __future__ import annotations

import socket
import struct
import threading
from collections import deque
from contextlib import contextmanager, suppress
from enum import Enum, auto
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_PIECE = 65536


class Fault(Enum):
    """What goes wrong."""

    NONE = auto()
    RESET_BEFORE = auto()
    """The connection is reset before the server has seen the request."""
    RESET_AFTER = auto()
    """The server has done what was asked, and its answer is lost: the connection is reset."""
    HALF = auto()
    """Half of the answer comes, then the end of the connection."""
    SLOW = auto()
    """The beginning of the answer comes, and then nothing, until the client gives up."""
    DRIP = auto()
    """The answer comes byte by byte, for ever."""
    BUSY = auto()
    """503 instead of the server's answer, which never saw the request."""


class Proxy:
    """Passes requests on. `faults` are used up, one per request.

    Attributes:
        port: Where it listens.
        faults: What goes wrong with the next requests.
        passed: Requests that the server has seen.
    """

    def __init__(self, upstream: int) -> None:
        self._upstream = upstream
        self.faults: deque[Fault] = deque()
        self.passed = 0
        self._over = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._threads: list[threading.Thread] = []
        self._start(self._listen)

    def close(self) -> None:
        self._over.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for one in self._threads:
            one.join(10)

    def _start(self, target: object, *args: object) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self._start(self._serve, client)

    def _serve(self, client: socket.socket) -> None:
        with client, suppress(OSError):
            request = _request(client)
            if not request:
                return
            fault = self.faults.popleft() if self.faults else Fault.NONE
            if fault is Fault.RESET_BEFORE:
                _reset(client)
                return
            if fault is Fault.BUSY:
                client.sendall(
                    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 7\r\nContent-Length: 2\r\n\r\n{}"
                )
                return
            answer = self._asked(request)
            if fault is Fault.RESET_AFTER:
                _reset(client)
            elif fault is Fault.HALF:
                client.sendall(answer[: len(answer) // 2])
            elif fault is Fault.SLOW:
                client.sendall(answer[:20])
                client.settimeout(30)
                client.recv(1)
            elif fault is Fault.DRIP:
                client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
                while not self._over.wait(0.02):
                    client.sendall(b" ")
            else:
                client.sendall(answer)

    def _asked(self, request: bytes) -> bytes:
        head, _, body = request.partition(b"\r\n\r\n")
        lines = [one for one in head.split(b"\r\n") if not one.lower().startswith(b"connection:")]
        with socket.create_connection(("127.0.0.1", self._upstream)) as server:
            server.sendall(b"\r\n".join([*lines, b"Connection: close"]) + b"\r\n\r\n" + body)
            answer = bytearray()
            while piece := server.recv(_PIECE):
                answer += piece
        self.passed += 1
        return bytes(answer)


@contextmanager
def between(upstream: int) -> Iterator[Proxy]:
    """A proxy before a server on a port of this machine."""
    proxy = Proxy(upstream)
    try:
        yield proxy
    finally:
        proxy.close()


def _request(client: socket.socket) -> bytes:
    data = bytearray()
    while b"\r\n\r\n" not in data:
        piece = client.recv(_PIECE)
        if not piece:
            return b""
        data += piece
    head, _, body = bytes(data).partition(b"\r\n\r\n")
    length = next(
        (
            int(one.split(b":")[1])
            for one in head.split(b"\r\n")
            if one.lower().startswith(b"content-length:")
        ),
        0,
    )
    while len(body) < length:
        body += client.recv(_PIECE)
    return head + b"\r\n\r\n" + body


def _reset(client: socket.socket) -> None:
    # Closing with lingering for 0 s sends RST.
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
