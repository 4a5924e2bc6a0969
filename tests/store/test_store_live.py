"""What is now: the last word counts, an old one does not, and nothing is left of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from mien.journey.now import PersonNow
from mien.store import Store
from mien.store.live import FRESH_S, Health, Now
from mien.store.live_tables import live_states
from support.clock import Clock
from support.new_store import ready_made

if TYPE_CHECKING:
    from pathlib import Path


def seen(*tracks: int) -> Now:
    people = tuple(PersonNow(track_id=track, since_s=1.0) for track in tracks)
    return Now(touchpoint="tills", people=people)


def test_the_last_word_of_each_camera_counts(tmp_path: Path) -> None:
    clock = Clock()
    with Store.open(ready_made(tmp_path / "s.sqlite"), clock=clock) as store:
        store.live.say("North", {"till": seen(1), "door": seen()})
        clock.forward(1)
        store.live.say("North", {"till": seen(2, 3)})
        store.live.say("North", {"till": Health(touchpoint="tills", phase="live")})
        store.live.say("South", {"till": seen(9)})
        found = {(one.site, one.camera): one for one in store.live.cameras()}
        till = found["North", "till"]
        assert till.now is not None
        assert [person.track_id for person in till.now.people] == [2, 3]
        assert till.health == Health(touchpoint="tills", phase="live")
        assert found["North", "door"].health is None
        assert [one.camera for one in store.live.cameras("South")] == ["till"]
        assert store.live.said_at() == clock.time


def test_what_a_dead_run_said_last_is_not_told_as_now(tmp_path: Path) -> None:
    clock = Clock()
    with Store.open(ready_made(tmp_path / "s.sqlite"), clock=clock) as store:
        store.live.say("North", {"till": seen(1)})
        clock.forward(FRESH_S + 1)
        assert store.live.cameras() == []


def test_nothing_is_left_when_reading_ends(tmp_path: Path) -> None:
    with Store.open(ready_made(tmp_path / "s.sqlite")) as store:
        store.live.say("North", {"till": seen(1)})
        store.live.say("North", {"till": Health(touchpoint="tills", phase="live")})
        store.live.fall_silent("North", "now")
        [left] = store.live.cameras()
        assert left.now is None
        store.live.fall_silent("North", "health")
        with store._database.read() as connection:
            assert connection.execute(select(func.count()).select_from(live_states)).scalar_one() == 0
