"""What the cameras have in a difference: taken away where it was measured, allowed for where it was not."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from mien.insight import StateRecord, Verdict, compare_hours
from mien.insight.allowance import Allowance
from mien.insight.simulate import READER, Crowd, simulate_day
from mien.journey.camera_pair import CameraPair, MeasuredPair
from mien.journey.thresholds import UNCALIBRATED_SHARED_SD

PARIS = ZoneInfo("Europe/Paris")
NINE = datetime(2026, 5, 4, 9, tzinfo=PARIS)
MONTH = datetime(2026, 4, 1, tzinfo=UTC)


def people(n, mean, camera, at=NINE, touchpoint="entrance"):
    begin = at.astimezone(UTC)
    return [
        StateRecord(
            touchpoint, begin + timedelta(seconds=30 * k), float(v), 40, 4.0, 0, "balance", READER, camera
        )
        for k, v in enumerate(mean + 0.2 * np.linspace(-1, 1, n))
    ]


def leave(n, mean, camera="back", at=NINE):
    return people(n, mean, camera, at, "exit")


def pair(first, second, offset, error=0.03, testers=12, **other):
    made = MeasuredPair(
        "shop", first, second, "balance", READER, CameraPair(offset, 0.01, error**2, testers), MONTH
    )
    return replace(made, **other)


def compare(*groups, pairs=()):
    return compare_hours([one for group in groups for one in group], PARIS, {"entrance"}, pairs)


def test_a_measured_offset_is_taken_away_whichever_way_it_was_measured():
    for known in (pair("front", "back", 0.08), pair("back", "front", -0.08)):
        found = compare(people(40, 0.1, "front"), leave(40, 0.3), pairs=[known])
        assert found.cameras.allowance is Allowance.CALIBRATED
        assert found.total.difference.value == pytest.approx(0.2 - 0.08)
        assert found.total.difference.offset == pytest.approx(0.08)
        assert found.total.exit.mean.value == pytest.approx(0.3)


def test_what_is_the_cameras_alone_is_no_verdict():
    read = people(60, 0.1, "front"), leave(60, 0.22)
    assert compare(*read, pairs=[pair("front", "back", 0.12)]).total.verdict is Verdict.NONE
    # An interval of the people alone leaves out 0 here.
    unknown = compare(*read).total
    assert unknown.difference.alone_low > 0 > unknown.difference.low
    assert unknown.verdict is Verdict.NONE
    assert compare(people(60, 0.1, "one"), leave(60, 0.22, "one")).total.verdict is Verdict.HIGHER


def test_the_error_of_the_offset_is_in_the_interval_with_testers_less_one_degrees_of_freedom():
    def half(**known):
        read = people(400, 0.1, "front"), leave(400, 0.3)
        found = compare(*read, pairs=[pair("front", "back", 0.0, error=0.05, **known)]).total.difference
        assert found.widened == pytest.approx(
            (found.high - found.low - found.alone_high + found.alone_low) / 2
        )
        return (found.high - found.low) / 2

    # Student's t of 5 and of 11 degrees of freedom, but for the little that the people add.
    assert half(testers=6) == pytest.approx(2.57 * 0.05, rel=0.06)
    assert half(testers=12) == pytest.approx(2.20 * 0.05, rel=0.06)


def test_without_testers_the_interval_is_wider_by_what_two_cameras_may_differ_by():
    found = compare(people(60, 0.1, "front"), leave(60, 0.3))
    told = found.total.difference
    assert (found.cameras.allowance, found.cameras.unmeasured) == (
        Allowance.UNCALIBRATED,
        (("front", "back"),),
    )
    assert (told.value, told.offset) == (pytest.approx(0.2), 0.0)
    alone = (told.alone_high - told.alone_low) / 2
    assert (told.high - told.low) / 2 == pytest.approx(
        math.hypot(1.96 * UNCALIBRATED_SHARED_SD, alone), rel=0.01
    )


def test_one_camera_on_both_sides_has_no_part_in_it():
    found = compare(people(40, 0.1, "hall"), leave(40, 0.3, "hall"))
    assert found.cameras.allowance is Allowance.ONE
    assert (found.total.difference.low, found.total.difference.high) == (
        found.total.difference.alone_low,
        found.total.difference.alone_high,
    )


def test_of_several_cameras_each_counts_by_its_states():
    read = people(30, 0.1, "front"), people(10, 0.1, "side"), leave(40, 0.3)
    known = [pair("front", "back", 0.08, 0.03), pair("side", "back", 0.20, 0.05)]
    found = compare(*read, pairs=known)
    assert found.cameras.reference == "back"
    assert found.total.difference.offset == pytest.approx(0.75 * 0.08 + 0.25 * 0.20)
    part = found.cameras.part({"back": 1.0, "front": -0.75, "side": -0.25})
    assert part.variance == pytest.approx((0.75 * 0.03) ** 2 + (0.25 * 0.05) ** 2)


def test_a_camera_that_was_not_measured_with_the_one_of_reference_leaves_all_uncalibrated():
    read = people(30, 0.1, "front"), people(10, 0.1, "side"), leave(40, 0.3)
    found = compare(*read, pairs=[pair("front", "back", 0.08)])
    assert found.cameras.allowance is Allowance.UNCALIBRATED
    assert found.total.difference.offset == 0.0
    assert found.cameras.unmeasured == (("back", "side"),)
    # Two cameras at one door err less in the mean than one.
    single = compare(people(40, 0.1, "front"), leave(40, 0.3)).total.difference
    assert found.total.difference.widened < single.widened


def test_the_newest_measurement_of_the_reader_and_scale_that_are_compared_counts():
    read = people(40, 0.1, "front"), leave(40, 0.3)
    other = [
        pair("front", "back", 0.5, reader="another 1", measured_at=MONTH + timedelta(days=9)),
        pair("front", "back", 0.5, scale="strongest", measured_at=MONTH + timedelta(days=9)),
    ]
    assert compare(*read, pairs=other).cameras.allowance is Allowance.UNCALIBRATED
    newer = pair("back", "front", -0.06, measured_at=MONTH + timedelta(days=3))
    found = compare(*read, pairs=[newer, pair("front", "back", 0.2), *other])
    assert found.total.difference.offset == pytest.approx(0.06)


def test_states_of_which_nobody_knows_the_camera_are_uncalibrated():
    found = compare(
        people(40, 0.1, None), leave(20, 0.3), leave(20, 0.3, None), pairs=[pair("front", "back", 0.1)]
    )
    assert found.cameras.allowance is Allowance.UNCALIBRATED
    assert found.cameras.entrance == ("(at entrance)",)
    assert found.cameras.unknown
    assert compare(people(40, 0.1, None), leave(40, 0.3, None)).total.difference.widened > 0


def test_more_days_do_not_make_the_error_of_the_cameras_smaller():
    groups = []
    for k in range(20):
        at = NINE + timedelta(days=k)
        groups += [people(40, 0.1, "front", at), leave(40, 0.2 + 0.001 * (k % 3), at=at)]
    for known, least in (([], 1.96 * UNCALIBRATED_SHARED_SD), ([pair("front", "back", 0.05)], 2.2 * 0.03)):
        found = compare(*groups, pairs=known).total
        assert found.days == 20
        assert (found.difference.high - found.difference.low) / 2 == pytest.approx(least, rel=0.03)
        assert found.difference.alone_high - found.difference.alone_low < 0.01


def test_days_that_other_cameras_saw_are_freed_of_theirs():
    """The entrance changes its camera from day to day; only that makes days differ."""
    groups = []
    for k in range(6):
        at, camera = NINE + timedelta(days=k), ("front", "side")[k % 2]
        groups += [people(40, {"front": 0.1, "side": 0.3}[camera], camera, at), leave(40, 0.1, at=at)]
    known = [pair("back", "front", 0.0, 0.02), pair("back", "side", 0.2, 0.02)]
    found = compare(*groups, pairs=known).total.difference
    assert found.value == pytest.approx(0.0)
    assert found.alone_high - found.alone_low < 0.03
    assert found.offset == pytest.approx(-0.1)


@pytest.mark.parametrize("testers", [0, 6])
def test_shops_whose_cameras_alone_differ_are_hardly_ever_told_to_differ(testers):
    """Without allowing for them a third of these are."""
    rng = np.random.default_rng(7)
    crowd, wrong, before = Crowd(0.25, 0.10), 0, 0
    for _ in range(40):
        offset = float(rng.normal(0, UNCALIBRATED_SHARED_SD))
        hours = dict.fromkeys(range(9, 13), (60, 60))
        read = simulate_day(rng, date(2026, 5, 4), PARIS, hours, (crowd, crowd), shifts=(0.0, offset))
        seen = rng.normal(offset, 0.1, max(testers, 2))
        known = [pair("front", "back", float(seen.mean()), float(seen.std(ddof=1)) / math.sqrt(len(seen)),
                      len(seen))]  # fmt: skip
        total = compare_hours(read, PARIS, {"entrance"}, known if testers else ()).total
        wrong += total.verdict is not Verdict.NONE
        before += total.difference.alone_low > -total.difference.offset or (
            total.difference.alone_high < -total.difference.offset
        )
    assert before >= 8
    assert wrong <= 5
