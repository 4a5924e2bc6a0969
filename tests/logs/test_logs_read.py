"""Rows of a log become readings; what is wrong is counted and named, and nothing is put in its place."""

from __future__ import annotations

import random
import tracemalloc
from typing import TYPE_CHECKING

import pytest

from mien.errors import InputError, SettingError
from mien.logs import LogReader, load_map
from mien.logs.read import MOST_WRONG, UNSURE, WRONG_ROW

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Taken

    Take = Callable[..., Taken]


def valence_log(rows: int = 40, face: str = "A") -> list[str]:
    """Lines of a log of one face, ten a second."""
    return ["time,face,valence", *(f"{i / 10},{face},{i / 100}" for i in range(rows))]


def written(lines: list[str]) -> str:
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    "content",
    [
        written(valence_log()).encode("utf-8-sig"),
        written(valence_log()).encode("utf-16"),
        written(valence_log()).replace("\n", "\r\n").encode("utf-16-be").join([b"\xfe\xff", b""]),
        written(valence_log()).replace(",", ";").encode(),
        written(valence_log()).replace(",", "\t").encode(),
        written(valence_log()).replace("time,face,valence", "Time , FACE,Valence").encode(),
        written([f"{line},note \xe9" for line in valence_log()]).encode("cp1252"),
        written([valence_log()[0], *(f"{line},," for line in valence_log()[1:])]).encode(),
        written([",".join([*line.split(",")[::-1], "x", "x"]) for line in valence_log()]).encode(),
    ],
    ids=["bom", "utf16", "utf16be-crlf", "semicolons", "tabs", "letters", "cp1252", "trailing", "order"],
)  # fmt: skip
def test_ways_to_write_the_same_log(take: Take, content: bytes) -> None:
    taken = take(content)
    assert not taken.problems
    assert taken.times == [i / 10 for i in range(40)]
    assert taken.valence == [i / 100 for i in range(40)]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("4.05,A,pleasant", "valence is 'pleasant', which is no number"),
        ("4.05,A,", "valence is empty"),
        ("4.05,A,0;5", "valence is '0;5', which is no number"),
        ("4.05,A,inf", "valence is 'inf', which is no number"),
        ("4.05,A,1_0", "valence is '1_0', which is no number"),
        ("4.05,A,1e999", "valence is '1e999', which is too large"),
        ("4.05,A,1.2", "valence lies outside what the map says"),
        ("-1,A,0.5", "time is '-1', before the beginning of the recording"),
        ("nan,A,0.5", "time is 'nan', which is no number"),
        ("1700000000,A,0.5", "over 31 days after the beginning"),
        ("4.05,,0.5", "face is empty, so nobody can tell whose face it is"),
        ("4.05,A", "has 2 cells, the first line names 3 columns"),
        ("4.05,A,0.5,7", "has 4 cells, the first line names 3 columns"),
        ('4.05,"A"b,0.5', "is no row of a CSV file"),
        ("1.05,A,0.5", "is of 1.05 s, after line 41 of its face of 3.9 s; times must rise"),
        ("time,face,valence", "time is 'time', which is no number"),
    ],
)
def test_a_wrong_row_is_named_and_the_others_stay(take: Take, line: str, said: str) -> None:
    lines, log_map = [*valence_log(), line, "4.1,A,0.41", "4.2,A,0.42"], "generic-valence"
    if line.endswith("A,"):  # with that map the row would say that nobody was seen
        lines = [f"{one},{'sd' if i == 0 else '0.5'}" for i, one in enumerate(lines)]
        log_map = SD
    taken = take(written(lines), log_map)
    assert taken.reader.wrong == 1
    ((where, text),) = taken.problems
    assert where == 42
    assert said in text
    assert [v for v in taken.valence if v is not None] == [*(i / 100 for i in range(40)), 0.41, 0.42]
    assert {one.left_out for one in taken.readings} <= {None, WRONG_ROW}


SD = """
name = "with-sd"
version = "1"
tool = "a tool that knows its error"
sd = "sd"
words.no_face = ["nobody"]
[time]
column = "time"
unit = "seconds"
[face]
column = "face"
[valence]
column = "valence"
scale = "balance"
"""


