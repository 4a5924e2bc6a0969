"""How often the intervals hold the truth, how wide they are, and what is said, over simulated interactions.

    uv run python benchmarks/intervals.py --per-stratum 100 --seed 7

A stratum is a kind of truth x a range of durations x a correlation time of the noise x a kind of noise. Overall
figures weight the strata so that durations are log-uniform between 3 and 120 s. Errors behind ± are Monte-Carlo
standard errors. "x told" is the width relative to the same smoother told the true parameters, on random-walk truths,
for which these are defined: ratio of the medians / median of the ratios.

The lowest of 160 shares is low by chance if by nothing else. With `--again 24` the 24 strata that hold the truth least
are therefore simulated anew, with `--again-per-stratum` interactions each, and these alone are shown for them.
"""

from __future__ import annotations

import argparse
import multiprocessing
import pickle
import time
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from rich.console import Console
from rich.table import Table
from scipy import stats

from mien.journey import Outcome, score_interaction
from mien.journey.model import Grid, fit
from mien.journey.posterior import Posterior, infer
from mien.journey.readings import prepare
from mien.journey.score import measure, outcome
from mien.journey.simulate import NOISES, TRUTHS, NoiseKind, TruthKind, simulate
from mien.journey.thresholds import THRESHOLDS
from mien.journey.windows import Coverage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from multiprocessing.pool import Pool

    from mien.journey.model import Series
    from mien.journey.score import Measures

DURATIONS = ((3.0, 5.0), (5.0, 10.0), (10.0, 30.0), (30.0, 120.0))
TAUS = (0.0, 0.1, 0.25, 0.5)
LIMITS = THRESHOLDS["balance"]
Cell = tuple[int, int, int, int]
"""A stratum, by its places in `TRUTHS`, `DURATIONS`, `TAUS` and `NOISES`."""


@dataclass(frozen=True, slots=True)
class Result:
    """One simulated interaction: its stratum, whether intervals hold the truth, widths, outcome."""

    kind: TruthKind
    duration: tuple[float, float]
    tau: float
    noise: NoiseKind
    q: float | None
    usable_s: float
    eps_holds: bool | None
    eps_width: float | None
    oracle_width: float | None
    hi_holds: bool
    hi_width: float
    hi_oracle_width: float | None
    outcome: Outcome

    @property
    def shown(self) -> bool:
        """Whether the EPS is shown."""
        return self.eps_width is not None and self.eps_width < LIMITS.eps_width


def told(series: Series, coverage: Coverage, q: float, tau: float, s: float) -> Measures:
    """The measures of the same smoother, told the true parameters (and that a random walk does not jump)."""
    known = Grid(np.array([q]), np.array([max(tau, 0.003)]), np.array([s]), np.zeros(1, np.intp), np.zeros(1))
    fitted, _ = fit(series, known, iterations=6)
    return measure(Posterior(series, known, np.ones(1), fitted, careful=False), coverage)


def one(
    rng: np.random.Generator, kind: TruthKind, span: tuple[float, float], tau: float, noise: NoiseKind
) -> Result:
    case = simulate(rng, kind, float(np.exp(rng.uniform(*np.log(span)))), tau, noise)
    series, _ = prepare(case.times_s, case.valence, case.variance)
    coverage = Coverage.of(series.t)
    measures = measure(infer(series), coverage)
    oracle = told(series, coverage, case.q, tau, case.s) if case.q else None
    first, last, overall = case.true_means()
    change, mean = measures.change, measures.overall
    assert mean is not None
    eps = [float(change.quantile(p)) for p in (0.025, 0.975)] if change else None
    index = [float(mean.quantile(p)) for p in (0.025, 0.975)]
    return Result(
        kind, span, tau, noise, case.q, measures.usable_s,
        eps_holds=None if eps is None else bool(eps[0] <= last - first <= eps[1]),
        eps_width=None if eps is None else 100 * (eps[1] - eps[0]),
        oracle_width=100 * 3.92 * float(oracle.change.sd) if oracle and oracle.change else None,
        hi_holds=bool(index[0] <= overall <= index[1]),
        hi_width=50 * (index[1] - index[0]),
        hi_oracle_width=50 * 3.92 * float(oracle.overall.sd) if oracle and oracle.overall else None,
        outcome=outcome(change.below, LIMITS) if change else Outcome.UNCLEAR,
    )  # fmt: skip


