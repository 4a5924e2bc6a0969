"""Two cameras compared by testers: what they differ by, how far that can be trusted, and what is refused."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from scipy import stats

from mien.errors import InputError
from mien.journey import Context, Interaction, Outcome, Score
from mien.journey.calibration import Stand, compare_cameras, stand_of
from mien.journey.visit import score_visit

MORNING = datetime(2026, 5, 4, 8, 0, tzinfo=UTC)
WAYS = ("door", "till"), ("till", "door")


def stand(tester, camera, minute, state, variance=0.0004):
    at = MORNING + timedelta(minutes=minute)
    return Stand(tester, camera, at, state, variance, "balance", "mien 1")


def walk(tester, states, *, orders=WAYS, begin=0.0):
    """A tester at door and till in each order, with one state for every standing."""
    given = iter(states)
    return [
        stand(tester, camera, begin + 10 * place + step, next(given))
        for place, order in enumerate(orders)
        for step, camera in enumerate(order)
    ]


def seen(state=0.1, sd=0.02, *, n=80, usable_s=8.0, by_eyes=0, touchpoint="door"):
    score = Score(
        None, None, None, None, None, None, None, None, Outcome.UNCLEAR, usable_s, n, "x",
        hi_mean=50 * (1 + state), hi_sd=50 * sd,
    )  # fmt: skip
    return Interaction(
        str(uuid.uuid4()), 1, Context("Riga", touchpoint), 0.0, usable_s, n, {}, None, score, None, (),
        "balance", "mien 1", by_eyes=by_eyes,
    )  # fmt: skip


def test_the_offset_is_what_the_second_shows_more_and_no_change_with_time():
    # Every face grows sadder by 0.05 from one standing to the next; the till shows 0.2 more than the door.
    stands = [
        one
        for k in range(6)
        for one in walk(f"t{k}", [0.1 * k, 0.1 * k + 0.15, 0.1 * k + 0.10, 0.1 * k - 0.15])
    ]
    found = compare_cameras(stands, "door", "till")
    assert found.pair.offset == pytest.approx(0.2)
    assert found.pair.offset_variance == pytest.approx(0.0, abs=1e-12)
    assert found.pair.variance == 0.0
    assert (found.pair.testers, found.passages, found.one_order) == (6, 12, 0)
    assert compare_cameras(stands, "till", "door").pair.offset == pytest.approx(-0.2)


def test_the_interval_of_the_offset_is_that_of_students_t_over_testers():
    offsets = np.array([0.0, 0.1, 0.2, 0.05, 0.15, 0.3, 0.1])
    found = compare_cameras(
        [one for k, offset in enumerate(offsets) for one in walk(f"t{k}", [0, offset, offset, 0])],
        "door",
        "till",
    )
    low, high = stats.t.interval(0.95, 6, loc=offsets.mean(), scale=stats.sem(offsets))
    assert (found.offset_low, found.offset_high) == pytest.approx((low, high))
    assert found.sd_low < offsets.std(ddof=1) < found.pair.variance**0.5 + 0.02 < found.sd_high
    assert found.mean_reach == pytest.approx(100 * (high - low) / 2)
    assert found.visit_reach > found.mean_reach


@pytest.mark.parametrize(("testers", "sd", "error"), [(6, 0.02, 0.01), (12, 0.05, 0.02), (20, 0.02, 0.03)])
def test_intervals_of_visits_hold_95_percent(testers, sd, error):
    rng = np.random.default_rng(3)
    held = []
    for _ in range(100):
        people = rng.normal(0.1, sd * np.sqrt(0.7), testers)
        stands = []
        for k, person in enumerate(people):
            forth, back = person + rng.normal(0.0, sd * np.sqrt(0.3), 2)
            states = np.array([0.0, forth, back - 0.02, -0.02]) + rng.normal(0.0, error, 4)
            stands += [replace(one, variance=error**2) for one in walk(f"t{k}", states)]
        pair = compare_cameras(stands, "door", "till").pair
        told = score_visit([seen(0.0, error), seen(0.1, error, touchpoint="till")], pair)
        # How often the interval of a visit without any change, wherever it falls, holds 0.
        spread = stats.norm(scale=100 * np.sqrt(sd**2 + 2 * error**2))
        held.append(spread.cdf(-told.eps_low) - spread.cdf(-told.eps_high))
    assert 0.945 < np.mean(held) < 0.985


def test_who_walked_often_counts_once():
    often = [one for turn in range(9) for one in walk("t0", [0, 1, 1, 0], begin=60.0 * turn)]
    others = [one for k in range(1, 7) for one in walk(f"t{k}", [0.0, 0.0, 0.0, 0.0])]
    found = compare_cameras(often + others, "door", "till")
    once = compare_cameras(often[:4] + others, "door", "till")
    assert found.pair.offset == pytest.approx(1 / 7)
    assert found.pair.variance == pytest.approx(once.pair.variance)


def test_testers_who_walked_one_way_only_are_not_counted_and_six_must_be_left():
    both = [one for k in range(6) for one in walk(f"t{k}", [0.0, 0.1, 0.1, 0.0])]
    one_way = [one for k in range(6, 9) for one in walk(f"t{k}", [0.0, 0.9], orders=WAYS[:1])]
    found = compare_cameras(both + one_way, "door", "till")
    assert found.pair.offset == pytest.approx(0.1)
    assert (found.pair.testers, found.one_order, found.passages, found.pair.variance) == (6, 3, 12, 0.0)
    with pytest.raises(
        InputError, match=r"^5 of 8 testers walked between 'door' and 'till' in both orders; let 6 "
    ):
        compare_cameras(both[4:] + one_way, "door", "till")


def test_two_standings_far_apart_are_no_passage_and_another_camera_between_is_no_hindrance():
    late = [
        replace(one, began_at=one.began_at + timedelta(minutes=40 * place))
        for k in range(6)
        for place, one in enumerate(walk(f"t{k}", [0.0, 0.1, 0.1, 0.0]))
    ]
    with pytest.raises(InputError, match=r"^0 of 0 testers"):
        compare_cameras(late, "door", "till")
    near = [one for k in range(6) for one in walk(f"t{k}", [0.0, 0.1, 0.1, 0.0])]
    shelf = [stand(f"t{k}", "shelf", 0.5, 0.9) for k in range(6)]
    assert compare_cameras(near + shelf, "door", "till").pair.offset == pytest.approx(0.1)


def test_walks_that_were_read_in_several_ways_are_refused():
    stands = [one for k in range(6) for one in walk(f"t{k}", [0.0, 0.1, 0.1, 0.0])]
    stands[0] = replace(stands[0], reader="mien 2")
    with pytest.raises(InputError, match=r"read in 2 ways \(mien 1 on balance, mien 2 on balance\)"):
        compare_cameras(stands, "door", "till")


def test_a_standing_needs_a_state_of_the_whole_face():
    given = stand_of("t1", "door", MORNING, seen(0.1, 0.02, by_eyes=7))
    assert (given.state, given.variance) == pytest.approx((0.1, 0.0004))
    for wrong, words in (
        (seen(n=7), "no state there: 7 usable readings over 8.0 s, and 8 over 1 s are needed"),
        (seen(usable_s=0.5), "no state there: 80 usable readings over 0.5 s"),
        (seen(by_eyes=9), "9 of 80 readings are of a covered face"),
        (seen(by_eyes=80), "80 of 80 readings are of a covered face"),
    ):
        with pytest.raises(InputError, match=words):
            stand_of("t1", "door", MORNING, wrong)
