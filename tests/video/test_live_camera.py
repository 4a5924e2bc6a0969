"""Cameras that are killed, stalled, garbled, changed and locked are lost, told of and found again."""

import logging
import random
import threading
import time

import pytest

from mien.errors import SettingError, VideoError
from mien.video import Address, Anchor, LiveCamera, LiveSettings, open_camera
from mien.video.backoff import Backoff
from mien.video.newest import Newest
from support.cameras import RtspCamera, line_to, mjpeg_camera, random_bytes, rtsp_camera
from support.waiting import until

QUICK = LiveSettings(open_s=1.5, silence_s=1.0, wait_s=0.1, most_wait_s=0.2, refused_wait_s=60.0)
LOGIN = "viewer", "hunter2@/#"
WRITTEN = "viewer:hunter2%40%2F%23@"


@pytest.fixture(scope="module")
def rtsp():
    """One camera for all tests here; each leaves it running."""
    with rtsp_camera() as camera:
        yield camera


@pytest.fixture
def watch():
    """Reads a camera and drops what it sees, as a test that is about its status needs."""
    read = []

    def begin(address, settings=QUICK, **how):
        camera = open_camera(address, settings=settings, **how)
        read.append(camera)
        camera.start()
        return camera

    yield begin
    for camera in read:
        camera.stop()
    for camera in read:
        camera.close()
        assert camera.status.phase == "closed"
    assert not [t.name for t in threading.enumerate() if t.name.startswith("read ")]


def reaches(camera, phase, more=bool):
    """Wait until a camera is in a phase; its status there."""

    def there():
        status = camera.status
        return status if status.phase == phase and more(status) else None

    return until(there, f"{camera} becomes {phase}: {camera.status}")


def test_a_camera_killed_and_started_again_is_found_and_the_gap_is_as_long_as_it_was(rtsp, watch):
    camera = watch(rtsp.address)
    last = reaches(camera, "live", lambda status: status.decoded > 15).since_s
    rtsp.kill()
    lost = reaches(camera, "lost")
    assert lost.reason == f"rtsp://127.0.0.1:{rtsp.port} ended the stream."
    assert last <= lost.lost_since_s <= lost.since_s <= lost.retry_s
    reaches(camera, "lost", lambda status: "refuses connections" in status.reason)
    while camera.take(0) is not None:
        pass  # those from before
    rtsp.start(width=160, height=120)
    live = reaches(camera, "live", lambda status: status.size == (160, 120))
    assert live.connections == 2
    assert live.lost_since_s is None
    assert live.clock_jumps == 0, "a connection's clock begins anew, and is not set"
    after = camera.take(5.0)
    assert after.image.shape == (120, 160, 3)
    assert lost.since_s < after.t_s <= camera.anchor.now_s()
    assert abs((camera.anchor.utc_of(after.t_s) - Anchor.now().utc).total_seconds()) < 2
    assert "The camera was lost and found again: 1 times." in camera.warnings
    assert "The picture size changed while it was read: 1 times." in camera.warnings


def test_a_camera_that_stalls_is_told_after_half_the_limit_and_left_at_the_limit(rtsp, watch):
    camera = watch(rtsp.address)
    reaches(camera, "live")
    rtsp.freeze()
    try:
        began = time.monotonic()
        stalled = reaches(camera, "stalled")
        assert time.monotonic() - began < 0.5 + 0.5
        assert stalled.reason == f"rtsp://127.0.0.1:{rtsp.port} has sent no picture for 0.5 s."
        lost = reaches(camera, "lost")
        assert time.monotonic() - began < 1.0 + 0.6
        assert lost.reason == f"rtsp://127.0.0.1:{rtsp.port} has sent nothing for 1 s."
        # A frozen camera takes calls, but does not answer.
        reaches(camera, "lost", lambda status: "gives no video within 1.5 s" in status.reason)
        other = watch(rtsp.address)
        began = time.monotonic()
        other.close()
        assert time.monotonic() - began < 2 * 1.5 + 0.6
    finally:
        rtsp.thaw()
    assert reaches(camera, "live").connections == 2


