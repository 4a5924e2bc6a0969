"""Receipts, consents, expiry and erasure by command, as a shop would use them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from mien.store import Store
from support.command import SAMPLES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from support.command import Ran

SITE = """
name = "Riga"
time_zone = "Europe/Riga"
[touchpoints.checkout]
role = "checkout"
[cameras.tills]
touchpoint = "checkout"
webcam = 0
[service_points."till 1"]
camera = "tills"
till = "POS-01"
[receipts]
file = "receipts.csv"
columns = { receipt = "receipt", time = "time", till = "till", reference = "card" }
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A site file with two receipts of an hour ago, one with a reference, and one that is wrong."""
    (tmp_path / "shop.toml").write_text(SITE, encoding="utf-8")
    at = datetime.now(UTC) - timedelta(hours=1)
    rows = f"receipt,time,till,card\n4711,{at.isoformat()},POS-01,L-77\n4712,{at.isoformat()},POS-01,L-78\n"
    (tmp_path / "receipts.csv").write_text(rows + "4713,yesterday,POS-01,\n", encoding="utf-8")
    return tmp_path / "shop.toml"


def consent(mien: Callable[..., Ran]) -> Ran:
    day = (datetime.now(UTC) - timedelta(days=2)).isoformat()
    return mien("consent", "add", "L-77", "--how", "signed form", "--by", "A. Martin", "--on", day)


def test_receipts_are_imported_wrong_rows_told_and_twice_is_once(
    mien: Callable[..., Ran], shop: Path
) -> None:
    assert "Consent 1 is recorded: visits" in consent(mien).out
    first = mien("receipts", "import", shop)
    assert first.code == 2
    assert "receipts.csv:4: time is 'yesterday'; write a time as" in first.complaint
    assert "2 new, 0 known already" in first.out
    assert "1 with a reference that was stored under a consent" in first.out
    assert "1 with a reference that was not stored, since no consent allows it" in first.out
    assert "2 not joined (100%): not analysed yet" in first.out
    assert "0 new, 2 known already" in mien("receipts", "import", shop).out


def test_a_person_is_shown_and_erased_after_a_question(
    mien: Callable[..., Ran], shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    consent(mien)
    mien("receipts", "import", shop)
    told: dict[str, Any] = json.loads(mien("export", "L-77").out)
    assert (told["reference"], told["receipts"][0]["number"], told["interactions"]) == ("L-77", "4711", [])
    assert told["consents"][0]["how"] == "signed form"

    monkeypatch.setattr("typer.confirm", lambda _question: False)
    kept = mien("erase", "L-77")
    assert "This removes for good: 1 consents, 1 receipts." in kept.out
    assert "Nothing was removed." in kept.out
    done = mien("erase", "L-77", "--yes")
    assert done.code == 0
    assert "Proof 1 of " in done.out
    assert "L-77" not in done.out + done.err
    assert "backups" in done.complaint
    assert "Nothing is stored under this reference." in mien("erase", "L-77", "--yes").out
    assert "1 left out, since they were erased" in mien("receipts", "import", shop).out


def test_consents_are_listed_and_withdrawn(mien: Callable[..., Ran], shop: Path) -> None:
    assert "No consent is recorded" in mien("consent", "list").out
    consent(mien)
    mien("receipts", "import", shop)
    assert "L-77" in mien("consent", "list").out
    assert "1 receipts stored under it stay" in mien("consent", "withdraw", "L-77").out
    assert "No consent stands for this reference" in mien("consent", "withdraw", "L-77").complaint


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("consent", "add", "L-1", "--how", "x", "--by", "y", "--on", "2126-05-04T09:30Z"), "still to come"),
        (("consent", "add", "L-1", "--how", "x", "--by", "y", "--purpose", "fun"), "give one of: visits"),
        (("consent", "add", " ", "--how", "x", "--by", "y"), "The reference is blank"),
        (("analyze", "x.mp4", "--site", "Riga", "--keep-days", "3"), "--keep-days is for files of your own"),
        (("analyze", "x.mp4", "--keep-days", "0"), "for 1 to 3650 days, not 0"),
        (("expire", "shop.toml", "--dry-run"), "--dry-run changes nothing"),
        (("erase", "L-1", "--yes"), "There is no store"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    mien: Callable[..., Ran], shop: Path, arguments: tuple[str, ...], words: str
) -> None:
    ran = mien(*arguments)
    assert ran.code == 2
    assert words in ran.complaint


def test_a_file_of_ones_own_goes_after_the_days_that_were_asked_for(
    mien: Callable[..., Ran], store: Path, shop: Path
) -> None:
    assert mien("analyze", SAMPLES / "no_face.mp4", "--keep-days", "3", "--report", "r.html").code == 0
    assert "Nothing is due." in mien("expire", shop).out
    with Store.open(store) as opened:
        assert opened.retention.of("Riga") is not None
        assert opened.retention.expire(datetime.now(UTC) + timedelta(days=2)).removed == {}
        assert opened.retention.expire(datetime.now(UTC) + timedelta(days=4)).removed == {"recordings": 1}
