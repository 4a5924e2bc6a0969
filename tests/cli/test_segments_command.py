"""`mien segments` as an analyst uses it, on simulated counts."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

import numpy as np
import pytest

from mien.insight import Tallies, Values
from mien.segments import APPARENT, MEASURED, UNADJUSTED, UNTOLD, Age, Gender, Segment
from mien.store import PartKey, Store
from support.new_store import ready_made
from support.sites import HEAD

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from support.command import Ran

DAY: Final = date(2026, 5, 4)
ON: Final = """
[segments]
enabled = true
attributes = ["age", "gender"]
legal_basis = "assessment 4"
decided_on = 2026-05-04
decided_by = "B."
"""
SITE_FILE: Final = (
    HEAD
    + """\
[touchpoints.tills]
role = "checkout"

[touchpoints.door]
role = "entrance"

[cameras.till]
touchpoint = "tills"
webcam = 0

[cameras.door]
touchpoint = "door"
webcam = 1
"""
)


@pytest.fixture
def site_file(tmp_path: Path) -> Path:
    made = tmp_path / "shop.toml"
    made.write_text(SITE_FILE + ON, encoding="utf-8")
    return made


def count(
    store: Path, day: date, people: dict[Segment, tuple[int, float]], *, reader: str = "mien 1"
) -> None:
    """Write a day of simulated interactions: of each segment how many, and their mean valence."""
    rng = np.random.default_rng(day.toordinal())
    found = Tallies()
    for segment, (n, mean) in people.items():
        for _ in range(n):
            found.add(segment, Values(rng.normal(0.0, 0.2), mean + rng.normal(0.0, 0.2)))
    at = datetime.fromisoformat(f"{day}T09:12:00+02:00")
    with Store.open(ready_made(store)) as opened:
        number = opened.segments.begin(PartKey("Lyon 2", "tills", day, reader, "balance"), at)
        opened.segments.write(
            number,
            found.kept(rng),
            between=(at, at + timedelta(hours=8)),
            cameras=["till"],
            seen=found.seen,
        )


WOMEN, MEN = Segment(Age.MIDDLE, Gender.WOMAN), Segment(Age.OLDER, Gender.MAN)


def fortnight(store: Path, women: float = 0.3, men: float = 0.1) -> None:
    for days in range(14):
        count(store, DAY + timedelta(days=days), {WOMEN: (30, women), MEN: (25, men), UNTOLD: (15, 0.0)})


def test_segments_are_told_with_intervals_and_with_what_they_are_not(
    mien: Callable[..., Ran], store: Path, site_file: Path
) -> None:
    fortnight(store)
    ran = mien("segments", site_file, "--by", "gender")
    assert ran.code == 0
    assert "Lyon 2, 2026-04-18 to 2026-05-17, by apparent gender, unadjusted" in ran.out
    lines = [" ".join(line.split()) for line in ran.out.splitlines()]
    woman = lines.index(next(line for line in lines if line.startswith("woman 420 EPS")))
    assert "no difference shown" in lines[woman]
    assert lines[woman + 1].startswith("420 HI 65 (6")
    assert "▲ higher, +" in lines[woman + 1]
    assert any("▼ lower, −" in line for line in lines)
    text = " ".join(ran.out.split())
    for sentence in (UNADJUSTED, APPARENT, MEASURED["gender"]):
        assert sentence in text
    assert MEASURED["age"] not in text
    assert "770 of 980 interactions are in a segment here." in text


def test_the_document_has_the_same_and_says_that_nothing_is_adjusted(
    mien: Callable[..., Ran], store: Path, site_file: Path
) -> None:
    fortnight(store, 0.2, 0.2)
    ran = mien("segments", site_file, "--json", "-", "--from", "2026-05-04", "--to", "2026-05-10")
    found = json.loads(ran.out)
    assert (found["schema"], found["adjusted"], found["by"]) == ("urn:mien:segments:1", False, "both")
    assert (found["interactions"], found["in_segments"]) == ({"eps and index": 490}, 385)
    woman, man = found["segments"]
    assert (woman["age"], woman["gender"], woman["interactions"]) == ("30-44", "woman", 210)
    for row in (woman, man):
        index = row["happiness_index"]
        assert index["mean"]["low"] < 60 < index["mean"]["high"]
        assert index["verdict"] == "no difference shown"
    assert UNADJUSTED in found["remarks"]
    assert len(found["parts"]) == 7


def test_what_was_lost_held_or_read_otherwise_is_told(
    mien: Callable[..., Ran], store: Path, site_file: Path
) -> None:
    people = {WOMEN: (12, 0.2), MEN: (15, 0.1)}
    count(store, DAY, people)
    count(store, DAY + timedelta(days=1), {WOMEN: (11, 0.2), MEN: (11, 0.1)}, reader="mien 0")
    key = PartKey("Lyon 2", "tills", DAY, "mien 1", "balance")
    with Store.open(ready_made(store)) as opened:
        opened.segments.begin(key, datetime.fromisoformat("2026-05-04T18:31:00+02:00"))
        opened.segments.lose("Lyon 2")
        opened.segments.begin(key, datetime.fromisoformat("2026-05-04T19:02:00+02:00"))
    count(store, DAY, people)
    text = " ".join(mien("segments", site_file).out.split())
    assert "2026-05-04 at tills: the counts since 18:31 were lost" in text
    assert "2026-05-04 at tills: what came since 19:02 is held in memory until the day is over" in text
    assert "2026-05-04 at tills: what was read from 09:12 on had been counted before" in text
    assert "22 interactions that another reader or scale read are left out" in text
    assert "woman, 30-44 12 EPS" in text


def test_a_place_of_few_has_no_segments_and_says_why(
    mien: Callable[..., Ran], store: Path, site_file: Path
) -> None:
    count(store, DAY, {WOMEN: (9, 0.2), MEN: (12, 0.1)})
    ran = mien("segments", site_file, "--touchpoint", "tills")
    assert "No segment by age and gender has 10 interactions of a kind at a touchpoint" in ran.out
    assert "0 of 21 interactions are in a segment here." in " ".join(ran.out.split())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--touchpoint", "till"], "has no touchpoint 'till'; it has tills, door."),
        (["--from", "2026-05-09", "--to", "2026-05-04"], "The first day, 2026-05-09, is after the last"),
        (["--from", "4 May"], "--from got '4 May'; write a day as YYYY-MM-DD."),
        (["--to", "9999-12-31"], "9999-12-31"),
        (["--by", "shoe size"], "shoe size"),
    ],
)
def test_what_cannot_be_asked_is_said_in_one_line(
    mien: Callable[..., Ran], store: Path, site_file: Path, arguments: list[str], said: str
) -> None:
    count(store, DAY, {WOMEN: (12, 0.2), MEN: (12, 0.1)})
    ran = mien("segments", site_file, *arguments)
    assert ran.code == 2
    assert said in ran.err
    assert "Traceback" not in ran.err


def test_a_site_that_has_one_attribute_guessed_is_compared_by_that(
    mien: Callable[..., Ran], store: Path, site_file: Path
) -> None:
    site_file.write_text(SITE_FILE + ON.replace('["age", "gender"]', '["gender"]'))
    count(store, DAY, {Segment(None, Gender.WOMAN): (20, 0.2), Segment(None, Gender.MAN): (20, 0.1)})
    ran = mien("segments", site_file)
    assert "by apparent gender, unadjusted" in ran.out
    assert "woman 20 EPS" in " ".join(ran.out.split())


def test_where_nothing_was_counted_it_says_how_to_switch_it_on(
    mien: Callable[..., Ran], store: Path, site_file: Path
) -> None:
    with Store.open(ready_made(store)):
        pass
    assert "Nothing is stored by segment of site 'Lyon 2'" in mien("segments", site_file).err
    site_file.write_text(SITE_FILE)
    ran = mien("segments", site_file)
    assert (ran.code, ran.out) == (2, "")
    assert "segments switched off" in ran.err


def test_the_site_commands_tell_whether_segments_are_on_and_on_whose_word(
    mien: Callable[..., Ran], site_file: Path
) -> None:
    basis = "apparent age and gender, on: assessment 4, decided by B. on 2026-05-04"
    assert basis in " ".join(mien("site", "show", site_file).out.split())
    assert basis in mien("site", "check", site_file).out
    site_file.write_text(SITE_FILE)
    assert "segments off" in " ".join(mien("site", "show", site_file).out.split())
    assert "egment" not in mien("site", "check", site_file).out
