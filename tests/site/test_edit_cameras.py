"""A camera that is added to a site file: all that was there stays as it was, to the character."""

from __future__ import annotations

from pathlib import Path

import pytest

from mien.errors import SettingError
from mien.site import check_text, template
from mien.site.edit import NewCamera, with_camera
from support.site_editing import SAMPLES, SITE, comments_of

TEXT = SITE.replace("FILM", str(SAMPLES / "no_face.mp4"))
BACK = NewCamera("back door", {"touchpoint": "entrance", "webcam": 1})


def added_lines(before: str, after: str) -> list[str]:
    """The lines that are new, where nothing else changed."""
    old, new = before.splitlines(), after.splitlines()
    first = next(at for at, line in enumerate(new) if at >= len(old) or line != old[at])
    more = len(new) - len(old)
    assert new[:first] + new[first + more :] == old
    return new[first : first + more]


def test_a_camera_stands_after_the_others_and_nothing_else_changes() -> None:
    after = with_camera(TEXT, BACK)
    assert added_lines(TEXT, after) == ['[cameras."back door"]', 'touchpoint = "entrance"', "webcam = 1", ""]
    assert comments_of(after) == comments_of(TEXT)
    site = check_text(after, Path("shop.toml")).site
    assert site is not None
    assert list(site.cameras) == ["door", "tills", "back door"]
    assert after.index("back door") < after.index("--- points ---")


def test_a_new_touchpoint_comes_with_it() -> None:
    values = {
        "touchpoint": "way out",
        "url": "rtsp://10.0.0.9/1",
        "user": "mien",
        "password": {"env": "MIEN_P"},
    }
    after = with_camera(TEXT, NewCamera("exit", values, "exit"))
    site = check_text(after, Path("shop.toml")).site
    assert site is not None
    assert site.role("exit") == "exit"
    password = site.cameras["exit"].password
    assert password is not None
    assert password.env == "MIEN_P"
    assert 'password = { env = "MIEN_P" }\n' in after
    assert comments_of(after) == comments_of(TEXT)


def test_a_fresh_file_takes_one() -> None:
    text = template("Lyon", "Europe/Paris")
    after = with_camera(text, BACK)
    assert check_text(after, Path("shop.toml")).site is not None
    assert comments_of(after) == comments_of(text)


@pytest.mark.parametrize(
    ("text", "new", "says"),
    [
        (TEXT, NewCamera("tills", BACK.values), "'tills' under \\[cameras\\] already"),
        (TEXT, NewCamera("b", {"touchpoint": "tills"}, "exit"), "'tills' under \\[touchpoints\\] already"),
        ("cameras = { a = { webcam = 0 } }\n", BACK, "in a form to which none can be added"),
        ("cameras = 3\n", BACK, "already"),
    ],
)
def test_what_cannot_be_added_is_said(text: str, new: NewCamera, says: str) -> None:
    with pytest.raises(SettingError, match=says):
        with_camera(text, new)
