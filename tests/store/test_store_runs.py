"""A re-run of a recording goes on or replaces, and never doubles or hides anything."""

import os
import socket
import subprocess
import sys

import pytest
from sqlalchemy import func, select
from store_making import KEY, READER, SOURCE, assert_same, interaction

from mien.errors import StoreError
from mien.store import RecordingKey, Source, Store
from mien.store.lease import LEASE_S, process_mark
from mien.store.tables import curves, interactions, moments, runs, scores


def begin(store, settings="s", *, key=KEY, reader=READER, source=SOURCE):
    return store.recordings.begin(key, settings, reader=reader, source=source)


def shown(store, key=KEY):
    return [i.id for i in store.recordings.interactions(recording=key)]


def ids(*numbers):
    return [interaction(n).id for n in numbers]


def test_a_run_stores_interactions_whole(store):
    given = [interaction(n) for n in (2, 0, 1)]
    with begin(store) as run:
        assert (run.resumed, run.checkpoint, run.position_s, run.generation) == (False, None, 0.0, 1)
        run.commit(given, {"next": 3}, 30.0, {"frames": 900})
        run.finish({"frames": 1800, "left_out": {"turned away": 7}})
    for stored, made in zip(
        store.recordings.interactions(), sorted(given, key=lambda i: i.start_s), strict=True
    ):
        assert_same(stored, made)
    (summary,) = store.recordings.list_recordings()
    assert (summary.key, summary.source, summary.complete, summary.interactions) == (KEY, SOURCE, True, 3)
    assert summary.counters == {"frames": 1800, "left_out": {"turned away": 7}}
    assert summary.position_s == 30.0


def test_what_was_done_before_a_stop_is_shown_and_the_next_run_goes_on_from_there(store):
    with begin(store) as run:
        run.commit([interaction(0)], {"next": 1, "tracks": [1.5, None, "ß"]}, 12.5, {"frames": 100})
        run.commit([interaction(1)], {"next": 2}, 20.0, {"frames": 200})
    summary = store.recordings.find(KEY)
    assert (summary.complete, summary.position_s, summary.interactions) == (False, 20.0, 2)
    with begin(store) as run:
        assert (run.resumed, run.checkpoint, run.position_s) == (True, {"next": 2}, 20.0)
        assert (run.counters, run.generation) == ({"frames": 200}, 1)
        run.commit([interaction(2)], {"next": 3}, 30.0, {})
        run.finish({})
    assert shown(store) == ids(0, 1, 2)
    assert store.recordings.find(KEY).complete


def test_a_stop_by_an_error_leaves_what_was_committed_and_the_way_free(store):
    with pytest.raises(KeyboardInterrupt), begin(store) as run:
        run.commit([interaction(0)], {"next": 1}, 1.0, {})
        raise KeyboardInterrupt
    assert shown(store) == ids(0)
    assert begin(store).checkpoint == {"next": 1}


def test_the_same_commit_twice_changes_nothing_and_a_cut_interaction_is_stored_again_as_a_whole(store):
    cut, whole = interaction(5, seconds=3), interaction(5, seconds=9)
    with begin(store) as run:
        for _ in range(2):
            run.commit([interaction(1), cut], {"next": 2}, 2.0, {})
            assert shown(store) == ids(1, 5)
        run.commit([whole], {"next": 3}, 3.0, {})
        assert shown(store) == ids(1, 5)
        assert_same(store.recordings.get(whole.id), whole)


@pytest.mark.parametrize("change", [{"settings": "other"}, {"reader": "reader 2.0"}, {}])
def test_a_new_analysis_of_a_finished_recording_takes_its_place_at_the_end_and_not_before(store, change):
    with begin(store) as run:
        run.commit([interaction(0), interaction(1)], {}, 2.0, {})
        run.finish({"frames": 1})
    with begin(store, **change) as run:
        assert (run.resumed, run.checkpoint, run.generation) == (False, None, 2)
        run.commit([interaction(1, seconds=3), interaction(7)], {}, 2.0, {})
        assert shown(store) == ids(0, 1)
        assert store.recordings.get(interaction(7).id) is None
        assert store.recordings.find(KEY).counters == {"frames": 1}
        run.finish({"frames": 2})
        assert shown(store) == ids(1, 7)
    assert len(store.recordings.list_recordings()) == 1
    assert store.recordings.find(KEY).counters == {"frames": 2}
    assert sum(store.recordings.outcomes().values()) == 2


def test_a_replaced_analysis_leaves_no_rows_behind(store):
    for number in range(3):
        with begin(store, f"settings {number}") as run:
            run.commit([interaction(n) for n in range(4)], {"secret": "who is still in view"}, 2.0, {})
            run.finish({})
    with store._database.read() as connection:
        counts = [
            connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (runs, interactions, scores, curves, moments)
        ]
        assert counts == [1, 4, 4, 4, 8]
        assert connection.execute(select(runs.c.checkpoint)).scalar_one() is None


def test_a_new_analysis_that_was_stopped_goes_on_or_gives_way_to_one_with_other_settings(store):
    with begin(store) as run:
        run.commit([interaction(0)], {}, 1.0, {})
        run.finish({})
    with begin(store, "b") as run:
        run.commit([interaction(1)], {"next": 1}, 1.0, {})
    with begin(store, "b") as run:
        assert (run.resumed, run.checkpoint, run.generation) == (True, {"next": 1}, 2)
    with begin(store, "c") as run:
        assert (run.resumed, run.checkpoint) == (False, None)
        assert shown(store) == ids(0)
        run.commit([interaction(2)], {}, 1.0, {})
        run.finish({})
    assert shown(store) == ids(2)


