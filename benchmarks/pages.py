"""How fast Compare, Flow and Reports are answered from a simulated year of 20 stores and 2 million interactions.

    uv run python -m benchmarks.pages --store /where/there/is/room/pages.sqlite
    uv run python -m benchmarks.pages --store /where/there/is/room/pages.sqlite --again   # times only

Everything in the store is simulated, without curves; beside it stands the site file of the one store where people are
counted. Interactions are written with SQL of this file's own, since two
million analyses would take days; the roll-ups are made by the store's own function, as for a store of an older Mien.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from rich.console import Console
from rich.table import Table
from sqlalchemy import insert, select

from benchmarks.page_counts import fill_counts, site_file
from mien.insight import Grouping, Measure, visit_flow
from mien.privacy.keeping import KeepDays
from mien.runtime.compare import compare_stored, find_worsening, month_before
from mien.runtime.monthly import Month, chain_month, store_month
from mien.store import Chosen, Store, flow_sums, rollups, visit_days
from mien.store.tables import interactions, moments, recordings, runs, scores, sites
from mien.store.visit_tables import visit_interactions, visits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mien.insight import VisitFlow

STORES: Final = 20
DAYS: Final = 365
INTERACTIONS: Final = 2_000_000
LAST: Final = date(2026, 6, 30)
FIRST: Final = LAST - timedelta(days=DAYS - 1)
NAMES: Final = (
    "North Street", "Harbour", "Old Town", "Station", "Market Hall", "West End", "Riverside", "Airport", "Castle Hill",
    "South Gate", "University", "Garden City", "Mill Lane", "Cathedral", "Lakeside", "Industry Park", "Beach Road",
    "Theatre Square", "Bridge Street", "Outlet Park",
)  # fmt: skip
COUNTED: Final = NAMES[1]
"""At which store four cameras count people."""
PLACES: Final = (
    # touchpoint, service points, types, share of interactions, index, falls
    ("entrance", (None,), (None,), 0.30, 57.0, 0.05),
    ("department", ("shoes", "clothes"), ("advice",), 0.25, 58.0, 0.06),
    ("checkout", ("till 1", "till 2", "till 3"), ("sale", "return"), 0.30, 54.0, 0.12),
    ("exit", (None,), (None,), 0.15, 56.0, 0.05),
)
WORSE: Final = 0, "checkout", 9.0
"""Which store gets worse in the last month, where, and by how many points of the index."""
ALONE: Final = 0.6
"""Share of interactions that were given to no matcher."""
WAYS: Final = (0.3, 0.3, 0.2, 0.1, 0.1)
"""How many visits hold one interaction, two, and so on."""
KEEP: Final = KeepDays(readings=30, interactions=730, receipts=730)
"""For how long the stores say that they keep things."""
CHUNK: Final = 50_000


def fill(store: Store, total: int, rng: np.random.Generator) -> None:
    """Write simulated interactions, then roll them up."""
    started = time.perf_counter()
    with store._database.write() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA cache_size = -400000")
        now = datetime(2026, 7, 1, tzinfo=UTC)
        for k, name in enumerate(NAMES[:STORES]):
            site = connection.execute(
                insert(sites).values(name=name, created_at=now, time_zone="Europe/Riga").returning(sites.c.id)
            ).scalar_one()
            row = {"key": f"{k:064}", "fingerprint": f"simulated {k}", "site_id": site, "source": "simulated"}
            recording = connection.execute(
                insert(recordings).values(row).returning(recordings.c.id)
            ).scalar_one()
            run = {
                "recording_id": recording, "generation": 1, "visible": True, "settings_digest": "",
                "reader": "simulated", "started_at": now, "finished_at": now, "position_s": 0.0, "counters": {},
            }  # fmt: skip
            run_id = connection.execute(insert(runs).values(run).returning(runs.c.id)).scalar_one()
            for found, scored, fallen in batches(rng, k, site, run_id, total // STORES):
                connection.execute(insert(interactions), found)
                connection.execute(insert(scores), scored)
                connection.execute(insert(moments), fallen)
                closed, members = joined(rng, found)
                connection.execute(insert(visits), closed)
                connection.execute(insert(visit_interactions), members)
            print(f"{name}: {time.perf_counter() - started:.0f} s", file=sys.stderr, flush=True)
        fill_counts(connection, COUNTED, FIRST, DAYS, rng)
        print(f"people counted: {time.perf_counter() - started:.0f} s", file=sys.stderr, flush=True)
    started = time.perf_counter()
    with store._database.write() as connection:
        for site in connection.execute(select(sites.c.id)).scalars().all():
            rollups.rebuild(connection, site)
            visit_days.rebuild(connection, site)
            flow_sums.rebuild(connection, site)
    for name in NAMES[:STORES]:
        store.retention.record(name, KEEP)
    print(f"rolled up and dated in {time.perf_counter() - started:.0f} s", file=sys.stderr, flush=True)


def batches(
    rng: np.random.Generator, store: int, site: int, run: int, total: int
) -> Iterator[tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]]]]:
    """Interactions of one store with their scores and critical moments, in order of time."""
    week = np.array([0.8, 0.8, 0.9, 1.0, 1.4, 1.8, 0.5])
    busy = week[(FIRST.weekday() + np.arange(DAYS)) % 7]
    days = np.sort(rng.choice(DAYS, total, p=busy / busy.sum()))
    moods = rng.normal(0, 2.5, DAYS) + rng.normal(0, 2.0)
    begun = datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=UTC)
    shares = [place[3] for place in PLACES]
    for start in range(0, total, CHUNK):
        some = days[start : start + CHUNK]
        n = some.size
        place = rng.choice(len(PLACES), n, p=shares)
        pick = rng.random((2, n))
        minute = rng.integers(7 * 60, 18 * 60, n)
        late = minute >= 12 * 60
        length = rng.lognormal(2.6, 0.7, n) + 2
        fell = (some >= DAYS - 30) & (place == 2) & (store == WORSE[0])
        index = np.array([p[4] for p in PLACES])[place] + moods[some] - WORSE[2] * fell
        index = np.clip(index + rng.normal(0, 14, n), 0, 100)
        eps = rng.normal(0.5 * (index - 50), 18, n)
        worst = rng.random(n)
        kind = rng.random(n)
        falls = rng.random((3, n)) < np.array([p[5] for p in PLACES])[place]
        falls[2] |= fell & (rng.random(n) < 0.25)
        found, scored, fallen = [], [], []
        for j in range(n):
            touchpoint, points, types, *_ = PLACES[place[j]]
            number = site * 1_000_000 + start + j
            at = begun + timedelta(days=int(some[j]), minutes=int(minute[j]))
            s = float(length[j])
            found.append(
                {
                    "id": number, "run_id": run, "uid": f"{number:036}", "track_id": 1, "site_id": site,
                    "touchpoint": touchpoint, "type": types[int(pick[0, j] * len(types))],
                    "service_point": points[int(pick[1, j] * len(points))], "shift": "late" if late[j] else "early",
                    "protocol": None, "start_s": 0.0, "end_s": s, "started_at": at, "readings": int(10 * s),
                    "left_out": {}, "scale": "balance", "reader": "simulated", "interrupted": False, "by_eyes": 0,
                }
            )  # fmt: skip
            none = kind[j] < 0.25
            outcome = (
                "unclear"
                if worst[j] < 0.3
                else "worsened"
                if eps[j] < -25
                else "improved"
                if eps[j] > 25
                else "unchanged"
            )
            scored.append(
                {
                    "interaction_id": number, "outcome": outcome,
                    "usable_s": 2.0 if none else 0.8 * s + 2, "n": 30, "reason": "too short" if none else None,
                    "eps": None if none else float(eps[j]), "eps_mean": None if none else float(eps[j]),
                    "eps_sd": None if none else 6.0,
                    "eps_low": None if none else float(eps[j]) - 11.8,
                    "eps_high": None if none else float(eps[j]) + 11.8,
                    "hi_mean": float(index[j]), "hi_sd": 4.0,
                    "initial_valence": None if none else float(index[j] / 50 - 1 - eps[j] / 200),
                    "final_valence": None if none else float(index[j] / 50 - 1 + eps[j] / 200),
                }
            )  # fmt: skip
            fallen += [
                {
                    "interaction_id": number, "position": third, "t_s": s * (third + 0.5) / 3, "kind": "fall",
                    "change": -0.3, "probability": 0.97,
                }
                for third in range(3) if falls[third, j]
            ]  # fmt: skip
        yield found, scored, fallen


def joined(
    rng: np.random.Generator, found: list[dict[str, Any]]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Visits of interactions of one store: of two in five one to five follow each other, the others are in none."""
    closed, members = [], []
    ordered = sorted(found, key=lambda one: one["started_at"])
    at = 0
    while at < len(ordered):
        if rng.random() < ALONE:
            at += 1
            continue
        many = int(rng.choice(5, p=WAYS)) + 1
        those = [
            one
            for one in ordered[at : at + many]
            if one["started_at"].date() == ordered[at]["started_at"].date()
        ]
        at += len(those)
        first, last = those[0], those[-1]
        until = last["started_at"] + timedelta(seconds=last["end_s"])
        ended = "exit" if last["touchpoint"] == "exit" else "not seen again"
        closed.append(
            {
                "id": first["id"], "uid": first["uid"], "site_id": first["site_id"], "session": "simulated",
                "started_at": first["started_at"], "last_seen_at": until, "ended": ended, "outcome": "unclear",
                "calibrated": False, "stops": [],
            }
        )  # fmt: skip
        members += [
            {
                "visit_id": first["id"],
                "position": n,
                "interaction_uid": one["uid"],
                "probability": 0.98 if n else None,
            }
            for n, one in enumerate(those)
        ]
    return closed, members


