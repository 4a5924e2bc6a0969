"""Visits are stored as a matcher finds them, once, and say nothing that is not so any more."""

from datetime import timedelta

import pytest
from event_replay import Gallows, Killed, follow, replay, shown
from store_making import READER
from visit_making import NOON, SITE, analyse, ended, made, uid, visit_of

from mien.errors import SettingError
from mien.journey import Outcome
from mien.journey.camera_pair import CameraPair
from mien.store import MeasuredPair, PlacedInteraction, RecordingKey, Source, visit_uid
from mien.visits import Ended

SEEN = NOON + timedelta(seconds=48)
"""End of interaction 2."""


@pytest.fixture
def shop(store):
    """Ten interactions, of which 0, 1, 2 and 3, 4, 5 will be visits."""
    analyse(store, [made(n) for n in range(10)])
    return store


def told_of_visits(store):
    return [
        (entry.event.type.rpartition(".")[2], entry.event.subject)
        for entry in follow(store)
        if entry.event.thing == "visit"
    ]


def visit_events(store):
    return [entry.event for entry in follow(store) if entry.event.thing == "visit"]


def test_a_visit_is_open_until_it_is_closed_and_then_scored(shop):
    shop.visits.place(SITE, "a", visit_of(0, 1))
    shop.visits.place(SITE, "a", visit_of(0, 1, 2)[2:])
    (open_,) = shop.visits.list_visits()
    assert (open_.uid, open_.session, open_.ended, open_.score) == (visit_uid(uid(0)), "a", None, None)
    assert (open_.started_at, open_.last_seen_at) == (NOON, SEEN)
    assert told_of_visits(shop) == []
    shop.visits.close(SITE, "a", [ended(0, at=SEEN)])
    (closed,) = shop.visits.list_visits(SITE)
    assert (closed.ended, closed.last_seen_at) == (Ended.EXIT, SEEN)
    assert [one.touchpoint for one in closed.members] == ["door", "shelf", "till"]
    assert [one.probability for one in closed.members] == [None, 0.99, 0.99]
    assert [one.started_at for one in closed.members] == [NOON + timedelta(seconds=20 * n) for n in range(3)]
    assert closed.score.eps_mean == pytest.approx(4.0)  # the index rose from 50 to 52
    assert (closed.score.reader, closed.score.scale) == (READER, "balance")
    assert told_of_visits(shop) == [("scored", closed.uid)]
    assert replay(follow(shop)) == shown(shop)


def test_an_event_says_who_was_joined_how_surely_and_the_states_on_the_way(shop):
    shop.visits.place(SITE, "a", visit_of(0, 1, 2, probability=0.97))
    shop.visits.close(SITE, "a", [ended(0, at=SEEN)])
    (event,) = visit_events(shop)
    assert (event.source, event.time, event.type) == ("/sites/Riga", SEEN, "mien.visit.scored")
    assert [(one["interaction"], one["probability"]) for one in event.data["members"]] == [
        (uid(0), None), (uid(1), 0.97), (uid(2), 0.97)
    ]  # fmt: skip
    assert [(one["touchpoint"], one["valence"]) for one in event.data["stops"]] == [
        ("door", 0.0), ("shelf", 0.02), ("till", 0.04)
    ]  # fmt: skip
    assert (event.data["calibrated"], event.data["selected_sample"], event.data["ended"]) == (
        False,
        True,
        "exit",
    )
    assert not {"expressions", "curve", "template"} & set(event.data)


def test_the_newest_measured_pair_of_its_cameras_calibrates_a_visit(shop):
    pair = CameraPair(offset=0.1, variance=0.0004, offset_variance=0.0001, testers=20)
    shop.pairs.record(MeasuredPair(SITE, "till camera", "door camera", "balance", READER, pair, NOON))
    shop.visits.place(SITE, "a", [*visit_of(0, 2), *visit_of(3, 4)])
    shop.visits.close(SITE, "a", [ended(0), ended(3)])
    measured, other = (visit.score for visit in shop.visits.list_visits())
    assert measured.calibrated
    assert measured.eps == pytest.approx(4.0 + 10.0)
    assert not other.calibrated


