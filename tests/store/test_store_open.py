"""A store is opened where it was asked for, or refused in one sentence, and nothing is overwritten."""

import os
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from store_making import KEY, READER, SOURCE, interaction

from mien.errors import MissingStoreError, StoreError
from mien.store import Store
from mien.store.tables import SCHEMA


def refuse(address, *signs, **options):
    """Open must fail with one sentence that holds each sign."""
    with pytest.raises(StoreError) as refusal:
        Store.open(address, **options)
    message = str(refusal.value)
    for sign in signs:
        assert sign in message
    assert "\n" not in message
    assert message.endswith(".")
    return message


def fill(path):
    with Store.open(path) as store, store.recordings.begin(KEY, "s", reader=READER, source=SOURCE) as run:
        run.commit([interaction(n) for n in range(5)], {}, 1.0, {})
        run.finish({})


def test_a_new_store_is_made_for_its_owner_only_and_keeps_what_it_is_given(path):
    fill(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with Store.open(path, create=False) as store:
        assert len(store.recordings.interactions()) == 5
        assert store.address == str(path)


def test_path_and_url_name_the_same_store(path):
    fill(path)
    for address in (str(path), f"sqlite:///{path}", os.path.relpath(path)):
        with Store.open(address, create=False) as store:
            assert len(store.recordings.list_recordings()) == 1


def test_the_environment_names_the_store_and_the_users_data_folder_holds_it_otherwise(
    path, tmp_path, monkeypatch
):
    monkeypatch.setenv("MIEN_STORE", str(path))
    with Store.open() as store:
        assert store.address == str(path)
    monkeypatch.delenv("MIEN_STORE")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    with Store.open() as store:
        assert store.address == str(tmp_path / "data" / "mien" / "mien.sqlite")
    assert (tmp_path / "data" / "mien" / "mien.sqlite").is_file()


def test_a_store_in_memory_serves_a_notebook():
    with (
        Store.open("sqlite://") as store,
        store.recordings.begin(KEY, "s", reader=READER, source=SOURCE) as run,
    ):
        run.commit([interaction(1)], {}, 1.0, {})
        assert len(store.recordings.interactions()) == 1


def test_opening_to_look_makes_nothing(path):
    refuse(path, "There is no store at", str(path), create=False)
    assert not path.exists()
    path.touch()
    refuse(path, "holds no store yet", create=False)
    assert path.stat().st_size == 0


def test_a_store_that_is_missing_is_told_from_one_that_is_broken(path, tmp_path, monkeypatch):
    monkeypatch.delenv("MIEN_STORE", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    for address in (path, None):
        with pytest.raises(MissingStoreError):
            Store.open(address, create=False)
    assert not (tmp_path / "data").exists()
    path.write_bytes(b"# Notes\n" * 300)
    with pytest.raises(StoreError) as broken:
        Store.open(path, create=False)
    assert not isinstance(broken.value, MissingStoreError)


def test_the_files_of_a_store_are_known_before_it_is_made(path, tmp_path):
    link = tmp_path / "link.sqlite"
    link.symlink_to(path)
    for address in (path, f"sqlite:///{path}", f"sqlite:///file:{path}?uri=true", link):
        with Store.open(address):
            made = {found.resolve() for found in path.parent.iterdir() if found.name.startswith(path.name)}
        assert len(made) > 1
        assert made <= {file.resolve() for file in Store.files(address)}
    assert Store.files("sqlite://") == ()


def test_a_missing_folder_and_a_folder_in_place_of_the_file_are_refused(tmp_path):
    refuse(tmp_path / "no" / "mien.sqlite", str(tmp_path / "no"), "does not exist")
    assert not (tmp_path / "no").exists()
    refuse(tmp_path, "is a folder", str(tmp_path / "mien.sqlite"))


@pytest.mark.parametrize("content", [b"# Notes\n" * 300, b"\x89PNG\r\n\x1a\n" + bytes(4000), b"SQLite"])
def test_a_file_that_is_no_database_is_left_as_it_is(path, content):
    path.write_bytes(content)
    refuse(path, str(path), "is not a database", "--store")
    assert path.read_bytes() == content
    assert list(path.parent.iterdir()) == [path]


def test_another_programs_database_is_left_as_it_is(path):
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE bookmarks (url TEXT)")
        other.commit()
    before = path.read_bytes()
    refuse(path, "belongs to something else", "bookmarks")
    assert path.read_bytes() == before


def test_a_store_of_a_newer_mien_is_left_as_it_is(path):
    fill(path)
    with closing(sqlite3.connect(path)) as newer:
        newer.execute("UPDATE mien_schema SET version_num = '9042'")
        newer.commit()
        newer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = path.read_bytes()
    refuse(path, "newer Mien", "9042", SCHEMA)
    assert path.read_bytes() == before


def test_a_damaged_store_is_refused(path):
    fill(path)
    data = bytearray(path.read_bytes())
    data[100:] = b"\x5a" * (len(data) - 100)
    path.write_bytes(data)
    refuse(path, str(path), "is damaged")
    assert path.read_bytes() == data


def test_a_store_that_another_program_holds_locked_is_waited_for_and_then_refused(path):
    fill(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN IMMEDIATE")
        other.execute("UPDATE recordings SET source = source")
        refuse(path, str(path), "is locked by another program", timeout_s=0.2)
        other.execute("ROLLBACK")
    with Store.open(path, create=False) as store:
        assert len(store.recordings.interactions()) == 5


def test_a_writer_that_waits_too_long_for_another_stores_nothing_and_can_try_again(path):
    fill(path)
    with (
        Store.open(path, timeout_s=0.2) as store,
        closing(sqlite3.connect(path, isolation_level=None)) as other,
    ):
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="is locked by another program"):
            store.recordings.begin(KEY, "s", reader=READER, source=SOURCE)
        # Readers never wait for a writer.
        assert len(store.recordings.interactions()) == 5
        other.execute("ROLLBACK")
        store.recordings.begin(KEY, "s", reader=READER, source=SOURCE).release()


def test_a_store_that_may_only_be_read_is_refused_for_writing(path):
    fill(path)
    with Store.open(f"sqlite:///file:{path}?mode=ro&uri=true") as store:
        assert len(store.recordings.interactions()) == 5
        with pytest.raises(StoreError, match="may only be read"):
            store.recordings.begin(KEY, "s", reader=READER, source=SOURCE)


@pytest.mark.parametrize(
    ("address", "sign"),
    [
        ("mysql://shop/mien", "not in 'mysql'"),
        ("sqlite+nodriver:///x.sqlite", "no driver called 'sqlite+nodriver'"),
        ("postgresql+pg8000://shop/mien", "by psycopg and not by 'pg8000'"),
        ("://", "not a database URL"),
        ("postgresql://user@host:port/mien", "not a database URL"),
        ("postgresql://user:pass@word@host/mien", "more than one '@'"),
    ],
)
def test_a_wrong_address_is_refused_with_those_that_exist(address, sign, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    refuse(address, sign)
    assert list(tmp_path.iterdir()) == []


def test_a_password_in_an_address_is_never_shown():
    for address in (
        "postgresql+pg8000://mien:s3cret@host/mien",
        "postgresql://mien:s3cret@host:port/mien",
        "postgresql://mien:hunter2@s3cret@host/mien",
        "postgresql://mien:s3cret@127.0.0.1:1/mien",
        "postgresql://127.0.0.1:1/mien?user=mien&password=s3cret",
        "postgresql://127.0.0.1:1/mien?sslpassword=s3cret&nosuchword=1",
    ):
        assert "s3cret" not in refuse(address)


def test_without_its_driver_postgresql_is_refused_with_the_extra_that_brings_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    refuse("postgresql://mien@host/mien", "needs psycopg", "pip install 'mien[postgresql]'")


OPEN_AT_ONCE = """
import os, sys
import alembic.command
from mien.store import Store

go, gate = os.pipe()
children = []
for _ in range(6):
    children.append(os.fork())
    if children[-1] == 0:
        os.close(gate)
        os.read(go, 1)
        Store.open(sys.argv[1]).close()
        os._exit(0)
os.close(gate)
sys.exit(any(os.waitpid(child, 0)[1] for child in children))
"""


def test_several_processes_may_open_a_new_store_at_once(blank):
    subprocess.run([sys.executable, "-c", OPEN_AT_ONCE, blank], check=True, timeout=60)
    with Store.open(blank, create=False) as store:
        assert store.recordings.list_recordings() == []


def test_the_pragmas_hold_on_every_connection(path):
    with Store.open(path) as store, store._database.read() as first, store._database.read() as second:
        for connection in (first, second):
            values = [
                connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
                for name in ("journal_mode", "foreign_keys", "synchronous", "secure_delete")
            ]
            assert values == ["wal", 1, 2, 1]


def test_relative_paths_and_odd_names_work(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("100% sure?.sqlite", "Ķekava #1.db", "~x"):
        with Store.open(Path(name)) as store:
            assert store.address == str(tmp_path / name)
        assert (tmp_path / name).is_file()