def test_the_error_of_each_reading_is_taken_from_its_column(take: Take) -> None:
    lines = [f"{line},{'sd' if i == 0 else 0.2 + i / 100}" for i, line in enumerate(valence_log())]
    lines.append("4.0,A,0.5,7")
    taken = take(written(lines), SD)
    assert [round(one.variance or 0.0, 6) for one in taken.readings[:40]] == [
        round((0.2 + i / 100) ** 2, 6) for i in range(1, 41)
    ]
    assert taken.problems == [(42, "sd is 7; a standard deviation of valence is 0.01 to 2")]


def test_a_row_whose_time_and_face_are_known_is_a_reading_left_out(take: Take) -> None:
    taken = take(written([*valence_log(), "4.0,A,x", "4.1,A,0.4"]))
    assert [one.left_out for one in taken.readings[-2:]] == [WRONG_ROW, None]
    assert taken.readings[-2].t_s == 4.0


def test_nobody_in_a_row_is_nothing_wrong(take: Take) -> None:
    taken = take(written([*valence_log(), "4.0,,NaN", "4.1,,", "4.2,,null"]))
    assert not taken.problems
    assert taken.reader.silent == 3
    assert len(taken.readings) == 40


@pytest.mark.parametrize("face", ["A", ""])
def test_two_rows_of_one_face_at_one_time_are_both_left_out(take: Take, face: str) -> None:
    lines = [*valence_log(), "4.0,A,0.9", "4.0,A,-0.9", "4.0,A,0.1", "4.1,A,0.5"]
    if not face:
        lines = [",".join(line.split(",")[::2]) for line in lines]
    taken = take(written(lines))
    assert [where for where, _ in taken.problems] == [42, 43, 44]
    assert (taken.reader.wrong, taken.reader.told) == (3, 44)
    said = "which of them is right" if face else "which of the faces is which"
    assert all(said in text for _, text in taken.problems)
    assert taken.times == [*(i / 10 for i in range(40)), 4.1]


def test_faces_side_by_side_and_one_after_the_other_give_the_same(take: Take) -> None:
    by_time = [(i / 10, face, i / 100) for i in range(60) for face in "AB"]
    by_face = sorted(by_time, key=lambda row: row[1])
    told = []
    for rows in (by_time, by_face):
        taken = take(written(["time,face,valence", *(f"{t},{f},{v}" for t, f, v in rows)]))
        assert not taken.problems
        told.append(sorted((one.track_id, one.t_s, one.valence) for one in taken.readings))
    assert told[0] == told[1]
    assert {one[0] for one in told[0]} == {1, 2}


@pytest.mark.parametrize(("away_s", "tracks"), [(2.9, 1), (3.1, 2)])
def test_who_is_away_for_over_three_seconds_comes_back_as_another_presence(
    take: Take, away_s: float, tracks: int
) -> None:
    later = [f"{3.9 + away_s + i / 10:.1f},A,0.5" for i in range(20)]
    taken = take(written([*valence_log(), *later]))
    assert len(set(taken.tracks)) == tracks
    assert taken.tracks[-20:] == [tracks] * 20
    assert taken.ended == list(range(1, tracks))


def test_many_faces_that_begin_together_stay_apart(take: Take) -> None:
    rows = [f"{i / 10},{face},0.5" for face in range(150) for i in range(5)]
    taken = take(written(["time,face,valence", *rows]))
    assert len(set(taken.tracks)) == 150
    assert not taken.problems


def test_a_stray_quote_costs_the_lines_that_it_swallows_and_all_are_counted(take: Take) -> None:
    lines = ["time,face,valence", *(f"{i / 10},A,0.5" for i in range(3000))]
    lines[100] = '"10.0,A,0.5'
    lines[120] = '12.0,"A,0.5'
    taken = take(written(lines))
    assert taken.reader.wrong == 21
    assert len(taken.readings) == 3000 - 21
    assert len(taken.problems) == 1


def test_one_wrong_row_in_ten_is_still_taken_and_more_are_not(take: Take) -> None:
    right = valence_log(90)
    wrong = [f"{9 + i / 10},A,x" for i in range(10)]
    assert take(written([*right, *wrong])).reader.wrong == MOST_WRONG * 100
    with pytest.raises(InputError, match="11 of 101 rows with a face are wrong and the others would mislead"):
        take(written([*right, *wrong, "20,A,x"]))


