"""Readings of another tool in the store: stored once, whatever database it is, and given back as they were."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mien.journey import Context
from mien.privacy import KeepDays
from mien.runtime.imports import import_readings

if TYPE_CHECKING:
    from pathlib import Path

    from mien.store import Store


def test_a_log_is_stored_once_and_given_back(store: Store, tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    names = {"Mary Smith": 0.3, "B": -0.4}
    rows = [f"{i / 10},{face},{valence}" for i in range(80) for face, valence in names.items()]
    wrong = ["8.0,Mary Smith,x", "1.0,Mary Smith,0.1"]
    log.write_text("\n".join(["time,face,valence", *rows, *wrong]))
    for touchpoint in ("till", "till", "door"):
        found = import_readings(
            log,
            "generic-valence",
            context=Context(touchpoint=touchpoint),
            store=store,
            recorded_at=datetime(2026, 5, 1, 9, 0, tzinfo=UTC),
            keep=KeepDays.alike(30),
        )
    assert found is not None
    assert [one.key.touchpoint for one in store.recordings.list_recordings()] == ["till", "door"]
    told = str([one.counters for one in store.recordings.list_recordings()])
    assert "times must rise" in told
    assert "Smith" not in told
    stored = store.recordings.interactions(touchpoint="door")
    assert {one.id for one in stored} == {one.id for one in found.interactions}
    assert len({one.id for one in store.recordings.interactions()}) == 4
    for one in stored:
        assert one.expressions is None
        assert {second.expressions for second in one.seconds} == {None}
        assert abs((one.seconds[3].valence or 0) - (0.3 if one.left_out else -0.4)) < 0.001
        assert one.reader == found.reader
    assert [one.left_out for one in stored if one.left_out] == [{"row of the log wrong": 1}]