def stratum(job: tuple[Cell, int, int]) -> list[Result]:
    (a, b, c, d), seed, count = job
    rng = np.random.default_rng([seed, a, b, c, d])
    return [one(rng, TRUTHS[a], DURATIONS[b], TAUS[c], NOISES[d]) for _ in range(count)]


def weight(result: Result) -> float:
    """Share of log-uniform durations of 3 to 120 s in the result's range."""
    low, high = result.duration
    return float(np.log(high / low))


def weighted_median(values: Sequence[float], weights: Sequence[float]) -> float:
    order = np.argsort(values)
    total = np.cumsum(np.asarray(weights)[order])
    return float(np.asarray(values)[order][np.searchsorted(total, total[-1] / 2)])


def share(results: Iterable[Result], holds: Callable[[Result], bool | None]) -> str:
    """Weighted share in percent with its Monte-Carlo error and count; results without an answer do not count."""
    pairs = [(float(answer), weight(r)) for r in results if (answer := holds(r)) is not None]
    if not pairs:
        return "-"
    hits, w = np.array(pairs).T
    mean = np.average(hits, weights=w)
    error = np.sqrt(mean * (1 - mean) * (w**2).sum()) / w.sum()
    return f"{100 * mean:.1f} ± {100 * error:.1f} ({len(pairs)})"


def ratio(results: Sequence[Result], index: bool) -> str:
    """Median width over median width of the smoother told the truth, and the median of their ratios."""
    pairs = [
        (r.hi_width, r.hi_oracle_width, weight(r)) if index else (r.eps_width, r.oracle_width, weight(r))
        for r in results
    ]
    known = [(a, b, w) for a, b, w in pairs if a is not None and b is not None]
    if not known:
        return "-"
    ours, theirs, w = (list(column) for column in zip(*known, strict=True))
    of_medians = weighted_median(ours, w) / weighted_median(theirs, w)
    of_ratios = weighted_median([a / b for a, b in zip(ours, theirs, strict=True)], w)
    return f"{of_medians:.2f} / {of_ratios:.2f}"


def table(title: str, groups: Sequence[tuple[str, Sequence[Result]]]) -> Table:
    """One line per group of results."""
    out = Table(title=title, title_justify="left")
    for name in ("", "EPS holds %", "shown EPS holds %", "Index holds %", "EPS shown %", "EPS width", "x told",
                 "Index x told", "improved / worsened / unchanged / unclear %"):  # fmt: skip
        out.add_column(name)
    for name, group in groups:
        widths = [(r.eps_width, weight(r)) for r in group if r.eps_width is not None]
        said = [sum(weight(r) for r in group if r.outcome is o) / sum(map(weight, group)) for o in Outcome]
        out.add_row(
            name,
            share(group, lambda r: r.eps_holds),
            share(group, lambda r: r.eps_holds if r.shown else None),
            share(group, lambda r: r.hi_holds),
            share(group, lambda r: r.shown),
            f"{weighted_median(*zip(*widths, strict=True)):.1f}" if widths else "-",
            ratio(group, index=False),
            ratio(group, index=True),
            " / ".join(f"{100 * x:.1f}" for x in said),
        )
    return out


def by_stratum(
    results: Sequence[Result], holds: Callable[[Result], bool | None]
) -> list[tuple[Cell, list[bool]]]:
    """Strata with at least 20 answers, those that hold the truth least first."""
    cells: dict[Cell, list[bool]] = {}
    for r in results:
        answer = holds(r)
        if answer is not None:
            cell = TRUTHS.index(r.kind), DURATIONS.index(r.duration), TAUS.index(r.tau), NOISES.index(r.noise)
            cells.setdefault(cell, []).append(answer)
    enough = [(cell, hits) for cell, hits in cells.items() if len(hits) >= 20]
    return sorted(enough, key=lambda item: float(np.mean(item[1])))


def worst(results: Sequence[Result], holds: Callable[[Result], bool | None], count: int = 8) -> Table:
    """The strata that hold the truth least, with exact 95 % bounds of the share."""
    out = Table("stratum", "holds %", "95 % bounds", "of", title_justify="left")
    strata = by_stratum(results, holds)
    for (a, b, c, d), hits in strata[:count]:
        bounds = stats.binomtest(sum(hits), len(hits)).proportion_ci()
        out.add_row(
            f"{TRUTHS[a]}, {DURATIONS[b][0]:g}-{DURATIONS[b][1]:g} s, tau {TAUS[c]} s, {NOISES[d]}",
            f"{100 * np.mean(hits):.1f}",
            f"{100 * bounds.low:.0f}-{100 * bounds.high:.0f}",
            str(len(hits)),
        )
    below = sum(np.mean(hits) < 0.9 for _, hits in strata)
    out.title = f"{len(strata)} strata of 20 or more, {below} below 90 %"
    return out


