"""Whatever happens to the process or the disk, the store opens and holds whole interactions only."""

import random
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from event_replay import follow, replay, shown
from sqlalchemy import func, select, text
from store_making import KEY, READER, SOURCE, assert_same, interaction

from mien.errors import StoreError
from mien.store import Store
from mien.store.tables import interactions, runs

pytestmark = pytest.mark.once

WORKER = Path(__file__).with_name("kill_worker.py")
TOTAL = 80


class Workers:
    """Starts processes that analyse, one at a time, and has them killed."""

    def __init__(self, scratch):
        command = [sys.executable, str(WORKER)]
        self._server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.run(scratch, "warm up")
        began = time.monotonic()
        self.run(scratch, "measure")
        self.pace_s = time.monotonic() - began
        """How long a whole analysis takes on this machine at this time."""

    def run(self, path, settings, *, kill_after=-1.0, since="begun"):
        """Let one process analyse, killed after so many seconds; gives how it ended."""
        self._server.stdin.write(f"{path} {settings.replace(' ', '-')} {TOTAL} {kill_after} {since}\n")
        self._server.stdin.flush()
        return self._server.stdout.readline().strip()

    def close(self):
        self._server.stdin.close()
        self._server.wait(60)
        self._server.stdout.close()


@pytest.fixture(scope="module")
def workers(tmp_path_factory):
    made = Workers(tmp_path_factory.mktemp("pace") / "mien.sqlite")
    yield made
    made.close()


def check_file(path):
    """The file is sound."""
    with closing(sqlite3.connect(path)) as plain:
        assert plain.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert plain.execute("PRAGMA foreign_key_check").fetchall() == []


def check_whole(address):
    """The database is sound and each interaction has all its rows; gives what is shown."""
    if "://" not in str(address):
        check_file(address)
    with Store.open(address, create=False, timeout_s=30) as store, store._database.write() as plain:
        # Who was killed a moment ago may still be committing; a writer waits for that.
        lone = (
            "SELECT count(*) FROM interactions i LEFT JOIN scores s ON s.interaction_id = i.id"
            " LEFT JOIN curves c ON c.interaction_id = i.id WHERE s.outcome IS NULL OR c.data IS NULL"
            " OR (SELECT count(*) FROM moments m WHERE m.interaction_id = i.id) <> 2"
        )
        assert plain.execute(text(lone)).scalar_one() == 0
        # Every run holds what its checkpoint says, no less and no more.
        for run in plain.execute(select(runs)).all():
            held = select(func.count()).where(interactions.c.run_id == run.id)
            assert plain.execute(held).scalar_one() == run.counters.get("frames", 0)
    with Store.open(address, create=False) as store:
        assert replay(follow(store)) == shown(store), "what was told is not what is shown"
        return store.recordings.interactions(), store.recordings.find(KEY)


def test_a_killed_analysis_leaves_whole_interactions_and_goes_on_to_exactly_all(address, workers):
    rng = random.Random(5)
    reached = [0]
    while len(reached) < 13 and reached[-1] < TOTAL:
        assert workers.run(address, "first", kill_after=rng.uniform(0, workers.pace_s / 8)) in ("killed", "0")
        shown, summary = check_whole(address)
        assert [i.track_id for i in shown] == list(range(len(shown)))
        assert len(shown) >= reached[-1]
        reached.append(len(shown))
    assert workers.run(address, "first" if not summary.complete else "again") == "0"
    shown, summary = check_whole(address)
    assert summary.complete
    for stored, number in zip(shown, range(TOTAL), strict=True):
        assert_same(stored, interaction(number, seconds=6))


def test_a_process_killed_while_it_makes_the_store_leaves_one_that_opens(path, workers):
    rng = random.Random(6)
    for _ in range(5):
        workers.run(path, "first", kill_after=rng.uniform(0, workers.pace_s / 2), since="start")
        with Store.open(path) as store:
            assert sum(store.recordings.outcomes().values()) == len(store.recordings.interactions())
        for file in path.parent.glob("mien.sqlite*"):
            file.unlink()


def test_a_replacing_analysis_killed_at_its_end_shows_the_old_or_the_new_and_never_both(address, workers):
    old, new = [1000 + n for n in range(TOTAL)], list(range(TOTAL))
    with Store.open(address) as store, store.recordings.begin(KEY, "a", reader=READER, source=SOURCE) as run:
        run.commit([interaction(n, seconds=6) for n in old], {}, 1.0, {"frames": TOTAL})
        run.finish({"frames": TOTAL})
    rng = random.Random(7)
    while True:
        end = workers.run(address, "b", kill_after=rng.uniform(0, workers.pace_s / 2))
        shown, summary = check_whole(address)
        assert ([i.track_id for i in shown], summary.settings_digest) in ((old, "a"), (new, "b"))
        if summary.settings_digest == "b":
            break
        assert end == "killed"


def test_a_full_disk_is_said_and_what_was_stored_stays(path):
    with Store.open(path) as store, store.recordings.begin(KEY, "s", reader=READER, source=SOURCE) as run:
        run.commit([interaction(0)], {"next": 1}, 1.0, {"frames": 1})
        with store._database.read() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 5}")
        with pytest.raises(StoreError, match="has no room left"):
            run.commit([interaction(n, seconds=120) for n in range(1, 20)], {"next": 20}, 2.0, {"frames": 20})
        shown, _ = check_whole(path)
        assert [i.track_id for i in shown] == [0]
        with store._database.read() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count = 100000")
        run.commit([interaction(1)], {"next": 2}, 2.0, {"frames": 2})
    assert len(check_whole(path)[0]) == 2
