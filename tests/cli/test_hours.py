"""`mien hours` as a shop uses it: from a store that was written as analyses write it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import jsonschema
import numpy as np
import pytest

from mien.report.hours_document import json_schema
from mien.store import Store
from support.new_store import ready_made
from support.shop import SITE, record, seen

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from support.command import Ran

NINE = datetime(2026, 5, 4, 9, tzinfo=ZoneInfo("Europe/Paris"))


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "shop.toml").write_text(SITE, encoding="utf-8")
    return tmp_path / "shop.toml"


@pytest.fixture
def filled(store: Path, shop: Path) -> Path:
    """Monday: three hours at two entrances and the exit; Tuesday; a recording whose time nobody knows."""
    with Store.open(ready_made(store)) as opened:

        def fill(touchpoint: str, begins: datetime | None, n: int, mean: float, **other: object) -> None:
            values = mean + np.linspace(-0.2, 0.2, n)
            found = [seen(k, touchpoint, 60.0 * k, float(v), **other) for k, v in enumerate(values)]
            record(opened, touchpoint, begins, found, name=f"{begins} {other}")

        fill("door", NINE, 25, 0.1, interrupted=True)
        fill("side door", NINE, 25, 0.1)
        fill("out", NINE, 40, 0.5)
        fill("door", NINE + timedelta(hours=1), 40, 0.1)
        fill("out", NINE + timedelta(hours=1), 3, 0.9)
        fill("out", NINE + timedelta(hours=1), 12, -0.9, by_eyes=40)
        fill("out", NINE + timedelta(hours=2), 11, 0.5)
        fill("tills", NINE, 30, -0.5)
        fill("door", NINE + timedelta(days=1), 12, 0.1)
        fill("door", None, 6, -0.9)
    return shop


def test_the_hours_of_a_day_are_told_with_what_must_be_known(mien: Callable[..., Ran], filled: Path) -> None:
    ran = mien("hours", filled, "--from", "2026-05-04", "--to", "2026-05-04")
    assert (ran.code, ran.err) == (0, "")
    assert "show a more pleasant expression" in ran.out
    nine = next(line for line in ran.out.splitlines() if line.strip().startswith("09:00"))
    assert "50/50" in nine
    assert "40/40" in nine
    assert "+20 (+" in nine
    assert "▲ higher" in nine
    ten = next(line for line in ran.out.splitlines() if line.strip().startswith("10:00"))
    assert "3/15" in ten
    assert "10:00 cannot tell: exit: 3 states, an average needs 10." in ran.out.splitlines()
    for said in ("Not the same people", "Uncalibrated.", "A selection", "0 at the entrance and 12 at",
                 "6 interactions there are in nothing"):  # fmt: skip
        assert said in ran.out, said


def test_without_days_it_is_the_week_up_to_the_last_that_something_is_stored_of(
    mien: Callable[..., Ran], filled: Path
) -> None:
    document = json.loads(mien("hours", filled, "--json", "-").out)
    assert (document["first"], document["last"]) == ("2026-04-29", "2026-05-05")
    assert [day["day"] for day in document["days"]] == ["2026-05-04", "2026-05-05"]
    assert [hour["begins"] for hour in document["hours"]] == [
        "2026-05-04T09:00:00+02:00",
        "2026-05-04T10:00:00+02:00",
        "2026-05-04T11:00:00+02:00",
        "2026-05-05T09:00:00+02:00",
    ]


def test_the_document_fulfils_the_published_schema(
    mien: Callable[..., Ran], filled: Path, tmp_path: Path
) -> None:
    published = json.loads(files("mien.report").joinpath("hours.schema.json").read_text(encoding="utf-8"))
    assert published == json_schema(), "run: python -m mien.report.hours_document > hours.schema.json"
    ran = mien("hours", filled, "--json", "hours.json", "--out", "hours.html")
    assert "Page: hours.html" in ran.out
    document = json.loads((tmp_path / "hours.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(published).validate(document)
    assert (document["entrance"], document["exit"]) == (["door", "side door"], ["out"])
    assert (document["same_people"], document["calibrated"], document["undated"]) == (False, False, 6)
    first = document["hours"][0]
    assert first["entrance"]["mean"]["happiness_index"] == pytest.approx(55.0, abs=0.01)
    assert first["difference"]["points"] == pytest.approx(20.0, abs=0.01)
    assert first["difference"]["valence_joint_low"] <= first["difference"]["valence_low"]
    few, beside = (hour["exit"] for hour in document["hours"][1:3])
    assert (few["mean"], few["reason"]) == (None, "3 states, an average needs 10")
    assert (beside["mean"], beside["states"]) == (None, 11)
    assert "could be worked out" in beside["reason"]
    page = (tmp_path / "hours.html").read_text(encoding="utf-8")
    assert "default-src 'none'" in page
    assert "<script" not in page


def test_touchpoints_can_be_named_whatever_their_role(mien: Callable[..., Ran], filled: Path) -> None:
    ran = mien("hours", filled, "--entrance", "side door", "--exit", "tills", "--json", "-")
    document = json.loads(ran.out)
    assert (document["entrance"], document["exit"]) == (["side door"], ["tills"])
    assert document["total"]["difference"]["points"] == pytest.approx(-30.0, abs=0.01)
    assert document["total"]["verdict"] == "lower at the exit"


def test_days_without_anybody_are_an_answer(mien: Callable[..., Ran], filled: Path) -> None:
    ran = mien("hours", filled, "--from", "2026-07-01")
    assert ran.code == 0
    assert "Cannot tell whether" in ran.out
    assert "0/0" in ran.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ("--from", "2026-05-05", "--to", "2026-05-04"),
            "The first day, 2026-05-05, is after the last, 2026-05-04",
        ),
        (("--from", "monday"), "--from got 'monday'; write a day as YYYY-MM-DD"),
        (("--from", "0001-01-01"), "not in the years 1970 to 2199"),
        (("--to", "9999-12-31"), "not in the years 1970 to 2199"),
        (("--entrance", "gate"), "has no touchpoint 'gate'; it has door, side door, out, tills"),
        (("--exit", "door"), "'door' is given as entrance and as exit"),
        (("--out", "nowhere/x.html"), "its folder does not exist"),
        (("--out", "shop.toml"), "is the site file too"),
        (("--json", "store.sqlite"), "is the store too"),
        (("--json", "x.html", "--out", "x.html"), "is given twice"),
        (("--store", "other.sqlite"), "There is no store"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    mien: Callable[..., Ran], filled: Path, arguments: tuple[str, ...], words: str
) -> None:
    before = filled.read_bytes()
    ran = mien("hours", filled, *arguments)
    assert ran.code == 2
    assert words in ran.complaint
    assert ran.out == ""
    assert filled.read_bytes() == before


def test_a_store_without_this_site_or_these_touchpoints_is_one_line(
    mien: Callable[..., Ran], shop: Path, store: Path
) -> None:
    with Store.open(ready_made(store)):
        pass
    assert "knows no site 'Lyon 2', it holds no site yet" in mien("hours", shop).complaint
    with Store.open(ready_made(store)) as opened:
        record(opened, "tills", NINE, [seen(1, "tills", 0.0, 0.1)])
    assert "Nothing is stored at 'door', 'side door', 'out' of site 'Lyon 2'" in mien("hours", shop).complaint
    with Store.open(ready_made(store)) as opened:
        record(opened, "door", None, [seen(1, "door", 0.0, 0.1)])
    told = mien("hours", shop)
    assert "time of day of the 1 interactions" in told.complaint
    assert told.code == 2
    other = shop.read_text(encoding="utf-8").replace('"Lyon 2"', '"Riga"')
    shop.write_text(other, encoding="utf-8")
    assert "knows no site 'Riga', it holds 'Lyon 2'" in mien("hours", shop).complaint


@pytest.mark.parametrize("role", ["entrance", "exit"])
def test_a_site_without_one_of_the_roles_is_told_what_to_do(
    mien: Callable[..., Ran], filled: Path, role: str
) -> None:
    text = filled.read_text(encoding="utf-8").replace(f'role = "{role}"', 'role = "counter"')
    filled.write_text(text, encoding="utf-8")
    ran = mien("hours", filled)
    assert ran.code == 2
    assert f"no touchpoint with the role '{role}'" in ran.complaint
    assert f"--{role}" in ran.complaint


def test_the_days_are_those_of_the_site_not_of_utc(mien: Callable[..., Ran], shop: Path, store: Path) -> None:
    """23:30 UTC on the third of May is half past one on the fourth in Lyon."""
    with Store.open(ready_made(store)) as opened:
        begins = datetime(2026, 5, 3, 23, 30, tzinfo=UTC)
        record(opened, "door", begins, [seen(k, "door", float(k), 0.1) for k in range(12)])
    document = json.loads(mien("hours", shop, "--from", "2026-05-04", "--json", "-").out)
    assert document["total"]["entrance"]["seen"] == 12
    assert document["hours"][0]["begins"] == "2026-05-04T01:00:00+02:00"
    assert json.loads(mien("hours", shop, "--to", "2026-05-03", "--json", "-").out)["hours"] == []
