"""Receipts to interactions on simulated days: how many joins are wrong, how many receipts are joined at all.

    uv run python -m benchmarks.receipts [--days N]

Everything here is SIMULATED: no figure comes from a shop. A till serves one customer after another. Service lasts a
gamma-distributed time (mean 60 s, standard deviation 30 s) after which the receipt is printed; the customer leaves
after a log-normal time (median 12 s, 16 % over 25 s; another 5 % stay on for minutes), which is *not* the form that
the joining assumes. In a fifth of cases the face is lost up to 20 s before leaving. One in ten is never seen; 15 %
come with somebody who is seen too and comes and goes within seconds of them; 5 % of faces are lost and found again,
which makes two interactions; 10 % of customers have no receipt; before a busy till the next customer is seen from
early on. The till's clock is off by a constant.

Ways of joining: the clock taken as right, or as right within 40 s; its offset estimated from the day (what Mien does);
for comparison the nearest end of an interaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final

import numpy as np
import typer
from rich.console import Console
from rich.table import Table
from scipy import stats

from mien.journey.receipts import Unjoined, join_receipts
from mien.journey.till_clock import PRIOR_S, Presence, Printed, TillClock, estimate_clock

if TYPE_CHECKING:
    from collections.abc import Mapping

LOADS: Final[dict[str, float]] = {
    "quiet (10 an hour)": 10.0,
    "brisk (25 an hour)": 25.0,
    "busy (always a queue)": 1e9,
}
OFFSETS: Final = (0.0, 15.0, 30.0, 60.0)
WAYS: Final = ("clock taken as right", "clock within 40 s", "offset estimated", "nearest end")
_HOURS: Final = 8.0
_SEED: Final = 7


@dataclass(frozen=True)
class Day:
    """A simulated day at a till.

    Attributes:
        receipts: In order of time.
        presences: In order of their end.
        truth: For each receipt the interactions that are right: none where the customer was not seen.
    """

    receipts: tuple[Printed, ...]
    presences: tuple[Presence, ...]
    truth: Mapping[str, frozenset[str]]


def simulate_day(
    rng: np.random.Generator, *, per_hour: float, offset_s: float = 0.0, without: float = 0.1, unseen: float = 0.1,
    couples: float = 0.15, minutes: bool = False, drift_s: float = 0.0, hours: float = _HOURS,
) -> Day:  # fmt: skip
    """One simulated day at one till.

    Args:
        rng: Source of chance.
        per_hour: Customers who come in an hour; what is more than can be served queues.
        offset_s: Seconds by which the clock of the till is ahead.
        without: Share of customers without a receipt.
        unseen: Share of customers who are not seen.
        couples: Share of customers with somebody who is seen too.
        minutes: Whether the till tells whole minutes only.
        drift_s: Seconds by which the clock gains from opening to closing.
        hours: Its length.
    """
    receipts: list[Printed] = []
    presences: list[Presence] = []
    truth: dict[str, frozenset[str]] = {}
    now, free_at, number = 0.0, 0.0, 0
    while free_at < hours * 3600.0:
        number += 1
        now += float(rng.exponential(3600.0 / per_hour))
        begin = max(now, free_at + float(rng.uniform(2.0, 8.0)))
        if per_hour > 1e6:
            now = begin
        waited = min(float(rng.exponential(15.0)), 40.0) if begin > now or per_hour > 1e6 else 0.0
        printed = begin + float(rng.gamma(4.0, 15.0))
        stays = (
            float(rng.uniform(60.0, 300.0))
            if rng.random() < 0.05
            else float(rng.lognormal(np.log(12.0), 0.75))
        )
        leaves = printed + stays
        free_at = printed + min(stays, 25.0)
        lost = float(rng.uniform(0.0, 20.0)) if rng.random() < 0.2 else 0.0
        first = begin - waited * float(rng.random() < 0.3) + float(rng.uniform(0.0, 3.0))
        last = max(leaves - lost, first + 3.0)
        own: set[str] = set()
        if rng.random() >= unseen:
            spans = [(first, last)]
            if rng.random() < 0.05 and last - first > 15.0:
                cut = float(rng.uniform(first + 5.0, last - 5.0))
                spans = [(first, cut), (cut + float(rng.uniform(0.5, 3.0)), last)]
            for part, span in enumerate(spans):
                own.add(f"p{number}.{part}")
                presences.append(Presence(f"p{number}.{part}", *span))
        if rng.random() < couples:
            shift = rng.normal(0.0, 3.0, 2)
            # Of a couple either is right: the visit is theirs together.
            own.add(f"c{number}")
            begin_c = first + float(shift[0])
            presences.append(Presence(f"c{number}", begin_c, max(last + float(shift[1]), begin_c + 3.0)))
        if rng.random() >= without:
            told = printed + offset_s + drift_s * printed / (hours * 3600.0) + float(rng.uniform(-0.5, 0.5))
            receipts.append(Printed(f"r{number}", told // 60.0 * 60.0 if minutes else told))
            truth[f"r{number}"] = frozenset(own)
    presences.sort(key=lambda one: one.end)
    return Day(tuple(receipts), tuple(presences), truth)


def joins(day: Day, way: str, within_s: float) -> tuple[dict[str, str], int]:
    """Receipt to interaction, and how many were left as ambiguous."""
    if way == "nearest end":
        ends = np.array([one.end for one in day.presences])
        found = {}
        for one in day.receipts:
            j = int(np.abs(ends - one.at).argmin())
            if abs(ends[j] - one.at) <= within_s:
                found[one.key] = day.presences[j].key
        return found, 0
    clocks = {
        "clock taken as right": TillClock(),
        "clock within 40 s": TillClock(0.0, PRIOR_S),
        "offset estimated": None,
    }
    done = join_receipts(day.receipts, day.presences, within_s=within_s, clock=clocks[way])
    found = {one.receipt: one.presence for one in done.receipts if one.presence is not None}
    return found, sum(one.reason is Unjoined.AMBIGUOUS for one in done.receipts)


def _interval(wrong: int, total: int) -> str:
    if total == 0:
        return "none"
    low, high = stats.binomtest(wrong, total).proportion_ci(method="wilson")
    return f"{100 * wrong / total:.2f} % ({100 * low:.2f}-{100 * high:.2f})"


@dataclass
class Count:
    """What came of the receipts of some days."""

    joins: int = 0
    wrong: int = 0
    joinable: int = 0
    ambiguous: int = 0

    def add(self, day: Day, found: Mapping[str, str], unclear: int) -> None:
        """Add a day."""
        self.joins += len(found)
        self.wrong += sum(presence not in day.truth[receipt] for receipt, presence in found.items())
        self.joinable += sum(bool(own) for own in day.truth.values())
        self.ambiguous += unclear

    def cells(self) -> tuple[str, ...]:
        """As they stand in a table."""
        recall = f"{100 * (self.joins - self.wrong) / self.joinable:.0f} %"
        return str(self.joins), _interval(self.wrong, self.joins), recall, str(self.ambiguous)


HARDER: Final[dict[str, dict[str, Any]]] = {
    "as above, clock off by up to 60 s": {},
    "30 % of customers never seen": {"unseen": 0.3},
    "40 % without a receipt": {"without": 0.4},
    "half come in twos": {"couples": 0.5},
    "the till tells minutes only": {"minutes": True},
    "the clock gains 20 s in the day": {"drift_s": 20.0},
    "one hour only": {"hours": 1.0},
    "ten minutes only": {"hours": 1 / 6},
}


def by_clock(days: int, within_s: float, seed: int) -> tuple[Table, Table]:
    """Joins by load, clock error and way, and how well the offset is found."""
    head = ("load", "clock off by", "way", "joins", "wrong joins (95 %)", "joined of joinable", "ambiguous")
    table = Table(*head, title="Receipts joined on SIMULATED days")
    heads = ("load", "clock off by", "median error", "95 % under", "said sd (median)", "over 3 sd off")
    clocks = Table(*heads, title="The offset of the clock as estimated, SIMULATED days")
    for load, per_hour in LOADS.items():
        for offset in OFFSETS:
            counts = {way: Count() for way in WAYS}
            rng = np.random.default_rng([seed, int(per_hour) % 1000, int(offset)])
            errors, spreads = [], []
            for _ in range(days):
                off = float(rng.choice([-1.0, 1.0])) * offset
                day = simulate_day(rng, per_hour=per_hour, offset_s=off)
                clock = estimate_clock(day.receipts, day.presences)
                errors.append(clock.offset_s - off)
                spreads.append(clock.error_s)
                for way, count in counts.items():
                    count.add(day, *joins(day, way, within_s))
            for way, count in counts.items():
                table.add_row(load, f"{offset:.0f} s", way, *count.cells())
            far = np.abs(errors)
            clocks.add_row(
                load,
                f"{offset:.0f} s",
                f"{np.median(errors):+.1f} s",
                f"{np.quantile(far, 0.95):.1f} s",
                f"{np.median(spreads):.1f} s",
                f"{int((far > 3 * np.array(spreads)).sum())} of {days}",
            )
        table.add_section()
    return table, clocks


def harder(days: int, within_s: float, seed: int) -> Table:
    """Joins where what is taken for granted does not hold; the clock off by up to 60 s."""
    head = ("day", "load", "joins", "wrong joins (95 %)", "joined of joinable", "ambiguous")
    table = Table(*head, title="Harder SIMULATED days, offset estimated")
    for name, change in HARDER.items():
        for load, per_hour in LOADS.items():
            rng = np.random.default_rng([seed, 1, int(per_hour) % 1000])
            count = Count()
            for _ in range(days):
                off = float(rng.uniform(-60.0, 60.0))
                day = simulate_day(rng, per_hour=per_hour, offset_s=off, **change)
                count.add(day, *joins(day, "offset estimated", within_s))
            table.add_row(name, load, *count.cells())
        table.add_section()
    return table


def main(
    days: Annotated[int, typer.Option(help="Simulated days per row.")] = 20,
    within_s: Annotated[float, typer.Option(help="As in the site file.")] = 120.0,
    seed: int = _SEED,
) -> None:
    """Print shares of wrong joins and recall by load, clock error and way of joining."""
    console = Console(width=150)
    for table in (*by_clock(days, within_s, seed), harder(days, within_s, seed + 1)):
        console.print(table)


if __name__ == "__main__":
    typer.run(main)
