"""The line of a call on a real server: who may open it, what it takes, and that it never holds the pages up."""

from __future__ import annotations

import json
import struct
from contextlib import contextmanager
from functools import partial

import cv2
import httpx2
import numpy as np
import pytest
from websockets.exceptions import ConnectionClosedError, InvalidStatus
from websockets.sync.client import connect

from mien.privacy.roles import Grant, Role
from mien.runtime.call.engine import CallEngine
from mien.runtime.call.limits import CallLimits
from mien.store import Store
from mien.video import open_video
from mien.web.access import Visitor
from mien.web.app import create_app
from mien.web.serving import serving
from mien.web.settings import WebSettings
from support.command import SAMPLES
from support.new_store import ready_made

pytestmark = pytest.mark.once


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    with Store.open(ready_made(tmp_path_factory.mktemp("calls") / "mien.sqlite")) as opened:
        yield opened


SITE = """
name = "Hotline"
time_zone = "Europe/Paris"

[touchpoints.door]
role = "entrance"

[touchpoints."sales calls"]
role = "call"

[cameras.door]
touchpoint = "door"
webcam = 0
"""


def identify(connection):
    """The one whose role the request names."""
    role = connection.headers.get("x-role")
    return None if role is None else Visitor("ann", "Ann", (Grant(Role(role), "Hotline"),))


@contextmanager
def served(store, folder, limits):
    file = folder / "hotline.toml"
    file.write_text(SITE, encoding="utf-8")
    settings = WebSettings(port=0, site_files=(file,))
    app = create_app(settings, store, identify=identify)
    app.state.calls = CallEngine(limits)
    with serving(app, settings) as running:
        yield running


@pytest.fixture(scope="module")
def server(store, tmp_path_factory):
    """Takes pictures as fast as a test sends them."""
    with served(store, tmp_path_factory.mktemp("site"), CallLimits(most_rate=1e6)) as running:
        yield running


@contextmanager
def dialled(server, role="staff", origin=None):
    """A line, opened as a browser does from a page of this server."""
    headers = {} if role is None else {"x-role": role}
    own = server.url.rstrip("/")
    address = own.replace("http", "ws", 1) + "/call/line"
    with connect(address, origin=origin or own, additional_headers=headers, proxy=None) as opened:
        yield Line(opened)


@pytest.fixture
def line(server):
    return partial(dialled, server)


class Line:
    def __init__(self, socket):
        self.socket = socket

    def ask(self, **what):
        self.socket.send(json.dumps(what))
        return self.hear()

    def send(self, data):
        self.socket.send(data)
        return self.hear()

    def hear(self):
        return json.loads(self.socket.recv(timeout=60))


def picture(ms, image):
    return struct.pack(">d", ms) + cv2.imencode(".jpg", image)[1].tobytes()


@pytest.fixture(scope="module")
def faces():
    with open_video(SAMPLES / "neutral_to_smiling.mp4") as video:
        return [(1000.0 * frame.t_s, frame.image.copy()) for frame in video.frames(rate=5.0)]


@pytest.mark.parametrize(
    ("role", "origin"),
    [(None, None), ("analyst", None), ("staff", "http://elsewhere.example"), ("staff", "null")],
)
def test_only_who_may_and_only_from_a_page_of_this_server(line, role, origin):
    with pytest.raises(InvalidStatus) as refused, line(role, origin):
        pass
    assert refused.value.response.status_code == 403


def test_a_call_from_confirmation_to_what_is_kept(line, store, faces):
    with line() as call:
        begun = call.ask(
            type="begin", told=True, site="Hotline", touchpoint="sales calls", language="uk", recording=True
        )
        assert (begun["type"], begun["keeps"]) == ("begun", True)
        (notice,) = store.notices.entries("Hotline")
        assert (notice.notice.put_up_by, notice.notice.camera) == ("ann", "calls")
        assert "(uk)" in notice.notice.text_version
        assert call.send(picture(*faces[0]))["phase"] == "unmarked"
        assert call.ask(type="mark")["phase"] == "reading"
        answers = [call.send(picture(ms, image)) for ms, image in faces[1:]]
        assert [answer["answers"] for answer in answers] == [1] * len(answers)
        assert {answer["phase"] for answer in answers} == {"reading"}
        summary = call.ask(type="end", keep=True)
    assert summary["kept"]
    (person,) = summary["people"]
    assert person["n"] == len(faces) - 1
    assert len(store.recordings.interactions(site="Hotline", touchpoint="sales calls")) == 1