def test_other_settings_keep_a_stopped_first_analysis_in_sight_until_they_are_done(store):
    with begin(store) as run:
        run.commit([interaction(0)], {"next": 1}, 1.0, {})
    with begin(store, "b") as run:
        assert not run.resumed
        run.commit([interaction(1)], {"next": 1}, 1.0, {})
        assert shown(store) == ids(0)
        assert not store.recordings.find(KEY).complete
        run.finish({})
    assert shown(store) == ids(1)


def test_the_same_file_at_another_site_or_touchpoint_is_another_recording(store):
    keys = [
        RecordingKey("f"),
        RecordingKey("f", "Riga"),
        RecordingKey("f", "Riga", "exit"),
        RecordingKey("g", "Riga"),
    ]
    for number, key in enumerate(keys):
        with begin(store, key=key) as run:
            run.commit([interaction(number, site=key.site)], {}, 1.0, {})
            run.finish({})
    with begin(store, key=RecordingKey("f")) as run:
        run.finish({})
    assert [r.key for r in store.recordings.list_recordings()] == [*keys[1:], keys[0]]
    assert [shown(store, key) for key in keys] == [[], ids(1), ids(2), ids(3)]


def test_a_second_process_is_refused_while_the_first_lives(store, address, clock):
    with begin(store):
        refusal = rf"'visit.mp4' is being analysed by process {os.getpid()} since 2026-05-01 09:00:00 UTC"
        with Store.open(address, clock=clock) as other:
            for settings in ("s", "other"):
                with pytest.raises(StoreError, match=refusal):
                    begin(other, settings)
        with begin(store, key=RecordingKey("another file")) as run:
            run.finish({})
    begin(store).release()


def take_over(store, **columns):
    with store._database.write() as connection:
        connection.execute(runs.update().values(**columns))


def test_a_process_on_another_machine_is_believed_until_its_lease_ends(store, clock):
    run = begin(store)
    take_over(store, lease_host="till-7.example")
    clock.forward(LEASE_S - 1)
    with pytest.raises(StoreError, match=r"by process \d+ on till-7.example since"):
        begin(store)
    run.commit([], {}, 1.0, {})
    clock.forward(LEASE_S - 1)
    with pytest.raises(StoreError, match=r"by process \d+ on till-7.example since"):
        begin(store)
    clock.forward(2)
    assert begin(store).resumed


def test_a_later_process_of_the_same_number_is_not_taken_for_the_one_that_died(store):
    begin(store)
    take_over(store, lease_mark="1")
    assert begin(store).resumed


def test_a_process_that_was_taken_for_dead_cannot_write_any_more(store, clock):
    first = begin(store)
    first.commit([interaction(0)], {"next": 1}, 1.0, {})
    clock.forward(LEASE_S + 1)
    second = begin(store)
    for write in (lambda: first.commit([interaction(8)], {}, 9.0, {}), lambda: first.finish({})):
        with pytest.raises(StoreError, match="was taken over by another process"):
            write()
    first.release()
    second.commit([interaction(1)], {"next": 2}, 2.0, {})
    second.finish({})
    assert shown(store) == ids(0, 1)


def test_a_finished_run_takes_nothing_more(store):
    with begin(store) as run:
        run.finish({})
        with pytest.raises(StoreError, match="is over"):
            run.commit([interaction(0)], {}, 1.0, {})
        with pytest.raises(StoreError, match="is over"):
            run.finish({})
    assert shown(store) == []


def test_only_living_processes_have_a_mark():
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    assert process_mark(child.pid) is not None
    assert process_mark(child.pid) == process_mark(child.pid)
    child.kill()
    child.wait()
    child.stdin.close()
    assert process_mark(child.pid) is None
    assert socket.gethostname()


@pytest.mark.parametrize(
    "checkpoint", [{"at": object()}, {"at": float("nan")}], ids=["no JSON", "not a number"]
)
def test_a_checkpoint_that_json_cannot_say_stores_nothing(store, checkpoint):
    with begin(store) as run:
        with pytest.raises(StoreError, match="cannot be written as JSON"):
            run.commit([interaction(0)], checkpoint, 1.0, {})
        assert shown(store) == []
        run.commit([interaction(0)], {}, 1.0, {})


def test_names_of_files_and_people_may_be_anything(store):
    name = os.fsdecode(b"caf\xe9 \xf0\x9f\x8e\xa5.mp4")
    source = Source(name, camera="drīzā 'kase'; --")
    with begin(store, source=source) as run:
        run.finish({})
    (summary,) = store.recordings.list_recordings()
    assert summary.source.name == "caf\\udce9 🎥.mp4"
    assert store.sites.entries() == {"Riga": ("drīzā 'kase'; --",)}


def test_a_camera_needs_a_site_and_a_recording_a_fingerprint(store):
    with pytest.raises(StoreError, match="without a site"):
        begin(store, key=RecordingKey("f"), source=Source("x.mp4", camera="door"))
    with pytest.raises(StoreError, match="fingerprint"):
        RecordingKey(" ")
    assert store.recordings.list_recordings() == []
