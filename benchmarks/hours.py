"""How often the intervals of `mien hours` hold the truth, over simulated shops; and a page to look at.

    uv run python -m benchmarks.hours --rounds 2000 --seed 5
    uv run python -m benchmarks.hours --page simulated.html

Everything here is simulated. "own spread" is a plain mean with Student's t; "weighted" is the random-effects mean of
Paule and Mandel (1982) with the interval of Hartung and Knapp (2001), which weights by the stored error; "used" is what
`mien hours` does.
"""

from __future__ import annotations

import argparse
from datetime import UTC, date, datetime, time, timedelta
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import numpy as np
from rich.console import Console
from rich.table import Table
from scipy import optimize

from benchmarks.hours_cameras import measured, of_cameras
from mien import __version__
from mien.insight import Verdict, compare_hours
from mien.insight.coverage import Stretch, Watch, coverage_of, without
from mien.insight.means import Mean, Spread, mean_of
from mien.insight.simulate import Crowd, simulate_day
from mien.report.hours import HoursReport, WatchedCameras
from mien.report.hours_page import write_hours_page

if TYPE_CHECKING:
    from mien.insight import StateRecord
    from mien.insight.simulate import Array

CROWDS: Final = {
    "few smile": Crowd(0.12, 0.0),
    "mixed": Crowd(0.25, 0.10),
    "half smile": Crowd(0.50, 0.10),
}
COUNTS: Final = (10, 20, 50, 200)
ERRORS: Final = (0.05, 0.15)
"""Median error of a state: of some seconds in good light, and of one second of small faces."""
HOURS: Final = range(9, 21)
ZONE: Final = ZoneInfo("Europe/Paris")
DAY: Final = date(2026, 5, 4)
ONE: Final = "camera", "camera"
"""One camera on both sides: what is asked of hours and days is not about cameras."""


def weighted(values: Array, sd: Array) -> Mean:
    """The random-effects mean: weights 1 / (variance between people + own error variance)."""
    n = values.size

    def at(between: float) -> tuple[Array, float, float]:
        weights = 1 / (between + sd**2)
        mean = float(weights @ values / weights.sum())
        return weights, mean, float(weights @ (values - mean) ** 2) - (n - 1)

    most = float(np.ptp(values) ** 2 * n) + 1
    between = 0.0 if at(0.0)[2] <= 0 else float(optimize.brentq(lambda t: at(t)[2], 0.0, most))
    weights, mean, excess = at(between)
    return Mean(mean, max(excess / (n - 1) + 1, 1.0) / float(weights.sum()), n - 1)