def test_the_same_again_changes_nothing(shop):
    for _ in range(2):
        shop.visits.place(SITE, "a", visit_of(0, 1))
        shop.visits.place(SITE, "a", visit_of(0, 1))
        shop.visits.place(SITE, "a", [PlacedInteraction(uid(1), uid(1), None)])
        shop.visits.close(SITE, "a", [ended(0), ended(0)])
    shop.visits.close(SITE, "a", [ended(0, Ended.CLOSING)])
    (visit,) = shop.visits.list_visits()
    assert ([one.interaction for one in visit.members], visit.ended) == ([uid(0), uid(1)], Ended.EXIT)
    assert told_of_visits(shop) == [("scored", visit.uid)]


def test_what_is_unknown_of_another_site_or_of_no_time_is_passed_over(shop):
    analyse(shop, [made(20)], at=None, key="undated")
    shop.visits.place(SITE, "a", [*visit_of(55), *visit_of(20), *visit_of(0, 66, 1)])
    shop.visits.place("Oslo", "a", visit_of(3, 4))
    (visit,) = shop.visits.list_visits()
    assert [one.interaction for one in visit.members] == [uid(0), uid(1)]
    # Its visit would begin where it did not begin.
    shop.visits.place(SITE, "a", [PlacedInteraction(uid(3), uid(55), 0.99)])
    shop.visits.close(SITE, "a", [ended(0)])
    shop.visits.place(SITE, "a", [PlacedInteraction(uid(3), uid(0), 0.99)])
    assert shop.visits.placed([uid(n) for n in range(10)]) == {uid(0), uid(1)}


def test_a_replay_takes_down_the_visits_of_the_one_before_and_names_them_alike(shop):
    shop.visits.place(SITE, "a", [*visit_of(0, 1, 2), *visit_of(3, 4), *visit_of(6)])
    shop.visits.close(SITE, "a", [ended(0), ended(3), ended(6)])
    shop.visits.place(SITE, "b", [*visit_of(0, 1), *visit_of(2)])
    assert replay(follow(shop)) == shown(shop)
    assert told_of_visits(shop)[3:] == [("withdrawn", visit_uid(uid(0)))]
    assert visit_events(shop)[3].data["reason"] == "its interactions were joined anew"
    # A late word of the first is of no use any more.
    shop.visits.close(SITE, "a", [ended(0, Ended.CLOSING)])
    shop.visits.close(SITE, "b", [ended(0), ended(2)])
    assert replay(follow(shop)) == shown(shop)
    assert [(visit.uid, visit.session, len(visit.members)) for visit in shop.visits.list_visits()] == [
        (visit_uid(uid(0)), "b", 2),
        (visit_uid(uid(2)), "b", 1),
        (visit_uid(uid(3)), "a", 2),
        (visit_uid(uid(6)), "a", 1),
    ]


def test_who_is_left_open_by_a_matcher_that_died_is_interrupted_and_counted(shop):
    shop.visits.place(SITE, "a", [*visit_of(0, 1), *visit_of(3)])
    shop.visits.place(SITE, "b", visit_of(6, 7))
    assert shop.visits.interrupt("Oslo") == 0
    assert shop.visits.interrupt(SITE, but="b") == 2
    assert shop.visits.interrupt(SITE, but="b") == 0
    assert shop.visits.counts(SITE) == {
        Ended.EXIT: 0, Ended.EXPIRED: 0, Ended.CLOSING: 0, Ended.INTERRUPTED: 2, None: 1
    }  # fmt: skip
    first, second, _ = shop.visits.list_visits()
    assert (first.score.eps_mean, second.score.reason) == (pytest.approx(2.0), "seen at one touchpoint only")
    assert first.last_seen_at == NOON + timedelta(seconds=28)
    assert shop.visits.interrupt(SITE) == 1
    assert replay(follow(shop)) == shown(shop)


