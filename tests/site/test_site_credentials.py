"""Credentials are found where the site file says, and are seen nowhere."""

from __future__ import annotations

import copy
import logging
import pickle
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import av
import keyring
import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as Nowhere
from keyring.errors import KeyringLocked

from mien.errors import SettingError
from mien.site import Camera, Mask, load_site, masked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date
    from pathlib import Path

    from mien.site import Checked

URL = 'url = "rtsp://192.168.1.20:554/stream1"'
KEYS = 'user = "mien"\npassword = { env = "DOOR_PASSWORD" }\n'
SECRET = "hunter2-Zx"


class Chain(KeyringBackend):
    """A keyring with one entry; it is asked as any other, by the library."""

    priority = 1.0

    def get_password(self, service: str, username: str) -> str | None:
        if username == "locked":
            raise KeyringLocked("nobody is signed in")
        return SECRET if (service, username) == ("mien", "door") else None

    def set_password(self, service: str, username: str, password: str) -> None:
        raise NotImplementedError

    def delete_password(self, service: str, username: str) -> None:
        raise NotImplementedError


@pytest.fixture(autouse=True)
def _chain() -> Iterator[None]:
    before = keyring.get_keyring()
    keyring.set_keyring(Chain())
    yield
    keyring.set_keyring(before)


def camera(**keys: Any) -> Camera:
    return Camera.model_validate({"touchpoint": "entrance", **keys})


NETWORK = {"url": "rtsp://10.0.0.4:554/live", "user": "admin"}


@pytest.mark.parametrize(
    ("keys", "address"),
    [
        ({"url": "rtsp://10.0.0.4/x"}, "rtsp://10.0.0.4/x"),
        ({**NETWORK, "password": {"env": "CAM"}}, f"rtsp://admin:{SECRET}@10.0.0.4:554/live"),
        ({**NETWORK, "password": "${CAM}"}, f"rtsp://admin:{SECRET}@10.0.0.4:554/live"),
        ({**NETWORK, "password": {"keyring": "door"}}, f"rtsp://admin:{SECRET}@10.0.0.4:554/live"),
        ({**NETWORK, "password": SECRET}, f"rtsp://admin:{SECRET}@10.0.0.4:554/live"),
        ({**NETWORK, "user": {"env": "ODD"}, "password": {"env": "ODD"}}, "rtsp://p%40s%2Fs%23%3F:p%40s%2Fs%23%3F@10.0.0.4:554/live"),
        ({"url": "rtsp://admin:${ODD}@10.0.0.4/x"}, "rtsp://admin:p%40s%2Fs%23%3F@10.0.0.4/x"),
        ({"url": "rtsp://admin:a%40b@10.0.0.4/x"}, "rtsp://admin:a%40b@10.0.0.4/x"),
        ({"url": "rtsp://admin:a@b@10.0.0.4/x"}, "rtsp://admin:a%40b@10.0.0.4/x"),
        ({"url": "http://10.0.0.4/v.mjpg?user=u&password=${ODD}"}, "http://10.0.0.4/v.mjpg?user=u&password=p%40s%2Fs%23%3F"),
        ({"url": "rtsp://[fe80::1]:554/x", "user": "u"}, "rtsp://u@[fe80::1]:554/x"),
        ({"url": "rtsp://${HOST}/x", "user": "u"}, "rtsp://u@10.0.0.9:554/x"),
        ({"webcam": 0}, "webcam://0"),
        ({"file": "visit.mp4"}, "visit.mp4"),
    ],
)  # fmt: skip
def test_the_address_that_is_opened_has_them(keys: dict[str, Any], address: str) -> None:
    assert camera(**keys).address({"CAM": SECRET, "ODD": "p@s/s#?", "HOST": "10.0.0.9:554"}) == address


@given(st.text(min_size=1, max_size=12), st.text(min_size=1, max_size=12))
def test_whatever_a_password_holds_arrives_as_it_is(user: str, password: str) -> None:
    name, secret = {"clear": user}, {"clear": password}
    parts = urlsplit(camera(url="rtsp://10.0.0.4:554/x?n=1", user=name, password=secret).address({}))
    assert (unquote(parts.username or ""), unquote(parts.password or "")) == (user, password)
    assert (parts.hostname, parts.port, parts.path, parts.query) == ("10.0.0.4", 554, "/x", "n=1")


