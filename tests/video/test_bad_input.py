"""Whatever cannot be read is refused with one clear sentence of its own; nothing else is printed."""

import os
from contextlib import contextmanager

import numpy as np
import pytest

from mien.errors import VideoError
from mien.video import open_source, open_video
from support.clips import cut, noise, steady, write_clip, write_sound


def refusal(path):
    with pytest.raises(VideoError) as caught:
        open_video(path)
    text = str(caught.value)
    assert str(path) in text
    assert "\n" not in text
    assert text.endswith(".")
    return text


@contextmanager
def as_nobody():
    """Without the rights of root, which no file is closed to."""
    if os.geteuid():
        yield
        return
    os.seteuid(65_534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_no_such_file(tmp_path):
    assert "There is no file" in refusal(tmp_path / "none.mp4")
    assert "There is no file" in refusal(write_clip(tmp_path / "a.mp4", [0.0]) / "b.mp4")


def test_a_directory(tmp_path):
    assert "is a directory: name the videos in it" in refusal(tmp_path)


def test_an_empty_file(tmp_path):
    (tmp_path / "empty.mp4").touch()
    assert "is empty (0 bytes)" in refusal(tmp_path / "empty.mp4")


def test_a_pipe_is_refused_without_waiting_for_it(tmp_path):
    os.mkfifo(tmp_path / "pipe.mp4")
    assert "is not a file" in refusal(tmp_path / "pipe.mp4")


def test_random_bytes(tmp_path):
    (tmp_path / "noise.mp4").write_bytes(np.random.default_rng(1).bytes(20_000))
    assert "not a video that FFmpeg can read" in refusal(tmp_path / "noise.mp4")


def test_a_text_is_not_painted_as_a_picture(tmp_path):
    (tmp_path / "notes.txt").write_text("a shop on a quiet morning\n" * 50, encoding="utf-8")
    assert "is a text" in refusal(tmp_path / "notes.txt")


@pytest.mark.parametrize("cover", [False, True])
def test_sound_alone_even_with_a_cover_picture(tmp_path, cover):
    assert "holds sound but no pictures" in refusal(write_sound(tmp_path / "song.mp4", cover=cover))


def test_an_encrypted_video(tmp_path):
    key = {f"encryption_{what}": "00112233445566778899aabbccddeeff" for what in ("key", "kid")}
    clip = write_clip(
        tmp_path / "film.mp4", steady(25, 1), container_options={"encryption_scheme": "cenc-aes-ctr", **key}
    )
    assert "is encrypted: save it without copy protection" in refusal(clip)


def test_a_video_of_which_only_the_index_is_left(tmp_path):
    clip = write_clip(
        tmp_path / "a.mp4",
        steady(10, 2),
        size=(96, 64),
        draw=lambda i: noise(96, 64, i),
        container_options={"movflags": "+faststart"},
    )
    content = clip.read_bytes()
    clip.write_bytes(content[: content.index(b"mdat") + 40])
    assert "damaged or encrypted" in refusal(clip)


def test_a_file_that_may_not_be_read(tmp_path):
    clip = write_clip(tmp_path / "a.mp4", [0.0])
    clip.chmod(0)
    with as_nobody():
        assert "may not be read by this user" in refusal(clip)


def test_a_name_that_no_system_takes(tmp_path):
    assert "cannot be opened" in refusal(tmp_path / ("x" * 400 + ".mp4"))


def test_a_name_that_looks_like_an_address_or_a_pattern_is_just_a_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("cam:1.mp4", "100%d.mkv", "a b'c.mp4"):
        write_clip(tmp_path / name, [0.0, 0.1])
        with open_video(name) as video:
            assert len(list(video.frames())) == 2


def test_a_file_that_goes_away_between_opening_and_reading(tmp_path):
    clip = write_clip(tmp_path / "a.mp4", [0.0, 0.1])
    with open_video(clip) as video:
        clip.unlink()
        with pytest.raises(VideoError, match="There is no file"):
            list(video.frames())


def test_an_unknown_kind_of_source_names_those_that_exist():
    with pytest.raises(VideoError, match="no video source 'smoke'; Mien reads file"):
        open_source("smoke://signal")


def test_ffmpeg_says_nothing_on_the_terminal(tmp_path, capfd):
    clip = write_clip(tmp_path / "a.mkv", steady(10, 5), size=(96, 64), draw=lambda i: noise(96, 64, i))
    content = bytearray(clip.read_bytes())
    for at in range(2000, len(content), 5000):
        content[at : at + 200] = bytes(200)
    clip.write_bytes(content)
    with open_video(cut(clip, 0.8)) as video:
        assert list(video.frames())
        assert video.warnings
    assert capfd.readouterr() == ("", "")
