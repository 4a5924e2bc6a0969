"""A bad visit before a live camera: the tablet rings in time, and the manager has one task whatever breaks.

The camera shows bundled faces, moved as meshes (`tools.scene`): somebody who smiles, and then does not. The customer
system is the independent OData server of the tests, behind a line on which answers are lost.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from tools.scene.people import face_of_video

from mien.privacy.roles import Grant, Role
from mien.runtime import tls
from mien.store import NewUser, Store
from mien.web.settings import WebSettings
from mien.web.signin.cookies import session_cookie
from support.cameras import MjpegCamera, mjpeg_camera
from support.crm_worlds import DataverseWorld, Hosts, Switch
from support.dataverse import CLIENT_ID, CLIENT_SECRET, MANAGER, TENANT, served
from support.facemesh import Stance, background
from support.faults import Fault, between
from support.sites import HEAD
from support.waiting import until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page
    from tools.scene.mesh import MeshFace

    from mien.action import Alert

pytestmark = [pytest.mark.browser, pytest.mark.once]

MOST_S = 2.0
"""From the capture of the picture at which the bound is crossed to the ring."""
LOOP_S = 2.0
SITE = (
    HEAD
    + """\
[touchpoints.till]
role = "checkout"

[cameras.till]
touchpoint = "till"
url = "{camera}"
rate = 5

[rules.checkout]
[rules.left_unhappy]

[crm.dataverse]
url = "{crm}"
tenant = "{tenant}"
client_id = "{client}"
client_secret = {{ env = "APP_SECRET" }}
task_owner = "{owner}"
authority = "{authority}"
ca_file = "{ca_file}"
"""
)


def loop(face: MeshFace | None) -> tuple[bytes, ...]:
    """Two seconds of a face that sways before a wall, or of the wall; ten pictures a second."""
    wall = background(640, 360)
    shown = []
    for step in range(round(10 * LOOP_S)):
        picture = wall.copy()
        if face is not None:
            way = 2 * np.pi * step / (10 * LOOP_S)
            face.draw(picture, Stance(x=320 + 10 * np.sin(way), y=180 + 4 * np.cos(way), height=130))
        shown.append(bytes(cv2.imencode(".jpg", picture)[1]))
    return tuple(shown)


@pytest.fixture
def camera() -> Iterator[MjpegCamera]:
    with mjpeg_camera() as one:
        one.rate = 10.0
        one.pictures = loop(None)
        yield one


@pytest.fixture
def world(tmp_path: Path) -> Iterator[DataverseWorld]:
    """A customer system that was set up, behind a proxy on which things go wrong."""
    made = tls.make(tmp_path / "tls", ("localhost", "127.0.0.1"), now=datetime.now(UTC))
    tokens, system, pair = Switch(), Switch(), (made.server, made.server_key)
    with served(tokens, *pair) as authority, served(system) as crm, between(crm) as proxy:
        world = DataverseWorld(Hosts(authority, crm, 0, made.authority, tokens, system), proxy)
        world.set_up()
        yield world


@pytest.fixture
def site_file(camera: MjpegCamera, world: DataverseWorld, tmp_path: Path) -> Path:
    settings = world.settings()
    file = tmp_path / "shop.toml"
    text = SITE.format(
        camera=camera.address, crm=world.url, tenant=TENANT, client=CLIENT_ID, owner=MANAGER,
        authority=settings.authority, ca_file=settings.ca_file,
    )  # fmt: skip
    file.write_text(text)
    return file


@contextmanager
def serving(site_file: Path, store: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`mien serve` in a group of processes of its own, of which none is left, and where its pages are."""
    command = [sys.executable, "-m", "mien", "serve", str(site_file), "--store", str(store), "--port", "0"]
    environ = {**os.environ, "APP_SECRET": CLIENT_SECRET}
    log = store.with_suffix(".log")
    with log.open("a") as out:
        began = out.tell()
        process = subprocess.Popen(
            command, stdout=out, stderr=subprocess.STDOUT, text=True, env=environ, start_new_session=True
        )
        try:

            def said() -> re.Match[str] | None:
                return re.search(r"Pages: (\S+)", log.read_text()[began:])

            yield process, until(said, "the pages are served")[1]
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def signed_in(browser: Browser, store: Path, url: str) -> Page:
    """The tablet of the till, its shift started."""
    with Store.open(store) as opened:
        opened.accounts.add(NewUser("till.one", grants=(Grant(Role.STAFF),)), by="tests")
        token = opened.sessions.begin(opened.accounts.get("till.one").id).token
    context = browser.new_context(viewport={"width": 1024, "height": 768}, locale="en-GB")
    context.add_cookies([{"name": session_cookie(WebSettings(port=0)), "value": token, "url": url}])
    page = context.new_page()
    page.goto(f"{url}tablet?site=Lyon+2&touchpoint=till")
    page.get_by_role("button", name="Start shift").click()
    page.get_by_role("button", name="End shift").wait_for()
    return page


def alerts(store: Path) -> dict[str, Alert]:
    with Store.open(store) as opened:
        return {alert.signal.rule.value: alert for _, alert in opened.alerts.listed(["Lyon 2"])}


def in_view(store: Path, *, n: int) -> bool:
    """Whether somebody's face was read so often that a state is told."""
    with Store.open(store) as opened:
        seen = [one.now for one in opened.live.cameras("Lyon 2") if one.now is not None]
    return any(person.n >= n for now in seen for person in now.people)


def test_a_bad_visit_rings_in_time_and_is_one_task_whatever_breaks(
    camera: MjpegCamera, world: DataverseWorld, site_file: Path, tmp_path: Path, browser: Browser
) -> None:
    store = tmp_path / "s.sqlite"
    tears = face_of_video("crying_to_smiling.mp4", 0.8)
    smile = face_of_video("crying_to_smiling.mp4", 17.5).blended(tears, 0.35, 0.4)
    even, tearful = loop(smile.blended(tears, 0.5, 0.5)), loop(tears)
    empty = camera.pictures
    with serving(site_file, store) as (_, url):
        page = signed_in(browser, store, url)
        camera.pictures = even
        until(lambda: in_view(store, n=60), "its first seconds are read")
        assert alerts(store) == {}
        camera.pictures = tearful
        page.wait_for_selector(".alert[data-rang-at]", timeout=30_000)
        alert = alerts(store)["checkout"]
        card = page.locator(f"#alert-{alert.uid}")
        late_s = float(card.get_attribute("data-rang-at") or 0) / 1000 - alert.signal.at.timestamp()
        assert 0 < late_s < MOST_S
        assert "The face shows a valence of" in card.inner_text()
        # The customer leaves; what is sent arrives, and every answer is lost.
        world.proxy.faults.extend([Fault.RESET_AFTER] * 8)
        camera.pictures = empty
        until(world.tasks, "the task is written, though nobody heard that it is")
        assert world.proxy.faults, "the line was cut until here"
    # Everything was killed at once, with nothing confirmed.
    world.proxy.faults.clear()
    with serving(site_file, store), Store.open(store) as opened:
        until(
            lambda: not opened.dispatches.queues("Lyon 2", ["crm.dataverse"])[0].waiting,
            "everything is confirmed",
        )
        (task,) = world.tasks()
        (visit,) = world.visits()
        (known,) = opened.tasks.listed(["Lyon 2"])
    assert visit["outcome"] == "worsened"
    assert "points against its start" in task["evidence"]
    # As people write numbers, with a minus.
    assert known.evidence.replace("-", "−") in task["evidence"]
    assert set(alerts(store)) == {"checkout", "left_unhappy"}
