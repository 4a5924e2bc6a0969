"""The moment of the demo: people come and go, told by the rule for real cameras, and nothing of it is stored."""

from __future__ import annotations

from datetime import date
from itertools import count

from mien.runtime.demo import LiveShops, Story, passing
from mien.store import Store
from support.waiting import until


def test_people_come_and_go_and_nothing_is_stored(tmp_path):
    with Store.open(tmp_path / "demo.sqlite") as store:
        shops = LiveShops(store, Story(date(2026, 11, 22)), seed=1)
        seconds, people = count(), []

        def valence_is_told():
            shops.step(float(next(seconds)))
            said = store.live.cameras()
            people.extend(person for one in said if one.now is not None for person in one.now.people)
            return {True, False} <= {one.covered for one in people if one.valence is not None}

        until(valence_is_told, "faces with and without masks are told of")
        assert all(one.low <= one.valence <= one.high for one in people if one.valence is not None)
        assert all(one.reason for one in people if one.valence is None)
        lost = {
            (one.site, one.camera) for one in store.live.cameras() if one.health and one.health.what == "lost"
        }
        assert lost == {("Simulated Lille", "way out")}
        shops.close()
        assert store.live.cameras() == []
        assert store.recordings.list_recordings() == []


def test_people_pass_beside_other_work_and_are_gone_with_it(tmp_path):
    with Store.open(tmp_path / "demo.sqlite") as store:
        with passing(store, Story(date(2026, 11, 22)), print):
            until(
                lambda: any(one.now is not None and one.now.people for one in store.live.cameras()), "people"
            )
        assert store.live.cameras() == []
