"""Receipts are read as till systems save them; a wrong row is told with its line and costs no other."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from mien.errors import SettingError
from mien.site import read_receipts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mien.site import Checked, ReceiptFile

NOW = datetime(2026, 12, 1, tzinfo=UTC)
TABLE = """
[receipts]
file = "receipts.csv"
{more}columns = {{ receipt = "No.", time = "When", till = "Till"{columns} }}
"""
HEAD = "No.,When,Till\n"


@pytest.fixture
def read(check: Callable[..., Checked], tmp_path: Path) -> Callable[..., ReceiptFile]:
    def reading(text: str | bytes, *, columns: str = "", more: str = "") -> ReceiptFile:
        (tmp_path / "receipts.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
        checked = check(more=TABLE.format(columns=columns, more=more))
        assert checked.site is not None, checked.problems
        return read_receipts(checked.site, NOW)

    return reading


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]


@pytest.mark.parametrize(
    "text",
    [
        "No.,When,Till\n17,2026-05-04 09:30:00,POS-01\n",
        '\ufeffwhen;NO.;till;Amount, net\r\n2026-05-04T09:30:00;17;POS-01;"1,50"\r\n\r\n;;;\r\n',
        "Till\tWhen\tNo.\nPOS-01\t2026-05-04 07:30:00Z\t17",
        'No.,When,Till,Sum\n17,2026-05-04T09:30:00.0+02:00,POS-01,"1,50"\n',
    ],
)
def test_files_of_all_kinds_are_read(read: Callable[..., ReceiptFile], text: str) -> None:
    file = read(text)
    assert not file.problems
    assert [(one.number, one.printed_at, one.service_point, one.line) for one in file.rows] == [
        ("17", utc(2026, 5, 4, 7, 30), "till 1", 2)
    ]


def test_type_and_reference_come_along_and_the_reference_is_not_printed(
    read: Callable[..., ReceiptFile],
) -> None:
    columns = ', type = "Kind", reference = "Card"'
    file = read(
        "No.,When,Till,Kind,Card\n17,2026-05-04 09:30,POS-01,return,L-77\n18,2026-05-04 09:31,POS-02,,\n",
        columns=columns,
    )
    assert [(one.type, one.reference) for one in file.rows] == [("return", "L-77"), (None, None)]
    assert "L-77" not in repr(file)


@pytest.mark.parametrize(
    ("rows", "line", "words"),
    [
        ("17,04/05/2026 09:30,POS-01\n", 2, "when is '04/05/2026 09:30'; write a time as"),
        ("17,2026-05-04,POS-01\n", 2, "write a time as 2026-05-04 09:30:00, or give its time_format"),
        ("17,2026-05-04 25:00,POS-01\n", 2, "when is '2026-05-04 25:00'"),
        (",2026-05-04 09:30,POS-01\n", 2, "no. is empty; give one"),
        ("17,2026-05-04 09:30\n", 2, "has 2 cells, the first line names 3 columns"),
        (f"{'9' * 81},2026-05-04 09:30,POS-01\n", 2, "no. has 81 characters; use at most 80"),
        ("1\x007,2026-05-04 09:30,POS-01\n", 2, "cannot be printed"),
        ("17,2027-05-04 09:30,POS-01\n", 2, "in the future; check the clock of the till"),
        ("17,2026-03-29 02:30,POS-01\n", 2, "leaps over; write times with their offset"),
        ("17,2026-10-25 02:30,POS-01\n", 2, "comes twice that night; write times with their offset"),
        ('17,"2026-05-04 09:30,POS-01\n', 2, "is no row of a CSV file"),
    ],
)
def test_a_wrong_row_is_told_with_its_line_and_the_others_are_read(
    read: Callable[..., ReceiptFile], rows: str, line: int, words: str
) -> None:
    good = "1,2026-05-04 08:00,POS-01\n" if not rows.startswith('17,"') else ""
    file = read(HEAD + rows + good)
    assert len(file.rows) == bool(good)
    assert words in file.problems[0].text
    assert file.problems[0].line == line


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "the column 'no.' is missing; the first line names none"),
        ("Number,When,Till\n", "the column 'no.' is missing"),
        ("No.,When,When,Till\n", "the column 'when' stands there twice"),
        (b"No.,When,Till\nR\xe9,2026-05-04 09:30,POS-01\n", "the file of receipts is no UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read_is_told(
    read: Callable[..., ReceiptFile], text: str | bytes, words: str
) -> None:
    file = read(text)
    assert not file.rows
    assert words in file.problems[0].text


def test_a_type_that_the_site_does_not_know_is_told(read: Callable[..., ReceiptFile]) -> None:
    file = read("No.,When,Till,Kind\n17,2026-05-04 09:30,POS-01,retrun\n", columns=', type = "Kind"')
    assert (
        "kind is 'retrun'; did you mean 'return'? interaction_types of the site file has"
        in file.problems[0].text
    )


def test_tills_of_other_sites_are_counted_and_the_same_receipt_is_one(
    read: Callable[..., ReceiptFile],
) -> None:
    one = "17,2026-05-04 09:30,POS-01\n"
    rows = f"17,2026-05-04 09:30,POS-09\n{one}{one}17,2026-05-05 09:30,POS-01\n"
    file = read(HEAD + rows)
    assert dict(file.other_tills) == {"POS-09": 1}
    assert len(file.rows) == 2
    assert not file.problems
    columns = ', type = "Kind"'
    twice = "No.,When,Till,Kind\n17,2026-05-04 09:30,POS-01,return\n17,2026-05-04 09:30,POS-01,purchase\n"
    assert (
        "is the receipt of line 2 again, but with other words"
        in read(twice, columns=columns).problems[0].text
    )


def test_times_may_be_written_in_another_way(
    read: Callable[..., ReceiptFile], check: Callable[..., Checked]
) -> None:
    file = read(HEAD + "17,04/05/2026 09:30,POS-01\n", more='time_format = "%d/%m/%Y %H:%M"\n')
    assert file.rows[0].printed_at == utc(2026, 5, 4, 7, 30)
    wrong = check(more=TABLE.format(columns="", more='time_format = "%H:%M"\n'))
    assert "does not tell day, hour and minute" in wrong.problems[0].text


NIGHT = ("01:50", "02:10", "02:50", "02:05", "02:55", "03:10")
TOLD = [(23, 50), (0, 10), (0, 50), (1, 5), (1, 55), (2, 10)]


@pytest.mark.parametrize("newest_first", [False, True])
def test_in_the_hour_that_comes_twice_the_order_of_the_rows_tells(
    read: Callable[..., ReceiptFile], newest_first: bool
) -> None:
    # Both evenings around the change are needed to tell which way the rows run.
    rows = [f"{n},2026-10-25 {clock},POS-01\n" for n, clock in enumerate(NIGHT)]
    file = read(HEAD + "".join(rows[::-1] if newest_first else rows))
    assert not file.problems
    told = {int(one.number): (one.printed_at.hour, one.printed_at.minute) for one in file.rows}
    assert [told[n] for n in range(6)] == TOLD


def test_where_the_order_does_not_tell_nothing_is_guessed(read: Callable[..., ReceiptFile]) -> None:
    for clocks in (
        ("01:50", "02:10", "02:50", "03:10"),
        ("02:50", "02:10"),
        ("03:10", "01:50", "03:05", "02:50", "02:10"),
    ):
        file = read(HEAD + "".join(f"{n},2026-10-25 {clock},POS-01\n" for n, clock in enumerate(clocks)))
        assert sum("comes twice" in one.text for one in file.problems) == sum(
            c.startswith("02") for c in clocks
        )


def test_without_receipts_in_the_site_file_the_way_out_is_told(check: Callable[..., Checked]) -> None:
    site = check().site
    assert site is not None
    with pytest.raises(SettingError, match=r"names no receipts; add \[receipts\]"):
        read_receipts(site, NOW)