ASKED: dict[str, Callable[[Result], bool | None]] = {
    "EPS": lambda r: r.eps_holds,
    "shown EPS": lambda r: r.eps_holds if r.shown else None,
    "Happiness Index": lambda r: r.hi_holds,
}


def anew(results: Sequence[Result], pool: Pool, seed: int, strata: int, count: int, console: Console) -> None:
    """Simulate the strata that hold the truth least once more, and show these simulations alone."""
    for name, holds in ASKED.items():
        cells = [cell for cell, _ in by_stratum(results, holds)[:strata]]
        parts = pool.imap(stratum, [(cell, seed, count) for cell in cells])
        fresh = [result for part in parts for result in part]
        console.print(f"\nThe {strata} strata that held the truth least above, simulated anew: {name}")
        console.print(worst(fresh, holds, strata))


def report(results: Sequence[Result], console: Console) -> None:
    def groups(key: Callable[[Result], object]) -> list[tuple[str, list[Result]]]:
        names = dict.fromkeys(key(r) for r in results)
        return [(str(name), [r for r in results if key(r) == name]) for name in names]

    def span(r: Result) -> str:
        return f"{r.duration[0]:g}-{r.duration[1]:g} s"

    console.print(table("All", [("all", results)]))
    console.print(table("Truth", groups(lambda r: r.kind)))
    walks = [(name, part) for name, part in groups(lambda r: r.q) if name != "None"]
    console.print(table("Diffusion of the random walks, 1/s", walks))
    console.print(table("Duration", groups(span)))
    console.print(table("Correlation time of the noise", groups(lambda r: f"{r.tau} s")))
    console.print(table("Noise", groups(lambda r: r.noise)))
    console.print(table("Duration x truth", groups(lambda r: f"{span(r)}, {r.kind}")))
    console.print(table("Duration x correlation time", groups(lambda r: f"{span(r)}, {r.tau} s")))
    for name, holds in ASKED.items():
        console.print(
            f"\nStrata of truth x duration x correlation time x noise that hold the truth least: {name}"
        )
        console.print(worst(results, holds))
    changed = (Outcome.IMPROVED, Outcome.WORSENED)
    console.print("flat truth called improved or worsened %:",
                  share([r for r in results if r.kind == "flat"], lambda r: r.outcome in changed))  # fmt: skip
    console.print("EPS shown with 8 s or more usable %:",
                  share([r for r in results if r.usable_s >= 8], lambda r: r.shown))  # fmt: skip
    for seconds in (3, 60, 600, 3600):
        console.print(f"score of {seconds} s at 10 readings/s: {1000 * cost(seconds):.0f} ms of one core")


def cost(duration_s: float) -> float:
    """Processor seconds to score one interaction at 10 readings/s, second time round."""
    rng = np.random.default_rng(1)
    t = np.arange(0, duration_s, 0.1)
    readings = t, rng.normal(0, 0.2, t.size), np.full(t.size, 0.04)
    score_interaction(*readings)
    begin = time.process_time()
    score_interaction(*readings)
    return time.process_time() - begin


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--per-stratum", type=int, default=100)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument(
        "--keep", type=Path, help="file to which results are added, so that runs with other seeds pool"
    )
    parser.add_argument("--again", type=int, default=0, help="how many of the lowest strata to simulate anew")
    parser.add_argument("--again-per-stratum", type=int, default=400)
    options = parser.parse_args()
    jobs = [
        (cell, options.seed, options.per_stratum)
        for cell in product(range(len(TRUTHS)), range(len(DURATIONS)), range(len(TAUS)), range(len(NOISES)))
    ]
    console = Console(width=190)
    with multiprocessing.Pool(options.processes) as pool:
        results = [result for part in pool.imap(stratum, jobs) for result in part]
        if options.keep:
            before = pickle.loads(options.keep.read_bytes()) if options.keep.exists() else []
            results = before + results
            options.keep.write_bytes(pickle.dumps(results))
        report(results, console)
        if options.again:
            anew(results, pool, options.seed + 1_000_000, options.again, options.again_per_stratum, console)


if __name__ == "__main__":
    main()
