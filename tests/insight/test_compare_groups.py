"""Groups compared from daily sums: means of the interactions, intervals that hold, nothing of few, nothing mixed."""

from datetime import date, timedelta

import numpy as np
import pytest

from mien.insight import (
    THIRDS_FELL,
    DayPart,
    Grouping,
    Measure,
    Standing,
    Unit,
    Way,
    compare,
    compare_trend,
    rank,
    thirds,
)
from mien.insight.means import Mean

WAY = Way("reader 1", "balance")
FIRST = date(2026, 3, 1)


def part(label, day, values, *, way=WAY, seen=None):
    """What some values of a day come to."""
    values = np.asarray(values, dtype=float)
    on = FIRST + timedelta(days=day)
    return DayPart(
        label, on, way, len(values) if seen is None else seen, len(values), values.sum(), values @ values
    )


def chain(rng, means, *, days=20, n=30, own=2.5, common=0.0, spread=12.0, start=0):
    """Days of stores that each move all of their interactions, and days of the chain that move those of all stores."""
    shared = rng.normal(0, common, days)
    return [
        part(label, start + k, rng.normal(mean + shared[k] + rng.normal(0, own), spread, rng.poisson(n) + 1))
        for label, mean in means.items()
        for k in range(days)
    ]


def by_label(found):
    return {row.label: row for row in found.rows}


def test_a_mean_is_that_of_the_interactions_whatever_the_days():
    found = compare([part("a", 0, [10] * 30), part("a", 1, [40] * 10)], Grouping.SITE, Measure.EPS)
    [row] = found.rows
    assert row.found.counted == 40
    assert row.found.mean.value == pytest.approx(17.5)
    assert (row.found.mean.value, row.found.days) == (found.whole.mean.value, found.whole.days) == (17.5, 2)


@pytest.mark.parametrize(("days", "n", "common"), [(30, 40, 0.0), (8, 40, 2.0), (3, 40, 0.0)])
def test_intervals_hold_although_days_differ(days, n, common):
    rng = np.random.default_rng(days)
    means, changes, wrong = [], [], []
    for _ in range(60):
        found = compare(
            chain(rng, dict.fromkeys("abcd", 55.0), days=days, n=n, common=common),
            Grouping.SITE,
            Measure.INDEX,
        )
        means += [row.found.mean.low <= 55 <= row.found.mean.high for row in found.rows]
        changes += [row.change.low <= 0 <= row.change.high for row in found.rows]
        wrong.append(any(row.standing in (Standing.HIGHER, Standing.LOWER) for row in found.rows))
    assert 0.90 < np.mean(means) <= 0.995
    assert 0.90 < np.mean(changes) <= 0.995
    assert np.mean(wrong) < 0.14


def test_days_that_follow_each_other_and_are_alike_widen_intervals():
    rng = np.random.default_rng(4)
    apart = rng.normal(0, 4, (6, 60))
    alike = apart.copy()
    for k in range(1, 60):
        alike[:, k] = 0.7 * alike[:, k - 1] + (1 - 0.49) ** 0.5 * apart[:, k]
    noise = rng.normal(55, 10, (6, 60, 30))

    def width(moods):
        parts = [part(str(s), k, noise[s, k] + moods[s, k]) for s in range(6) for k in range(60)]
        return compare(parts, Grouping.SITE, Measure.INDEX).whole.mean

    assert width(alike).high - width(alike).low > 1.5 * (width(apart).high - width(apart).low)


def test_what_a_day_has_in_common_drops_out_of_a_difference():
    rng = np.random.default_rng(2)
    parts = chain(rng, {"early": 50.0, "late": 53.0}, days=25, n=200, own=0.5, common=6.0)
    found = by_label(compare(parts, Grouping.SHIFT, Measure.INDEX))
    late = found["late"]
    assert late.standing is Standing.HIGHER
    assert late.change.high - late.change.low < 0.5 * (late.found.mean.high - late.found.mean.low)
    assert found["early"].standing is Standing.LOWER


