"""Nothing is placed before every camera that counts has come past it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from mien.runtime.live.clock import FRESH_S, SiteClock

if TYPE_CHECKING:
    from mien.runtime.live.plan import CameraPlan, Pace

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


@dataclass
class Steady:
    """A steady clock that is moved by hand."""

    s: float = 0.0

    def __call__(self) -> float:
        return self.s


@dataclass(frozen=True)
class Named:
    """What the clock looks at of a camera's plan."""

    name: str
    pace: Pace


def clock(pace: Pace, *names: str, steady: Steady | None = None) -> SiteClock:
    plans = cast("list[CameraPlan]", [Named(name, pace) for name in names])
    return SiteClock(plans, steady or Steady())


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def told(site: SiteClock) -> tuple[Any, bool]:
    now = site.now()
    return now.utc, now.whole


def test_a_replay_waits_for_the_slowest_without_end() -> None:
    steady = Steady()
    site = clock("replay", "door", "till", steady=steady)
    site.came("door", at(50))
    assert told(site) == (None, False)
    site.came("till", at(20))
    steady.s = 10 * FRESH_S
    assert told(site) == (at(20), False)
    site.came("till", at(10))  # what was told once stays told
    assert told(site) == (at(20), False)
    site.over("till", whole=True)
    assert told(site) == (at(50), False)
    site.over("door", whole=False)
    assert told(site) == (at(50), False)


def test_when_all_are_read_to_their_ends_that_is_told() -> None:
    site = clock("replay", "door", "till")
    for name in ("door", "till"):
        site.came(name, at(30))
        site.over(name, whole=True)
    assert told(site) == (at(30), True)


def test_a_live_camera_that_is_silent_is_not_waited_for() -> None:
    steady = Steady()
    site = clock("live", "door", "till", "broken", steady=steady)
    site.came("door", at(5))
    site.came("till", at(6))
    assert told(site) == (at(5), False)
    steady.s = FRESH_S + 1.0
    site.came("till", at(17))
    assert told(site) == (at(17), False)
    steady.s += FRESH_S + 1.0
    assert told(site) == (None, False)