@pytest.mark.parametrize("share", [1.0, 0.003])
def test_garbage_on_the_line_gives_no_picture_and_no_end(rtsp, watch, share):
    chance = random.Random(5)

    def garbled(content):
        if share == 1.0:
            return random_bytes(content)
        return bytes(chance.randrange(256) if chance.random() < share else byte for byte in content)

    with line_to(rtsp.port) as line:
        camera = watch(f"rtsp://127.0.0.1:{line.port}/cam")
        reaches(camera, "live")
        line.garble = garbled
        until(lambda: camera.status.damaged or camera.status.phase != "live", "the garbage is noticed")
        line.garble = None
        healed = reaches(camera, "live", lambda status: status.decoded > 30)
        assert camera.take(5.0) is not None
        assert healed.damaged + healed.connections > 1


def test_after_a_damaged_picture_none_is_shown_before_the_next_key_picture(rtsp, watch):
    hit = []

    def once(content):
        # A packet of pictures (channel 0) within RTSP, RFC 2326, 10.12: "$", channel, 2 bytes of length. All but its
        # headers becomes zeros, which end a picture early: noise is now and then a picture as good as another.
        end = 4 + int.from_bytes(content[2:4], "big")
        if not hit and content[:2] == b"$\0" and 600 < end <= len(content):
            hit.append(camera.status.decoded)
            return content[:60] + bytes(end - 60) + content[end:]
        return content

    with line_to(rtsp.port) as line:
        camera = watch(f"rtsp://127.0.0.1:{line.port}/cam", LiveSettings(waiting=100))
        reaches(camera, "live", lambda status: status.decoded > 5)
        line.garble = once
        status = reaches(camera, "live", lambda status: hit and status.decoded > hit[0] + 15)
    assert status.connections == 1
    assert 2 <= status.damaged <= 10
    seen = [camera.take(0).index for _ in range(status.waiting)]
    missing = set(range(seen[-1])) - set(seen) - set(range(8))
    assert len(missing) >= 2
    assert "Damaged pictures were passed over" in " ".join(camera.warnings)


def test_what_talks_but_is_no_camera_is_told_so(watch):
    with mjpeg_camera() as web:
        camera = watch(web.address.replace("http://", "rtsp://"))
        assert reaches(camera, "lost").reason.startswith(f"rtsp://127.0.0.1:{web.server.server_address[1]} ")
        nothing = watch(web.address + "s")
        assert "has no stream at that path" in reaches(nothing, "lost").reason
        page = watch(web.address.replace("/cam", "/page"))
        assert "answers, but not with Motion JPEG" in reaches(page, "lost").reason
        web.garbage = b"<html>no camera here</html>" * 100
        text = watch(web.address)
        assert "gives no Motion JPEG within 1.5 s" in reaches(text, "lost").reason


def test_motion_jpeg_that_turns_to_garbage_falls_silent_or_changes_its_size_is_read_on(watch):
    with mjpeg_camera() as web:
        camera = watch(web.address)
        reaches(camera, "live")
        web.size = 96, 128
        reaches(camera, "live", lambda status: status.size == (96, 128))
        web.garbage = bytes(range(256)) * 40
        reaches(camera, "lost")
        web.garbage = None
        assert reaches(camera, "live").connections == 2
        web.silent.set()
        reaches(camera, "stalled")
        assert reaches(camera, "lost").reason.endswith("has sent nothing for 1 s.")
        web.silent.clear()
        assert reaches(camera, "live").connections == 3
        assert camera.status.clock_jumps == 0


