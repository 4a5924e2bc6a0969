"""The pages on which a site is set up: who may, what is refused, what is kept, and what is never shown."""

from __future__ import annotations

import html
import json
import re
import shutil
from datetime import date
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from mien.privacy import Notice
from mien.privacy.roles import Grant, Right, Role
from mien.site.load import MOST_BYTES
from mien.store import Store
from mien.web.texts import COOKIE
from support.cameras import mjpeg_camera
from support.live_door import pictures
from support.new_store import ready_made
from support.site_editing import SAMPLES, SITE
from support.web_people import Place, token_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from httpx2 import Response
    from starlette.testclient import TestClient

    from mien.store import Look

TEXT = SITE.replace("FILM", str(SAMPLES / "no_face.mp4"))
HERE = "/settings/Lyon%202"


class Desk:
    """A place with one site file, and its administrator."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.folder, self.file = folder, folder / "shop.toml"
        self.file.write_text(TEXT)
        self.place = Place(store, site_files=(self.file,), sites=folder / "sites")
        self.begin()

    def begin(self) -> None:
        """As if nobody had changed anything."""
        shutil.rmtree(f"{self.file}.earlier", ignore_errors=True)
        self.file.write_text(TEXT)
        self.browser = self.of("anna", Grant(Role.ADMIN))

    def of(self, name: str, grant: Grant) -> TestClient:
        """A browser of somebody."""
        if all(user.name != name for user in self.place.store.accounts.entries()):
            self.place.user(name, grant)
        return self.place.browser_of(name)

    def post(self, path: str, **data: str) -> Response:
        """A form of the page of the site, as a browser sends it."""
        page = self.browser.get("/settings")
        return self.browser.post(path, data={"csrf_token": token_in(page), **data})

    def digest(self) -> str:
        return sha256(self.file.read_bytes()).hexdigest()

    def save(self, text: str, digest: str = "") -> Response:
        return self.post(HERE, text=text, digest=digest or self.digest())

    def noted(self) -> Look:
        return self.place.store.looks.entries()[0]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("settings")
    with Store.open(ready_made(folder / "s.sqlite")) as opened:
        (folder / "shop").mkdir()
        yield Desk(opened, folder / "shop")


@pytest.fixture
def desk(made: Desk) -> Desk:
    made.begin()
    return made


def test_a_saved_file_is_what_all_pages_know_at_once_and_who_changed_it_is_noted(desk: Desk) -> None:
    assert desk.save(TEXT.replace("A. Martin", "Z. Bernard")).headers["location"] == f"{HERE}?saved=yes"
    assert desk.place.app.state.sites[0].notices[0].put_up_by == "Z. Bernard"
    look = desk.noted()
    assert (look.who, look.right, look.site) == ("anna", Right.SETTINGS, "Lyon 2")
    assert "Z. Bernard" in desk.browser.get(HERE).text


def test_what_is_wrong_is_told_with_its_line_and_what_was_written_is_kept(desk: Desk) -> None:
    text = TEXT.replace('"checkout"', '"till"') + "# <b>mine</b>\n"
    found = desk.post(f"{HERE}/check", text=text)
    assert 'data-line="13"' in found.text
    refused = desk.save(text)
    assert refused.status_code == 422
    assert "# &lt;b&gt;mine&lt;/b&gt;" in refused.text
    assert desk.file.read_text() == TEXT


def test_a_change_on_disk_is_shown_against_what_was_written(desk: Desk) -> None:
    digest = desk.digest()
    desk.file.write_text(TEXT.replace("# rate = 5", "rate = 7"))
    refused = desk.save(TEXT.replace("09:00-12:30", "09:00-13:00"), digest)
    assert refused.status_code == 409
    assert "<del>rate = 7</del>" in refused.text
    assert "<ins>monday = [&#34;09:00-13:00&#34;]</ins>" in refused.text
    assert "rate = 7" in desk.file.read_text()


def test_no_password_reaches_a_page_and_an_earlier_version_comes_back_with_its_own(desk: Desk) -> None:
    shown = desk.browser.get(HERE).text
    assert "geheim" not in shown
    desk.save(TEXT.replace("geheim", "andere").replace("# rate = 5", "rate = 7"))
    shown = desk.browser.get(HERE).text
    assert "andere" not in shown
    (version,) = [part.split('"')[0] for part in shown.split(f'href="{HERE}/versions/')[1:]]
    difference = desk.browser.get(f"{HERE}/versions/{version}")
    assert "<ins># rate = 5</ins>" in difference.text
    assert "geheim" not in difference.text
    assert "andere" not in difference.text
    assert desk.post(f"{HERE}/versions/{version}", digest=desk.digest()).status_code == 303
    assert desk.file.read_text() == TEXT
    assert desk.browser.get(f"{HERE}/versions/..%2F..%2Fshop").status_code == 404


def test_only_who_sets_up_that_site_may(desk: Desk) -> None:
    north = desk.of("north", Grant(Role.ADMIN, "North"))
    page = north.get("/settings")
    assert "Lyon 2" not in page.text
    for path in (HERE, f"{HERE}/zones/door", f"{HERE}/reading"):
        assert north.get(path).status_code == 404
    forged = desk.browser.post(HERE, data={"text": TEXT, "digest": desk.digest()})
    assert forged.status_code == 403


def test_who_may_set_up_one_site_gives_it_no_other_name(desk: Desk) -> None:
    desk.browser = desk.of("lyon", Grant(Role.ADMIN, "Lyon 2"))
    token = token_in(desk.browser.get(HERE))
    text = TEXT.replace('"Lyon 2"', '"North"')
    answer = desk.browser.post(
        HERE, data={"csrf_token": token, "text": text, "digest": desk.digest(), "renamed": "yes"}
    )
    assert answer.status_code == 403
    assert desk.file.read_text() == TEXT


def test_a_site_is_made_and_opened(desk: Desk) -> None:
    made = desk.post("/settings", name="North", time_zone="Europe/Paris")
    assert made.headers["location"] == "/settings/North"
    assert "no notice hangs for it" in desk.browser.get("/settings/North").text
    for name in ("North", "a/b", "<b>"):
        assert desk.post("/settings", name=name, time_zone="UTC").status_code == 422


def test_a_notice_that_the_officer_recorded_is_written_into_the_file(desk: Desk) -> None:
    notice = Notice("Lyon 2", "door", date(2026, 6, 1), "4", "Z. Bernard")
    number = desk.place.store.notices.record(notice).id
    assert "Z. Bernard" in desk.browser.get(HERE).text
    assert desk.post(f"{HERE}/notice", number=str(number), digest=desk.digest()).status_code == 303
    site = desk.place.app.state.sites[0]
    assert site.recorded_notices()[-1] == notice
    assert "Write it into the file" not in desk.browser.get(HERE).text


def test_a_file_as_long_as_site_files_may_be_is_saved_by_a_form(desk: Desk) -> None:
    long = TEXT + f"# {'ы' * 60}\n" * (1_300_000 // 123)
    assert 1_200_000 < len(long.encode()) < MOST_BYTES
    assert desk.save(long).headers["location"] == f"{HERE}?saved=yes"
    assert desk.file.read_text() == long


def test_a_longer_one_is_refused_in_a_sentence_of_the_language(desk: Desk) -> None:
    desk.browser.cookies.set(COOKIE, "fr")
    digest = desk.digest()
    refused = desk.save(TEXT + "#" * MOST_BYTES, digest)
    assert refused.status_code == 422
    assert "dépasse 2 Mo" in refused.text
    for path in (HERE, f"{HERE}/check"):
        refused = desk.post(path, text="é" * 2_100_000, digest=digest)
        assert refused.status_code == 413
        assert "bien plus long que les 2 Mo" in refused.text
    short = desk.post("/settings", name="x" * 1_100_000, time_zone="UTC")
    assert short.status_code == 400
    assert "exceeded" not in short.text
    assert desk.file.read_text() == TEXT


def test_a_field_that_does_not_fit_is_told_in_the_language(desk: Desk) -> None:
    desk.browser.cookies.set(COOKIE, "fr")
    for refused in (
        desk.post("/settings", name="x" * 300, time_zone="UTC"),
        desk.post(f"{HERE}/notice", number="none"),
        desk.post(f"{HERE}/zones/door", drawn='[{"name":"a","kind":"staf"}]', digest=desk.digest()),
    ):
        assert refused.status_code == 422
        assert '<span lang="en">' not in refused.text
        assert not re.search(r"should|Input|Field", refused.text)


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ({"corners": [[0, 0], [1, 1]]}, "at least three corners"),
        ({"corners": [[0, 0], [1, 1], [1, 0], [0, 1]]}, "crosses itself"),
        ({"corners": [[0, 0], [2, 0], [1, 1]]}, "leaves the picture"),
        ({"name": "a/b"}, "is not allowed"),
        ({"name": 'a"b'}, "is not allowed"),
        ({"name": "😀"}, "is not allowed"),
        ({"name": ""}, "is not allowed"),
        ({"kind": "read", "service_points": ["till 1"], "corners": []}, "at least three corners"),
    ],
)
def test_what_is_drawn_wrongly_is_told_and_kept(desk: Desk, zone: dict[str, object], said: str) -> None:
    one = {"name": "a", "kind": "staff", "corners": [[0, 0], [0.5, 0], [0.5, 0.5]], **zone}
    refused = desk.post(f"{HERE}/zones/door", drawn=json.dumps([one]), digest=desk.digest())
    assert refused.status_code == 422
    assert said in refused.text
    assert desk.file.read_text() == TEXT


@pytest.mark.parametrize("drawn", ["", "[", "{}", "[1]", '[{"name":"a","kind":"staff","corners":[[0,NaN]]}]'])
def test_what_no_page_sends_is_refused(desk: Desk, drawn: str) -> None:
    assert desk.post(f"{HERE}/zones/door", drawn=drawn, digest=desk.digest()).status_code == 422
    for path in (f"{HERE}/zones/none", f"{HERE}/zones/..%2Fx", "/settings/none", "/settings/..%2F..%2Fetc"):
        assert desk.browser.get(path).status_code == 404


def folders(*folders: Path) -> list[Path]:
    """All files in them."""
    return [one for folder in folders for one in folder.rglob("*") if one.is_file()]


def test_a_still_is_blurred_and_leaves_no_trace(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.chdir(tmp_path)
    with mjpeg_camera() as camera:
        camera.pictures = pictures(face=True)
        address = camera.address.replace("http://", "http://anna:geheim@")
        text = TEXT.replace("http://anna:geheim@127.0.0.1:9/video.mjpg", address)
        desk.file.write_text(text)
        before = {one: one.read_bytes() for one in folders(tmp_path, desk.folder)}
        answer = desk.post(f"{HERE}/zones/tills/still")
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-store"
        assert answer.content.startswith(b"\xff\xd8\xff")
    assert {one: one.read_bytes() for one in folders(tmp_path, desk.folder)} == before
    of_store = [one for one in Store.files(desk.folder.parent / "s.sqlite") if one.exists()]
    assert of_store
    assert all(b"\xff\xd8\xff" not in one.read_bytes() for one in of_store)
    assert desk.noted().subject == "blurred still of camera tills"


def test_a_camera_that_is_down_is_told_in_a_sentence_without_its_password(desk: Desk) -> None:
    answer = desk.post(f"{HERE}/zones/tills/still")
    assert answer.status_code == 422
    assert "refuses connections" in answer.text
    assert "geheim" not in answer.text


def test_without_a_reading_the_page_says_what_to_start_again(desk: Desk) -> None:
    assert f"mien run {desk.file}" in desk.browser.get(HERE).text
    assert desk.post(f"{HERE}/reading").status_code == 422


def test_what_is_read_today_and_why_not(desk: Desk) -> None:
    assert "no notice hangs for it" not in desk.browser.get(HERE).text
    desk.file.write_text(TEXT.replace('put_up_by = "A. Martin"', 'put_up_by = "A. Martin"\ncamera = "door"'))
    assert desk.browser.get(HERE).text.count("no notice hangs for it") == 1


CAMERA = {"name": "back door", "touchpoint": "entrance", "kind": "webcam", "source": "1"}


def test_a_camera_is_added_and_every_other_line_stays(desk: Desk) -> None:
    assert "Add a camera" in desk.browser.get(HERE).text
    answer = desk.post(f"{HERE}/cameras", **CAMERA, digest=desk.digest())
    assert answer.headers["location"] == f"{HERE}?saved=yes"
    site = desk.place.app.state.sites[0]
    assert site.cameras["back door"].webcam == 1
    text = desk.file.read_text()
    assert text.replace('\n[cameras."back door"]\ntouchpoint = "entrance"\nwebcam = 1\n', "") == TEXT
    look = desk.noted()
    assert (look.who, look.subject) == ("anna", "site file changed: camera back door added")


def test_a_password_in_an_address_is_taken_out_and_is_to_be_named(desk: Desk) -> None:
    form = {"name": "exit", "fresh": "way out", "role": "exit", "source": "rtsp://bob:s3cr%40t@10.0.0.9/1"}
    refused = desk.post(f"{HERE}/cameras", **form, digest=desk.digest())
    assert refused.status_code == 422
    assert "s3cr" not in refused.text
    assert 'value="rtsp://10.0.0.9/1"' in refused.text
    assert 'value="bob"' in refused.text
    assert '<option value="env" selected>' in refused.text
    assert desk.file.read_text() == TEXT
    again = form | {"source": "rtsp://10.0.0.9/1", "user": "bob", "kept": "env", "secret": "MIEN_EXIT"}
    assert desk.post(f"{HERE}/cameras", **again, digest=desk.digest()).status_code == 303
    camera = desk.place.app.state.sites[0].cameras["exit"]
    assert (camera.address({"MIEN_EXIT": "x"}), camera.touchpoint) == ("rtsp://bob:x@10.0.0.9/1", "way out")


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"name": "tills"}, "already; give another name"),
        ({"source": "first"}, "Webcams have numbers"),
        ({"source": ""}, "say where its pictures come from"),
        ({"kind": "url", "source": "ftp://a/b"}, "begins with"),
        ({"kind": "url", "source": "http://a/b?pwd=s3cret"}, "The address held a password"),
        ({"kind": "url", "source": "bob:s3cret@10.0.0.9"}, "The address held a password"),
        (
            {"kind": "url", "source": "http://a/b", "user": "bob", "kept": "env", "secret": "AWS_SECRET"},
            "only such can be named that begin with",
        ),
        ({"touchpoint": "", "fresh": "Tills", "role": "checkout"}, "its name is taken"),
    ],
)
def test_a_camera_that_cannot_be_is_refused_and_what_was_filled_in_is_kept(
    desk: Desk, changed: dict[str, str], says: str
) -> None:
    refused = desk.post(f"{HERE}/cameras", **(CAMERA | changed), digest=desk.digest())
    assert refused.status_code == 422
    assert says in refused.text
    assert "s3cret" not in refused.text
    assert f'value="{(CAMERA | changed)["name"]}"' in refused.text
    assert desk.file.read_text() == TEXT


def test_why_a_camera_is_refused_is_told_in_the_language(desk: Desk) -> None:
    desk.browser.cookies.set(COOKIE, "fr")
    wrong = CAMERA | {"name": "-", "digest": desk.digest()}
    text = desk.post(f"{HERE}/cameras", **wrong).text
    assert "is not allowed" not in text
    assert "n’est pas admis" in html.unescape(text)


def test_a_camera_is_not_added_to_a_file_that_changed_meanwhile_nor_by_others(desk: Desk) -> None:
    refused = desk.post(f"{HERE}/cameras", **CAMERA, digest="0" * 64)
    assert "changed on disk" in refused.text
    desk.browser = desk.of("north", Grant(Role.ADMIN, "North"))
    assert desk.post(f"{HERE}/cameras", **CAMERA, digest=desk.digest()).status_code == 404
    assert desk.file.read_text() == TEXT


def test_a_variable_in_an_address_becomes_keys_of_its_own(desk: Desk) -> None:
    form = CAMERA | {"kind": "url", "source": "rtsp://bob:${MIEN_EXIT}@10.0.0.9/1"}
    assert desk.post(f"{HERE}/cameras", **form, digest=desk.digest()).status_code == 303
    camera = desk.place.app.state.sites[0].cameras["back door"]
    assert camera.address({"MIEN_EXIT": "x"}) == "rtsp://bob:x@10.0.0.9/1"
    assert 'password = { env = "MIEN_EXIT" }' in desk.file.read_text()
