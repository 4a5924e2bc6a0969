"""What is kept no longer goes while pages are served, and a store that says no ends nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from mien.privacy import KeepDays
from mien.runtime.daily import removing_daily
from mien.store import RecordingKey, Source, Store
from store.store_making import READER, interaction
from support.new_store import ready_made
from support.waiting import until


def test_what_is_due_goes_and_what_is_not_stays(tmp_path):
    with Store.open(ready_made(tmp_path / "s.sqlite")) as store:
        store.retention.record("North", KeepDays(30, 60, 30))
        for name, days in (("old", 90), ("new", 1)):
            begun = Source(f"{name}.mp4", datetime.now(UTC) - timedelta(days=days), 60.0, "till")
            with store.recordings.begin(
                RecordingKey(name, "North", "till"), "d", reader=READER, source=begun
            ) as run:
                run.commit([interaction(1, site="North", touchpoint="till")], {}, 20.0, {})
                run.finish({})
        said = []
        with removing_daily(store, said.append):
            until(lambda: said, "something is removed")
        assert said[0].startswith("Removed, since it is kept no longer: ")
        assert [one.source.name for one in store.recordings.list_recordings() if one.interactions] == [
            "new.mp4"
        ]


def test_a_store_that_says_no_ends_nothing(tmp_path):
    store = Store.open(ready_made(tmp_path / "s.sqlite"))
    store.close()
    (tmp_path / "s.sqlite").write_bytes(b"not a store")
    said = []
    with removing_daily(store, said.append):
        until(lambda: said, "it is told")
    assert "tried again" in said[0]
