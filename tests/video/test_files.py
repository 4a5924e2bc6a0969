"""Frames of real files come upright, at their true times, in every format; resuming changes nothing."""

import itertools
import json
import re
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from mien.errors import SettingError, VideoError
from mien.video import Damage, fingerprint, open_video
from support.clips import corners, cut, marked, noise, number_of, steady, write_clip

SAMPLES = Path(__file__).parents[2] / "samples"
UPRIGHT = ["top left", "top right", "bottom left", "bottom right"]
IRREGULAR = list(itertools.accumulate([0.0, *[0.02, 0.05, 0.3, 0.01, 0.11, 0.033, 1.4, 0.2] * 4]))


def read(path, **how):
    with open_video(path) as video:
        return list(video.frames(**how)), video


def times(path, **how):
    return [frame.t_s for frame in read(path, **how)[0]]


def expected_grid(shown, rate):
    """The first picture at or after each point of the grid, by its definition."""
    points = (k / rate for k in range(int(shown[-1] * rate) + 1))
    return sorted({min(t for t in shown if t >= point - 1e-6) for point in points})


def test_a_variable_frame_rate_keeps_its_true_times(tmp_path):
    clip = write_clip(tmp_path / "vfr.mp4", IRREGULAR, b_frames=2)
    frames, _ = read(clip, rate=None)
    assert [f.t_s for f in frames] == pytest.approx(IRREGULAR, abs=2e-5)
    assert [number_of(f.image) for f in frames] == [i % 16 for i in range(len(IRREGULAR))]
    assert [f.index for f in frames] == list(range(len(IRREGULAR)))


@pytest.mark.parametrize("rate", [1.0, 4.0, 10.0, 25.0])
def test_sampling_follows_the_grid_whatever_the_frame_rate(tmp_path, rate):
    for name, shown in {"vfr": IRREGULAR, "60": steady(60, 3), "23.976": steady(24_000 / 1001, 3)}.items():
        clip = write_clip(tmp_path / f"{name}.mp4", shown)
        assert times(clip, rate=rate) == pytest.approx(expected_grid(shown, rate), abs=2e-5), name


def test_millisecond_containers_do_not_shift_the_grid(tmp_path):
    clip = write_clip(tmp_path / "24.mkv", steady(24, 4))
    assert times(clip, rate=3.0) == pytest.approx([k / 3 for k in range(12)], abs=1e-3)


def test_a_source_slower_than_the_rate_gives_every_picture_once(tmp_path):
    clip = write_clip(tmp_path / "slow.mp4", steady(4, 3))
    assert times(clip, rate=10.0) == pytest.approx(steady(4, 3), abs=2e-5)


@pytest.mark.parametrize("suffix", ["mp4", "mkv", "ts", "avi", "webm"])
@pytest.mark.parametrize("b_frames", [0, 3])
def test_time_starts_at_the_first_picture_in_every_container(tmp_path, suffix, b_frames):
    codec = "libvpx" if suffix == "webm" else "libx264"
    tick = Fraction(1, 25) if suffix == "avi" else Fraction(1, 90_000)
    begin = 0.0 if suffix == "avi" else 3.0
    clip = write_clip(
        tmp_path / f"clip.{suffix}",
        [begin + t for t in steady(25, 2)],
        b_frames=b_frames,
        codec=codec,
        time_base=tick,
    )
    assert times(clip, rate=None) == pytest.approx(steady(25, 2), abs=1e-3)


@pytest.mark.parametrize("suffix", ["mp4", "mkv", "ts", "avi"])
def test_resuming_gives_exactly_what_an_uninterrupted_run_gives(tmp_path, suffix):
    tick = Fraction(1, 30) if suffix == "avi" else Fraction(1, 90_000)
    clip = write_clip(tmp_path / f"long.{suffix}", steady(30, 12), b_frames=2, gop=40, time_base=tick)
    whole = [(f.t_s, number_of(f.image)) for f in read(clip)[0]]
    for start_s in (0.0, 0.05, whole[13][0], 4.0, 7.77, 11.9, 50.0):
        resumed, video = read(clip, start_s=start_s)
        assert [(f.t_s, number_of(f.image)) for f in resumed] == [w for w in whole if w[0] >= start_s]
    assert suffix in {"ts", "avi"} or video.decoded < 100, "an indexed file is not decoded from its start"


