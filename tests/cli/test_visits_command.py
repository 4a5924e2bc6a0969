"""`mien visits` as a store manager uses it, on simulated visits."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from mien.privacy import Consent, KeepDays, Purpose
from mien.site.receipts import ReceiptRow
from mien.store import NewJoin, Store
from mien.visits import SELECTED
from support.sites import HEAD
from support.visits import NINE, SITE, calibrate, shop_day

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from support.command import Ran

SITE_FILE = (
    HEAD
    + """\
[touchpoints.door]
role = "entrance"

[cameras.door]
touchpoint = "door"
webcam = 0
"""
)


@pytest.fixture
def site_file(tmp_path: Path) -> Path:
    made = tmp_path / "shop.toml"
    made.write_text(SITE_FILE, encoding="utf-8")
    return made


def test_visits_are_told_on_the_clock_of_the_site_with_the_states_on_the_way(
    mien: Callable[..., Ran], store: Path, site_file: Path
) -> None:
    calibrate(store)
    shop_day(store, [0.4, None])
    ran = mien("visits", site_file)
    assert ran.code == 0
    assert "Lyon 2, times in Europe/Paris" in ran.out
    lines = [line.strip() for line in ran.out.splitlines()]
    assert "2026-05-04" in lines
    first, second = (line for line in lines if line.startswith("09:0"))
    assert first.startswith("09:00:00")
    assert "door −0.10 → out +0.30 " in first
    assert "+40 (+33 to +47)" in first
    assert first.endswith("improved")
    assert second.startswith("09:01:00")
    assert "door −0.10 · not seen again" in second
    assert "—" in second
    assert "Without an EPS: 1 seen at one touchpoint only." in ran.out
    assert max(map(len, ran.out.splitlines())) <= 80
    assert "• 2 visits: 1 exit, 1 not seen again." in ran.out
    assert "• 1 joined over two touchpoints or more; 1 with an EPS." in ran.out
    assert "No mean: it needs 10 visits with an EPS, shown or not, and there are 1." in ran.out
    assert SELECTED not in ran.out.replace("\n", " ")


def test_a_mean_comes_with_ten_and_says_for_whom_it_holds_and_that_nothing_is_calibrated(
    mien: Callable[..., Ran], store: Path
) -> None:
    shop_day(store, [0.1 + 0.01 * n for n in range(10)])
    ran = mien("visits", "--site", SITE)
    told = " ".join(ran.out.split())
    assert "Mean EPS +14.5, 95 % between" in told
    assert SELECTED in told
    assert "10 visits uncalibrated (*): nobody measured how the two cameras differ" in told
    document = json.loads(mien("visits", "--json", "-").out)
    assert document["mean"]["visits"] == 10
    # Ten visits tell nothing of what the cameras differ by, so the interval stays as wide as that.
    assert document["mean"]["eps_high"] - document["mean"]["eps_low"] > 27
    assert not document["mean"]["calibrated"]
    assert document["mean"]["holds_for"] == SELECTED


def test_the_document_tells_what_is_known_and_why_the_rest_is_not(
    mien: Callable[..., Ran], store: Path, tmp_path: Path
) -> None:
    shop_day(store, [0.4, None])
    ran = mien("visits", "--json", "visits.json")
    assert ran.out.endswith("JSON: visits.json\n")
    document: dict[str, Any] = json.loads((tmp_path / "visits.json").read_text(encoding="utf-8"))
    assert (document["joined"], document["scored"], document["mean"]) == (1, 1, None)
    assert document["unscored"] == {"seen at one touchpoint only": 1}
    joined, alone = document["visits"]
    assert [one["probability"] for one in joined["interactions"]] == [None, 0.98]
    assert [one["valence"] for one in joined["score"]["stops"]] == [-0.1, 0.3]
    assert alone["score"]["eps"] is None
    assert "eps_sd" not in joined["score"], "what is not shown is not told"


def test_time_and_site_choose(mien: Callable[..., Ran], store: Path) -> None:
    shop_day(store, [0.4] * 3)
    later = (NINE + timedelta(seconds=60)).isoformat()
    assert "• 2 visits:" in mien("visits", "--since", later).out
    assert "• 1 visit:" in mien("visits", "--until", later).out
    assert "No visit is stored of that site and time." in mien("visits", "--site", "Oslo").out


def test_nothing_stored_is_one_sentence(mien: Callable[..., Ran], store: Path) -> None:
    missing = mien("visits")
    assert missing.code == 2
    assert "There is no store at" in missing.complaint
    Store.open(store).close()
    empty = mien("visits")
    assert (empty.code, empty.out) == (0, "No visit is stored.\n")
    document = mien("visits", "--json", "-")
    assert json.loads(document.out)["visits"] == []


def test_bad_input_is_one_clear_line(mien: Callable[..., Ran], store: Path, site_file: Path) -> None:
    shop_day(store, [0.4])
    for arguments, why in (
        (("visits", site_file, "--site", SITE), "both name a site; leave one out"),
        (("visits", "--since", "yesterday"), "--since got 'yesterday'; write a time as"),
        (("visits", "--json", store), "only one of them would be left"),
    ):
        ran = mien(*arguments)
        assert ran.code == 2
        assert why in ran.complaint


def test_who_asks_for_what_is_stored_gets_the_whole_visit(mien: Callable[..., Ran], store: Path) -> None:
    first, _ = shop_day(store, [0.4, 0.2])
    now = datetime.now(UTC)
    with Store.open(store) as opened:
        opened.consents.record(
            Consent(
                "L-7", Purpose.VISITS, NINE - timedelta(days=1), "form", "A. Martin", now + timedelta(days=9)
            )
        )
        keep = KeepDays.alike(3650)
        opened.receipts.add(SITE, [ReceiptRow(2, "POS-01", "4711", NINE, "till 1", None, "L-7")], keep)
        [receipt] = opened.receipts.entries(SITE)
        [visit, _] = opened.visits.list_visits()
        opened.receipts.join([NewJoin(receipt.uid, visit.members[1].interaction, 5.0, 40.0, None)])
    told = json.loads(mien("export", "L-7").out)
    assert [one["id"] for one in told["visits"]] == [visit.uid]
    assert {one["id"] for one in told["interactions"]} == {first, visit.members[1].interaction}
    erased = mien("erase", "L-7", "--yes")
    assert "1 visits" in erased.out
    assert "2 interactions" in erased.out
    assert "• 1 visit:" in mien("visits").out
