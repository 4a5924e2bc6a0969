"""Ctrl-C and `kill -9`: what is done stays, and the same command goes on without loss or doubling."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from mien.errors import StoreError
from mien.runtime.analysis import analyze
from mien.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


Visit = tuple[str, float, float, int]
"""Touchpoint, start and end in seconds, readings."""


def wait_for(condition: Callable[[], bool], limit_s: float = 60.0) -> None:
    """Until it holds."""
    end = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.05)


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
