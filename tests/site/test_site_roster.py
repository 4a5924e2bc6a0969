"""A roster is read as spreadsheets save it; a wrong row is told with its line."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from mien.errors import SettingError
from mien.site import load_roster

if TYPE_CHECKING:
    from collections.abc import Callable

    from mien.site import Checked

HEAD = "date,shift,person\n"


def test_it_tells_who_works_when_and_where(check: Callable[..., Checked]) -> None:
    checked = check()
    assert checked.site is not None
    roster = load_roster(checked.site)
    assert roster == checked.roster
    both = datetime(2026, 5, 4, 11, 45, tzinfo=UTC)  # 13:45 in Lyon
    assert [entry.person for entry in roster.at(both)] == ["17", "23"]
    assert [entry.person for entry in roster.at(both, "till 1")] == ["17"]
    assert roster.at(both)[0].protocol == "greeting"
    assert [entry.person for entry in roster.at(datetime(2026, 5, 4, 12, 0, tzinfo=UTC))] == ["23"]
    assert [entry.line for entry in roster.on(date(2026, 5, 4))] == [2, 3]


@pytest.mark.parametrize(
    "roster",
    [
        "date;shift;person\r\n2026-05-04;early;17\r\n\r\n;;\r\n",
        "\ufeffDate,Shift,Person\n2026-05-04,early,17\n",
        'shift\tperson\tdate\nearly\t"17"\t2026-05-04',
    ],
)
def test_spreadsheets_of_all_kinds_are_read(check: Callable[..., Checked], roster: str) -> None:
    checked = check(roster=roster)
    assert not checked.problems
    assert [(entry.person, entry.line) for entry in checked.roster.entries] == [("17", 2)]


@pytest.mark.parametrize(
    ("roster", "line", "words"),
    [
        ("", 1, "the column 'date' is missing; the first line names the columns: date,shift,person"),
        (
            "date,shfit,person\n",
            1,
            "the column 'shfit' is not known; did you mean 'shift'? use date, shift, person",
        ),
        ("date,shift,person,person\n", 1, "the column 'person' stands there twice"),
        (HEAD + "2026-05-04,early\n", 2, "has 2 cells, the first line names 3 columns"),
        (HEAD + "2026-05-04,,17\n", 2, "shift is empty; give one"),
        (HEAD + "04/05/2026,early,17\n", 2, "date is '04/05/2026'; write a day as 2026-05-04"),
        (HEAD + "2026-02-30,early,17\n", 2, "date is '2026-02-30'"),
        (
            HEAD + "2026-05-04,ealry,17\n",
            2,
            "there is no shift 'ealry'; did you mean 'early'? [shifts] of the site file has",
        ),
        (
            HEAD + "2026-05-04,after,17\n",
            2,
            "shift 'after' is not held on monday, 2026-05-04; its days are sunday",
        ),
        (HEAD + f"2026-05-04,early,{'x' * 81}\n", 2, "person has 81 characters; use at most 80"),
        (HEAD + '2026-05-04,early,"17\n', 2, "is no row of a CSV file"),
        (
            "date,shift,person,service_point\n2026-05-04,early,17,till 9\n",
            2,
            "there is no service point 'till 9'; did you mean",
        ),
        ("date,shift,person,protocol\n2026-05-04,early,17,greet\n", 2, "there is no protocol 'greet'; "),
        (
            HEAD + "2026-05-04,early,17\n2026-05-04,early,17\n",
            3,
            "'17' stands in shift 'early' of 2026-05-04 already, in line 2",
        ),
        (
            HEAD + "2026-05-04,late,17\n\n2026-05-04,early,17\n",
            4,
            "'17' is in shift 'early' of 2026-05-04 and in shift 'late' of "
            "2026-05-04 (line 2), which overlap; nobody can be in both",
        ),
        (
            b"date,shift,person\n2026-05-04,early,Ren\xe9\n",
            None,
            "save it from the spreadsheet as 'CSV UTF-8'",
        ),
    ],
)
def test_a_wrong_row_is_told_with_its_line(
    check: Callable[..., Checked], roster: str | bytes, line: int | None, words: str
) -> None:
    checked = check(roster=roster)
    assert checked.site is None
    problem = checked.problems[0]
    assert words in problem.text
    assert problem.line == line
    assert problem.file.name == "roster.csv"


def test_every_wrong_row_is_told(check: Callable[..., Checked]) -> None:
    rows = HEAD + "2026-05-04,early,17\n2026-05-05,x,17\n2026-05-06,late,23\n2026-05-07,y,\n"
    problems = check(roster=rows).problems
    assert [problem.line for problem in problems] == [3, 5, 5]


def test_a_shift_into_the_morning_overlaps_with_the_next_day(check: Callable[..., Checked]) -> None:
    late_early = HEAD + "2026-05-02,night,17\n2026-05-03,{},17\n"
    assert not check(roster=late_early.format("after")).problems  # they touch at 2:30
    longer = ('hours = "22:00-02:30"', 'hours = "22:00-03:00"')
    assert "which overlap" in check(longer, roster=late_early.format("after")).problems[0].text


def test_a_long_shift_overlaps_with_all_that_begin_in_it(check: Callable[..., Checked]) -> None:
    longer = ('hours = "08:30-14:00"', 'hours = "08:30-20:00"')
    evening = ('hours = "22:00-02:30"', 'hours = "19:45-23:00"')
    rows = HEAD + "2026-05-04,early,17\n2026-05-04,late,17\n2026-05-04,night,17\n2026-05-04,night,23\n"
    problems = check(longer, evening, roster=rows).problems
    assert [problem.line for problem in problems] == [3, 4]
    assert "and in shift 'early' of 2026-05-04 (line 2)" in problems[1].text


def test_shifts_that_touch_do_not_overlap_when_the_clock_goes_back(check: Callable[..., Checked]) -> None:
    assert not check(roster=HEAD + "2026-10-24,night,17\n2026-10-25,after,17\n").problems


def test_a_roster_that_is_missing_or_means_nothing_is_told(check: Callable[..., Checked], whole: str) -> None:
    missing = check(('file = "roster.csv"', 'file = "rota.csv"')).problems[0]
    assert "the roster cannot be opened: No such file" in missing.text

    begin, end = whole.index("[shifts.early]"), whole.index("[roster]")
    (problem,) = check(text=whole[:begin] + whole[end:]).problems
    assert "there are no [shifts.NAME] that its rows could mean" in problem.text

    site = check().site
    assert site is not None
    assert site.roster is not None
    site.roster.file.write_text("date,shift,person\nx,early,1\n2026-05-04,x,1\n", encoding="utf-8")
    with pytest.raises(SettingError, match=r"roster\.csv:2: date is 'x'.* \(1 more are wrong\)"):
        load_roster(site)