def of_hours(rng: np.random.Generator, rounds: int) -> Table:
    """Shares of hours whose interval holds the true mean, by crowd and number of states."""
    table = Table(title="An hour's mean: 95 % intervals that hold the truth, and their half widths, points")
    for column in (
        "crowd",
        "error",
        "states",
        "own spread",
        "weighted",
        "its bias",
        "used",
        "half own",
        "half used",
    ):
        table.add_column(column, justify="left" if column == "crowd" else "right")
    for name, crowd in CROWDS.items():
        for error, n in product(ERRORS, COUNTS):
            held = np.zeros(3)
            halves = np.zeros(2)
            bias = 0.0
            days = max(rounds // len(HOURS), 1)
            for _ in range(days):
                drawn = [crowd.states(rng, n, error) for _ in HOURS]
                spread = Spread.within([states.tolist() for states, _ in drawn])
                for states, sd in drawn:
                    ways = mean_of(states), weighted(states, sd), mean_of(states, spread)
                    held += [low <= crowd.mean <= high for low, high in (way.interval() for way in ways)]
                    bias += ways[1].value - crowd.mean
                    halves += [ways[k].interval()[1] - ways[k].value for k in (0, 2)]
            of = days * len(HOURS)
            shares = [f"{share:.1%}" for share in held / of]
            widths = [f"{50 * half:.1f}" for half in halves / of]
            lean = f"{50 * bias / of:+.1f}"
            table.add_row(name, f"{error:g}", str(n), shares[0], shares[1], lean, shares[2], *widths)
    return table


def of_days(rng: np.random.Generator, rounds: int) -> Table:
    """Shares of days without any difference in which at least one hour is given a verdict, and of hours that miss."""
    table = Table(title="12 hours without a difference: verdicts that are wrong, at most 5 % of days")
    for column in ("crowd", "states a side", "days with a wrong verdict", "hours whose own interval misses"):
        table.add_column(column, justify="left" if column == "crowd" else "right")
    for name, crowd in CROWDS.items():
        for n in COUNTS[:3]:
            wrong, misses, told = 0, 0, 0
            days = max(rounds // 4, 1)
            for _ in range(days):
                hours = dict.fromkeys(HOURS, (n, n))
                records = simulate_day(rng, DAY, ZONE, hours, (crowd, crowd), cameras=ONE)
                found = [cell.found for cell in compare_hours(records, ZONE, {"entrance"}).hours]
                shown = [one.difference for one in found if one.difference is not None]
                wrong += any(one.verdict in (Verdict.HIGHER, Verdict.LOWER) for one in found)
                misses += sum(one.low > 0 or one.high < 0 for one in shown)
                told += len(shown)
            table.add_row(name, str(n), f"{wrong / days:.1%}", f"{misses / max(told, 1):.1%}")
    return table


def of_weeks(rng: np.random.Generator, rounds: int) -> Table:
    """Shares of times whose difference holds that of all days, where days differ by weather and light."""
    table = Table(
        title="A whole time, days differ by 2.5 points on each side: intervals that hold the mean of all days"
    )
    for column in ("days", "counted once", "hold", "half width, points"):
        table.add_column(column, justify="right")
    crowd = CROWDS["mixed"]
    for days in (1, 3, 5, 7, 28):
        held, half, unit = 0, 0.0, ""
        repeats = max(rounds // 10, 1)
        for _ in range(repeats):
            records = []
            for k in range(days):
                shift = rng.normal(0, 0.05, 2)
                shifts = float(shift[0]), float(shift[1])
                day = DAY + timedelta(days=k)
                hours = dict.fromkeys((10, 15), (40, 40))
                records += simulate_day(rng, day, ZONE, hours, (crowd, crowd), shifts=shifts, cameras=ONE)
            total = compare_hours(records, ZONE, {"entrance"}).total
            if total.difference is None:
                continue
            held += total.difference.low <= 0 <= total.difference.high
            half += (total.difference.high - total.difference.low) / 2
            unit = str(total.unit)
        table.add_row(str(days), unit, f"{held / repeats:.1%}", f"{50 * half / repeats:.1f}")
    return table


def simulated_report(rng: np.random.Generator, days: int) -> HoursReport:
    """A made-up shop in which the till is understaffed around noon, and a camera fails in an afternoon."""
    records = []
    for k in range(days):
        for hour in HOURS:
            busy = int(rng.poisson(6 + 22 * np.exp(-(((hour - 14.5) / 3.2) ** 2))))
            jam = 0.16 if hour in (12, 13) else 0.0
            came = Crowd(0.22 - 0.006 * (hour - 9), 0.08)
            went = Crowd(0.36 - jam, 0.06 + jam)
            counts = {hour: (busy, int(rng.poisson(0.8 * busy)))}
            light = rng.normal(0, 0.02, 2)
            shifts = float(light[0]), float(light[1])
            records += simulate_day(rng, DAY + timedelta(days=k), ZONE, counts, (came, went), shifts=shifts)
    opened = [
        Stretch(
            *(
                datetime.combine(DAY + timedelta(days=k), time(hour), ZONE)
                for hour in (HOURS[0], HOURS[-1] + 1)
            )
        )
        for k in range(days)
    ]
    lost = Stretch(datetime(2026, 5, 5, 15, 20, tzinfo=ZONE), datetime(2026, 5, 5, 17, 5, tzinfo=ZONE))
    front = Watch("front", "entrance", opened, opened, [], "not running")
    back = Watch("back", "exit", opened, without(opened, [lost]), [("lost", lost)], "not running")
    pairs = [measured(rng, 0.03, 12, DAY, ZONE)]
    return HoursReport(
        site="Simulated shop",
        time_zone="Europe/Paris",
        first=DAY,
        last=DAY + timedelta(days=days - 1),
        entrance=("entrance",),
        exit=("exit",),
        found=compare_hours([one for one in records if not _gone(one, lost)], ZONE, {"entrance"}, pairs),
        watched=WatchedCameras(coverage_of([front, back], ZONE), opening_hours=True),
        undated=0,
        made_at=datetime.now(UTC),
        mien_version=__version__,
        simulated=True,
    )


def _gone(one: StateRecord, lost: Stretch) -> bool:
    return one.touchpoint == "exit" and lost.begin <= one.started_at < lost.end


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=1200, help="simulated hours of each row")
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--page", type=Path, help="write the page of a simulated week instead")
    parser.add_argument("--days", type=int, default=7, help="days of that page")
    wanted = parser.parse_args()
    rng = np.random.default_rng(wanted.seed)
    if wanted.page is not None:
        write_hours_page(simulated_report(rng, wanted.days), wanted.page)
        return
    console = Console(width=140)
    for table in (of_hours, of_days, of_weeks, of_cameras):
        console.print(table(rng, wanted.rounds))


if __name__ == "__main__":
    main()