def test_few_days_speak_of_themselves_only():
    rng = np.random.default_rng(3)
    [row, _] = compare(chain(rng, {"a": 50.0, "b": 50.0}, days=1), Grouping.SITE, Measure.INDEX).rows
    assert row.found.unit is Unit.INTERACTION
    parts = chain(rng, {"a": 50.0}, days=20) + chain(rng, {"b": 50.0}, days=2)
    found = by_label(compare(parts, Grouping.SITE, Measure.INDEX))
    assert found["b"].found.unit is Unit.DAY
    # What days differ by is taken from the other store, so that two days are not sure of a mean.
    alone = by_label(compare(chain(rng, {"b": 50.0}, days=2), Grouping.SITE, Measure.INDEX))["b"]
    assert found["b"].found.mean.high - found["b"].found.mean.low > 1.2 * (
        alone.found.mean.high - alone.found.mean.low
    )


def test_no_average_of_fewer_than_ten_is_told_nor_left_to_be_worked_out():
    rng = np.random.default_rng(1)
    parts = [part(label, 0, rng.normal(50, 5, n)) for label, n in (("a", 40), ("b", 14), ("c", 9))]
    found = by_label(compare(parts, Grouping.TOUCHPOINT, Measure.INDEX))
    assert found["c"].found.mean is None
    assert found["c"].reason == "9 interactions with a score, an average needs 10"
    # The whole less a and b would be c.
    assert (found["b"].found.mean, found["b"].change, found["b"].ranked) == (None, None, None)
    assert "could be worked out" in found["b"].reason
    assert found["a"].found.mean is not None
    assert {row.standing for row in (found["b"], found["c"])} == {Standing.UNKNOWN}
    trend = compare_trend(
        parts, [part("a", -30, rng.normal(50, 5, 40)), part("c", -30, [50] * 12)], Measure.INDEX
    )
    assert {row.label: row.now.mean is None for row in trend.rows} == {"a": False, "b": True, "c": True}
    assert {row.change is None for row in trend.rows if row.label != "a"} == {True}


def test_only_what_was_read_in_one_way_is_compared():
    rng = np.random.default_rng(5)
    other = Way("reader 2", "balance")
    parts = chain(rng, {"a": 50.0, "b": 50.0}, days=6)
    more = [part("b", k, [90] * 20, way=other, seen=25) for k in (3, 9)]
    mixed, alone = (
        compare(parts + more, Grouping.SITE, Measure.INDEX),
        compare(parts, Grouping.SITE, Measure.INDEX),
    )
    assert (mixed.way, mixed.rows, mixed.whole) == (WAY, alone.rows, alone.whole)
    [left] = mixed.others
    assert (left.way, left.interactions) == (other, 50)
    assert (left.first, left.last) == (date(2026, 3, 4), date(2026, 3, 10))
    # A new reader from today on: the way that both periods have, not the one that most were read in.
    now = [part("a", 40, [50] * 300, way=other), part("a", 41, rng.normal(50, 5, 30))]
    assert compare_trend(now, parts, Measure.INDEX).way == WAY


def test_months_are_compared_with_the_month_before():
    rng = np.random.default_rng(6)
    months = {"2025-12": 60.0, "2026-01": 50.0, "2026-03": 50.0}
    parts = [
        one for k, label in enumerate(months) for one in chain(rng, {label: months[label]}, start=40 * k)
    ]
    found = compare(parts, Grouping.MONTH, Measure.INDEX)
    first, second, third = found.rows
    assert [row.label for row in found.rows] == list(months)
    assert (first.change, first.reason) == (None, "nothing to compare with in the month before")
    assert second.change.low < -10 < second.change.high
    assert second.standing is Standing.LOWER
    assert third.change is None
    assert {row.ranked for row in found.rows} == {None}


def test_shares_stay_between_none_and_all_and_hold():
    rng = np.random.default_rng(7)
    nobody = compare([part("a", k, [0] * 8) for k in range(10)], Grouping.SITE, Measure.WORSENED)
    assert nobody.whole.mean.value == nobody.whole.mean.low == 0
    assert 4.5 < nobody.whole.mean.high < 6.5  # 4.6 % by Wilson's formula of 80, somewhat more by ten days
    held, wrong = [], []
    for _ in range(80):
        parts = [part(label, k, rng.random(12) < 0.08) for label in "abc" for k in range(14)]
        rows = compare(parts, Grouping.SITE, Measure.WORSENED).rows
        held += [row.found.mean.low <= 8 <= row.found.mean.high for row in rows]
        wrong.append(any(row.standing in (Standing.HIGHER, Standing.LOWER) for row in rows))
    assert np.mean(held) > 0.92
    assert np.mean(wrong) < 0.1


