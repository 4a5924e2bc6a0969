"""The live channel: open pages and programs are told within the second, and go when the server goes."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import httpx2
import pytest

from mien.errors import SettingError
from mien.privacy.roles import Right
from mien.store import Store
from mien.store.live import Now
from mien.web.app import create_app
from mien.web.serving import serving
from mien.web.settings import WebSettings
from store.store_making import KEY, READER, SOURCE, interaction
from support.new_store import ready_made
from support.waiting import until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mien.web.serving import Server


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(ready_made(tmp_path / "s.sqlite")) as opened:
        yield opened


@pytest.fixture
def served(store: Store) -> Iterator[Server]:
    settings = WebSettings(port=0)
    with serving(create_app(settings, store), settings) as server:
        yield server


class Listener:
    """What comes over a stream, line by line, and when it ended."""

    def __init__(self, url: str, key: str) -> None:
        self.lines: list[str] = []
        self.status = 0
        self.ended = threading.Event()
        self._thread = threading.Thread(target=self._listen, args=(url, key), daemon=True)
        self._thread.start()

    def _listen(self, url: str, key: str) -> None:
        with (
            httpx2.Client(timeout=60, trust_env=False) as client,
            client.stream("GET", url, headers={"Authorization": f"Bearer {key}"}) as answer,
        ):
            self.status = answer.status_code
            for line in answer.iter_lines():
                self.lines.append(line)
        self.ended.set()


def test_a_word_of_a_camera_reaches_an_open_page(store: Store, served: Server) -> None:
    heard = Listener(f"{served.url}live", store.keys.make("page", {Right.LIVE}, by="tests").token)
    until(lambda: "event: hello" in heard.lines, "the page is greeted")
    store.live.say("Lyon 2", {"till": Now(touchpoint="tills")})
    until(lambda: "event: now" in heard.lines, "the page is told")


def test_events_come_with_their_numbers_and_are_not_told_without_the_right(
    store: Store, served: Server
) -> None:
    key = store.keys.make("crm", {Right.VISITS}, by="tests").token
    heard = Listener(f"{served.url}api/v1/events/stream", key)
    with store.recordings.begin(KEY, "d", reader=READER, source=SOURCE) as run:
        run.commit([interaction(1)], {}, 9.0, {})
    until(lambda: any(line.startswith("data:") for line in heard.lines), "the event comes")
    number = store.outbox.last()
    assert f"id: {number}" in heard.lines
    assert "event: mien.interaction.scored" in heard.lines
    other = store.keys.make("figures", {Right.FIGURES}, by="tests").token
    refused = httpx2.get(
        f"{served.url}api/v1/events", headers={"Authorization": f"Bearer {other}"}, trust_env=False
    )
    assert refused.status_code == 403


def test_open_streams_do_not_hold_a_server_that_is_to_stop(store: Store) -> None:
    settings = WebSettings(port=0)
    with serving(create_app(settings, store), settings) as server:
        heard = Listener(f"{server.url}live", store.keys.make("page", {Right.LIVE}, by="tests").token)
        until(lambda: "event: hello" in heard.lines, "the page is greeted")
    assert not server.alive
    assert heard.ended.wait(30)


def test_a_port_that_is_taken_is_said_in_one_sentence(store: Store, served: Server) -> None:
    port = int(served.url.rsplit(":", 1)[1].strip("/"))
    settings = WebSettings(port=port)
    with (
        pytest.raises(SettingError, match=f"127.0.0.1:{port}"),
        serving(create_app(settings, store), settings),
    ):
        pass
