"""A real broker for the tests: Debian's Mosquitto, in a process that can be killed, stopped and started again."""

from __future__ import annotations

import contextlib
import signal
import socket
import subprocess
import threading
from typing import TYPE_CHECKING

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from support.waiting import DEADLINE_S, free_port, until

if TYPE_CHECKING:
    from pathlib import Path

USER, PASSWORD = "mien", "hunter2-Zx"


class Broker:
    """Mosquitto at a port of its own.

    Attributes:
        port: Where it listens.
        settings: Lines of its configuration beside the listener; taken over by `start`.
    """

    def __init__(self, folder: Path, *settings: str) -> None:
        self.port = free_port()
        self.settings = list(settings or ["allow_anonymous true"])
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        config = self._folder / "mosquitto.conf"
        listener = f"listener {self.port} 127.0.0.1"
        # Tests may run as root, whom Mosquitto would else leave for a user that cannot read this folder.
        config.write_text("\n".join(["user root", "log_dest none", listener, *self.settings, ""]))
        # Not found: a shell says so, where Python would stop with an error of its own.
        command = ["/bin/sh", "-c", 'PATH="$PATH:/usr/sbin" exec mosquitto -c "$0"', str(config)]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        until(self._listens, "Mosquitto listens")

    def _listens(self) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            said = self._process.stderr.read().decode() if self._process.stderr else ""
            raise AssertionError(f"Mosquitto does not run; it is Debian's package mosquitto: {said}")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
            return True
        return False

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate(timeout=DEADLINE_S)
            self._process = None

    def freeze(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)


class Listener:
    """Somebody who subscribed to everything; gives topics and payloads in the order in which they came.

    Attributes:
        got: Topic, payload and content type of each message.
    """

    def __init__(self, broker: Broker) -> None:
        self.got: list[tuple[str, bytes, str | None]] = []
        self._ready = threading.Event()
        self._client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5)
        self._client.username_pw_set(USER, PASSWORD)
        self._client.on_connect = lambda client, *_: client.subscribe("#", qos=1)
        self._client.on_subscribe = lambda *_: self._ready.set()
        self._client.on_message = lambda _client, _data, message: self.got.append(
            (message.topic, message.payload, getattr(message.properties, "ContentType", None))
        )
        self._client.connect("127.0.0.1", broker.port)
        self._client.loop_start()
        assert self._ready.wait(DEADLINE_S), "nobody may listen"

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()
