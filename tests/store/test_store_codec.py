"""Curves and 1 Hz records come out of their blob as they went in."""

import base64
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from store_making import assert_same_curve, assert_same_seconds, interaction

from mien.errors import StoreError
from mien.journey.types import Curve, SecondRecord
from mien.store.codec import decode, encode

finite = st.floats(-1e6, 1e6)
unit = st.floats(-1, 1)
maybe_nan = st.one_of(unit, st.just(math.nan))
reasons = st.dictionaries(st.text(min_size=1, max_size=20), st.integers(1, 10_000), max_size=4)


@st.composite
def records(draw):
    start = draw(st.integers(-5, 10**7))
    return tuple(
        SecondRecord(
            t_s=start + k,
            n=draw(st.integers(0, 1000)),
            expressions=draw(st.none() | st.tuples(*[st.floats(0, 1)] * 8)),
            valence=draw(st.none() | finite),
            variance=draw(st.none() | st.floats(0, 4)),
            left_out=draw(reasons),
        )
        for k in range(draw(st.integers(0, 12)))
    )


@st.composite
def curves(draw):
    size = draw(st.integers(0, 40))
    times = np.cumsum(draw(st.lists(st.floats(0.2, 60), min_size=size, max_size=size)))
    rows = [np.array(draw(st.lists(maybe_nan, min_size=size, max_size=size)), float) for _ in range(3)]
    return Curve(times + draw(st.floats(0, 1e6)), *rows)


@given(records(), st.none() | curves())
@settings(max_examples=70, deadline=None)
def test_what_goes_in_comes_out(seconds, curve):
    stored_seconds, stored_curve = decode(encode(seconds, curve))
    assert_same_seconds(stored_seconds, seconds)
    assert_same_curve(stored_curve, curve)


def test_packing_again_what_was_unpacked_changes_nothing():
    made = interaction(3, seconds=60)
    blob = encode(made.seconds, made.curve)
    assert encode(*decode(blob)) == blob


def test_a_number_reads_as_it_was_written():
    made = interaction(3)
    assert [s.valence for s in decode(encode(made.seconds, None))[0]] == [s.valence for s in made.seconds]


# Made by the first release. Whatever is changed later, this must be read.
FIRST = base64.b64decode(
    "TUlFTgF4nHNkYGCoVipOTc7PSylWslIw0lFQSi4tKksFso2B7KLUxOL8PJBMtFJSTmlRUWqKElC4pLQoLzVFIbE8sVIptpadkQEF"
    "MP1j+I8MmdH4DJyo6htsvv0HgwaPFxCjGl4wQ6V2cDOgiZDCSJiwIezCshxmcVQLGQ7Y+HyTRXbRgQqfN6gCDD4MsshaABjtT4g="
)


def test_blobs_of_the_first_format_can_be_read_for_ever():
    seconds, curve = decode(FIRST)
    assert seconds == (
        SecondRecord(7, 2, (0.1, 0.3, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1), -0.25, 0.0125, {"blurred": 3}),
        SecondRecord(8, 0, None, None, None, {"blurred": 1, "turned away": 9}),
    )
    np.testing.assert_array_equal(curve.t_s, [7.1, 7.35, 8.9])
    np.testing.assert_array_equal(curve.valence, [-0.25, 0.5, math.nan])
    np.testing.assert_array_equal(curve.low, [-0.5, 0.25, math.nan])
    np.testing.assert_array_equal(curve.high, [0.0, 0.75, math.nan])


@pytest.mark.parametrize("value", [math.inf, -math.inf, 1e18])
def test_an_infinite_or_absurd_number_is_refused(value):
    with pytest.raises(StoreError, match="cannot be stored"):
        encode([SecondRecord(0, 1, None, value, 0.1)], None)


def test_a_newer_format_is_refused_by_name():
    with pytest.raises(StoreError, match="format 2"):
        decode(b"MIEN\x02" + FIRST[5:])


@pytest.mark.parametrize(
    "blob", [b"", b"MIEN", b"JSON\x01{}", FIRST[:-9], FIRST[:12] + b"\x00\x00" + FIRST[14:], FIRST[:5]]
)
def test_a_damaged_blob_is_refused(blob):
    with pytest.raises(StoreError, match="damaged"):
        decode(blob)
