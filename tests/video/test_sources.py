"""What every source of the registry keeps to; a long recording needs no more memory than a short one."""

import gc
from pathlib import Path

import av
import pytest

from mien.video import SOURCES, open_source
from support.clips import steady, write_clip


def example_of(scheme, folder):
    """Something each kind of source can read: two seconds at 20 pictures a second."""
    return {"file": lambda: str(write_clip(folder / "example.mp4", steady(20, 2)))}[scheme]()


@pytest.mark.parametrize("scheme", sorted(SOURCES))
def test_every_source_gives_upright_frames_at_increasing_times(scheme, tmp_path):
    with open_source(example_of(scheme, tmp_path)) as source:
        frames = list(source.frames(rate=10.0))
        assert [f.t_s for f in frames] == pytest.approx(steady(10, 2), abs=0.01)
        assert {f.image.shape for f in frames} == {(source.info.height, source.info.width, 3)}
        assert all(f.image.dtype == "uint8" and f.image.flags.c_contiguous for f in frames)
        assert source.decoded == 40
        assert source.last_t_s == pytest.approx(1.95, abs=0.01)
        assert source.warnings == []


@pytest.mark.parametrize("scheme", sorted(SOURCES))
def test_every_source_resumes_and_ends_when_closed(scheme, tmp_path):
    with open_source(example_of(scheme, tmp_path)) as source:
        assert next(f.t_s for f in source.frames(rate=None, start_s=1.0)) == pytest.approx(1.0, abs=0.01)
        running = source.frames()
        next(running)
    assert list(running) == []


def test_a_path_may_carry_its_scheme(tmp_path):
    with open_source(f"file://{example_of('file', tmp_path)}") as source:
        assert source.info.codec == "h264"


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
