"""The cameras of a site beside the pages: read, asked for a still, and read anew with a changed file."""

from __future__ import annotations

import threading
import uuid
from typing import TYPE_CHECKING

import pytest
from starlette.requests import HTTPConnection

from mien.errors import NoticeError, VideoError
from mien.guests import Place
from mien.runtime.live import Reading
from mien.store import Store
from mien.web.app import create_app
from mien.web.guests import looks_of
from mien.web.settings import WebSettings
from support.cameras import mjpeg_camera
from support.live_door import SITE, pictures
from support.waiting import until

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.once


def test_cameras_are_read_with_the_file_as_it_is_now_and_give_stills_and_looks_of_who_comes_in(
    tmp_path: Path,
) -> None:
    over = threading.Event()
    said: list[str] = []
    file = tmp_path / "shop.toml"
    reading = Reading(str(tmp_path / "s.sqlite"))
    with mjpeg_camera() as camera:
        camera.pictures = pictures(face=True)
        hanging = SITE.format(url=camera.address) + "[rules.arrival]\n"
        file.write_text(hanging.replace("2026-05-04", "2099-05-04"))
        with pytest.raises(NoticeError):
            reading.begin(file)
        assert (reading.state.phase, reading.state.file) == ("failed", file)
        running = threading.Thread(target=reading.run, args=(over.is_set, lambda _: None, said.append))
        running.start()
        try:
            file.write_text(hanging)
            assert reading.still(file, "door", 1.0) is None
            reading.restart(file)
            until(lambda: camera.connections, "the camera is read")
            assert (reading.state.phase, reading.state.cameras) == ("reading", {"door"})

            def still() -> bytes | None:
                try:
                    return reading.still(file, "door", 10.0)
                except VideoError:  # it has only just begun
                    return None

            assert until(still, "a still").startswith(b"\xff\xd8\xff")
            (subject, look) = until(lambda: list(reading.guests().items()), "who came in").pop()
            assert uuid.UUID(subject).version == 5, "the id that the interaction will have"
            assert (look.touchpoint, look.guest.place) == ("entrance", Place.MIDDLE)
            with Store.open(tmp_path / "s.sqlite", create=False) as store:
                app = create_app(WebSettings(), store, reading=reading)
                assert looks_of(HTTPConnection({"type": "http", "app": app})) == {subject: look}
                alone = create_app(WebSettings(), store)
                assert looks_of(HTTPConnection({"type": "http", "app": alone})) == {}
            assert camera.connections == 1, "it is from the reading: the camera was asked by nobody else"

            file.write_text(hanging.replace("shown_on", "withdrawn_on = 2026-06-01\nshown_on"))
            reading.restart(file)
            assert reading.state.busy
            until(
                lambda: reading.state.phase == "failed", "it is read no more, for its notice was taken down"
            )
            assert "records no notice" in str(reading.state.why)
            assert reading.guests() == {}
        finally:
            over.set()
            running.join()
    assert "records no notice" in said[-1]
