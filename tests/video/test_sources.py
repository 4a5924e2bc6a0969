"""What every source of the registry keeps to; a long recording needs no more memory than a short one."""

import contextlib
import gc
import itertools
from pathlib import Path

import av
import pytest

from mien.errors import VideoError
from mien.video import SOURCES, open_source
from support.cameras import certificate, line_to, mjpeg_camera, rtsp_camera
from support.clips import steady, write_clip
from support.waiting import until

LIVE = ["http", "https", "rtsp", "rtsps"]


@contextlib.contextmanager
def example_of(scheme, folder):
    """The address of something each kind of source can read, of 10 to 20 pictures a second."""
    with contextlib.ExitStack() as stack:
        if scheme == "file":
            yield str(write_clip(folder / "example.mp4", steady(20, 2)))
        elif scheme in {"http", "https"}:
            context = certificate(folder) if scheme == "https" else None
            yield stack.enter_context(mjpeg_camera(context=context)).address
        else:
            camera = stack.enter_context(rtsp_camera())
            context = certificate(folder) if scheme == "rtsps" else None
            line = stack.enter_context(line_to(camera.port, context))
            yield f"{scheme}://127.0.0.1:{line.port}/cam"


def test_there_is_an_example_of_every_kind_but_the_camera_in_the_hand():
    assert sorted(SOURCES) == sorted(["file", "webcam", *LIVE])


@pytest.mark.parametrize("scheme", ["file", *LIVE])
def test_every_source_gives_upright_frames_at_increasing_times(scheme, tmp_path):
    with example_of(scheme, tmp_path) as address, open_source(address) as source:
        frames = list(itertools.islice(source.frames(rate=10.0), 10))
        steps = [later.t_s - earlier.t_s for earlier, later in itertools.pairwise(frames)]
        assert min(steps) > 0
        # The first pictures of a camera come all at once, those it had sent before.
        assert sum(steps[2:]) == pytest.approx(0.7, abs=0.1)
        assert [f.index for f in frames] == sorted({f.index for f in frames})
        assert len({f.image.shape for f in frames}) == 1
        assert all(f.image.dtype == "uint8" and f.image.flags.c_contiguous for f in frames)
        assert source.decoded > frames[-1].index
        assert source.last_t_s >= frames[-1].t_s
        assert source.warnings == []


@pytest.mark.parametrize("scheme", ["file", *LIVE])
def test_every_source_ends_when_closed(scheme, tmp_path):
    with example_of(scheme, tmp_path) as address, open_source(address) as source:
        running = source.frames(rate=None)
        next(running)
        source.close()
        assert list(running) == []


def test_a_recording_resumes_where_it_is_told_to(tmp_path):
    with example_of("file", tmp_path) as address, open_source(address) as source:
        assert next(f.t_s for f in source.frames(rate=None, start_s=1.0)) == pytest.approx(1.0, abs=0.01)


def test_a_path_may_carry_its_scheme(tmp_path):
    with example_of("file", tmp_path) as address, open_source(f"FILE://{address}") as source:
        assert source.info.codec == "h264"


def test_an_unknown_kind_is_refused_with_those_that_exist():
    with pytest.raises(
        VideoError, match="no video source 'ftp'; Mien reads file, http, https, rtsp, rtsps, webcam"
    ):
        open_source("ftp://me:secret@10.0.0.5/clip")


def test_a_webcam_that_is_not_plugged_in_is_waited_for():
    with open_source("webcam://177") as source:
        source.start()
        lost = until(lambda: source.status.phase == "lost" and source.status, "the webcam is looked for")
        assert (
            lost.reason == "webcam://177 is not there: check that the camera is plugged in, and its number."
        )
        assert lost.retry_s > lost.since_s


@pytest.mark.parametrize("minutes", [5, pytest.param(120, marks=pytest.mark.long)])
def test_memory_does_not_grow_with_the_length(tmp_path, minutes):
    turns = minutes * 15
    clip = repeat(write_clip(tmp_path / "short.mp4", steady(25, 4), size=(320, 240), gop=100), turns)
    with open_source(str(clip)) as source:
        early = 0
        for frame in source.frames():
            if early == 0 and frame.t_s > 20:
                gc.collect()
                early = resident_bytes()
        assert source.decoded == turns * 100
        assert source.last_t_s == pytest.approx(minutes * 60 - 0.04, abs=0.01)
    grown = resident_bytes() - early
    assert grown < 12_000_000, f"{grown / 1e6:.0f} MB more after {minutes} min; one sampled picture is 0.2 MB"


def repeat(clip, times):
    """The same pictures over and over, without encoding them again."""
    path = clip.with_name("long.mkv")
    with av.open(str(clip)) as short, av.open(str(path), "w") as out:
        video = short.streams.video[0]
        stream = out.add_stream_from_template(video)
        packets = [p for p in short.demux(video) if p.dts is not None]
        kept = [(bytes(p), p.pts, p.dts, p.is_keyframe) for p in packets]
        for turn in range(times):
            for data, pts, dts, key in kept:
                packet = av.Packet(data)
                packet.pts, packet.dts = pts + turn * 360_000, dts + turn * 360_000
                packet.time_base, packet.is_keyframe, packet.stream = video.time_base, key, stream
                out.mux(packet)
    return path


def resident_bytes():
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * 4096
