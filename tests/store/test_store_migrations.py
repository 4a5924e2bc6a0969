"""The migrations make the tables that the code uses, both ways, on SQLite and on PostgreSQL."""

from dataclasses import fields, replace
from datetime import UTC, datetime

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable
from store_making import KEY, READER, SOURCE, assert_same, moved_back
from store_making import interaction as made

from mien.action import Unhappy
from mien.journey.types import Moment, Score
from mien.store import Fate, Store
from mien.store.address import resolve
from mien.store.engine import connect, transaction
from mien.store.migrate import MIGRATIONS, downgrade, upgrade
from mien.store.tables import SCHEMA, VERSION_TABLE, metadata, moments, scores


@pytest.fixture
def engine(blank):
    made = connect(resolve(blank), timeout_s=1.0)
    yield made
    made.dispose()


def tables(engine):
    with transaction(engine) as connection:
        return set(inspect(connection).get_table_names())


def shape(connection):
    """Everything the database knows of the tables, order of constraints aside."""
    look = inspect(connection)
    return {
        name: (
            [(c["name"], str(c["type"]), c["nullable"]) for c in look.get_columns(name)],
            look.get_pk_constraint(name)["constrained_columns"],
            sorted((i["name"], i["column_names"], i["unique"]) for i in look.get_indexes(name)),
            sorted((u["name"], u["column_names"]) for u in look.get_unique_constraints(name)),
            sorted((k["name"], k["referred_table"], str(k["options"])) for k in look.get_foreign_keys(name)),
            sorted((c["name"], c["sqltext"]) for c in look.get_check_constraints(name)),
        )
        for name in look.get_table_names()
        if name != VERSION_TABLE
    }


def test_migrations_and_tables_agree(engine, address):
    with transaction(engine, write=True) as connection:
        upgrade(connection, "head")
        options = {"version_table": VERSION_TABLE, "compare_type": True, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []
        migrated = shape(connection)
    direct = connect(resolve(address), timeout_s=1.0)
    with transaction(direct, write=True) as connection:
        metadata.drop_all(connection)
        metadata.create_all(connection)
        assert shape(connection) == migrated
    direct.dispose()


def test_up_down_up(engine):
    whole = set(metadata.tables)
    for move, revision, expected in (
        (upgrade, "head", whole),
        (downgrade, "base", set()),
        (upgrade, "head", whole),
    ):
        with transaction(engine, write=True) as connection:
            move(connection, revision)
        assert tables(engine) - {VERSION_TABLE} == expected


def older_store(address, number):
    """A store of the first schema that holds one finished recording with one interaction."""
    interaction = made(number)
    with Store.open(address) as store, store.recordings.begin(KEY, "s", reader=READER, source=SOURCE) as run:
        run.commit([interaction], {}, 1.0, {"frames": 3})
        run.finish({"frames": 3})
    with moved_back(address, "0001") as tables:
        columns = {column["name"] for column in tables.get_columns("interactions")}
    assert "by_eyes" not in columns
    return interaction


def test_an_older_store_is_moved_on_and_loses_nothing(blank):
    before = older_store(blank, 3)
    with Store.open(blank) as store:
        (stored,) = store.recordings.interactions()
        assert_same(stored, replace(before, by_eyes=0))
        (summary,) = store.recordings.list_recordings()
        assert (summary.key, summary.complete, summary.counters) == (KEY, True, {"frames": 3})
        with store.recordings.begin(KEY, "s2", reader=READER, source=SOURCE) as run:
            run.commit([made(4)], {}, 1.0, {})
            run.finish({})
        (stored,) = store.recordings.interactions()
        assert_same(stored, made(4))
        assert stored.by_eyes > 0
        # What an older Mien stored was told to nobody, so nobody is told that it is no more.
        assert [entry.event.subject for entry in store.outbox.after(0)] == [stored.id]


def test_a_task_that_a_customer_system_was_given_before_is_known_to_be_there(blank):
    with Store.open(blank) as store:
        opened = []
        for number in range(2):
            due = datetime(2026, 5, 5, tzinfo=UTC)
            about = Unhappy(f"visit-{number}", "fell")
            opened.append(store.tasks.open("Lyon 2", due.date(), "till", about, due_at=due, folded=False))
            if not number:
                store.outbox.move("Lyon 2", "crm.csv", since=0, to=store.outbox.last())
                store.outbox.move("Lyon 2", "email", since=0, to=store.outbox.last())
    with moved_back(blank, "0014"):
        pass
    with Store.open(blank) as store:
        uids = [one.uid for one in opened]
        assert store.fates.of(uids, "crm.csv") == {uids[0]: Fate.MADE}
        assert store.fates.of(uids, "email") == {}


def test_the_newest_migration_is_the_one_that_the_code_expects():
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [SCHEMA]


def test_a_migration_that_breaks_off_leaves_nothing(engine):
    with pytest.raises(KeyboardInterrupt), transaction(engine, write=True) as connection:
        upgrade(connection, "head")
        raise KeyboardInterrupt
    assert tables(engine) == set()


def test_scores_and_moments_hold_every_field():
    assert {f.name for f in fields(Score)} - {"moments"} == set(scores.c.keys()) - {"interaction_id"}
    assert {f.name for f in fields(Moment)} == set(moments.c.keys()) - {"interaction_id", "position"}


def test_every_row_about_a_visit_can_expire_by_index():
    for name in ("recordings", "interactions", "outbox"):
        table = metadata.tables[name]
        assert table.c.expires_at.nullable
        assert any([c.name for c in index.columns] == ["expires_at"] for index in table.indexes)


def test_the_tables_suit_postgresql():
    dialect = postgresql.dialect()
    for table in metadata.sorted_tables:
        ddl = str(CreateTable(table).compile(dialect=dialect))
        assert "DATETIME" not in ddl
        for index in table.indexes:
            # PostgreSQL cuts names at 63 bytes, SQLAlchemy then adds a digest: two names for one index.
            assert len(index.name) <= 63
            ddl += str(CreateIndex(index).compile(dialect=dialect))
        assert ("TIMESTAMP WITH TIME ZONE" in ddl) == any(c.name.endswith("_at") for c in table.c)
