"""What allowing for the cameras does to `mien hours`, over simulated shops in which only cameras differ.

`benchmarks.hours` prints its table. "before" takes both sides to be seen by one camera, as if nothing had to be allowed
for; the others are what `mien hours` does without testers, and with some.
"""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import product
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import numpy as np
from rich.table import Table

from mien.insight import Verdict, compare_hours
from mien.insight.simulate import READER, Crowd, simulate_day
from mien.journey.camera_pair import CameraPair, MeasuredPair

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mien.insight import StateRecord

OFFSETS: Final = (0.02, 0.07, 0.10)
"""Standard deviations of what two cameras differ by for all people: as simulated, as assumed, and worse."""
BY_PERSON: Final = 0.08
"""Standard deviation of it by person (benchmarks/camera_pair.py)."""
STATE: Final = 0.12
"""Error of a state of a tester, who passes both cameras twice."""
TESTERS: Final = (0, 6, 12)
CROWD: Final = Crowd(0.25, 0.10)
SHOPS: Final = {1: dict.fromkeys(range(9, 21), (50, 50)), 7: dict.fromkeys((10, 15), (40, 40))}
"""Days that are compared, and how many are seen in each hour of each."""
ZONE: Final = ZoneInfo("Europe/Paris")
DAY: Final = date(2026, 5, 4)


def of_cameras(rng: np.random.Generator, rounds: int) -> Table:
    """How often intervals hold, and how often a verdict is wrong, where nothing differs but the cameras."""
    table = Table(title="Cameras with a common offset and no true difference")
    columns = (
        "offset, sd",
        "days",
        "cameras",
        "hours hold",
        "shops with a wrong hour",
        "total holds",
        "half width",
    )
    for column in columns:
        table.add_column(column, justify="left" if column == "cameras" else "right")
    ways = ["before", *("uncalibrated" if not n else f"{n} testers" for n in TESTERS)]
    for sd, days in product(OFFSETS, SHOPS):
        found = np.array([_of_shop(rng, sd, days) for _ in range(max(rounds // 8, 1))])
        for way, (held, told, wrong, holds, shown, half) in zip(ways, found.sum(axis=0), strict=True):
            table.add_row(
                f"{sd:g}",
                str(days),
                way,
                f"{held / told:.1%}",
                f"{wrong / len(found):.1%}",
                f"{holds / shown:.1%}",
                f"{50 * half / shown:.1f}",
            )
    return table


def _of_shop(rng: np.random.Generator, sd: float, days: int) -> list[tuple[float, ...]]:
    offset = float(rng.normal(0, sd))
    records: list[StateRecord] = []
    for k in range(days):
        light = rng.normal(0, 0.02 if days > 1 else 0.0, 2)
        shifts = float(light[0]), float(light[1])
        seen = simulate_day(rng, DAY + timedelta(days=k), ZONE, SHOPS[days], (CROWD, CROWD), shifts=shifts)
        records += [one if one.touchpoint == "entrance" else _turned(rng, one, offset) for one in seen]
    before = [replace(one, camera="camera") for one in records]
    pairs = [[measured(rng, offset, n, DAY, ZONE)] if n else [] for n in TESTERS]
    return [_judged(before, []), *(_judged(records, known) for known in pairs)]


def _turned(rng: np.random.Generator, one: StateRecord, offset: float) -> StateRecord:
    """What the other camera reads of somebody: what it adds differs from person to person."""
    by = offset + float(rng.normal(0, BY_PERSON))
    return replace(one, valence=None if one.valence is None else one.valence + by)


def _judged(records: Sequence[StateRecord], pairs: Sequence[MeasuredPair]) -> tuple[float, ...]:
    """Hours that hold, hours told, whether one is wrong; whether the total holds, is told, and half its width."""
    found = compare_hours(records, ZONE, {"entrance"}, pairs)
    cells = [cell.found for cell in found.clock]
    hours = [one.difference for one in cells if one.difference is not None]
    wrong = any(one.verdict in (Verdict.HIGHER, Verdict.LOWER) for one in cells)
    held, total = sum(one.low <= 0 <= one.high for one in hours), found.total.difference
    whole = (
        (False, False, 0.0) if total is None else (total.low <= 0 <= total.high, True, total.high - total.low)
    )
    return held, len(hours), wrong, whole[0], whole[1], whole[2] / 2


def measured(
    rng: np.random.Generator, offset: float, testers: int, day: date, zone: ZoneInfo
) -> MeasuredPair:
    """What testers find who walk in both orders: the mean of their differences, with its squared standard error."""
    found = offset + rng.normal(0, math.hypot(BY_PERSON, STATE), testers)
    pair = CameraPair(float(found.mean()), BY_PERSON**2, float(found.var(ddof=1)) / testers, testers)
    return MeasuredPair("shop", "front", "back", "balance", READER, pair, datetime.combine(day, time(), zone))
