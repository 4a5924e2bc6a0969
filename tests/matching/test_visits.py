"""Interactions become visits by face, time and place; a visit takes its face with it when it ends."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from mien.errors import InputError, SettingError
from mien.vision.matching import MatchingRules, Place, Seen, TravelTime, VisitMatcher
from mien.visits import SELECTED, Ended

MORNING = datetime(2026, 5, 4, 8, 0, tzinfo=UTC)
PLACES = {"door": Place.ENTRANCE, "shelf": Place.INSIDE, "till": Place.INSIDE, "out": Place.EXIT}


def rules(**changes):
    return MatchingRules(**{"places": PLACES, "time_zone": ZoneInfo("Europe/Paris"), **changes})


@pytest.fixture
def shop(person):
    """A matcher that takes one interaction after the other."""

    class Shop:
        def __init__(self):
            self.matcher = VisitMatcher(rules())
            self.templates = []
            self.count = 0

        def seen(self, number, touchpoint, at_s, *, lasts_s=5.0, **how):
            self.count += 1
            template = person(number, shot=self.count, **how)
            self.templates.append(template)
            began = MORNING + timedelta(seconds=at_s)
            return Seen(f"i{self.count}", touchpoint, began, began + timedelta(seconds=lasts_s), template)

        def take(self, *args, **how):
            (placed,) = self.matcher.take([self.seen(*args, **how)])
            return placed

    made = Shop()
    yield made
    made.matcher.close()
    assert all(template.closed for template in made.templates)


def test_one_person_at_three_cameras_is_one_visit_and_ends_at_the_exit(shop):
    first = shop.take(1, "door", 0)
    others = [shop.take(n, "door", 10 * n) for n in range(2, 8)]
    middle, last = shop.take(1, "till", 300), shop.take(1, "out", 400)
    assert first.probability is None
    assert (middle.visit, last.visit) == (first.visit, first.visit)
    assert min(middle.probability, last.probability) > 0.96
    assert len({first.visit, *(one.visit for one in others)}) == 7
    (ended,) = shop.matcher.ended()
    assert (ended.visit, ended.ended) == (first.visit, Ended.EXIT)
    assert ended.interactions == (first.interaction, middle.interaction, last.interaction)
    assert ended.probabilities == (middle.probability, last.probability)
    assert shop.matcher.open_visits == 6
    assert shop.matcher.ended() == []


def test_a_stranger_begins_a_visit_of_their_own(shop):
    known = shop.take(1, "door", 0)
    stranger = shop.take(2, "till", 100)
    assert stranger.visit != known.visit
    assert stranger.probability is None


def test_nobody_is_at_two_places_at_once(shop):
    first = shop.take(1, "shelf", 0, lasts_s=60)
    double = shop.take(1, "till", 30, lasts_s=60)
    assert double.visit != first.visit


def test_nobody_is_faster_than_the_way_or_slower_than_it_may_take(person):
    travel = {("door", "till"): TravelTime(20.0, 600.0)}
    for gap_s, joined in ((10, False), (30, True), (590, True), (700, False)):
        with VisitMatcher(rules(travel=travel)) as matcher:
            times = [MORNING, MORNING + timedelta(seconds=gap_s)]
            places = [
                matcher.take([Seen(str(i), where, time, time, person(1, shot=i))])[0].visit
                for i, (where, time) in enumerate(zip(("door", "till"), times, strict=True))
            ]
        assert (places[0] == places[1]) is joined


def test_who_comes_in_again_makes_another_visit(shop):
    assert shop.take(1, "shelf", 0).visit != shop.take(1, "door", 100).visit


def test_after_the_exit_nobody_is_remembered(shop):
    shop.take(1, "door", 0)
    gone = shop.take(1, "out", 60)
    assert shop.matcher.open_visits == 0
    assert shop.take(1, "till", 120).visit != gone.visit


def test_who_is_not_seen_again_is_forgotten(shop):
    shop.take(1, "door", 0)
    shop.matcher.advance(MORNING + timedelta(seconds=7200))
    assert shop.matcher.open_visits == 1
    shop.matcher.advance(MORNING + timedelta(seconds=7300))
    assert shop.matcher.open_visits == 0
    assert shop.templates[0].closed
    assert [visit.ended for visit in shop.matcher.ended()] == [Ended.EXPIRED]


def test_closing_time_ends_all_and_zeroes_all(shop):
    for number in range(4):
        shop.take(number, "door", number)
    shop.matcher.close()
    assert all(template.closed for template in shop.templates)
    assert [visit.ended for visit in shop.matcher.ended()] == [Ended.CLOSING] * 4


def test_nobody_is_matched_across_days(person):
    late = datetime(2026, 5, 4, 21, 58, tzinfo=UTC)  # two minutes to midnight in Paris
    with VisitMatcher(rules()) as matcher:
        (today,) = matcher.take([Seen("a", "door", late, late, person(1))])
        after = late + timedelta(minutes=5)
        (tomorrow,) = matcher.take([Seen("b", "till", after, after, person(1, shot=1))])
        assert today.visit != tomorrow.visit
        assert [visit.interactions for visit in matcher.ended()] == [("a",)]
        template = person(1, shot=2)
        (belated,) = matcher.take([Seen("c", "till", late, late, template)])
        assert template.closed
        assert belated.visit not in (today.visit, tomorrow.visit)
        assert matcher.open_visits == 1


def test_a_clock_that_jumps_back_changes_nothing(shop):
    shop.take(1, "door", 0)
    shop.matcher.advance(MORNING - timedelta(days=2))
    assert shop.matcher.open_visits == 1


def test_people_who_arrive_together_are_told_apart(shop):
    alice, bob = shop.take(1, "door", 0), shop.take(2, "door", 1)
    both = shop.matcher.take([shop.seen(2, "till", 100), shop.seen(1, "till", 101)])
    assert [one.visit for one in both] == [bob.visit, alice.visit]


def test_one_person_twice_in_a_batch_is_one_visit(shop):
    first = shop.take(1, "door", 0)
    both = shop.matcher.take([shop.seen(1, "till", 200), shop.seen(1, "shelf", 100)])
    assert [(one.interaction, one.visit) for one in both] == [("i3", first.visit), ("i2", first.visit)]


def test_look_alikes_are_left_apart(shop):
    shop.take(1, "door", 0)
    twin = shop.take(1, "door", 20)
    later = shop.take(1, "till", 100)
    assert later.probability is None
    assert later.visit != twin.visit


def test_what_cannot_be_used_is_refused_and_its_faces_are_zeroed(person):
    with VisitMatcher(rules()) as matcher:
        for bad, error, words in (
            ({"touchpoint": "roof"}, SettingError, "no touchpoint 'roof'"),
            ({"began": MORNING.replace(tzinfo=None)}, InputError, "no time zone"),
            ({"ended": MORNING - timedelta(seconds=1)}, InputError, "before it begins"),
        ):
            good, other = person(1), person(2)
            fields = {"touchpoint": "till", "began": MORNING, "ended": MORNING} | bad
            with pytest.raises(error, match=words):
                matcher.take(
                    [Seen("good", "till", MORNING, MORNING, good), Seen("bad", template=other, **fields)]
                )
            assert good.closed
            assert other.closed
        assert matcher.open_visits == 0
        with pytest.raises(InputError, match="no time zone"):
            matcher.advance(MORNING.replace(tzinfo=None))


def test_a_crash_of_what_holds_it_ends_visits_as_interrupted(person):
    template = person(1)
    matcher = VisitMatcher(rules())
    with pytest.raises(RuntimeError), matcher:
        matcher.take([Seen("a", "door", MORNING, MORNING, template)])
        raise RuntimeError
    assert template.closed
    assert [visit.ended for visit in matcher.ended()] == [Ended.INTERRUPTED]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda: TravelTime(10.0, 5.0), "cannot be"),
        (lambda: TravelTime(-1.0, 5.0), "cannot be"),
        (lambda: rules(expiry_s=0.0), "expiry_s is 0"),
        (lambda: rules(min_probability=0.3), "min_probability is 0.3"),
        (lambda: rules(travel={("door", "roof"): TravelTime()}), "'roof', which is no touchpoint"),
    ],
)
def test_rules_that_cannot_be_are_refused(wrong, words):
    with pytest.raises(SettingError, match=words):
        wrong()


def test_averages_have_a_sentence_that_says_whom_they_are_of():
    assert "selected sample" in SELECTED
    assert "not for all visitors" in SELECTED