def test_a_log_with_decimal_commas_is_refused_where_the_map_says_points(take: Take) -> None:
    lines = ["time;face;valence", *(f"{i / 10};A;{(i % 3 - 1) * 0.9}".replace(".", ",") for i in range(60))]
    with pytest.raises(InputError, match=r"log.csv:2: time is '0,0', which is no number"):
        take(written(lines))
    comma = SD.replace('sd = "sd"\n', "").replace("[time]", '[file]\ndecimal = ","\n[time]')
    taken = take(written(lines), comma)
    assert taken.valence[:3] == [-0.9, 0.0, 0.9]
    assert taken.times[1] == 0.1
    assert taken.reader.wrong == 0
    with pytest.raises(InputError, match="which is no number with a comma"):
        take(written(valence_log()).replace(",", ";"), comma)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "the column 'time' is missing"),
        ("time,face,valence\n", "has no row below the names of its columns"),
        ("time,face,valence\n\n , ,\n", "has no row below the names of its columns"),
        ("time,valence,valence\n0,1,1\n", "the column 'valence' stands there twice"),
        ("t,face,valence\n0,A,1\n", "the column 'time' is missing; the first line names 't', 'face', 'valence'"),
        (b"\x00\x01\x02\x03" * 100, "is no text that Mien knows"),
        (b"x" * 2_000_000, "has a line of over 1,000,000 letters"),
        ("frame,neutral,happiness,surprise,sadness,anger,disgust,fear\n", "Its columns fit --map py-feat."),
    ],
)  # fmt: skip
def test_what_is_no_log_is_refused_in_one_sentence(take: Take, content: str | bytes, said: str) -> None:
    with pytest.raises(InputError) as refused:
        take(content)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_folder_and_what_is_not_there_are_refused(tmp_path: Path) -> None:
    for path, said in ((tmp_path, "is no file"), (tmp_path / "none.csv", "No such file or directory")):
        with pytest.raises(InputError, match=said):
            LogReader(path, load_map("generic-valence"))


def test_faces_without_end_are_refused(take: Take, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mien.logs.read.MOST_FACES", 50)
    with pytest.raises(InputError, match="names over 50 faces in the column 'face'"):
        take(written(["time,face,valence", *(f"{i / 10},{i},0.5" for i in range(60))]))


def test_memory_does_not_grow_with_the_log(tmp_path: Path) -> None:
    dice = random.Random(1)

    def peak(rows: int) -> int:
        path = tmp_path / f"{rows}.csv"
        with path.open("w") as file:
            file.write("time,face,valence\n")
            for i in range(rows):
                cell = "broken" if i % 20 == 0 else f"{dice.uniform(-1, 1):.3f}"
                file.write(f"{i / 10},{i // 50},{cell}\n")
        tracemalloc.start()
        with LogReader(path, load_map("generic-valence")) as reader:
            count = sum(1 for _ in reader.readings())
            assert reader.wrong == rows // 20
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert count >= rows
        return most

    few, many = peak(2_000), peak(20_000)
    # Names of faces that were there are kept, 1 for 50 rows; rows are not.
    assert many < few + 150_000


def test_a_scale_that_the_log_cannot_give_is_refused(take: Take) -> None:
    with pytest.raises(SettingError, match="only the scale 'balance' can be had, not 'circumplex'"):
        take(written(valence_log()), scale="circumplex")


def test_a_tool_that_is_not_sure_is_left_out_and_one_that_saw_nobody_is_no_reading(take: Take) -> None:
    header = "frame, face_id, timestamp, confidence, success, x_0, X_0, AU04_r, AU09_r, AU12_r, AU15_r"
    rows = [
        "1, 0, 0.00, 0.98, 1, 5, 6, 0.0, 0.0, 3.6, 0.0",
        "2, 0, 0.04, 0.98, 1, 5, 6, 1.5, 0.3, 0.6, 0.0",
        "3, 0, 0.08, 0.50, 1, 5, 6, 1.5, 0.3, 0.6, 0.0",
        "4, 0, 0.12, 0.02, 0, 0, 0, 0.0, 0.0, 0.0, 0.0",
        "5, 0, 0.16, 0.98, 1, 5, 6, 0.0, 4.0, 0.0, 0.0",
    ]
    taken = take(written([header, *rows]), "openface")
    assert taken.valence == [1.0, -0.3, None, -1.0]
    assert [one.left_out for one in taken.readings] == [None, None, UNSURE, None]
    assert taken.reader.silent == 1
    assert all(one.shares is None for one in taken.readings)
    assert taken.reader.scale == "strongest"
