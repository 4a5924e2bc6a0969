"""What is counted of a recording survives a stop."""

from __future__ import annotations

import json
from collections import Counter

from mien.runtime.recording import Tally


def test_counts_come_back_from_json_as_they_were() -> None:
    tally = Tally(frames=120, readings=7, excluded=2, left_out=Counter({"turned away": 3, "too small": 1}))
    stored = json.loads(json.dumps(tally.as_counters()))
    assert stored["left_out"] == {"turned away": 3, "too small": 1}
    again = Tally.of(stored)
    assert again == tally
    again.left_out["blurred"] += 1
    assert again.left_out["blurred"] == 1


def test_a_run_that_counted_nothing_begins_at_zero() -> None:
    assert Tally.of({}) == Tally()
