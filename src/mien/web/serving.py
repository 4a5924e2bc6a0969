"""The server of the app, in a thread beside whatever else this process does."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import uvicorn

from mien.errors import SettingError
from mien.web.rendering import make_ready
from mien.web.settings import LOCAL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi import FastAPI

    from mien.web.settings import WebSettings

_STARTED_S: Final = 30.0
_LET_GO_S: Final = 3


class Server:
    """A running server.

    Attributes:
        url: Where a browser on this machine finds the pages.
    """

    def __init__(self, app: FastAPI, settings: WebSettings) -> None:
        self._app = app
        self._server = uvicorn.Server(
            uvicorn.Config(
                app,
                host=settings.host,
                port=settings.port,
                ssl_certfile=settings.certificate,
                ssl_keyfile=settings.key,
                # By the journal of this process, which leaves out what errors say.
                log_config=None,
                log_level="warning",
                access_log=False,
                server_header=False,
                proxy_headers=settings.plain,
                timeout_graceful_shutdown=_LET_GO_S,
            )
        )
        self._settings = settings
        self._thread = threading.Thread(target=self._run, name="pages", daemon=True)
        self._failed: BaseException | None = None
        self._up = threading.Event()
        self.url = ""

    @property
    def alive(self) -> bool:
        """Whether it answers still."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Start, with every page ready to be drawn, and wait until it answers.

        Raises:
            SettingError: It cannot listen there.
        """
        make_ready()
        self._thread.start()
        while self._thread.is_alive() and not self._server.started:
            self._up.wait(0.02)
        if not self._server.started:
            where = f"{self._settings.host}:{self._settings.port}"
            raise SettingError(
                f"Pages cannot be served at {where}; another program may listen there: choose another --port."
            )
        port = self._server.servers[0].sockets[0].getsockname()[1]
        scheme = "https" if self._settings.certificate is not None else "http"
        name = "localhost" if self._settings.host in {*LOCAL, "0.0.0.0", "::"} else self._settings.host
        self.url = f"{scheme}://{name}:{port}/"

    def stop(self) -> None:
        """Let open requests end, and stop."""
        self._app.state.watch.closing = True
        self._app.state.joiner.close()
        self._app.state.sample.close()
        self._server.should_exit = True
        self._thread.join(_LET_GO_S + 5)

    def _run(self) -> None:
        try:
            self._server.run()
        except (OSError, SystemExit) as error:  # uvicorn leaves so where it cannot listen
            self._failed = error
        finally:
            self._up.set()


@contextmanager
def serving(app: FastAPI, settings: WebSettings) -> Iterator[Server]:
    """The app served while the block lasts.

    Args:
        app: The app.
        settings: Where.

    Raises:
        SettingError: It cannot be served there.
    """
    server = Server(app, settings)
    server.start()
    try:
        yield server
    finally:
        server.stop()
