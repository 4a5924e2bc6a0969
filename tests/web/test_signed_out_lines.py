"""Whoever signs out, or loses a right, loses open lines and streams within seconds, and others keep theirs."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx2
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from mien.privacy.roles import Grant, Right, Role
from mien.runtime.call.engine import CallEngine
from mien.store import NewUser, Store
from mien.web.access import CHECK_S
from mien.web.app import create_app
from mien.web.serving import serving
from mien.web.settings import WebSettings
from mien.web.signin.cookies import session_cookie
from support.new_store import ready_made
from support.waiting import until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from websockets.sync.client import ClientConnection

    from mien.web.serving import Server

pytestmark = pytest.mark.once


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder: Path = tmp_path_factory.mktemp("lines")
    with Store.open(ready_made(folder / "s.sqlite")) as opened:
        for site in ("North", "South"):
            opened.sites.set_clock(site, "Europe/Paris")
        yield opened


@pytest.fixture(scope="module")
def served(store: Store) -> Iterator[Server]:
    settings = WebSettings(port=0)
    app = create_app(settings, store)
    app.state.calls = CallEngine()
    with pytest.MonkeyPatch.context() as patch:
        for module in ("mien.web.live", "mien.web.call.line"):
            patch.setattr(f"{module}.CHECK_S", 0.1)
        with serving(app, settings) as server:
            yield server


def user(store: Store, name: str) -> tuple[str, dict[str, str]]:
    """A user of the staff at two sites, signed in; the token, and headers with it."""
    store.accounts.add(
        NewUser(name, grants=(Grant(Role.STAFF, "North"), Grant(Role.STAFF, "South"))), by="tests"
    )
    token = store.sessions.begin(store.accounts.get(name).id).token
    return token, {"Cookie": f"{session_cookie(WebSettings(port=0))}={token}"}


@contextmanager
def call(served: Server, headers: dict[str, str], site: str | None = None) -> Iterator[ClientConnection]:
    """A line on which a call has begun."""
    own = served.url.rstrip("/")
    address = own.replace("http", "ws", 1) + "/call/line"
    with connect(address, origin=own, additional_headers=headers, proxy=None) as line:  # type: ignore[arg-type]
        where = {} if site is None else {"site": site, "touchpoint": "call"}
        line.send(json.dumps({"type": "begin", "told": True, **where}))
        assert json.loads(line.recv(timeout=60))["type"] == "begun"
        yield line


def barred(line: ClientConnection) -> bool:
    """Whether the page is told that the call ended, and the line is closed then."""
    told = json.loads(line.recv(timeout=20))
    with pytest.raises(ConnectionClosed):
        line.recv(timeout=20)
    return bool(told == {"type": "barred"})


def goes_on(line: ClientConnection) -> bool:
    line.send(json.dumps({"type": "pause"}))
    return bool(json.loads(line.recv(timeout=20))["type"] == "state")


def test_seconds_are_a_few() -> None:
    assert CHECK_S <= 5


@pytest.mark.parametrize("how", ["signed out", "disabled", "the role is taken"])
def test_a_call_ends_with_what_allows_it(store: Store, served: Server, how: str) -> None:
    name = f"ann.{len(store.accounts.entries())}"
    token, headers = user(store, name)
    _, others = user(store, f"{name}.b")
    with call(served, headers, "North") as own, call(served, others) as other:
        ends: dict[str, Callable[[], object]] = {
            "signed out": lambda: store.sessions.end(token),
            "disabled": lambda: store.accounts.disable(name, by="tests"),
            "the role is taken": lambda: store.accounts.revoke(name, Grant(Role.STAFF, "North"), by="tests"),
        }
        ends[how]()
        assert barred(own)
        assert goes_on(other)


class Heard:
    """A stream of events, and when it ended."""

    def __init__(self, url: str, headers: dict[str, str]) -> None:
        self.lines: list[str] = []
        self.ended = threading.Event()
        threading.Thread(target=self._listen, args=(url, headers), daemon=True).start()

    def _listen(self, url: str, headers: dict[str, str]) -> None:
        with (
            httpx2.Client(timeout=60, trust_env=False) as client,
            client.stream("GET", url, headers=headers) as answer,
        ):
            for line in answer.iter_lines():
                self.lines.append(line)
        self.ended.set()


def test_streams_end_with_the_session_or_key_that_they_were_opened_by(store: Store, served: Server) -> None:
    token, headers = user(store, "stream")
    _, others = user(store, "stream.b")
    key = store.keys.make("crm", {Right.VISITS}, by="tests").token
    page = Heard(f"{served.url}live", headers)
    other = Heard(f"{served.url}live", others)
    program = Heard(f"{served.url}api/v1/events/stream", {"Authorization": f"Bearer {key}"})
    until(lambda: all(one.lines for one in (page, other, program)), "all of them listen")
    store.sessions.end(token)
    store.keys.revoke("crm", by="tests")
    assert page.ended.wait(20)
    assert program.ended.wait(20)
    assert not other.ended.is_set()
