"""A file of walks is read as spreadsheets save it; what cannot be used of it is told with its line."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from mien.site import read_walks

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mien.site import Checked, WalkFile

NOW = datetime(2026, 5, 20, tzinfo=UTC)
HEAD = "tester,agreed_on,camera,from,to\n"


@pytest.fixture
def read(check: Callable[..., Checked], tmp_path: Path) -> Callable[[str], WalkFile]:
    site = check().site
    assert site is not None

    def walks(text: str) -> WalkFile:
        path = tmp_path / "walks.csv"
        path.write_text(text, encoding="utf-8")
        return read_walks(site, path, NOW)

    return walks


def test_times_are_those_of_the_site_or_of_their_own_zone(read: Callable[[str], WalkFile]) -> None:
    found = read(
        "Tester;agreed_on;camera;from;to;remark\n"
        "t1;2026-05-04;tills;2026-05-04 09:31;2026-05-04 09:31:30;was in a hurry\n"
        "t1;2026-05-04;door;2026-05-04T07:30:00Z;2026-05-04T07:30:20Z;\n"
    )
    assert found.problems == ()
    assert [(row.line, row.tester, row.camera) for row in found.rows] == [
        (3, "t1", "door"),
        (2, "t1", "tills"),
    ]
    assert found.rows[1].begin == datetime(2026, 5, 4, 7, 31, tzinfo=UTC)
    assert found.rows[1].end == datetime(2026, 5, 4, 7, 31, 30, tzinfo=UTC)


GOOD = "t1,2026-05-04,door,2026-05-04 09:30,2026-05-04 09:31"


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (GOOD.replace("t1", ""), "tester is empty; give one"),
        (
            GOOD.replace("2026-05-04,", ",", 1),
            "agreed_on is empty; give the day on which the tester agreed in writing",
        ),
        (
            GOOD.replace("t1", "Anna Martin"),
            "give a code of up to 12 letters, digits and . _ - instead of a name",
        ),
        (
            GOOD.replace("door", "dor"),
            "there is no camera 'dor'; did you mean 'door'? [cameras] of the site file has",
        ),
        (GOOD.replace("2026-05-04,", "yesterday,", 1), "agreed_on is 'yesterday'; write a day as 2026-05-04"),
        (
            GOOD.replace("2026-05-04,", "2026-05-05,", 1),
            "tester agreed on 2026-05-05, after standing there on",
        ),
        (
            GOOD.replace("2026-05-04 09:30", "half past"),
            "from is 'half past'; write a time as 2026-05-04 09:30:00",
        ),
        (GOOD.replace("2026-05-04 09:31", "09:31"), "to is '09:31'; write a time as 2026-05-04 09:30:00"),
        (GOOD.replace("09:31", "09:30"), "ends before it begins"),
        (GOOD.replace("2026-05-04 09:31", "2026-06-04 09:31"), "ends in the future"),
        (GOOD.replace("2026-05-04 09:3", "2026-03-29 02:3"), "which the clock in Europe/Paris leaps over"),
        (GOOD.replace("2026-05-04 09:3", "2025-10-26 02:3"), "which comes twice that night"),
    ],
)
def test_a_wrong_row_is_left_out_and_told(read: Callable[[str], WalkFile], row: str, words: str) -> None:
    other = "t2,2026-05-04,door,2026-05-04 09:40,2026-05-04 09:41\n"
    found = read(HEAD + row + "\n" + other)
    assert [one.line for one in found.rows] == [3]
    told = {str(problem) for problem in found.problems}
    assert any("walks.csv:2: " in one and words in one for one in told), told


def test_nobody_is_at_two_places_at_once(read: Callable[[str], WalkFile]) -> None:
    found = read(
        HEAD
        + "t1,2026-05-04,door,2026-05-04 09:30,2026-05-04 09:40\n"
        + "t1,2026-05-04,tills,2026-05-04 09:32,2026-05-04 09:33\n"
        + "t1,2026-05-04,tills,2026-05-04 09:34,2026-05-04 09:35\n"
        + "t1,2026-05-04,tills,2026-05-04 09:40,2026-05-04 09:41\n"
        + "t2,2026-05-04,tills,2026-05-04 09:34,2026-05-04 09:35\n"
    )
    assert [problem.line for problem in found.problems] == [3, 4]
    assert "tester 't1' stands elsewhere at that time, in line 2" in str(found.problems[1])
    assert [row.line for row in found.rows] == [6, 5]


def test_a_file_without_its_columns_or_that_is_not_there_is_told(
    read: Callable[[str], WalkFile], tmp_path: Path, check: Callable[..., Checked]
) -> None:
    found = read("tester,camera,from,to\nt1,door,2026-05-04 09:30,2026-05-04 09:31\n")
    assert found.rows == ()
    assert "the column 'agreed_on' is missing" in str(found.problems[0])
    site = check().site
    assert site is not None
    missing = read_walks(site, tmp_path / "none.csv", NOW)
    assert "the file of walks cannot be opened" in str(missing.problems[0])