def test_nothing_is_read_before_the_confirmation_and_nothing_kept_elsewhere(line, store, faces):
    with line() as call:
        assert "before a call had begun" in call.send(picture(*faces[0]))["detail"]
        assert "told" in call.ask(type="begin", told=False)["detail"]
        assert "told" in call.ask(type="begin")["detail"]
        assert "No call has begun" in call.ask(type="mark")["detail"]
        assert (
            "choose another place"
            in call.ask(type="begin", told=True, site="Harbour", touchpoint="sales calls")["detail"]
        )
    assert store.notices.entries("Harbour") == []


def test_wrong_bytes_are_said_once_each_and_the_call_goes_on_until_there_is_nothing_else(line, faces):
    with line() as call:
        call.ask(type="begin", told=True)
        call.ask(type="mark")
        assert "neither JPEG nor PNG" in call.send(b"\0" * 100)["detail"]
        assert "type" in call.ask(type="shout")["detail"]
        assert call.ask(type="mark", extra=1)["type"] == "problem"
        assert "JSON" in call.send("not json")["detail"]
        assert call.send(picture(*faces[1]))["phase"] == "reading"
        assert "times must grow" in call.send(picture(*faces[0]))["detail"]
        assert call.send(picture(*faces[2]))["readings"] == 0
        rubbish = b"\xff\xd8\xff rubbish"
        said = [call.send(struct.pack(">d", 1e4 + k) + rubbish)["detail"] for k in range(10)]
        assert all("damaged" in one for one in said[:-1])
        assert "in a row" in said[-1]
        with pytest.raises(ConnectionClosedError):
            call.hear()


def test_a_flood_is_dropped_and_the_pages_answer_meanwhile(store, tmp_path, faces):
    headers = {"x-role": "staff", "accept": "text/html"}
    with (
        # One a second, so that a slow machine, on which a flood takes seconds to arrive, drops it as well.
        served(store, tmp_path, CallLimits(most_rate=1.0)) as server,
        dialled(server) as call,
        httpx2.Client(trust_env=False) as pages,
    ):
        call.ask(type="begin", told=True)
        call.ask(type="mark")
        flood = [picture(1000.0 + 10 * k, faces[k % 5][1]) for k in range(60)]
        for one in flood:
            call.socket.send(one)
        answer = pages.get(server.url + "call", headers=headers)
        assert answer.status_code == 200
        assert answer.elapsed.total_seconds() < 2.0
        settled, dropped = 0, 0
        while settled < len(flood):
            told = call.hear()
            settled += told["answers"]
            dropped = told.get("dropped", dropped)
        assert dropped > 40
        assert call.ask(type="end")["pictures"] < 20


def test_as_many_calls_as_the_machine_may_and_a_place_is_free_again_when_one_is_over(line):
    with line() as a, line() as b, line() as c:
        for one in (a, b, c):
            assert one.ask(type="begin", told=True)["type"] == "begun"
        with line() as d:
            assert d.ask(type="begin", told=True)["type"] == "begun"
            with line() as e:
                assert "as many as it may" in e.ask(type="begin", told=True)["detail"]
            assert d.ask(type="end")["type"] == "summary"
        with line() as f:
            told = f.ask(type="begin", told=True)
            while (
                told["type"] == "problem"
            ):  # the place of the one before is given back as soon as its line is gone
                told = f.ask(type="begin", told=True)
            assert told["type"] == "begun"


def test_the_page_offers_what_the_visitor_may_keep_and_asks_for_the_right(server):
    with httpx2.Client(trust_env=False) as pages:
        page = pages.get(server.url + "call", headers={"x-role": "staff", "accept": "text/html"})
        assert 'data-site="Hotline" data-touchpoint="sales calls"' in page.text
        assert pages.get(server.url + "call", headers={"x-role": "analyst"}).status_code == 403
        assert "<script>" not in page.text
        assert np.char.count(page.text, "style=") == 0
