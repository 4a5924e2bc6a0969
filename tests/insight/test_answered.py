"""How right alerts were: shares with their interval, and the bound from which on they would be right enough."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from mien.insight.answered import BOUNDS, precision, suggested


def test_a_share_needs_ten_answers_and_has_the_interval_of_wilson() -> None:
    assert precision(30, 8, 1, ()).share is None
    found = precision(30, 9, 1, ())
    assert found.share is not None
    expected = binomtest(9, 10).proportion_ci(method="wilson")
    assert (found.share.value, found.share.n) == (0.9, 10)
    assert (found.share.low, found.share.high) == pytest.approx((expected.low, expected.high), abs=1e-6)


def test_what_is_right_enough_gets_no_suggestion() -> None:
    assert precision(20, 8, 2, [(0.99, True)] * 8 + [(0.95, False)] * 2).suggestion is None


@given(st.lists(st.tuples(st.floats(0.5, 1.0), st.booleans()), max_size=60))
def test_a_suggestion_is_the_lowest_bound_that_reaches_what_is_wished_for(
    scored: list[tuple[float, bool]],
) -> None:
    def reaches(bound: float) -> bool:
        kept = [fine for sure, fine in scored if sure >= bound]
        return len(kept) >= 10 and sum(kept) / len(kept) >= 0.8

    found = suggested(scored, wished=0.8)
    reaching = [bound for bound in BOUNDS if reaches(bound)]
    assert (found.bound if found else None) == (reaching[0] if reaching else None)