def test_cameras_that_nobody_measured_are_allowed_for_in_the_index_between_places():
    rng = np.random.default_rng(8)
    parts = chain(rng, {"a": 50.0, "b": 53.0}, days=28, own=0.5, n=200)
    one, many = (
        {"a": {"door": 9}, "b": {"door": 9}},
        {"a": dict.fromkeys("1234", 5), "b": dict.fromkeys("1234", 5)},
    )
    widths = []
    for places in (None, many, one):
        found = by_label(compare(parts, Grouping.SITE, Measure.INDEX, places=places))
        widths.append(found["b"].change.high - found["b"].change.low)
        assert (found["b"].standing is Standing.HIGHER) == (places is None)
    assert widths[0] < widths[1] < widths[2]
    assert widths[2] == pytest.approx(2 * 1.96 * 3.5, rel=0.1)  # two cameras, each 0.07 / sqrt 2 of valence
    eps = [by_label(compare(parts, Grouping.SITE, Measure.EPS, places=p))["b"].change for p in (None, one)]
    assert eps[0] == eps[1]


def test_a_trend_names_the_group_that_got_worse_by_most():
    rng = np.random.default_rng(9)
    before = chain(rng, {"a": 55.0, "b": 55.0, "c": 55.0}, days=30)
    now = chain(rng, {"a": 55.0, "b": 45.0, "c": 49.0}, days=30, start=30)
    found = compare_trend(now, before, Measure.INDEX)
    assert [row.label for row in found.rows] == ["b", "c", "a"]
    assert found.worst.label == "b"
    assert found.worst.change.joint_low < found.worst.change.low < -10 < found.worst.change.high < 0
    assert (
        compare_trend(
            before, [one._replace(day=one.day - timedelta(60)) for one in before], Measure.INDEX
        ).worst
        is None
    )
    # More who left unhappier is worse; a higher index is not.
    more = compare_trend(
        [part("a", 40 + k, [1] * 10 + [0] * 10) for k in range(9)], [part("a", k, [0] * 19 + [1]) for k in range(9)],
        Measure.WORSENED,
    )  # fmt: skip
    assert more.worst.label == "a"
    assert compare_trend(before, now, Measure.INDEX).worst is None
    new = compare_trend([*now, part("d", 31, [50] * 20)], before, Measure.INDEX)
    assert next(row.reason for row in new.rows if row.label == "d").startswith("before: 0 interactions")


def test_thirds_of_interactions_are_compared_by_their_critical_moments():
    rng = np.random.default_rng(10)
    parts = {
        measure: [part(None, k, rng.random(40) < share) for k in range(20)]
        for measure, share in zip(THIRDS_FELL, (0.03, 0.04, 0.15), strict=True)
    }
    found = compare(thirds(parts), Grouping.THIRD, Measure.FELL_BEGIN)
    assert [row.label for row in found.rows] == [str(one) for one in THIRDS_FELL]
    assert found.rows[2].standing is Standing.HIGHER
    assert found.rows[2].found.mean.value == pytest.approx(15, abs=4)
    assert found.whole is None


def test_rankings_pull_uncertain_groups_to_the_mean_and_say_how_sure_ranks_are():
    means = [Mean(50.0 + k, 0.5, 60) for k in range(5)] + [Mean(70.0, 100.0, 60)]
    found = rank(means, 5.0)
    assert 50 < found[-1].value < 60
    assert found[-1].worst - found[-1].best >= 4
    assert found[0].worst >= 5
    assert found == rank(means, 5.0)
    rng = np.random.default_rng(1)
    held = []
    for _ in range(60):
        truth = rng.normal(50, 2, 8)
        ranked = rank([Mean(float(m), 4.0, 60) for m in rng.normal(truth, 2)], 5.0)
        held += [one.low <= true <= one.high for one, true in zip(ranked, truth, strict=True)]
    assert 0.91 < np.mean(held) < 0.99


def test_nothing_is_an_answer_with_reasons():
    for by in Grouping:
        found = compare([], by, Measure.FELL_BEGIN if by is Grouping.THIRD else Measure.EPS)
        assert (found.rows, found.way, found.others) == ((), None, ())
    assert compare_trend([], [], Measure.EPS).worst is None
    one = compare([part("a", 0, [50.0] * 12)], Grouping.SITE, Measure.INDEX)
    assert one.rows[0].reason == "nothing to compare with"
    wide = compare([part("a", 0, [0, 100] * 6)], Grouping.SITE, Measure.INDEX).rows[0]
    assert wide.found.reason == "known to 66 points only, shown under 30"
