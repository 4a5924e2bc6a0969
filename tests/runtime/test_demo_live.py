"""The moment of the demo: people come and go, told by the rule for real cameras, and nothing of it is stored."""

from __future__ import annotations

from datetime import date
from itertools import count
from threading import Event

from mien.journey.now import Look
from mien.runtime.demo import LiveShops, Story, passing
from mien.runtime.live.telling import NOW_EVERY_S
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


def test_alerts_are_about_who_is_before_the_cameras(tmp_path):
    story = Story(date(2026, 11, 22))
    clock = count()
    with Store.open(tmp_path / "demo.sqlite") as store:
        shops = LiveShops(store, story, seed=1)

        def after(steps):
            for _ in range(steps):
                shops.step(0.2 * next(clock))

        def raised():
            return [
                (site.name, alert.signal)
                for site in story.sites
                for _, alert in store.alerts.listed([site.name])
            ]

        def looks_at(site, touchpoint):
            return {
                person.look
                for one in store.live.cameras()
                if one.site == site and one.now is not None and one.now.touchpoint == touchpoint
                for person in one.now.people
            }

        known = []
        for _ in range(3):
            for _ in range(5 * 900):
                after(1)
                if len(raised()) > len(known):
                    break
            ((site, signal),) = [one for one in raised() if one not in known]
            known = raised()
            after(8)  # the filter grows surer for a second or two
            Event().wait(2 * NOW_EVERY_S)  # pages are told by the clock on the wall
            after(1)
            assert Look.UNPLEASANT in looks_at(site, signal.touchpoint), signal


def test_people_pass_beside_other_work_and_are_gone_with_it(tmp_path):
    with Store.open(tmp_path / "demo.sqlite") as store:
        with passing(store, Story(date(2026, 11, 22)), print):
            until(
                lambda: any(one.now is not None and one.now.people for one in store.live.cameras()), "people"
            )
        assert store.live.cameras() == []
