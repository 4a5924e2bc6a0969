"""What is counted and noted of a recording survives a stop."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from mien.journey import builder
from mien.journey.types import Context
from mien.runtime import settings
from mien.runtime.account import Account
from mien.runtime.analysis import Analysis, analyze
from mien.store import Store
from support.clips import noise, steady, write_clip
from support.new_store import ready_made


def test_an_account_comes_back_from_json_as_it_was() -> None:
    account = Account(
        frames=120,
        readings=7,
        excluded=2,
        left_out=Counter({"turned away": 3, "too small": 1}),
        warnings=["Damaged pictures were passed over: 2."],
        length_s=12.5,
        rate=5.0,
        scale="circumplex",
        context=Context("Lyon 2", "checkout"),
    )
    stored = json.loads(json.dumps(account.as_counters()))
    assert stored["left_out"] == {"turned away": 3, "too small": 1}
    again = Account.of(stored)
    assert again == account
    again.left_out["blurred"] += 1
    assert again.left_out["blurred"] == 1


def test_a_run_that_counted_nothing_begins_at_zero() -> None:
    assert Account.of({}) == Account()


@pytest.fixture
def damaged(tmp_path: Path) -> Path:
    """20 s without a face, of which a part soon after the start cannot be decoded."""
    clip = write_clip(
        tmp_path / "hurt.mp4", steady(10, 20), draw=lambda i: noise(96, 64, i), size=(96, 64), gop=10
    )
    content = bytearray(clip.read_bytes())
    at = len(content) // 5
    content[at : at + 20_000] = np.random.default_rng(1).bytes(20_000)
    clip.write_bytes(content)
    return clip


def stopped(clip: Path, store: Store, upto_s: float) -> Analysis:
    """Analyse until a time in the stream."""
    reached = [0.0]
    return analyze(
        clip,
        store=store,
        progress=lambda position_s, _length_s: reached.append(position_s),
        stop=lambda: reached[-1] >= upto_s,
    )


def test_what_another_version_left_unfinished_is_begun_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = write_clip(tmp_path / "empty.mp4", steady(10, 6))
    with Store.open(ready_made(tmp_path / "store.sqlite")) as store:
        with monkeypatch.context() as older:
            for module in (builder, settings):
                older.setattr(module, "STATE_VERSION", builder.STATE_VERSION - 1)
            assert not stopped(clip, store, 3.0).complete
        anew = analyze(clip, store=store)
        (summary,) = store.recordings.list_recordings()
    assert anew.complete
    assert summary.complete
    assert anew.report.frames == 60


def test_warnings_survive_any_number_of_stops(damaged: Path, tmp_path: Path) -> None:
    whole = analyze(damaged)
    assert re.fullmatch(r"Damaged pictures were passed over: \d+\.", whole.warnings[0])
    with Store.open(ready_made(tmp_path / "store.sqlite")) as store:
        for upto_s in (3.0, 8.0, 15.0):
            part = stopped(damaged, store, upto_s)
            assert not part.complete
            assert part.warnings[-1] == f"Analysed up to {part.position_s:.1f} s only."
        last = analyze(damaged, store=store)
    assert last.complete
    assert last.warnings == whole.warnings
    assert last.report.frames == whole.report.frames
    assert last.report.duration_s == whole.report.duration_s