@pytest.mark.parametrize("kind", ["rtsp", "http"])
def test_a_password_opens_and_stands_nowhere(kind, watch, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    user, password = LOGIN
    server = rtsp_camera(user=user, password=password) if kind == "rtsp" else mjpeg_camera(login=LOGIN)
    with server as locked:
        cameras = [
            watch(locked.address.replace("127.0", f"{login}127.0"))
            for login in (WRITTEN, WRITTEN.replace("hunter2", "hunter3"), "")
        ]
        known, *strangers = cameras
        reaches(known, "live")
        for stranger in strangers:
            lost = reaches(stranger, "lost")
            assert "refuses the user name or password" in lost.reason
            assert lost.retry_s - lost.since_s > 25, "or the camera locks the account"
        with line_to(1) as nowhere:
            lost = watch(f"{kind}://{WRITTEN}127.0.0.1:{nowhere.port}/cam?password=hunter2")
            reaches(lost, "lost")
        said = [repr((camera, vars(camera), camera.status, camera.warnings)) for camera in [*cameras, lost]]
        said += [caplog.text, *capfd.readouterr(), *(thread.name for thread in threading.enumerate())]
        assert not [text for text in said if "hunter" in text or "viewer" in text]


def test_a_slow_reader_gets_the_newest_and_knows_what_it_missed(watch):
    with mjpeg_camera() as web:
        camera = watch(web.address, LiveSettings(waiting=3))
        until(lambda: camera.status.dropped >= 10, "the queue runs over")
        status = camera.status
        assert status.waiting == 3
        seen = [camera.take(5.0) for _ in range(3)]
        assert seen[0].index >= status.dropped
        # Three wait at 10 a second, and one is on its way.
        assert all(camera.latency_s(frame) < 0.6 for frame in seen)
        assert any(told.startswith("Pictures were dropped") for told in camera.warnings)


def test_sources_of_one_anchor_share_their_time(rtsp, watch):
    anchor = Anchor.now()
    with mjpeg_camera() as web:
        cameras = [watch(rtsp.address, anchor=anchor), watch(web.address, anchor=anchor)]
        for camera in cameras:
            frame = camera.take(10.0)
            assert 0 <= camera.latency_s(frame) < 1
            assert 0 < frame.t_s <= anchor.now_s()


def test_udp_is_read_too(rtsp, watch):
    camera = watch(rtsp.address, LiveSettings(transport="udp"))
    assert camera.take(10.0).image.shape[2] == 3


def test_a_waiting_reader_is_let_go_at_once():
    camera = open_camera("rtsp://127.0.0.1:9/cam", settings=LiveSettings(wait_s=60.0))
    frames = camera.frames()
    reaches(camera, "lost")
    done = threading.Event()
    reader = threading.Thread(target=lambda: (list(frames), done.set()))
    reader.start()
    began = time.monotonic()
    camera.close()
    assert done.wait(5.0)
    assert time.monotonic() - began < 1
    reader.join()
    assert camera.take(0) is None


def test_a_source_is_started_once_and_only_at_a_rate():
    with open_camera("rtsp://127.0.0.1:9/cam") as camera:
        with pytest.raises(SettingError, match="positive"):
            camera.start(0)
        assert camera.status.phase == "idle"
        camera.start()
        with pytest.raises(VideoError, match="is read already or was closed"):
            camera.start()
    with pytest.raises(VideoError, match="is read already or was closed"):
        camera.frames()


def test_a_fault_of_our_own_reaches_the_reader_and_not_only_its_thread():
    with LiveCamera(Address("gopher", "gopher://10.0.0.5", "gopher://10.0.0.5/0")) as camera:
        with pytest.raises(KeyError, match="gopher"):
            list(camera.frames())
        until(lambda: camera.status.phase == "closed", "the thread ends")


def test_waits_double_up_to_the_longest_are_scattered_and_begin_anew_after_a_good_while():
    all_waits = [[backoff.next_s() for _ in range(6)] for backoff in [Backoff(1.0, 8.0) for _ in range(200)]]
    for place, mean in enumerate([1.0, 2.0, 4.0, 8.0, 8.0, 8.0]):
        waits = [each[place] for each in all_waits]
        assert min(waits) >= mean / 2
        assert max(waits) <= mean * 1.5
        assert max(waits) - min(waits) > mean / 2
    backoff = Backoff(1.0, 8.0)
    assert backoff.next_s(300.0) >= 150
    for _ in range(5):
        backoff.next_s()
    backoff.lasted(7.0)
    assert backoff.next_s() >= 4.0
    backoff.lasted(9.0)
    assert backoff.next_s() <= 1.5


def test_a_full_queue_lets_go_of_the_oldest():
    queue = Newest(3)
    for number in range(10):
        queue.put(number)
    assert len(queue) == 3
    assert queue.dropped == 7
    assert [queue.take(0), queue.take(0), queue.take(0), queue.take(0)] == [7, 8, 9, None]
    queue.put(10)
    queue.close()
    queue.put(11)
    assert queue.take() is None
    with pytest.raises(SettingError, match="at least 1"):
        Newest(0)


def test_a_missing_server_is_told_with_the_packages_that_bring_it(monkeypatch):
    monkeypatch.setattr("support.cameras.SERVER", "there-is-no-such-file.py")
    with pytest.raises(AssertionError, match=r"needs the Debian packages gir1\.2-gst-rtsp-server"):
        RtspCamera()
