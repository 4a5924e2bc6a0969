"""`mien site` as a technician uses it: a file to begin with, its errors, and what Mien understood."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from mien.site import template

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from support.command import Ran

SECRET = "hunter2-Zx"


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MIEN_DOOR_PASSWORD", raising=False)


def with_everything(text: str) -> str:
    """The template with all its remarks that hold a key or a table taken into use."""
    text = re.sub(r"^# (?=\[|[a-z_]+ = )", "", text, flags=re.MULTILINE)
    return text.replace("enabled = false          #", "enabled = true           #")


@pytest.fixture
def full(tmp_path: Path) -> Path:
    path = tmp_path / "full.toml"
    path.write_text(with_everything(template("Lyon 2", "Europe/Paris")), encoding="utf-8")
    (tmp_path / "roster.csv").write_text(
        "date,shift,person,service_point\n2026-05-04,early,17,till 1\n2026-05-04,late,23,\n", encoding="utf-8"
    )
    return path


def test_a_new_file_is_accepted_as_it_is(mien: Callable[..., Ran], tmp_path: Path) -> None:
    made = mien("site", "new", "shop.toml", "--name", "Lyon 2", "--time-zone", "Europe/Paris")
    assert made.code == 0
    assert "then try it: mien site check shop.toml" in made.out
    checked = mien("site", "check", "shop.toml", "--on", "2026-05-04")
    assert checked.code == 0
    assert "shop.toml is fine: site 'Lyon 2' with 1 camera, 1 touchpoint, 0 zones." in checked.out
    assert "On 2026-05-04 0 of 1 camera would be read." in checked.out
    line = (tmp_path / "shop.toml").read_text().split("\n").index("[cameras.door]") + 1
    assert (
        f"shop.toml:{line}: Camera 'door' of site 'Lyon 2' is not read on 2026-05-04, for the site file"
        in checked.err
    )


def test_everything_that_the_new_file_explains_is_accepted(mien: Callable[..., Ran], full: Path) -> None:
    checked = mien("site", "check", full, "--on", "2026-05-04")
    assert checked.code == 0, checked.err
    assert "2 cameras, 2 touchpoints, 5 zones, 1 service point, 2 shifts, 2 rows of roster." in checked.out


def test_a_file_that_exists_is_not_replaced(mien: Callable[..., Ran], tmp_path: Path) -> None:
    (tmp_path / "shop.toml").write_text("mine", encoding="utf-8")
    assert "exists already and is not replaced" in mien("site", "new", "shop.toml").complaint
    assert (tmp_path / "shop.toml").read_text(encoding="utf-8") == "mine"
    wrong = mien("site", "new", "other.toml", "--time-zone", "Mars/Phobos")
    assert wrong.code == 2
    assert "'Mars/Phobos' is no time zone" in wrong.complaint
    assert not (tmp_path / "other.toml").exists()
    assert "its folder does not exist" in mien("site", "new", "none/shop.toml").complaint


def test_everything_wrong_is_told_with_its_line(mien: Callable[..., Ran], full: Path) -> None:
    text = (
        full.read_text(encoding="utf-8").replace("webcam = 0", "webcam = 99").replace('"checkout"', '"till"')
    )
    full.write_text(text, encoding="utf-8")
    lines = text.split("\n")
    for command in ("check", "show"):
        ran = mien("site", command, full)
        assert ran.code == 2
        assert not ran.out
        first, second = ran.err.strip().split("\n")
        role, webcam = (lines.index(line) + 1 for line in ('role = "till"', "webcam = 99"))
        assert f"full.toml:{role}: touchpoints.tills.role is 'till'; give" in first
        assert f"full.toml:{webcam}: cameras.tills.webcam is 99; give" in second


def test_what_mien_understood_is_shown(mien: Callable[..., Ran], full: Path) -> None:
    shown = mien("site", "show", full, "--on", "2026-05-04")
    assert shown.code == 0
    for words in (
        "Lyon 2", "Europe/Paris", "open on Mon 2026-05-04", "09:00-12:30, 14:00-19:00", "greeting: Greet every",
        "off", "apriltag-25h9, 3 markers", "receipts.csv", "rtsp://192.168.1.20:554/stream1", "webcam 0",
        "password from $MIEN_DOOR_PASSWORD", "tills (checkout)", "yes: text 3 since 2026-05-04", "no: no notice",
        "queue to till 1", "door line", "0.3,0.8 0.9,0.8, inside 0.6,0.95", "POS-01", "17 at till 1", "13:30-19:30",
        "A. Martin", "mqtts://broker.example:8883", "password from $MIEN_MQTT_PASSWORD",
    ):  # fmt: skip
        assert words in shown.out, words
    sunday = mien("site", "show", full, "--on", "2026-05-10").out
    assert re.search(r"open on Sun 2026-05-10 +closed", sunday)
    assert "early" not in sunday
    assert "late" in sunday
    assert "nobody" in sunday
    assert "closed (Christmas)" in mien("site", "show", full, "--on", "2026-12-25").out


def test_what_stands_in_the_file_is_no_markup(mien: Callable[..., Ran], full: Path) -> None:
    text = full.read_text(encoding="utf-8").replace('"A. Martin"', '"[bold]A[/bold] [/red]"')
    full.write_text(text, encoding="utf-8")
    shown = mien("site", "show", full)
    assert shown.code == 0
    assert "[bold]A[/bold] [/red]" in shown.out


def test_no_password_is_ever_printed(mien: Callable[..., Ran], full: Path) -> None:
    text = full.read_text(encoding="utf-8")
    url = 'url = "rtsp://192.168.1.20:554/stream1"\nuser = "mien"\n'
    assert url in text
    rest = re.sub(r"^password = .*\n", "", text, flags=re.MULTILINE)
    # A mail server has both or neither.
    mail = 'host = "mail.example"\n'
    rest = rest.replace(f'{mail}user = "mien"\n', mail)
    for source, code in (
        (f'url = "rtsp://admin:{SECRET}@192.168.1.20/x?token={SECRET}"\n', 0),
        (f'{url}password = "{SECRET}"\n', 0),
        (f'url = "rtsp://admin:{SECRET}#1@192.168.1.20/x"\n', 2),
        (f'{url}pass = "{SECRET}"\n', 2),
    ):
        full.write_text(rest.replace(url, source), encoding="utf-8")
        for command in ("check", "show"):
            ran = mien("site", command, full, "--on", "2026-05-04")
            assert ran.code == code, ran.err
            assert SECRET not in ran.out + ran.err
            assert ("can read; write" in ran.err or "can be read by anybody" in ran.err) is (code == 0)
