"""Real cameras for the tests: GStreamer's RTSP server, Motion JPEG over HTTP, and a line that can be disturbed."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import ssl
import subprocess
import threading
from functools import cache
from hashlib import md5
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import cv2

from support.clips import marked
from support.waiting import DEADLINE_S, free_port

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SERVER = Path(__file__).with_name("rtsp_camera.py")
DEBIAN_PYTHON = "/usr/bin/python3"
PACKAGES = (
    "gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-base gstreamer1.0-plugins-good"
    " gstreamer1.0-plugins-ugly python3-gi"
)


class RtspCamera:
    """GStreamer's RTSP server in a process that can be killed, stopped and started again."""

    def __init__(self, **how: object) -> None:
        self.port = free_port()
        self._how = how
        self._process: subprocess.Popen[str] | None = None
        self.start()

    @property
    def address(self) -> str:
        return f"rtsp://127.0.0.1:{self.port}/cam"

    def start(self, **how: object) -> None:
        self._how.update(how)
        options = [part for name, value in self._how.items() for part in (f"--{name}", str(value))]
        command = [DEBIAN_PYTHON, str(SERVER), "--port", str(self.port), *options]
        # Not found: a shell says so, where Python would stop with an error of its own.
        command = ["/bin/sh", "-c", 'exec "$0" "$@"', *command]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if self._process.stdout.readline() != "ready\n":
            said = self._process.communicate(timeout=DEADLINE_S)[1]
            raise AssertionError(f"GStreamer's RTSP server needs the Debian packages {PACKAGES}: {said}")

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate(timeout=DEADLINE_S)

    def freeze(self) -> None:
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._process.send_signal(signal.SIGCONT)


@contextlib.contextmanager
def rtsp_camera(**how: object) -> Iterator[RtspCamera]:
    camera = RtspCamera(**how)
    try:
        yield camera
    finally:
        camera.kill()


class MjpegCamera:
    """Motion JPEG over HTTP: `/cam`, with digest authentication where a login is given.

    Attributes:
        size: Of the pictures from now on.
        rate: Pictures per second.
        pictures: JPEGs that are sent in place of the usual ones, again and again, while there are some.
        garbage: What is sent in place of the next pictures, while set.
        silent: Sends nothing while set.
        connections: How many clients were given pictures.
    """

    def __init__(self, login: tuple[str, str] | None = None, context: ssl.SSLContext | None = None) -> None:
        self.size, self.rate = (160, 120), 20.0
        self.pictures: tuple[bytes, ...] = ()
        self.garbage: bytes | None = None
        self.silent = threading.Event()
        self.over = threading.Event()
        self.connections = 0
        self.login = login
        handler = type("Handler", (_MjpegHandler,), {"camera": self})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.server.daemon_threads = True
        self.scheme = "http"
        if context is not None:
            self.scheme = "https"
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self._thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.server.server_address[1]}/cam"

    def close(self) -> None:
        self.over.set()
        self.server.shutdown()
        self.server.server_close()


@contextlib.contextmanager
def mjpeg_camera(**how: object) -> Iterator[MjpegCamera]:
    camera = MjpegCamera(**how)
    try:
        yield camera
    finally:
        camera.close()


@cache
def jpeg(width: int, height: int, number: int) -> bytes:
    return cv2.imencode(".jpg", marked(width, height, number))[1].tobytes()


class _MjpegHandler(BaseHTTPRequestHandler):
    camera: MjpegCamera

    def log_message(self, *_: object) -> None:
        """Tests need no access log."""

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path == "/page":
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<html>Welcome to your camera</html>\n")
        elif path != "/cam":
            self.send_error(404)
        elif self.camera.login is not None and not self._known():
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Digest realm="cam", nonce="7a1b", qop="auth"')
            self.send_header("Content-Length", "0")
            self.end_headers()
        else:
            with contextlib.suppress(OSError):  # the client left
                self._stream()

    def _stream(self) -> None:
        camera = self.camera
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
        self.end_headers()
        camera.connections += 1
        number = 0
        while not camera.over.wait(1 / camera.rate):
            if camera.silent.is_set():
                continue
            if camera.garbage is not None:
                self.wfile.write(camera.garbage)
                continue
            sent = camera.pictures
            picture = sent[number % len(sent)] if sent else jpeg(*camera.size, number % 16)
            head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(picture)}\r\n\r\n"
            self.wfile.write(head.encode() + picture + b"\r\n")
            number += 1

    def _known(self) -> bool:
        """Whether the answer to the challenge is right (RFC 2617, MD5 with qop=auth)."""
        said = self.headers.get("Authorization", "")
        parts = dict(
            part.strip().split("=", 1) for part in said.removeprefix("Digest ").split(",") if "=" in part
        )
        parts = {name: value.strip('"') for name, value in parts.items()}
        user, password = self.camera.login
        secret = _md5(f"{user}:cam:{password}")
        asked = _md5(f"GET:{parts.get('uri')}")
        middle = ":".join(parts.get(name, "") for name in ("nonce", "nc", "cnonce", "qop"))
        return parts.get("username") == user and parts.get("response") == _md5(f"{secret}:{middle}:{asked}")


def _md5(text: str) -> str:
    return md5(text.encode(), usedforsecurity=False).hexdigest()


class Line:
    """A TCP line to a camera that hands everything on until it is told to garble it.

    With a certificate it speaks TLS to whoever calls, and plainly to the camera.

    Attributes:
        garble: Called with what the camera sent, gives what arrives; `None` hands on as it is.
    """

    def __init__(self, port: int, context: ssl.SSLContext | None = None) -> None:
        self.garble: Callable[[bytes], bytes] | None = None
        self._port, self._context = port, context
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = self._door.getsockname()[1]
        self._sockets = [self._door]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        for one in self._sockets:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                caller, _ = self._door.accept()
                threading.Thread(target=self._join, args=(caller,), daemon=True).start()

    def _join(self, caller: socket.socket) -> None:
        with contextlib.suppress(OSError), contextlib.ExitStack() as ends:
            ends.enter_context(caller)
            if self._context is not None:
                caller = ends.enter_context(self._context.wrap_socket(caller, server_side=True))
            camera = ends.enter_context(socket.create_connection(("127.0.0.1", self._port)))
            self._sockets += [caller, camera]
            there = threading.Thread(target=self._hand_on, args=(caller, camera, False), daemon=True)
            there.start()
            self._hand_on(camera, caller, True)
            there.join()

    def _hand_on(self, source: socket.socket, target: socket.socket, garbled: bool) -> None:
        with contextlib.suppress(OSError):
            while content := source.recv(65536):
                target.sendall(self.garble(content) if garbled and self.garble else content)
        for one in (source, target):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def line_to(port: int, context: ssl.SSLContext | None = None) -> Iterator[Line]:
    line = Line(port, context)
    try:
        yield line
    finally:
        line.close()


def certificate(folder: Path) -> ssl.SSLContext:
    """A certificate such as cameras have: signed by themselves."""
    key, chain = folder / "key.pem", folder / "cert.pem"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=camera",
    ]
    subprocess.run([*command, "-keyout", str(key), "-out", str(chain)], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, key)
    return context


def random_bytes(content: bytes) -> bytes:
    """As much of nothing."""
    return os.urandom(len(content))
