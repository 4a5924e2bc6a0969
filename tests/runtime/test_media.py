"""Pictures that Mien writes: blurred unless there is leave, entered before they show anybody, deleted in time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import av
import pytest

from mien.errors import VideoError
from mien.privacy import MediaGrant
from mien.report.trails import FaceTrails
from mien.runtime.analysis import analyze
from mien.runtime.media import delete_expired, write_overlay
from mien.store import Store
from mien.vision.detect import YuNet
from support.new_store import ready_made

CLIP = Path(__file__).parents[2] / "samples" / "neutral_to_smiling.mp4"
TODAY = datetime.now(UTC).date()


@pytest.fixture
def store(tmp_path):
    with Store.open(ready_made(tmp_path / "store.sqlite")) as opened:
        yield opened


@pytest.fixture(scope="module")
def found():
    trails = FaceTrails()
    return analyze(CLIP, witness=trails.add), trails


def faces_in(path: Path) -> int:
    detector = YuNet(long_side=None, min_score=0.5)
    with av.open(str(path)) as container:
        return sum(
            len(detector.detect(frame.to_ndarray(format="bgr24")))
            for i, frame in enumerate(container.decode(video=0))
            if i % 10 == 0
        )


def test_an_overlay_hides_faces_and_enters_nothing(store, found, tmp_path):
    target = tmp_path / "overlay.mp4"
    assert write_overlay(CLIP, target, *found, store=store)
    assert faces_in(target) == 0
    assert store.media.entries() == []


def test_with_leave_faces_are_seen_and_the_file_is_deleted_after_its_last_day(store, found, tmp_path):
    target, until = tmp_path / "shown.mp4", TODAY + timedelta(days=3)
    assert write_overlay(CLIP, target, *found, store=store, grant=MediaGrant("training of staff", until))
    assert faces_in(target) > 0
    (entry,) = store.media.entries()
    assert (entry.path, entry.purpose, entry.until) == (target, "training of staff", until)
    assert delete_expired(store, until) == []
    assert target.exists()
    assert delete_expired(store, until + timedelta(days=1)) == [target]
    assert not target.exists()
    assert store.media.entries() == []


def test_the_recording_itself_is_neither_replaced_nor_entered_for_deletion(store, found, tmp_path):
    clip = tmp_path / "mine.mp4"
    clip.write_bytes(CLIP.read_bytes())
    link = tmp_path / "link.mp4"
    link.symlink_to(clip)
    for target in (clip, link):
        with pytest.raises(VideoError):
            write_overlay(
                clip, target, *found, store=store, grant=MediaGrant("test", TODAY + timedelta(days=1))
            )
    assert store.media.entries() == []
    assert clip.read_bytes() == CLIP.read_bytes()


def test_a_stopped_overlay_leaves_nothing(store, found, tmp_path):
    target = tmp_path / "overlay.mp4"
    asked = iter([False] * 10 + [True] * 1000)
    grant = MediaGrant("test", TODAY + timedelta(days=1))
    assert not write_overlay(CLIP, target, *found, store=store, grant=grant, stop=lambda: next(asked))
    assert list(tmp_path.glob("*overlay*")) == []
    assert store.media.entries() == []