@pytest.mark.parametrize(
    "keys",
    [
        {"url": f"rtsp://admin:{SECRET}@10.0.0.4/x"},
        {"url": f"http://10.0.0.4/v.mjpg?user=admin&password={SECRET}"},
        {"url": f"rtsp://10.0.0.4/user=admin_password={SECRET}_channel=1_stream=0.sdp"},
        {"url": f"http://10.0.0.4/v.mjpg?token={SECRET}"},
        {**NETWORK, "password": SECRET},
    ],
)
def test_they_are_seen_in_no_print_of_a_camera(keys: dict[str, Any]) -> None:
    one = camera(**keys)
    printed = [
        repr(one), str(one), f"{one.url!r} {one.url}", one.shown, repr(one.password), str(one.model_dump()),
        one.model_dump_json(), repr(one.model_dump(mode="json")),
    ]  # fmt: skip
    assert all(SECRET not in text for text in printed)
    # A worker process gets the camera whole all the same.
    for again in (pickle.loads(pickle.dumps(one)), copy.deepcopy(one)):
        assert SECRET in again.address({})


BROKEN = f"rtsp://admin:{SECRET}#x@10.0.0.4:554/live"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (URL, f'url = "{BROKEN}"'),
        (URL, f'url = "rtsp://admin:{SECRET}/y@10.0.0.4:554/live"'),
        (URL, f'url = "ftp://admin:{SECRET}@10.0.0.4/live"'),
        (URL, f'url = ["rtsp://admin:{SECRET}@10.0.0.4/live"]'),
        (URL, f'webcam = "rtsp://admin:{SECRET}@10.0.0.4/live"'),
        (URL, f'url = "rtsp://admin:{SECRET}@10.0.0.4/live'),
        (URL, f'url = "admin:{SECRET}@rtsp://10.0.0.4/live"'),
        (KEYS, f'user = "x"\npassword = ["{SECRET}"]\n'),
        (KEYS, f'user = "x"\npassword = {{ env = "{SECRET}" }}\n'),
        (KEYS, f'user = "x"\npassword = {{ plain = "{SECRET}" }}\n'),
        (KEYS, f'user = "x"\npasword = "{SECRET}"\n'),
        (KEYS, f'user = ["{SECRET}"]\n'),
    ],
)
def test_they_are_seen_in_no_message(
    check: Callable[..., Checked], tmp_path: Path, old: str, new: str
) -> None:
    problems = check((old, new)).problems
    assert problems
    assert all(SECRET not in str(problem) for problem in problems)
    with pytest.raises(SettingError) as refused:
        load_site(tmp_path / "shop.toml")
    seen: BaseException | None = refused.value
    while seen is not None:
        assert SECRET not in f"{seen} {seen!r}"
        seen = seen.__cause__ or seen.__context__


@pytest.mark.parametrize(
    ("new", "warned"),
    [
        (f'url = "rtsp://admin:{SECRET}@10.0.0.4/x"\n', True),
        (f'url = "http://10.0.0.4/x?user=u&pwd={SECRET}"\n', True),
        (f'url = "rtsp://10.0.0.4/x"\nuser = "u"\npassword = "{SECRET}"\n', True),
        ('url = "rtsp://${DOOR_USER}:${DOOR_PASSWORD}@10.0.0.4/x"\n', False),
        ('url = "http://10.0.0.4/x?user=u&pwd=${DOOR_PASSWORD}"\n', False),
        ('url = "rtsp://10.0.0.4/x"\nuser = "u"\npassword = { keyring = "door" }\n', False),
    ],
)
def test_a_password_that_can_be_read_in_the_file_is_warned_of(
    check: Callable[..., Checked], day: date, new: str, warned: bool
) -> None:
    checked = check((f"{URL}\n{KEYS}", new))
    assert not checked.problems
    remarks = checked.remarks(day, {"DOOR_USER": "u", "DOOR_PASSWORD": SECRET})
    assert [one.text.endswith(('= { env = "NAME" }', '{ keyring = "ENTRY" }')) for one in remarks] == [
        True
    ] * warned
    assert all(SECRET not in str(one) for one in remarks)


