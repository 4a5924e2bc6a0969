"""After a day of matching no file, no log and no store has a byte of a template."""

import json
import logging
import os
import tempfile
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from sqlalchemy import text

from mien.store import Store
from mien.vision.matching import MatchingRules, Place, Seen, Template, VisitMatcher
from mien.vision.matching.template import LENGTH

PLACES = {"door": Place.ENTRANCE, "till": Place.INSIDE, "out": Place.EXIT}


def faces(count):
    rng = np.random.default_rng(11)
    values = rng.normal(size=(count, LENGTH)).astype(np.float32)
    return 1.3 * values / np.linalg.norm(values, axis=1, keepdims=True)


def traces(values):
    """Forms in which a part of a face could turn up: bytes of two numbers, digits of one."""
    for face in values:
        for start in range(0, LENGTH, 4):
            yield face[start : start + 2].tobytes()
            yield face[start : start + 1].astype(np.float64).tobytes()
            yield repr(float(face[start]))[:8].encode()


def everything_in(folder):
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


@pytest.fixture
def scratch(tmp_path, monkeypatch):
    """A folder that is the working, home and temporary folder at once."""
    monkeypatch.chdir(tmp_path)
    for name in ("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path


def test_no_trace_of_a_face_stays(scratch, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    known = faces(8)
    templates = []
    log = logging.getLogger("mien")

    def seen(name, number, touchpoint, at_s):
        time = datetime(2026, 5, 4, 8, tzinfo=UTC) + timedelta(seconds=at_s)
        templates.append(Template(known[number].copy(), 80.0))
        return Seen(name, touchpoint, time, time, templates[-1])

    with (
        Store.open(scratch / "mien.sqlite") as store,
        VisitMatcher(MatchingRules(PLACES, ZoneInfo("Europe/Paris"))) as matcher,
    ):
        placed = []
        for number in range(8):
            placed += matcher.take([seen(f"in{number}", number, "door", number)])
        for number in range(6):
            one = seen(f"till{number}", number, "till", 100 + number)
            log.warning("taking %s %r", one, one.template)
            placed += matcher.take([one])
        for number in range(4):
            placed += matcher.take([seen(f"out{number}", number, "out", 200 + number)])
        log.warning("placed %s, open %s", placed, matcher._open)
        print(matcher._open, placed)
        matcher.close()
        ended = matcher.ended()
        with store._database.write() as connection:
            connection.execute(text("CREATE TABLE visits_seen (record TEXT)"))
            for visit in ended:
                record = json.dumps(asdict(visit), default=str)
                connection.execute(text("INSERT INTO visits_seen VALUES (:record)"), {"record": record})
    (scratch / "day.json").write_text(json.dumps([asdict(visit) for visit in ended], default=str))

    assert len(ended) == 8
    assert sorted(len(visit.interactions) for visit in ended) == [1, 1, 2, 2, 3, 3, 3, 3]
    assert all(template.closed for template in templates)
    out, err = capfd.readouterr()
    left = everything_in(scratch) + caplog.text.encode() + out.encode() + err.encode()
    assert b"till5" in left
    assert b"<Template>" in left
    assert [trace for trace in traces(known) if trace in left] == []


def test_the_search_finds_what_it_looks_for(scratch):
    known = faces(1)
    (scratch / "leak.bin").write_bytes(b"x" + known.tobytes())
    assert any(trace in everything_in(scratch) for trace in traces(known))
    (scratch / "leak.bin").write_text(json.dumps(known.tolist()))
    assert any(trace in everything_in(scratch) for trace in traces(known))


def test_where_a_face_was_held_in_memory_is_nothing_left(person):
    number = np.full(LENGTH, 0.61803, np.float32)
    needle = number[:8].tobytes()
    template = Template(number, 80.0)
    address = template._numbers.values.ctypes.data
    held = template._numbers.values
    time = datetime(2026, 5, 4, 8, tzinfo=UTC)
    with VisitMatcher(MatchingRules(PLACES, ZoneInfo("Europe/Paris"))) as matcher:
        matcher.take([Seen("a", "door", time, time, template)])
        assert memory_at(address, held.nbytes).startswith(needle)
    assert memory_at(address, held.nbytes) == bytes(held.nbytes)


def memory_at(address, length):
    file = os.open(Path("/proc/self/mem"), os.O_RDONLY)
    try:
        return os.pread(file, length, address)
    finally:
        os.close(file)
