"""The simulated chain: it says what it is, is the same however it is made, and touches nothing real."""

from datetime import UTC, date, datetime

import numpy as np
import pytest

from mien.errors import StoreError
from mien.runtime.demo import READER, Story, build_demo, check_demo, remove_demo
from mien.runtime.demo.bank import Bank
from mien.runtime.demo.day import plan_day
from mien.runtime.demo.story import GOOD, HELPS, SITES, WORSE
from mien.site.load import check_site
from mien.store import Store
from support.shop import NAME, record, seen

pytestmark = pytest.mark.once

NOW = datetime(2026, 5, 15, 6, tzinfo=UTC)
LAST = date(2026, 5, 14)
SMALL = {"last_day": LAST, "days": 2, "sites": 1, "per_role": 5, "now": NOW}


def opened(path):
    return Store.open(path, clock=lambda: NOW)


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """A small demo store, read only."""
    folder = tmp_path_factory.mktemp("demo")
    with opened(folder / "demo.sqlite") as store:
        done = build_demo(store, folder, **SMALL)
        assert (done.complete, done.days, done.of) == (True, 2, 2)
        yield store, done


def told(store):
    """Everything that pages could show, without numbers of rows and dates of entry."""
    found = store.recordings.interactions()
    return (
        sorted((one.id, one.context, one.start_s, one.score, one.by_eyes) for one in found),
        sorted((one.uid, one.members, one.score) for one in store.visits.list_visits()),
        [(one.camera, one.begins_at, one.counts) for one in store.flow.periods(SITES[0].name)],
        [(one.uid, one.interaction, one.unjoined) for one in store.receipts.entries(SITES[0].name)],
    )


def test_everything_says_that_it_is_simulated(filled):
    store, _ = filled
    found = store.recordings.interactions()
    assert store.sites.simulated() == set(store.sites.entries()) == {SITES[0].name}
    assert {one.reader for one in found} == {READER}
    assert {one.context.site for one in found} == {SITES[0].name}
    assert READER.startswith("simulated")


def test_days_are_as_shops_have_them(filled):
    store, done = filled
    found = store.recordings.interactions()
    assert 100 < len(found) < 400
    assert {one.context.touchpoint for one in found} == {
        "entrance", "clothing", "service desk", "checkout", "exit"
    }  # fmt: skip
    assert {one.context.shift for one in found} == {"morning", "afternoon", "evening"}
    assert all(one.curve is not None for one in found if one.score.n > 1)
    assert any(one.left_out for one in found)
    assert any(one.eps is None and one.score.reason for one in found)
    assert any(0 < one.by_eyes == one.score.n for one in found)
    visits = store.visits.list_visits()
    assert all(one.score is not None for one in visits)
    assert any(one.score.eps is not None and len(one.members) > 2 for one in visits)
    assert any(one.interaction for one in store.receipts.entries(SITES[0].name))
    came = sum(one.counts.lines["sill"].came_in for one in store.flow.periods(SITES[0].name, camera="door"))
    assert came > 40
    # What hangs there is recorded, and the site file is one that mien run would take.
    assert store.notices.require(SITES[0].name, on=done.story.first_day)
    checked = check_site(done.site_files[0])
    assert checked.problems == ()
    assert checked.site.name == SITES[0].name
    assert len(checked.roster.entries) == 2 * 3 * 4


def test_twice_is_once(filled, tmp_path):
    store, _ = filled
    before, events = told(store), len(list(store.outbox.after(0)))
    build_demo(store, tmp_path, **SMALL)
    assert told(store) == before
    assert len(list(store.outbox.after(0))) == events


def test_a_stop_in_the_midst_of_a_day_loses_and_doubles_nothing(filled, tmp_path):
    store, _ = filled
    looks = iter(range(16))

    def clock():
        if next(looks, None) is None:
            raise KeyboardInterrupt
        return NOW

    with Store.open(tmp_path / "demo.sqlite", clock=clock) as other, pytest.raises(KeyboardInterrupt):
        build_demo(other, tmp_path, **SMALL)
    with opened(tmp_path / "demo.sqlite") as other:
        half = len(other.recordings.interactions())
        assert 0 < half < len(store.recordings.interactions())
        assert not any(
            one.complete for one in other.recordings.list_recordings() if one.key.touchpoint == "exit"
        )
        asked = iter((False, True))
        done = build_demo(other, tmp_path, per_role=5, now=NOW, stop=lambda: next(asked))
        assert (done.complete, done.days) == (False, 1)
        assert build_demo(other, tmp_path, per_role=5, now=NOW).complete
        assert told(other) == told(store)