def questions(store: Store) -> dict[str, Callable[[], object]]:
    """What the page asks."""
    names = NAMES[:STORES]
    month = date(LAST.year, LAST.month, 1)
    june = Chosen(names, month, LAST)
    year = Chosen(names, FIRST, LAST)
    before = month_before(month, LAST)
    tills = Chosen(names, month, LAST, {"touchpoint": "checkout"})
    asked: dict[str, Callable[[], object]] = {
        "what there is to choose from": lambda: (store.rollups.span(names), store.rollups.names(names)),
        "which store got worse, and where": lambda: find_worsening(store, june, before, Measure.INDEX),
        "months of a year": lambda: compare_stored(store, year, Grouping.MONTH, Measure.INDEX),
        "shifts at the checkout, a month": lambda: compare_stored(
            store, tills, Grouping.SHIFT, Measure.WORSENED
        ),
        "shifts at the checkout, a year": lambda: compare_stored(
            store, Chosen(names, FIRST, LAST, {"touchpoint": "checkout"}), Grouping.SHIFT, Measure.EPS
        ),
    }
    for days, told in ((7, "a week"), (30, "a month"), (90, "a quarter"), (DAYS, "a year")):
        asked[f"joined visits of one store, {told}"] = lambda days=days: joined_flow(store, days)  # type: ignore[misc]
    june_month = Month.of(LAST)
    asked |= {
        "report of a store": lambda: store_month(store, names[0], june_month),
        "report of the chain": lambda: chain_month(store, names, june_month),
    }
    for by in Grouping:
        if by is not Grouping.MONTH:
            asked[f"by {by}, a month"] = lambda by=by: compare_stored(store, june, by, Measure.INDEX)  # type: ignore[misc]
            asked[f"by {by}, a year"] = lambda by=by: compare_stored(store, year, by, Measure.INDEX)  # type: ignore[misc]
    return asked


