"""What a server brings with it: a network, rights, zones, and that it is restarted meanwhile."""

from contextlib import ExitStack
from datetime import UTC, timedelta
from functools import partial

import psycopg
import pytest
from event_replay import follow, replay, shown
from server_making import DAY, NOON, analyse, begin
from sqlalchemy import event, inspect
from store_making import interaction

from mien.errors import MissingStoreError, StoreError
from mien.store import Store
from mien.store.tables import SCHEMA
from support.postgresql import PASSWORD


@pytest.fixture
def backend():
    return "postgresql"


@pytest.fixture
def clock():
    return lambda: NOON + DAY


def refuse(address, *signs, **options):
    """Open must fail with one sentence that holds each sign."""
    with pytest.raises(StoreError) as refusal:
        Store.open(address, **options)
    message = str(refusal.value)
    for sign in signs:
        assert sign in message
    assert "\n" not in message
    assert message.endswith(".")
    assert PASSWORD not in message
    return message


@pytest.mark.parametrize("crashed", [False, True])
def test_a_server_restarted_in_the_middle_of_a_transaction_loses_and_doubles_nothing(
    postgresql, store, crashed
):
    both = [interaction(1), interaction(2)]
    with begin(store) as run:
        run.commit([interaction(1)], {"next": 1}, 1.0, {})
        with ExitStack() as gone:
            goes = partial(gone.enter_context, postgresql.away(crashed=crashed))
            with pytest.raises(StoreError, match="was lost in the middle") as told:
                before_statement(store, "INSERT INTO scores", goes)
                run.commit(both, {"next": 2}, 2.0, {})
            assert "\n" not in str(told.value)
        assert [one.track_id for one in store.recordings.interactions()] == [1]
        run.commit(both, {"next": 2}, 2.0, {})
        run.finish({})
    assert [one.track_id for one in store.recordings.interactions()] == [1, 2]
    assert replay(follow(store)) == shown(store)


def before_statement(store, start, do):
    """Do something once, before the first statement that begins so."""
    left = [do]

    def look(_connection, _cursor, statement, *_):
        if left and statement.startswith(start):
            left.pop()()

    event.listen(store._database.engine, "before_cursor_execute", look)


def test_a_server_restarted_between_transactions_is_not_noticed(postgresql, store):
    with begin(store) as run:
        run.commit([interaction(1)], {}, 1.0, {})
        with postgresql.away():
            pass
        run.commit([interaction(2)], {}, 2.0, {})
        run.finish({})
    assert [one.track_id for one in store.recordings.interactions()] == [1, 2]


def test_a_server_that_is_not_there_is_said(postgresql, database):
    by_network = postgresql.by_password(database)
    with postgresql.away():
        refuse(
            by_network,
            "could not be used",
            "Connection refused",
            "check its address and that its server runs",
        )


def test_the_password_is_asked_for_and_shown_nowhere(postgresql, database, capfd):
    right = postgresql.by_password(database)
    with Store.open(right) as store:
        assert PASSWORD not in store.address
        assert "mien:***@127.0.0.1" in store.address
        begin(store).release()
    in_query = f"postgresql://127.0.0.1:{postgresql.port}/{database}?user=mien&password={PASSWORD}"
    with Store.open(in_query) as store:
        assert PASSWORD not in store.address
    assert "wr0ng" not in refuse(
        postgresql.by_password(database, "wr0ng-Zx"), "password authentication failed"
    )
    said = capfd.readouterr()
    assert PASSWORD not in said.out + said.err


def test_a_database_that_is_none_or_holds_none_is_told_from_a_store(postgresql, blank_database):
    refuse(postgresql.address("nothing"), 'database "nothing" does not exist')
    with pytest.raises(MissingStoreError, match="holds no store yet"):
        Store.open(postgresql.address(blank_database), create=False)
    Store.open(postgresql.address(blank_database)).close()
    Store.open(postgresql.address(blank_database), create=False).close()