def test_another_last_day_is_refused(filled, tmp_path):
    store, _ = filled
    with pytest.raises(StoreError, match=r"up to 2026-05-14, not 2 up to 2026-05-13; add --rebuild"):
        build_demo(store, tmp_path, last_day=date(2026, 5, 13))
    assert check_demo(store) == Story(LAST, 2, SITES[:1])


def test_a_store_with_something_real_is_left_as_it_is(tmp_path):
    path = tmp_path / "own.sqlite"
    with opened(path) as store:
        record(store, "door", NOW, [seen(1, "door", 5.0, 0.2)])
        with pytest.raises(StoreError, match=f"no demo store, it holds site '{NAME}'"):
            build_demo(store, tmp_path, **SMALL)
        assert list(store.sites.entries()) == [NAME]
    with pytest.raises(StoreError, match=f"holds '{NAME}', so it is not removed"):
        remove_demo(path)
    assert path.exists()
    assert not list(tmp_path.glob("simulated-*"))


def test_a_demo_store_is_removed_whole(tmp_path):
    path = tmp_path / "demo.sqlite"
    with opened(path) as store:
        store.sites.enter_simulated(SITES[0].name)
    remove_demo(path)
    assert list(tmp_path.iterdir()) == []


def test_a_real_site_never_becomes_a_simulated_one(tmp_path):
    with opened(tmp_path / "own.sqlite") as store:
        record(store, "door", NOW, [])
        with pytest.raises(StoreError, match=f"real site '{NAME}'"):
            store.sites.enter_simulated(NAME)
        assert store.sites.simulated() == frozenset()


def ends(story, bank, number, place, days):
    """True valence at arriving and leaving at a touchpoint, with shift, protocol and wait."""
    found = []
    for day in days:
        made = plan_day(story, SITES[number], day, bank)
        for visitor in made.visitors if made is not None else ():
            for passage in visitor.seen:
                if passage.place.name == place and passage.drawn.kind == "whole":
                    came, left = bank.ends(passage.drawn)
                    found.append((passage.shift, passage.protocol, came, left, visitor.waited_s))
    return found


@pytest.fixture(scope="module")
def bank():
    return Bank(40)


def mean(found, column, **wanted):
    kept = [
        one for one in found
        if wanted.get("shift") in (None, one[0]) and wanted.get("protocol") in (None, one[1])
    ]  # fmt: skip
    return np.mean([one[column] for one in kept])


def test_one_store_got_worse_in_the_last_month_and_only_there(bank):
    story = Story(date(2026, 4, 30))
    assert story.worse_from == date(2026, 4, 1)
    days = story.days_back()
    number = next(n for n, site in enumerate(SITES) if site.name == WORSE.site)
    now = ends(story, bank, number, "checkout", days[:24])
    before = ends(story, bank, number, "checkout", days[30:54])
    assert mean(now, 3, shift="evening") < mean(before, 3, shift="evening") - 0.25
    assert mean(now, 4, shift="evening") > 2 * mean(before, 4, shift="evening")
    assert abs(mean(now, 3, shift="morning") - mean(before, 3, shift="morning")) < 0.06


def test_a_month_of_which_few_days_are_over_is_not_the_last_one():
    assert Story(date(2026, 5, 6)).worse_from == date(2026, 4, 1)
    assert Story(date(2026, 5, 7)).worse_from == date(2026, 5, 1)
    assert Story(date(2026, 1, 2)).worse_from == date(2025, 12, 1)


def test_a_protocol_helps_at_one_counter_and_a_shift_is_good_at_another(bank):
    story = Story(date(2026, 4, 30))
    for number, site in enumerate(SITES):
        found = ends(story, bank, number, "service desk", story.days_back()[:30])
        helps = mean(found, 3, protocol="greeting") - mean(found, 3, protocol="as before")
        assert (helps > 0.09) == (site.name == HELPS.site), helps
        good = mean(found, 3, shift="morning") - mean(found, 3, shift="afternoon")
        assert (good > 0.09) == (site.name == GOOD.site), good
