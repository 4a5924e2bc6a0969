"""What is written can be read back at the same times; a file is there whole or not at all."""

import itertools
import os

import av
import numpy as np
import pytest

from mien.errors import ImageError, VideoError
from mien.video import VideoWriter, open_video
from support.clips import corners, marked, number_of

TIMES = list(itertools.accumulate([0.0, *[0.04, 0.1, 0.013, 2.0] * 4]))


def test_pictures_and_true_times_come_back(tmp_path):
    path = tmp_path / "out.mp4"
    with VideoWriter(path, 96, 64, metadata={"title": "Till 3", "comment": "for the pilot"}) as writer:
        for number, t_s in enumerate(TIMES):
            writer.write(marked(96, 64, number), t_s)
    with open_video(path) as video:
        frames = list(video.frames(rate=None))
    assert [f.t_s for f in frames] == pytest.approx(TIMES, abs=2e-5)
    assert [number_of(f.image) for f in frames] == [i % 16 for i in range(len(TIMES))]
    assert corners(frames[0].image) == ["top left", "top right", "bottom left", "bottom right"]
    with av.open(str(path)) as written:
        assert written.metadata["title"] == "Till 3"
        assert written.metadata["comment"] == "for the pilot"
        assert written.streams.video[0].codec_context.pix_fmt == "yuv420p"


def test_odd_sizes_grow_by_one_pixel(tmp_path):
    with VideoWriter(tmp_path / "odd.mp4", 63, 47) as writer:
        writer.write(marked(63, 47), 0.0)
    assert open_video(tmp_path / "odd.mp4").info.width == 64


@pytest.mark.parametrize("failure", [RuntimeError, KeyboardInterrupt])
def test_an_interrupted_file_leaves_nothing_and_spares_what_was_there(tmp_path, failure):
    path = tmp_path / "out.mp4"
    path.write_bytes(b"an earlier one")
    with pytest.raises(failure), VideoWriter(path, 64, 48) as writer:
        writer.write(marked(64, 48), 0.0)
        raise failure
    assert [p.name for p in tmp_path.iterdir()] == ["out.mp4"]
    assert path.read_bytes() == b"an earlier one"


def test_the_file_appears_only_when_it_is_whole(tmp_path):
    path = tmp_path / "out.mp4"
    with VideoWriter(path, 64, 48) as writer:
        writer.write(marked(64, 48), 0.0)
        assert not path.exists()
    assert [p.name for p in tmp_path.iterdir()] == ["out.mp4"]
    umask = os.umask(0)
    os.umask(umask)
    assert path.stat().st_mode & 0o777 == 0o666 & ~umask


def test_a_video_without_pictures_is_not_written(tmp_path):
    with pytest.raises(VideoError, match="No picture was given"), VideoWriter(tmp_path / "out.mp4", 64, 48):
        pass
    assert list(tmp_path.iterdir()) == []


def test_wrong_sizes_and_times_are_refused(tmp_path):
    with VideoWriter(tmp_path / "out.mp4", 64, 48) as writer:
        writer.write(marked(64, 48), 1.0)
        with pytest.raises(VideoError, match="must increase"):
            writer.write(marked(64, 48), 1.0)
        with pytest.raises(ImageError, match=r"\(48, 64, 3\) uint8, not \(64, 48, 3\)"):
            writer.write(marked(48, 64), 2.0)
        with pytest.raises(ImageError, match="float64"):
            writer.write(np.zeros((48, 64, 3)), 2.0)


def test_places_that_cannot_be_written_to(tmp_path):
    with pytest.raises(VideoError, match="cannot be written: No such file or directory"):
        VideoWriter(tmp_path / "none" / "out.mp4", 64, 48)
    with pytest.raises(VideoError, match="is a directory"):
        VideoWriter(tmp_path, 64, 48)
