"""Ctrl-C and `kill -9`: what is done stays, and the same command goes on without loss or doubling."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from mien.errors import StoreError
from mien.runtime.analysis import analyze
from mien.store import Store
from mien.store.tables import runs

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.once

Visit = tuple[str, float, float, int]
"""Touchpoint, start and end in seconds, readings."""


def wait_for(condition: Callable[[], bool], limit_s: float = 60.0, every_s: float = 0.05) -> None:
    """Until it holds."""
    end = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < end, "it never came"
        time.sleep(every_s)


def kept(store: Path) -> list[Visit]:
    """What an interaction is, of every one in the store."""
    with Store.open(store) as opened:
        return sorted(
            (found.context.touchpoint or "", round(found.start_s, 2), round(found.end_s, 2), found.readings)
            for found in opened.recordings.interactions()
        )


def same(found: Visit, whole: Visit) -> bool:
    """Whether two runs saw the same visit.

    A face that is followed again after a stop is found by the detector first, not by its last landmarks, so the one
    picture in which it fades may fall on either side.
    """
    edges = (abs(found[1] - whole[1]), abs(found[2] - whole[2]))
    return found[0] == whole[0] and max(edges) < 0.15 and abs(found[3] - whole[3]) <= 1


def assert_same(found: list[Visit], whole: list[Visit]) -> None:
    """Every visit once: none lost, none doubled, none cut."""
    assert len(found) == len(whole)
    assert all(same(one, other) for one, other in zip(found, whole, strict=True)), f"{found} is not {whole}"


@pytest.fixture(scope="module")
def uninterrupted(busy_clip, tmp_path_factory) -> list[Visit]:
    path = tmp_path_factory.mktemp("whole") / "store.sqlite"
    with Store.open(path) as opened:
        found = analyze(busy_clip, store=opened, rate=10)
    assert len(found.interactions) == 5
    return kept(path)


def test_ctrl_c_keeps_what_is_done_and_the_same_command_goes_on(start, store, busy_clip, uninterrupted):
    process = start("analyze", busy_clip, "--json", "-")
    wait_for(lambda: store.exists() and len(kept_or_none(store)) >= 1)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "goes on from here" in err
    assert json.loads(out)["videos"][0]["interactions"]
    before = kept(store)
    assert 1 <= len(before) < 5
    process = start("analyze", busy_clip, "--json", "-")
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    assert_same(kept(store), uninterrupted)
    assert len(json.loads(out)["videos"][0]["interactions"]) == 5


def test_kill_9_leaves_whole_interactions_only_and_nothing_is_doubled(start, store, busy_clip, uninterrupted):
    rng = random.Random(7)
    for _ in range(3):
        process = start("analyze", busy_clip)
        with suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=rng.uniform(3.0, 7.0))
        process.kill()
        process.communicate()
        for found in kept(store) if store.exists() else []:
            assert any(same(found, whole) for whole in uninterrupted)
    process = start("analyze", busy_clip)
    _, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    assert_same(kept(store), uninterrupted)


def kept_or_none(store: Path) -> list[Visit]:
    """As `kept`, while the store is still being made."""
    try:
        return kept(store)
    except StoreError:
        return []


def loads(process: subprocess.Popen[str], library: str) -> bool:
    """Whether a process has begun to load a library."""
    assert process.poll() is None, "it ended too early"
    return library in Path(f"/proc/{process.pid}/maps").read_text(encoding="utf-8")


@pytest.mark.parametrize("library", ["_multiarray_umath", "cv2", "onnxruntime"])
def test_ctrl_c_while_libraries_load_is_one_line(start, store, busy_clip, library):
    process = start("analyze", busy_clip)
    wait_for(lambda: loads(process, library), every_s=0.002)
    for _ in range(5):
        process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert err.strip().splitlines() == ["mien: Stopped before anything was read."]
    assert out == ""
    assert not store.exists()


@pytest.mark.parametrize("delay_s", [0.0, 0.8])
def test_ctrl_c_again_and_again_is_130_without_a_traceback(start, busy_clip, delay_s):
    process = start("analyze", busy_clip)
    wait_for(lambda: loads(process, "_multiarray_umath"), every_s=0.002)
    time.sleep(delay_s)
    while process.poll() is None:
        process.send_signal(signal.SIGINT)
        time.sleep(0.05)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "Traceback" not in err
    assert err.strip().splitlines()[-1].startswith("mien: Stopped")


def test_ctrl_c_with_an_overlay_says_truly_what_goes_on(start, store, busy_clip, uninterrupted, tmp_path):
    with Store.open(store) as opened:
        analyze(busy_clip, store=opened, rate=10)
    process = start("analyze", busy_clip, "--overlay", tmp_path / "o.mp4")
    with Store.open(store) as opened:
        wait_for(lambda: position_of(opened, 2) > 1.0)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
        assert process.returncode == 130, err
        assert "Without --overlay the same command goes on from here" in err
        assert not list(tmp_path.glob("*o.mp4*"))
        (finished,) = opened.recordings.list_recordings()
        assert finished.complete, "the analysis that was finished before is still the one that is shown"
        assert_same(kept(store), uninterrupted)
        reached = position_of(opened, 2)
        first: list[float] = []
        analyze(busy_clip, store=opened, rate=10, progress=lambda position_s, _: first.append(position_s))
    assert first[0] > reached
    assert_same(kept(store), uninterrupted)


def position_of(store: Store, generation: int) -> float:
    """How far an analysis of the only recording has come, shown or not; 0 before it begins."""
    query = select(runs.c.position_s).where(runs.c.generation == generation)
    with store._database.read() as connection:
        return connection.execute(query).scalar_one_or_none() or 0.0