def joined_flow(store: Store, days: int) -> VisitFlow:
    """What the page Flow shows of joined visits."""
    first = LAST - timedelta(days=days - 1)
    seen = store.rollups.seen(Chosen((COUNTED,), first, LAST))
    return visit_flow(store.visits.days(COUNTED, first, LAST), seen, {place[0]: place[0] for place in PLACES})


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--store", required=True, help="a new file; about 1.5 GB")
    parser.add_argument("--interactions", type=int, default=INTERACTIONS)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--again", action="store_true", help="the store is filled already")
    wanted = parser.parse_args()
    if not wanted.again and Path(wanted.store).exists():
        parser.error(f"{wanted.store} exists; name another, or add --again to time it as it is")
    with Store.open(wanted.store) as store:
        if not wanted.again:
            fill(store, wanted.interactions, np.random.default_rng(5))
            Path(wanted.store).with_suffix(".toml").write_text(site_file(COUNTED), encoding="utf-8")
        table = Table(
            title=f"{wanted.interactions:,} simulated interactions of {STORES} stores in {DAYS} days"
        )
        for column in ("question", "median ms", "least ms", "processor ms"):
            table.add_column(column, justify="left" if column == "question" else "right")
        for name, ask in questions(store).items():
            ask()
            took, busy = [], []
            for _ in range(wanted.runs):
                started = time.perf_counter(), time.process_time()
                ask()
                took.append(1000 * (time.perf_counter() - started[0]))
                busy.append(1000 * (time.process_time() - started[1]))
            table.add_row(
                name, *(f"{n:.0f}" for n in (statistics.median(took), min(took), statistics.median(busy)))
            )
        Console(width=110).print(table)


if __name__ == "__main__":
    main()