def test_resuming_inside_a_clip_cut_by_an_edit_list(tmp_path):
    source = write_clip(tmp_path / "source.mp4", steady(30, 8), b_frames=2, gop=60)
    clip = tmp_path / "edited.mp4"
    with av.open(str(source)) as whole, av.open(str(clip), "w") as out:
        stream = out.add_stream_from_template(whole.streams.video[0])
        whole.seek(2_000_000)
        for packet in whole.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                packet.dts, packet.pts = packet.dts - 70 * 3000, packet.pts - 70 * 3000
                out.mux(packet)
    shown = [f.t_s for f in read(clip)[0]]
    assert shown[0] == 0
    assert times(clip, start_s=3.0) == [t for t in shown if t >= 3.0]


@pytest.mark.parametrize(
    ("angle", "clockwise", "size"),
    [(0, 0, (96, 64)), (-90, 90, (64, 96)), (180, 180, (96, 64)), (90, 270, (64, 96))],
)
def test_pictures_stand_upright(tmp_path, angle, clockwise, size):
    turned = lambda i: np.ascontiguousarray(np.rot90(marked(*size, i), clockwise // 90))  # noqa: E731
    clip = write_clip(tmp_path / "phone.mp4", steady(10, 1), size=(96, 64), rotation=angle, draw=turned)
    frames, video = read(clip)
    assert corners(frames[0].image) == UPRIGHT
    assert (video.info.width, video.info.height, video.info.rotation) == (*size, clockwise)
    assert frames[0].image.shape == (size[1], size[0], 3)


def test_a_mirrored_and_turned_picture_is_put_right(tmp_path):
    upside_down = lambda i: np.ascontiguousarray(marked(96, 64, i)[::-1])  # noqa: E731
    clip = write_clip(
        tmp_path / "flip.mp4", [0, 0.1], size=(96, 64), rotation=180, mirrored=True, draw=upside_down
    )
    assert corners(read(clip)[0][0].image) == UPRIGHT


def test_pixels_that_are_not_square_are_made_square(tmp_path):
    clip = write_clip(tmp_path / "pal.mkv", [0, 0.1], size=(72, 64), sample_aspect=Fraction(16, 9))
    frames, video = read(clip)
    assert frames[0].image.shape == (64, 128, 3)
    assert (video.info.width, video.info.height) == (128, 64)
    assert corners(frames[0].image) == UPRIGHT


@pytest.mark.parametrize(
    ("codec", "pix_fmt", "suffix", "size"),
    [
        ("libx264", "yuv420p", "mp4", (54, 96)),
        ("libx264", "yuv444p", "mp4", (63, 47)),
        ("libx264", "yuvj420p", "mp4", (64, 48)),
        ("libx264", "yuv420p10le", "mp4", (64, 48)),
        ("libx265", "yuv420p10le", "mkv", (64, 48)),
        ("libx265", "yuv420p", "mp4", (64, 48)),
        ("libvpx-vp9", "yuva420p", "webm", (64, 48)),
        ("ffv1", "bgra", "mkv", (65, 49)),
        ("ffv1", "yuv420p", "avi", (65, 49)),
        ("mjpeg", "yuvj422p", "avi", (65, 49)),
        ("prores_ks", "yuv422p10le", "mov", (64, 48)),
        ("mpeg4", "yuv420p", "mp4", (63, 47)),
        ("mpeg2video", "yuv420p", "mpg", (64, 48)),
        ("png", "rgb24", "mov", (61, 43)),
    ],
)
def test_every_pixel_format_and_codec_gives_the_same_picture(tmp_path, codec, pix_fmt, suffix, size):
    clip = write_clip(
        tmp_path / f"clip.{suffix}",
        steady(25, 0.4),
        size=size,
        codec=codec,
        pix_fmt=pix_fmt,
        time_base=Fraction(1, 25),
    )
    frames, _ = read(clip, rate=None)
    assert len(frames) == 10
    assert frames[3].image.dtype == np.uint8
    assert np.abs(frames[3].image.astype(int) - marked(*size, 3)).mean() < 12


@pytest.mark.parametrize("pix_fmt", ["gray", "gray10le"])
def test_grey_pictures_come_as_bgr(tmp_path, pix_fmt):
    clip = write_clip(tmp_path / "grey.mkv", [0.0, 0.1], codec="ffv1", pix_fmt=pix_fmt)
    image = read(clip)[0][1].image
    assert image.shape == (48, 64, 3)
    assert number_of(image) == 1
    assert np.array_equal(image[..., 0], image[..., 2])


def test_4k(tmp_path):
    clip = write_clip(tmp_path / "4k.mp4", steady(25, 0.2), size=(3840, 2160), options={"crf": "30"})
    frames, video = read(clip)
    assert [f.image.shape for f in frames] == [(2160, 3840, 3)] * 2
    assert video.decoded == 5


def test_one_picture(tmp_path):
    frames, video = read(write_clip(tmp_path / "one.mp4", [0.0]))
    assert [(f.t_s, f.index) for f in frames] == [(0.0, 0)]
    assert (video.decoded, video.last_t_s, video.warnings) == (1, 0.0, [])


def test_gif(tmp_path):
    clip = write_clip(
        tmp_path / "a.gif", [0, 0.1, 0.5, 0.6], codec="gif", pix_fmt="rgb8", time_base=Fraction(1, 100)
    )
    frames, _ = read(clip, rate=None)
    assert [f.t_s for f in frames] == pytest.approx([0, 0.1, 0.5, 0.6])
    assert corners(frames[2].image) == UPRIGHT


def test_a_still_picture_is_a_video_of_one_frame():
    frames, video = read(SAMPLES / "multi_face.jpg")
    assert [f.image.shape for f in frames] == [(video.info.height, video.info.width, 3)]


def test_a_size_that_changes_is_brought_to_the_first(tmp_path):
    parts = [write_clip(tmp_path / f"{w}.h264", steady(25, 1), size=(w, h)) for w, h in ((64, 48), (128, 96))]
    clip = tmp_path / "joined.h264"
    clip.write_bytes(b"".join(part.read_bytes() for part in parts))
    frames, video = read(clip)
    assert {f.image.shape for f in frames} == {(48, 64, 3)}
    assert corners(frames[-1].image) == UPRIGHT
    assert any(re.search(r"size changes at 1\.0 s: brought to 64x48", w) for w in video.warnings)


def test_what_is_known_before_decoding(tmp_path):
    info = open_video(write_clip(tmp_path / "a.mp4", steady(25, 4), size=(80, 60))).info
    assert (info.width, info.height, info.rotation, info.codec) == (80, 60, 0, "h264")
    assert (info.duration_s, info.frame_rate) == (pytest.approx(4.0, abs=0.05), pytest.approx(25, abs=0.1))
    assert info.path == tmp_path / "a.mp4"


@pytest.mark.parametrize("front", [True, False])
def test_a_cut_mp4_is_read_to_the_cut(tmp_path, front):
    clip = write_clip(
        tmp_path / "cut.mp4",
        steady(10, 10),
        draw=lambda i: noise(96, 64, i),
        size=(96, 64),
        container_options={"movflags": "+faststart"} if front else {},
    )
    cut(clip, 0.5)
    if not front:
        with pytest.raises(VideoError, match=r"cut off: the index of an MP4 is missing, so copy it again"):
            open_video(clip)
        return
    frames, video = read(clip)
    assert 35 <= len(frames) <= 60
    assert any(re.search(r"ends at \d\.\d s of 9\.9 s: scored to the cut", w) for w in video.warnings)


def test_a_cut_mkv_is_read_to_the_cut(tmp_path):
    clip = write_clip(tmp_path / "cut.mkv", steady(10, 10), draw=lambda i: noise(96, 64, i), size=(96, 64))
    frames, video = read(cut(clip, 0.5))
    assert 35 <= len(frames) <= 60
    assert video.warnings[0].endswith("s of 9.9 s: scored to the cut.")


@pytest.mark.parametrize("b_frames", [0, 3])
def test_a_cut_avi_is_told_by_what_its_header_promised(tmp_path, b_frames):
    clip = write_clip(
        tmp_path / "cut.avi",
        steady(10, 10),
        draw=lambda i: noise(96, 64, i),
        size=(96, 64),
        time_base=Fraction(1, 10),
        b_frames=b_frames,
    )
    assert read(clip)[1].warnings == []
    frames, video = read(cut(clip, 0.5))
    assert 35 <= len(frames) <= 60
    assert re.fullmatch(r"The file ends at \d\.\d s of 10\.0 s: scored to the cut\.", video.warnings[0])


@pytest.mark.parametrize("b_frames", [0, 3])
def test_a_transport_stream_that_breaks_off_inside_a_picture_may_have_been_cut(tmp_path, b_frames):
    clip = write_clip(
        tmp_path / "cut.ts", steady(10, 10), draw=lambda i: noise(96, 64, i), size=(96, 64), b_frames=b_frames
    )
    assert read(clip)[1].warnings == []
    _, video = read(cut(clip, 0.5))
    assert re.fullmatch(
        r"The last picture is broken: the file may have been cut off at \d\.\d s\.", video.warnings[0]
    )


@pytest.mark.parametrize("sample", ["crying_to_smiling.mp4", "neutral_to_smiling.mp4"])
def test_the_measured_length_is_the_containers_and_ends_with_the_last_picture(sample):
    _, video = read(SAMPLES / sample)
    assert video.end_s == pytest.approx(video.info.duration_s, abs=0.002)
    assert video.last_t_s < video.end_s


def test_a_continued_reading_tells_all_damage_and_none_twice(tmp_path):
    clip = write_clip(
        tmp_path / "hurt.mp4", steady(10, 20), draw=lambda i: noise(96, 64, i), size=(96, 64), gop=10
    )
    content = bytearray(clip.read_bytes())
    for share in (0.2, 0.8):
        at = round(len(content) * share)
        content[at : at + 20_000] = np.random.default_rng(1).bytes(20_000)
    clip.write_bytes(content)
    _, whole = read(clip, rate=None)
    assert re.search(r"passed over: (\d+)", whole.warnings[0])
    for stop_s in (2.0, 4.2, 10.0, 15.9, 16.5, 19.0):
        with open_video(clip) as video:
            for frame in video.frames(rate=None):
                if frame.t_s >= stop_s:
                    break
            state = json.loads(json.dumps(video.damage.state()))
        _, resumed = read(clip, rate=None, start_s=frame.t_s, before=Damage.of(state))
        assert resumed.warnings == whole.warnings, stop_s


def test_damage_in_the_middle_costs_only_what_is_damaged(tmp_path):
    clip = write_clip(
        tmp_path / "hurt.mkv", steady(10, 10), draw=lambda i: noise(96, 64, i), size=(96, 64), gop=10
    )
    content = bytearray(clip.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 3000] = bytes(3000)
    clip.write_bytes(content)
    frames, _ = read(clip)
    assert len(frames) > 70
    assert frames[-1].t_s == pytest.approx(9.9, abs=0.01)


def test_a_whole_file_gives_no_warning():
    for sample in ("crying_to_smiling.mp4", "no_face.mp4"):
        _, video = read(SAMPLES / sample)
        assert video.warnings == []


@pytest.mark.parametrize("suffix", ["mkv", "mp4"])
def test_sound_that_outlasts_the_pictures_is_no_cut(tmp_path, suffix):
    frames, video = read(write_clip(tmp_path / f"a.{suffix}", steady(10, 1), sound_s=6.0))
    assert len(frames) == 10
    assert video.warnings == []
    assert video.info.duration_s == pytest.approx(1.0, abs=0.15)


def test_counts_and_last_time_are_kept_when_iteration_stops_early(tmp_path):
    clip = write_clip(tmp_path / "a.mp4", steady(20, 4))
    with open_video(clip) as video:
        for frame in video.frames():
            if frame.t_s >= 1:
                break
        assert video.last_t_s == pytest.approx(1.0)
        assert video.decoded == 21
        assert len(list(video.frames(rate=None))) == 80, "a second iteration starts anew"


@pytest.mark.parametrize("rate", [0, -1, float("nan"), float("inf")])
def test_an_impossible_rate_is_refused(rate):
    with open_video(SAMPLES / "no_face.mp4") as video, pytest.raises(SettingError, match="positive number"):
        video.frames(rate=rate)


def test_an_impossible_start_is_refused():
    with open_video(SAMPLES / "no_face.mp4") as video, pytest.raises(SettingError, match="from 0 s or later"):
        video.frames(start_s=-1)
    with pytest.raises(SettingError, match="at least 1 thread"):
        open_video(SAMPLES / "no_face.mp4", threads=0)


def test_the_fingerprint_is_of_the_content_and_not_of_the_name(tmp_path):
    one, other = tmp_path / "a.mp4", tmp_path / "b.mp4"
    one.write_bytes(b"abc")
    other.write_bytes(b"abc")
    assert fingerprint(one) == fingerprint(str(other))
    assert fingerprint(one) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    with pytest.raises(VideoError, match="No such file"):
        fingerprint(tmp_path / "c.mp4")
