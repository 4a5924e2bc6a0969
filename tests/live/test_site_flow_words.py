"""What the writer makes of words about counts: told twice, and of a stream that nobody goes on with."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest

from mien.journey.flow import FlowBook, FlowLine, FlowPlan
from mien.runtime.live import plan_of
from mien.runtime.live.link import Link
from mien.runtime.live.messages import FlowPeriod, Tick
from mien.site import load_site
from mien.store import Store
from support.site_words import DAY, hello, ticks, told, writing
from support.sites import HEAD
from support.walkers import run, steps, way

if TYPE_CHECKING:
    from pathlib import Path

    from mien.runtime.live import Plan
    from mien.store import StoredPeriod

SITE = (
    HEAD
    + """\
[touchpoints.entrance]
role = "entrance"

[cameras.door]
touchpoint = "entrance"
url = "rtsp://192.0.2.1/cam"
"""
)
BEGINS = datetime.combine(DAY, time(8), UTC)
QUARTER = timedelta(minutes=15)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "shop.toml"
    path.write_text(SITE)
    return path


def planned(file: Path) -> Plan:
    """A run of its own each time."""
    return plan_of(load_site(file), file, store=str(file.with_name("s.sqlite")))


def stored(plan: Plan) -> list[StoredPeriod]:
    with Store.open(plan.store, create=False) as store:
        return store.flow.periods("Lyon 2")


def book() -> FlowBook:
    """One person came in a minute after the first quarter of an hour, and is still there."""
    counting = FlowBook(FlowPlan((FlowLine("sill", ((0.0, 0.3), (1.0, 0.3)), (0.5, 0.9)),)))
    run(counting, [way((960.0, 0.5, 0.1), (965.0, 0.5, 0.7), (1000.0, 0.5, 0.7))], steps(970.0))
    return counting


def test_a_period_told_twice_counts_once(file: Path) -> None:
    plan, counting = planned(file), book()
    period = FlowPeriod(number=2, period=counting.closed()[0])
    first, second = ticks(2)
    words = [first, period, second.model_copy(update={"number": 3, "flow": {"book": counting.state()}})]
    with writing(plan) as lines:
        told(plan, lines, words)
        # Another worker that was sent again what it had told, and counted the period anew, a little less of it.
        less = period.period.model_copy(
            update={"counts": period.period.counts.model_copy(update={"watched_s": 800.0})}
        )
        told(plan, lines, [period, FlowPeriod(number=4, period=less)])
    assert [(one.begins_at, one.counts.watched_s) for one in stored(plan)] == [(BEGINS, 900.0)]


def test_a_new_writer_tells_from_where_counting_goes_on(file: Path) -> None:
    plan, state = planned(file), {"book": book().state()}
    words = [ticks(1)[0].model_copy(update={"flow": state})]
    with writing(plan) as lines:
        told(plan, lines, words)
    with writing(plan) as lines:
        link = Link(lines, hello(plan))
        welcome = link.welcome(10.0)
        link.close()
    assert welcome is not None
    assert welcome.flow == state


def test_what_was_counted_before_the_power_failed_is_stored_as_seen_in_part(file: Path) -> None:
    counting = book()
    closed = FlowPeriod(number=2, period=counting.closed()[0])
    last = Tick.model_validate({**ticks(1)[0].model_dump(), "number": 3, "flow": {"book": counting.state()}})
    with writing(planned(file)) as lines:
        told(planned(file), lines, [ticks(1)[0], closed, last])
    plan = planned(file)
    with writing(plan):
        pass
    whole, part = stored(plan)
    assert (whole.begins_at, part.begins_at) == (BEGINS, BEGINS + QUARTER)
    assert whole.counts.lines["sill"].came_in == 0
    assert part.counts.lines["sill"].came_in == 1
    assert part.counts.watched_s == pytest.approx(69.5)
