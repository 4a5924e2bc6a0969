"""How often the intervals and verdicts of comparisons hold the truth, over simulated chains of stores.

    uv run python -m benchmarks.compare --rounds 400 --seed 5

Everything here is simulated. Days differ: each day of a store moves all of its interactions, and a day of the chain
(the weather, a holiday) those of all stores. "plain" takes every interaction for a draw of its own, "used" is what
`mien.insight.compare` does.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from typing import TYPE_CHECKING, Final

import numpy as np
from rich.console import Console
from rich.table import Table
from scipy.stats import norm

from mien.insight import DayPart, Grouping, Measure, Standing, Way, compare, compare_trend, rank
from mien.insight.means import Mean

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

WAY: Final = Way("simulated 1", "balance")
FIRST: Final = date(2026, 3, 2)
WEEK: Final = np.array([0.8, 0.8, 0.9, 1.0, 1.4, 1.8, 0.5])
"""How busy the days of a week are against each other."""
SPREAD: Final = 14.0
"""Standard deviation of the index of single interactions, points."""


@dataclass(frozen=True, slots=True)
class World:
    """How days come about.

    Attributes:
        days: How many.
        a_day: Interactions of a store on an average day.
        own: Standard deviation of what a day of one store adds to the index of all of its interactions, points.
        shared: Of what a day adds in all stores.
        drift: Correlation of a store's days with the day before.
    """

    days: int
    a_day: float
    own: float
    shared: float = 0.0
    drift: float = 0.0

    def parts(
        self, rng: np.random.Generator, means: dict[str, float], measure: Measure, start: int = 0
    ) -> list[DayPart]:
        """Days of stores, each with its true mean: points, or a share 0..1."""
        common = rng.normal(0, self.shared, self.days)
        found = []
        for label, mean in means.items():
            own = rng.normal(0, self.own, self.days)
            for k in range(1, self.days):
                own[k] = self.drift * own[k - 1] + (1 - self.drift**2) ** 0.5 * own[k]
            busy = self.a_day * WEEK[(start + np.arange(self.days)) % 7] / WEEK.mean()
            counts = rng.negative_binomial(8, 8 / (8 + busy))
            for k, n in enumerate(counts.tolist()):
                if n == 0:
                    continue
                day = FIRST + timedelta(days=start + k)
                if measure is Measure.INDEX:
                    values = rng.normal(mean + own[k] + common[k], SPREAD, n)
                    total, squares = float(values.sum()), float(values @ values)
                else:
                    # A day moves the share on the scale of a normal latent trait, which keeps it in 0..1.
                    sd = (self.own**2 + self.shared**2) ** 0.5 / SPREAD
                    latent = norm.ppf(mean) * (1 + sd**2) ** 0.5 + (own[k] + common[k]) / SPREAD
                    total = squares = float(rng.binomial(n, norm.cdf(latent)))
                found.append(DayPart(label, day, WAY, n, n, total, squares))
        return found


WORLDS: Final = (
    World(1, 60, 0.0),
    World(3, 60, 2.5),
    World(6, 60, 2.5),
    World(14, 60, 2.5),
    World(30, 60, 0.0),
    World(30, 60, 2.5),
    World(30, 60, 2.5, shared=2.5),
    World(30, 8, 2.5),
    World(30, 400, 2.5),
    World(90, 60, 2.5, shared=1.0),
    World(30, 60, 2.5, drift=0.3),
    World(30, 60, 2.5, drift=0.6),
)


def plain(parts: list[DayPart], label: str) -> Mean:
    own = [part for part in parts if part.label == label]
    n = sum(part.n for part in own)
    mean = sum(part.total for part in own) / n
    variance = (sum(part.squares for part in own) - n * mean**2) / (n - 1)
    return Mean(mean, variance / n, n - 1)


def of_stores(rng: np.random.Generator, rounds: int, measure: Measure) -> Table:
    """Six stores that are all alike."""
    truth = 55.0 if measure is Measure.INDEX else 0.06
    factor = 1.0 if measure is Measure.INDEX else 100.0
    table = Table(
        title=f"6 stores that are alike, {measure}: how often 95 % intervals hold, and wrong verdicts"
    )
    for column in (
        "days", "a day", "day sd", "chain sd", "drift", "mean, plain", "mean, used", "difference", "half", "wrong",
    ):  # fmt: skip
        table.add_column(column, justify="right")
    for world in WORLDS:
        held = np.zeros(3)
        half, told, wrong = 0.0, 0, 0
        for _ in range(rounds):
            parts = world.parts(rng, dict.fromkeys("abcdef", truth), measure)
            found = compare(parts, Grouping.SITE, measure)
            for row in found.rows:
                if row.found.mean is None or row.change is None or row.label is None:
                    continue
                told += 1
                low, high = plain(parts, row.label).interval()
                held += [
                    low <= truth <= high,
                    row.found.mean.low <= factor * truth <= row.found.mean.high,
                    row.change.low <= 0 <= row.change.high,
                ]
                half += (row.change.high - row.change.low) / 2
            wrong += any(row.standing in (Standing.HIGHER, Standing.LOWER) for row in found.rows)
        shares = [f"{share:.1%}" for share in held / max(told, 1)]
        table.add_row(
            str(world.days), f"{world.a_day:g}", f"{world.own:g}", f"{world.shared:g}", f"{world.drift:g}",
            *shares, f"{half / max(told, 1):.1f}", f"{wrong / rounds:.1%}",
        )  # fmt: skip
    return table


def of_trends(rng: np.random.Generator, rounds: int) -> Table:
    """A month against the month before, of which one store fell by some points and the others did not."""
    table = Table(title="20 stores, a month against the one before, one of them fell: what is found")
    for column in ("days", "day sd", "fell by", "interval holds", "found", "named worst", "any other named"):
        table.add_column(column, justify="right")
    names = [f"store {k:02}" for k in range(20)]
    for days, own, fell in product((30, 10, 4), (2.5,), (0.0, 2.0, 4.0, 6.0)):
        now, before = World(days, 60, own, 1.0), World(30, 60, own, 1.0)
        held, found, worst, others, told = 0, 0, 0, 0, 0
        for _ in range(max(rounds // 4, 1)):
            centre = dict.fromkeys(names, 55.0)
            trend = compare_trend(
                now.parts(rng, centre | {names[0]: 55.0 - fell}, Measure.INDEX, 30),
                before.parts(rng, centre, Measure.INDEX),
                Measure.INDEX,
            )
            one = next(row for row in trend.rows if row.label == names[0])
            if one.change is not None:
                told += 1
                held += one.change.low <= -fell <= one.change.high
            found += one.standing is Standing.LOWER
            worst += trend.worst is not None and trend.worst.label == names[0]
            others += any(
                row.standing in (Standing.HIGHER, Standing.LOWER)
                for row in trend.rows
                if row.label != names[0]
            )
        n = max(rounds // 4, 1)
        shares = [f"{k / n:.1%}" for k in (found, worst, others)]
        table.add_row(str(days), f"{own:g}", f"{fell:g}", f"{held / max(told, 1):.1%}", *shares)
    return table


def of_ranks(rng: np.random.Generator, rounds: int) -> Table:
    """Rankings: how often intervals hold, and how far shrunk means are from the truth against plain ones."""
    table = Table(title="Rankings: 95 % intervals that hold the truth, and root mean squared errors, points")
    for column in ("stores", "apart", "error", "interval holds", "rank holds", "error plain", "error shrunk"):
        table.add_column(column, justify="right")
    for stores in (3, 6, 20):
        for apart, error in ((0.0, 2.0), (1.0, 2.0), (3.0, 2.0), (8.0, 2.0)):
            held, ranks, plain_, shrunk = 0.0, 0.0, 0.0, 0.0
            for _ in range(rounds):
                truth = rng.normal(55, apart, stores) if apart else np.full(stores, 55.0)
                errors = error * rng.lognormal(0, 0.4, stores)
                read = rng.normal(truth, errors)
                # The errors are not known, but estimated from 25 days.
                sds = errors * np.sqrt(rng.chisquare(25, stores) / 25)
                found = rank(
                    [Mean(m, sd**2, 25) for m, sd in zip(read.tolist(), sds.tolist(), strict=True)], 5.0
                )
                places = (-truth).argsort().argsort() + 1
                held += float(np.mean([a.low <= b <= a.high for a, b in zip(found, truth, strict=True)]))
                ranks += float(np.mean([a.best <= b <= a.worst for a, b in zip(found, places, strict=True)]))
                plain_ += float(np.mean((read - truth) ** 2))
                shrunk += float(np.mean((np.array([one.value for one in found]) - truth) ** 2))
            table.add_row(
                str(stores), f"{apart:g}", f"{error:g}", f"{held / rounds:.1%}",
                f"{ranks / rounds:.1%}" if apart else "-",
                f"{(plain_ / rounds) ** 0.5:.2f}", f"{(shrunk / rounds) ** 0.5:.2f}",
            )  # fmt: skip
    return table


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=400, help="simulated chains of each row")
    parser.add_argument("--seed", type=int, default=5)
    wanted = parser.parse_args()
    rng = np.random.default_rng(wanted.seed)
    console = Console(width=140)
    for measure in (Measure.INDEX, Measure.WORSENED):
        console.print(of_stores(rng, wanted.rounds, measure))
    console.print(of_trends(rng, wanted.rounds))
    console.print(of_ranks(rng, wanted.rounds))


if __name__ == "__main__":
    main()