def test_visits_are_found_by_site_time_and_member(shop):
    shop.visits.place(SITE, "a", [*visit_of(0, 1), *visit_of(3), *visit_of(6)])
    since = NOON + timedelta(seconds=60)
    first, second, third = shop.visits.list_visits()
    assert shop.visits.list_visits(SITE, since=since) == [second, third]
    assert shop.visits.list_visits(until=since) == [first]
    assert shop.visits.list_visits(limit=1) == [first]
    assert shop.visits.list_visits("Oslo") == []
    assert shop.visits.counts(since=since)[None] == 2
    assert shop.visits.of([uid(1), uid(0), uid(6), uid(9)]) == [first, third]
    with pytest.raises(SettingError, match="Limit -1"):
        shop.visits.list_visits(limit=-1)


def test_a_visit_goes_with_an_interaction_that_a_later_analysis_finds_no_more(shop):
    shop.visits.place(SITE, "a", [*visit_of(0, 1, 2), *visit_of(3, 4), *visit_of(6, 8)])
    shop.visits.close(SITE, "a", [ended(0), ended(3)])
    analyse(shop, [made(n) for n in range(10) if n not in (1, 8)], settings="other")
    assert [visit.uid for visit in shop.visits.list_visits()] == [visit_uid(uid(3))]
    # Nobody was told of the one that was open.
    assert told_of_visits(shop)[2:] == [("withdrawn", visit_uid(uid(0)))]
    assert "finds one of its interactions no more" in visit_events(shop)[2].data["reason"]
    assert replay(follow(shop)) == shown(shop)


def test_a_visit_is_scored_anew_where_a_later_analysis_sees_something_else(shop):
    shop.visits.place(SITE, "a", [*visit_of(0, 1, 2), *visit_of(3, 4)])
    shop.visits.close(SITE, "a", [ended(0), ended(3)])
    # What changes stands in no event of the interaction: its index is told, the mean behind it is not.
    analyse(shop, [made(n, hi_mean=70.0 if n == 2 else None) for n in range(10)], settings="other")
    before, _, again = visit_events(shop)
    assert (again.subject, again.data["replaces"]) == (visit_uid(uid(0)), before.id)
    visit = shop.visits.list_visits()[0]
    assert (visit.score.eps_mean, visit.score.outcome) == (pytest.approx(40.0), Outcome.IMPROVED)
    assert replay(follow(shop)) == shown(shop)


def test_a_visit_of_a_replay_that_was_given_up_says_what_is_shown_or_goes(shop):
    """A replay reads with other settings, its visits are closed, it dies, and the next has other settings again."""

    def begin(settings):
        source = Source("door.mp4", recorded_at=NOON, camera="door camera")
        return shop.recordings.begin(
            RecordingKey("door", SITE, "door"), settings, reader=READER, source=source
        )

    with begin("replay") as run:
        run.commit([made(0, hi_mean=20.0), made(12)], {}, 3600.0, {})
        shop.visits.place(SITE, "b", [*visit_of(0, 1), *visit_of(12)])
        shop.visits.close(SITE, "b", [ended(0), ended(12)])
    assert [visit.score.stops[0].mean for visit in shop.visits.list_visits()] == pytest.approx([-0.6, 0.1])
    with begin("another"):
        (visit,) = shop.visits.list_visits()
        assert visit.score.stops[0].mean == pytest.approx(0.0)
        assert replay(follow(shop)) == shown(shop)


def test_a_kill_before_any_statement_of_closing_leaves_the_visit_open_and_untold(new_store):
    with new_store() as store:
        analyse(store, [made(n) for n in range(6)])
        store.visits.place(SITE, "a", [*visit_of(0, 1, 2), *visit_of(3, 4)])
        gallows, statements = Gallows(store), 0
        while True:
            gallows.left = statements
            try:
                store.visits.close(SITE, "a", [ended(0), ended(3)])
            except Killed:
                statements += 1
                assert store.visits.counts()[None] == 2
                assert told_of_visits(store) == []
            else:
                break
        gallows.left = None
        assert statements > 8
        assert len(told_of_visits(store)) == 2
        assert replay(follow(store)) == shown(store)
