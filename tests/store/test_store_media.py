"""Every file that shows faces is known before it exists, until it is deleted."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from store_making import KEY, READER, SOURCE

from mien.privacy import MediaGrant

TODAY = datetime.now(UTC).date()
DAY = timedelta(days=1)


def grant(days=10, purpose="train the pilot team"):
    return MediaGrant(purpose, TODAY + days * DAY)


def test_files_come_up_for_deletion_the_day_after_their_last_and_are_then_forgotten(store, tmp_path):
    soon, late = tmp_path / "soon.mp4", tmp_path / "late.mp4"
    store.media.record(late, grant(20))
    store.media.record(soon, grant(10))
    assert [p.path for p in store.media.entries()] == [soon, late]
    assert store.media.expired(TODAY + 10 * DAY) == []
    (over,) = store.media.expired(TODAY + 11 * DAY)
    assert (over.path, over.purpose, over.until) == (soon, "train the pilot team", TODAY + 10 * DAY)
    assert store.media.forget(soon)
    assert not store.media.forget(soon)
    assert [p.path for p in store.media.entries()] == [late]


def test_a_file_written_again_has_its_new_end(store, tmp_path):
    store.media.record(tmp_path / "a.mp4", grant(10))
    store.media.record(tmp_path / "a.mp4", grant(90, "show the staff council"))
    (picture,) = store.media.entries()
    assert (picture.purpose, picture.until) == ("show the staff council", TODAY + 90 * DAY)


@pytest.mark.parametrize("name", ["ä ö.mp4", "50%2F.mp4", "a?b#c.mp4", os.fsdecode(b"caf\xe9.mp4"), "x;y\nz"])
def test_any_name_of_a_file_comes_back(store, tmp_path, name):
    store.media.record(tmp_path / name, grant())
    assert [p.path for p in store.media.entries()] == [tmp_path / name]
    assert store.media.forget(tmp_path / name)


def test_a_relative_path_is_known_from_everywhere(store, tmp_path, monkeypatch):
    (tmp_path / "in").mkdir()
    monkeypatch.chdir(tmp_path / "in")
    store.media.record(Path("../out.mp4"), grant())
    assert [p.path for p in store.media.entries()] == [tmp_path / "out.mp4"]
    assert store.media.forget(tmp_path / "out.mp4")


def test_a_file_stays_known_when_its_recording_is_analysed_again(store, tmp_path):
    for _ in range(2):
        with store.recordings.begin(KEY, "s", reader=READER, source=SOURCE) as run:
            store.media.record(tmp_path / "a.mp4", grant(), run.recording_id)
            run.finish({})
    (picture,) = store.media.entries()
    assert picture.recording_id == store.recordings.find(KEY).id