def test_a_variable_that_is_not_set_is_told_with_its_line(
    check: Callable[..., Checked], day: date, whole: str
) -> None:
    checked = check()
    (remark,) = checked.remarks(day, {})
    assert "the environment variable DOOR_PASSWORD is not set here" in remark.text
    assert remark.line == whole.split("\n").index('password = { env = "DOOR_PASSWORD" }') + 1
    assert checked.site is not None
    with pytest.raises(SettingError, match="The environment variable DOOR_PASSWORD is not set"):
        checked.site.cameras["door"].address({"DOOR_PASSWORD": ""})


def test_a_keyring_without_the_entry_or_locked_is_told() -> None:
    with pytest.raises(SettingError, match="no entry 'window'; make it with: keyring set mien window"):
        camera(**NETWORK, password={"keyring": "window"}).address({})
    with pytest.raises(
        SettingError, match=r"cannot be used for the entry 'locked' \(KeyringLocked\); unlock it"
    ):
        camera(**NETWORK, password={"keyring": "locked"}).address({})


def test_a_machine_without_a_keyring_is_told() -> None:
    keyring.set_keyring(Nowhere())
    with pytest.raises(SettingError, match=r"cannot be used for the entry 'door' \(NoKeyringError\)"):
        camera(**NETWORK, password={"keyring": "door"}).address({})


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("Did you mean file:rtsp://hass:We%21@10.0.0.3:554", "Did you mean file:rtsp://***@10.0.0.3:554"),
        ("rtsp://a:p@ss/w?rd@10.0.0.3/x failed", "rtsp://***@10.0.0.3/x failed"),
        ('"rtspt://u:p\'q@h/live4", next', '"rtspt://***@h/live4", next'),
        ("http://h/flv?app=bcs&user=ad&password=s3&n=1", "http://h/flv?app=bcs&user=***&password=***&n=1"),
        ("rtsp://h/user=ad_password=tl_Jw_channel=1.sdp", "rtsp://h/user=***_password=***_channel=1.sdp"),
        ("http://h/v.cgi?loginuse=ad&loginpas=s3&chn=1", "http://h/v.cgi?loginuse=***&loginpas=***&chn=1"),
        ("nothing to hide at 10:30 in rtsp://10.0.0.3/x", "nothing to hide at 10:30 in rtsp://10.0.0.3/x"),
    ],
)
def test_what_others_say_is_masked_by_its_form(said: str, left: str) -> None:
    assert masked(said) == left


def test_of_a_password_that_holds_another_nothing_is_left() -> None:
    assert Mask(["hunter", "hunter2-Zx"]).text("given hunter2-Zx, not hunter") == "given ***, not ***"


def test_every_log_entry_is_masked(caplog: pytest.LogCaptureFixture) -> None:
    secret = "p@ss w/ord"
    logger = structlog.wrap_logger(
        logging.getLogger("cameras"),
        processors=[
            structlog.processors.format_exc_info,
            Mask([secret, "x"]),
            structlog.processors.JSONRenderer(),
        ],
    )
    one = camera(url="rtsp://127.0.0.1:1/live", user="admin", password=secret)  # where nothing listens
    try:
        av.open(one.address({}))
    except OSError as error:
        assert "p%40ss" in str(error)  # FFmpeg repeats the address whole
        logger.exception(
            f"camera said {secret}",
            tried=[{"url": one.address({})}, (b"rtsp://u:p@h/x", error)],
            count=3,
            camera=one,
        )
    entry = caplog.messages[0]
    for form in (secret, "p%40ss%20w%2Ford", "u:p@h"):
        assert form not in entry
    assert '"count": 3' in entry
    assert "camera said ***" in entry
    assert "Traceback" in entry
