"""What is shown in several tables side by side never tells the mean of a few."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from mien.insight import undisclosed
from mien.insight.disclosure import WHOLE
from mien.insight.series import hidden_in

PLACES = st.tuples(st.sampled_from("abc"), st.sampled_from([None, "x", "y"]), st.sampled_from("mn"))


def shown_masks(counts):
    cells = [place for place, n in counts.items() if n]
    hidden = undisclosed(counts)
    groups = {WHOLE: np.ones(len(cells))}
    for sorting in range(3):
        for name in {cell[sorting] for cell in cells}:
            groups[sorting, name] = np.array([float(cell[sorting] == name) for cell in cells])
    return cells, groups, {named: mask for named, mask in groups.items() if named not in hidden}


@settings(deadline=None, max_examples=80)
@given(st.dictionaries(PLACES, st.integers(1, 40), min_size=1, max_size=12))
def test_nothing_of_fewer_than_ten_follows_from_what_is_shown(counts):
    cells, groups, shown = shown_masks(counts)
    n = np.array([counts[cell] for cell in cells])
    assert all(mask @ n >= 10 for mask in shown.values())
    if not shown:
        return
    told = np.stack(list(shown.values()))
    few = [mask for mask in (*groups.values(), *np.eye(len(cells))) if mask @ n < 10]
    for wanted in few:
        found = np.linalg.lstsq(told.T, wanted, rcond=None)[0]
        assert np.abs(told.T @ found - wanted).max() > 1e-6, "it is a sum of what is shown"
    for one in told:
        for other in told:
            more = one - other
            assert not ((more >= 0).all() and 0 < more @ n < 10), "it is what one has more than another"


def test_a_till_that_is_most_of_its_touchpoint_is_hidden_with_the_other():
    counts = {("tills", "till 1"): 12, ("tills", "till 2"): 3, ("door", None): 40, ("desk", None): 20}
    assert undisclosed(counts) == {(1, "till 1"), (1, "till 2")}


def test_what_has_another_name_in_another_sorting_is_hidden_there_too():
    # Who asks for advice does so at the desk, and nowhere else.
    counts = {("desk", "advice"): 16, ("clothing", None): 9, ("tills", "purchase"): 20, ("door", None): 30}
    hidden = undisclosed(counts)
    assert (0, "clothing") in hidden
    told = (
        {(0, "desk"), (1, "advice")} - hidden,
        {(0, "tills"), (1, "purchase")} - hidden,
        {(0, "door")} - hidden,
    )
    assert not all(told), "the whole less desk, tills and door is clothing"


def test_nothing_is_hidden_where_all_are_many():
    assert undisclosed({("a", "x"): 10, ("a", "y"): 30, ("b", "x"): 12}) == set()
    assert undisclosed({}) == set()


def test_a_line_that_lacks_anything_lacks_two_and_ten():
    counts = {(day, shift): 20 for day in "abc" for shift in "mn"} | {("a", "m"): 4}
    lines = [
        [cell for cell in counts if cell[at] == name] for at, name in ((0, "a"), (0, "b"), (1, "m"), (1, "n"))
    ]
    hidden = hidden_in(counts, lines)
    for line in lines:
        gone = [counts[cell] for cell in line if cell in hidden]
        assert not gone or (len(gone) > 1 and sum(gone) >= 10)
