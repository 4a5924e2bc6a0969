"""Addresses of cameras: what is taken, what is refused, and that nobody learns a password from them."""

import pickle

import pytest

from mien.errors import SettingError, VideoError
from mien.video import Address, LiveSettings, open_camera

SECRETS = ["adm1n", "hunter2"]


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("rtsp://adm1n:hunter2@10.0.0.5:554/ch1", "rtsp://10.0.0.5:554"),
        ("RTSPS://adm1n:hunter2@cam.example/ch1?user=adm1n&pwd=hunter2", "rtsps://cam.example"),
        ("http://10.0.0.5/video.cgi?user=adm1n&password=hunter2", "http://10.0.0.5"),
        ("rtsp://10.0.0.5/user=adm1n_password=hunter2_channel=1.sdp", "rtsp://10.0.0.5"),
        ("rtsp://adm1n:hunt@er2:x@[fd00::5]:8554/ch1", "rtsp://[fd00::5]:8554"),
        ("https://adm1n@10.0.0.5/adm1n/hunter2", "https://10.0.0.5"),
        ("webcam://03", "webcam://3"),
    ],
)
def test_nothing_but_the_place_is_shown(address, shown):
    taken = Address.of(address)
    assert taken.shown == str(taken) == shown
    camera = open_camera(address)
    for said in (repr(taken), repr(camera), str(camera), repr(camera.status), repr(vars(camera))):
        assert not any(secret in said for secret in SECRETS), said
    assert pickle.loads(pickle.dumps(taken)) == taken


def test_what_is_needed_to_connect_is_kept():
    assert Address.of("RTSP://a:b%40@host/c?d=e#f").full == "rtsp://a:b%40@host/c?d=e#f"
    assert Address.of("webcam://03").full == "/dev/video3"


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("10.0.0.5/ch1", "begins with one of http://, https://, rtsp://, rtsps://, webcam://"),
        ("rtmp://adm1n:hunter2@10.0.0.5", "begins with one of"),
        ("rtsp://", "no valid host and port"),
        ("rtsp://adm1n:hunter2@/ch1", "no valid host and port"),
        ("rtsp://adm1n:hunter2@10.0.0.5:99999/ch1", "no valid host and port"),
        ("rtsp://adm1n:hunter2@10.0.0.5:port/ch1", "no valid host and port"),
        ("rtsp://adm1n:hun/ter2@10.0.0.5/ch1", "write @ as %40"),
        ("rtsp://adm1n:12?hunter2@10.0.0.5/ch1", "/ as %2F"),
        ("rtsp://adm1n:12#hunter2@10.0.0.5/ch1", "# as %23"),
        ("rtsp://adm1n:hunter2@10.0.0.5/c 1", "a space or a line break"),
        ("rtsp://adm1n:hunter2@10.0.0.5/c\r\nX-Y: 1", "a space or a line break"),
        ("webcam://front", "webcam://0"),
    ],
)
def test_what_is_no_address_is_refused_without_repeating_it(address, why):
    with pytest.raises(VideoError) as refusal:
        Address.of(address)
    said = str(refusal.value)
    assert why in said
    assert said.endswith(".")
    assert not any(secret in said for secret in [*SECRETS, "hun/", "12"]), said


@pytest.mark.parametrize(
    "wrong", [{"open_s": 0}, {"silence_s": -1}, {"waiting": 0}, {"wait_s": float("nan")}]
)
def test_settings_that_cannot_work_are_refused(wrong):
    with pytest.raises(SettingError, match=f"'{next(iter(wrong))}' of a live source"):
        LiveSettings(**wrong)
