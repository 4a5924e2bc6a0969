"""How often rules ring for nothing on neutral days, and how many bad visits they find, by simulation.

    uv run python -m benchmarks.false_alerts --days 3 --visits 50

A *neutral day* is eight staffed hours of one till, one customer after the other, or of a queue of four. The faces are
simulated (`mien.journey.simulate`: 5 to 15 readings a second, errors of standard deviation .1 to .35 with tails of
Student's t, correlated over up to half a second, predicted wrongly by a factor of .7 to 1.4). The truth beneath is
assumed:

- customers stay 60 s (median; log-normal with a spread of .6, 15 s to 5 min), 3 to 10 s after the one before is gone;
- each has a level of their own, normal around 0 with standard deviation .08, around which theirs wanders (standard
  deviation .08, correlation time 8 s) with the turns of a head and the talk;
- one in two greets with a smile: +.3 to +.8 for 1 to 6 s, beginning in the first 2 s;
- twice a minute there is a smile (+.3 to +.8) or a frown, yawn or grimace (-.3 to -.8), of 0.5 to 2.5 s.

A *bad visit* is a neutral one, 30 to 90 s long, whose face falls by some depth within 1 to 3 s, 10 to 20 s after it
came, and stays so to the end. No rule may ring for what is neutral; of bad visits it counts how many are found
while the customer is there, and after how many seconds.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import numpy as np
from rich.console import Console
from rich.table import Table

from mien.action.rehearsal import tried
from mien.action.watches import Watches
from mien.action.watching import Customer, Moment
from mien.journey.live_face import LiveReading
from mien.journey.now import NowBook
from mien.journey.simulate import NOISES, STEP_S, observe
from mien.site.rules import Checkout, Queue, Rules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mien.action import Signal

    Array = NDArray[np.float64]

DAY_S: Final = 8 * 3600.0
DEPTHS: Final = (0.3, 0.4, 0.5, 0.7)
_BEGINS: Final = datetime(2026, 6, 1, 8, tzinfo=UTC)
_LOOKS_S: Final = 0.2
_QUEUE: Final = 4


@dataclass(frozen=True, slots=True, eq=False)
class Visitor:
    """One simulated customer: when they come, and their readings."""

    number: int
    from_s: float
    to_s: float
    readings: list[LiveReading]


def neutral(rng: np.random.Generator, length_s: float) -> Array:
    """The truth of a neutral visit, every `STEP_S`."""
    t = np.arange(round(length_s / STEP_S) + 1, dtype=np.float64) * STEP_S
    level: Array = rng.normal(0.0, 0.08) + _wandering(rng, t.size, 0.08, 8.0)
    if rng.random() < 0.5:
        level = level + _bump(t, rng.uniform(0.0, 2.0), rng.uniform(1.0, 6.0), rng.uniform(0.3, 0.8))
    for _ in range(rng.poisson(length_s / 30.0)):
        height = rng.uniform(0.3, 0.8) * rng.choice([-1.0, 1.0])
        level = level + _bump(t, rng.uniform(0.0, length_s), rng.uniform(0.5, 2.5), height)
    return np.asarray(np.clip(level, -1.0, 1.0))


def _wandering(rng: np.random.Generator, n: int, sd: float, tau_s: float) -> Array:
    """An Ornstein-Uhlenbeck path, drawn every tenth of a second."""
    coarse = round(0.1 / STEP_S)
    steps = n // coarse + 2
    kept = np.exp(-0.1 / tau_s)
    path = np.empty(steps)
    path[0] = rng.normal(0.0, sd)
    shocks = rng.normal(0.0, sd * np.sqrt(1 - kept**2), steps)
    for k in range(1, steps):
        path[k] = kept * path[k - 1] + shocks[k]
    return np.asarray(np.interp(np.arange(n) / coarse, np.arange(steps), path))


def _bump(t: Array, begin_s: float, length_s: float, height: float) -> Array:
    """Up within a quarter of a second, and down again."""
    return np.asarray(height * np.clip(np.minimum(t - begin_s, begin_s + length_s - t) / 0.25, 0.0, 1.0))


def visitor(rng: np.random.Generator, number: int, from_s: float, truth: Array) -> Visitor:
    """Somebody who shows a truth."""
    times = np.arange(truth.size, dtype=np.float64) * STEP_S
    noise = NOISES[int(rng.integers(len(NOISES)))]
    seen = observe(rng, times, truth, float(rng.choice([0.0, 0.25, 0.5])), noise)
    readings = [
        LiveReading(from_s + t, float(np.clip(y, -1.0, 1.0)), v)
        for t, y, v in zip(seen.times_s.tolist(), seen.valence, seen.variance.tolist(), strict=True)
    ]
    return Visitor(number, from_s, from_s + float(times[-1]), readings)


def day(rng: np.random.Generator, places: int) -> list[Visitor]:
    """The visitors of a neutral day at so many places."""
    found: list[Visitor] = []
    for _ in range(places):
        now_s = rng.uniform(0.0, 10.0)
        while now_s < DAY_S:
            length_s = float(np.clip(60.0 * np.exp(rng.normal(0.0, 0.6)), 15.0, 300.0))
            found.append(visitor(rng, len(found), now_s, neutral(rng, length_s)))
            now_s += length_s + rng.uniform(3.0, 10.0)
    return found


def signals(choices: Sequence[Rules], visitors: Sequence[Visitor]) -> list[list[Signal]]:
    """What each of some rules finds at a checkout where these people are, five times a second."""
    book = NowBook(watched=True)
    watches = [Watches(rules, "tills", "checkout") for rules in choices]
    found: list[list[Signal]] = [[] for _ in choices]
    readings = sorted((one.t_s, who.number, one) for who in visitors for one in who.readings)
    leaves = sorted((who.to_s, who.number) for who in visitors)
    at = gone = 0
    for now_s in np.arange(0.0, leaves[-1][0] + 1.0, _LOOKS_S).tolist():
        while at < len(readings) and readings[at][0] <= now_s:
            book.take_reading(readings[at][1], readings[at][2])
            at += 1
        left = []
        while gone < len(leaves) and leaves[gone][0] <= now_s:
            left.append(leaves[gone][1])
            gone += 1
        book.take([], left)
        people = tuple(Customer(str(seen.track_id), seen) for seen in book.watched(now_s))
        moment = Moment(now_s, _BEGINS, "tills", people)
        for k, watch in enumerate(watches):
            found[k] += watch.look(moment, left)
    return found


def bad(rng: np.random.Generator, number: int, depth: float) -> tuple[Visitor, float]:
    """A visit that turns bad, and when it does."""
    length_s, turn_s = rng.uniform(30.0, 90.0), rng.uniform(10.0, 20.0)
    truth = neutral(rng, length_s)
    t = np.arange(truth.size) * STEP_S
    truth = np.clip(truth - depth * np.clip((t - turn_s) / rng.uniform(1.0, 3.0), 0.0, 1.0), -1.0, 1.0)
    return visitor(rng, number, 0.0, truth), turn_s


def told(rules: Rules, found: Sequence[Signal]) -> int:
    """How many alerts come of signals."""
    return sum(one.alerts for one in tried(found, dict(rules.on()), ZoneInfo("UTC")).values())


def checkout_table(wanted: argparse.Namespace) -> Table:
    """False alerts of neutral days, and bad visits that are found, for each choice of settings."""
    choices = [
        Rules(checkout=Checkout(sustained_s=seconds, probability=wanted.probability, fall=fall))
        for fall in wanted.fall
        for seconds in wanted.sustained
    ]
    customers, false = 0, []
    for number in range(wanted.days):
        visitors = day(np.random.default_rng([wanted.seed, number]), 1)
        customers += len(visitors)
        false.append([told(*pair) for pair in zip(choices, signals(choices, visitors), strict=True)])
    after: dict[tuple[int, float], list[float]] = {}
    for depth in DEPTHS:
        rng = np.random.default_rng([wanted.seed, 7])
        for number in range(wanted.visits):
            who, turn_s = bad(rng, number, depth)
            for k, found in enumerate(signals(choices, [who])):
                came = [(one.at - _BEGINS).total_seconds() - turn_s for one in found]
                after.setdefault((k, depth), []).extend(late for late in came if late > 0)
    table = Table(title=f"one till, {wanted.days} days of eight staffed hours, {customers:,} customers")
    for column in ("fall", "sustained_s", "false alerts, a day", *(f"found of -{d:g}" for d in DEPTHS)):
        table.add_column(column)
    for k, choice in enumerate(choices):
        assert choice.checkout is not None
        days = [counts[k] for counts in false]
        cells = [f"{choice.checkout.fall:g}", f"{choice.checkout.sustained_s:g}"]
        cells.append(f"{np.mean(days) if days else np.nan:.2f} {days}")
        for depth in DEPTHS:
            late = after.get((k, depth), [])
            median = f", {np.median(late):.1f} s" if late else ""
            cells.append(f"{len(late) / max(wanted.visits, 1):.0%}{median}")
        table.add_row(*cells)
    return table


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--days", type=int, default=3, help="neutral days of one till")
    parser.add_argument("--queue-days", type=int, default=1, help="neutral days of a queue of four")
    parser.add_argument("--visits", type=int, default=50, help="bad visits of each depth")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sustained", type=float, nargs="+", default=[Checkout().sustained_s])
    parser.add_argument("--fall", type=float, nargs="+", default=[Checkout().fall])
    parser.add_argument("--probability", type=float, default=Checkout().probability)
    wanted = parser.parse_args()
    console = Console(width=140)
    console.print(checkout_table(wanted))
    rules = Rules(queue=Queue())
    false = []
    for number in range(wanted.queue_days):
        visitors = day(np.random.default_rng([wanted.seed, 100 + number]), _QUEUE)
        false.append(told(rules, signals([rules], visitors)[0]))
    console.print(f"a queue of {_QUEUE}, eight staffed hours each: false alerts {false}")


if __name__ == "__main__":
    main()