@pytest.fixture
def blank_database(postgresql):
    with postgresql.database(tables=False) as name:
        yield name


def test_tables_of_other_programs_may_stand_beside_and_are_left_as_they_are(postgresql, blank_database):
    with postgresql.connect(blank_database) as plain:
        plain.execute("CREATE TABLE bookmarks (url text)")
        Store.open(postgresql.address(blank_database)).close()
        plain.execute("DROP TABLE mien_schema")
        before = plain.execute("SELECT count(*) FROM pg_class").fetchone()
        refuse(postgresql.address(blank_database), "belongs to something else", "alert_signals")
        assert plain.execute("SELECT count(*) FROM pg_class").fetchone() == before


def test_a_store_of_a_newer_mien_is_left_as_it_is(postgresql, database, address):
    with postgresql.connect(database) as plain:
        plain.execute("UPDATE mien_schema SET version_num = '9042'")
    refuse(address, "newer Mien", "9042", SCHEMA)


def test_a_database_that_cannot_hold_every_name_is_refused(postgresql):
    latin = {"template": "template0", "encoding": "LATIN1", "locale": "C"}
    with postgresql.database(tables=False, **latin) as name:
        refuse(postgresql.address(name), "keeps texts as LATIN1", "--encoding=UTF8")


def test_who_may_only_read_reads_and_is_refused_for_writing(postgresql, database, store):
    analyse(store, [1])
    with postgresql.connect(database) as plain:
        plain.execute("DROP ROLE IF EXISTS analyst")
        plain.execute("CREATE ROLE analyst LOGIN IN ROLE pg_read_all_data")
    as_analyst = postgresql.address(database).replace("mien@", "analyst@")
    with Store.open(as_analyst, create=False) as looked_at:
        assert len(looked_at.recordings.interactions()) == 1
        with pytest.raises(StoreError, match="does not give you the right to do this"):
            begin(looked_at, "other")
    with postgresql.database(tables=False) as name:
        refuse(
            postgresql.address(name).replace("mien@", "analyst@"), "does not give you the right to do this"
        )
    with Store.open(
        postgresql.address(database) + "&options=-c%20default_transaction_read_only%3Don"
    ) as standby:
        assert len(standby.recordings.interactions()) == 1
        with pytest.raises(StoreError, match="may only be read"):
            begin(standby, "other")


def test_times_are_kept_with_their_zone_whatever_the_server_thinks_of_as_its_own(
    postgresql, database, address
):
    with postgresql.connect(database) as plain:
        plain.execute(f"ALTER DATABASE {database} SET timezone = 'Asia/Kolkata'")
        with Store.open(address) as store:
            analyse(store, [1])
            [summary] = store.recordings.list_recordings()
            assert (summary.source.recorded_at, summary.source.recorded_at.tzinfo) == (NOON, UTC)
            assert store.recordings.interactions(until=NOON) == []
            [entry] = store.outbox.after(0)
            assert entry.event.time == NOON + timedelta(seconds=interaction(1).end_s)
            columns = inspect(store._database.engine).get_columns("runs")
        assert plain.execute("SELECT recorded_at FROM recordings").fetchone() == (NOON,)
    kinds = {column["name"]: column["type"] for column in columns}
    assert (str(kinds["checkpoint"]), str(kinds["visible"])) == ("JSON", "BOOLEAN")
    assert kinds["started_at"].timezone


def test_a_recording_has_one_analysis_that_is_shown_by_the_databases_own_rule(postgresql, database, store):
    analyse(store, [1])
    with (
        postgresql.connect(database) as plain,
        pytest.raises(psycopg.errors.UniqueViolation, match="uq_runs_visible"),
    ):
        columns = "recording_id, visible, settings_digest, reader, started_at, position_s, counters"
        plain.execute(f"INSERT INTO runs ({columns}, generation) SELECT {columns}, 7 FROM runs")
