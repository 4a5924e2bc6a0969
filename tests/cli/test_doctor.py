"""`mien doctor` says what is installed and on whose terms, and changes nothing."""

from __future__ import annotations

import pytest

from mien.store import Store
from mien.vision.models import manifest


def test_every_network_is_named_with_its_version_terms_and_origin(mien):
    ran = mien("doctor")
    assert ran.code == 0
    for model in manifest().values():
        line = next(line for line in ran.out.splitlines() if line.strip().startswith(f"{model.name} "))
        for told in (model.version, model.licence, model.copyright, model.origin):
            assert told in line


@pytest.mark.parametrize("address", [None, "new.sqlite"])
def test_a_store_that_is_not_there_is_not_made(mien, tmp_path, monkeypatch, address):
    if address is None:
        monkeypatch.delenv("MIEN_STORE")
        monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    ran = mien("doctor", *(("--store", address) if address is not None else ()))
    assert ran.code == 0
    assert "not made yet" in ran.out
    assert list(tmp_path.iterdir()) == []


def test_a_store_that_is_there_is_opened_and_a_broken_one_is_said(mien, store):
    Store.open(store).close()
    assert "opens and holds 0 interactions" in mien("doctor").out
    store.write_bytes(b"this is no database" * 100)
    ran = mien("doctor")
    assert ran.code == 1
    assert "is not a database" in ran.out
