"""Customers whose faces are simulated (`benchmarks.false_alerts`), as visits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from benchmarks.false_alerts import bad, neutral, visitor
from benchmarks.neutral.visits import Visit, visit_of_readings

if TYPE_CHECKING:
    from collections.abc import Iterator


def neutral_visits(rng: np.random.Generator, count: int) -> Iterator[Visit]:
    """Neutral ones: they stay 60 s (median; log-normal with a spread of .6, 15 s to 5 min)."""
    for number in range(count):
        length_s = float(np.clip(60.0 * np.exp(rng.normal(0.0, 0.6)), 15.0, 300.0))
        one = visitor(rng, number, 0.0, neutral(rng, length_s))
        yield visit_of_readings(f"simulated:{number}", one.readings, one.to_s)


def bad_visits(rng: np.random.Generator, count: int, depth: float) -> Iterator[Visit]:
    """Visits that turn bad by so much."""
    for number in range(count):
        one, turns_s = bad(rng, number, depth)
        yield visit_of_readings(f"simulated -{depth:g}:{number}", one.readings, one.to_s, turns_s)
