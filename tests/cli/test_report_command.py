"""`mien report` and `mien tables`: what they write, and what they say where they cannot."""

from pathlib import Path

import pyarrow.compute as pc
import pytest
from pyarrow import csv, parquet
from pypdf import PdfReader

from mien.errors import InputError
from mien.report.saving import whole_file
from mien.store import Store
from support.compared import PLACES, SITES, fill
from support.new_store import ready_made

pytestmark = pytest.mark.once

DAYS, A_DAY = 8, 14


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    path = tmp_path_factory.mktemp("report") / "mien.sqlite"
    with Store.open(ready_made(path)) as opened:
        fill(opened, days=DAYS, a_day=A_DAY)
    return path


def test_a_report_is_written_under_a_name_that_says_what_it_is(mien, filled, tmp_path):
    done = mien("report", "2026-04", "--site", SITES[0], "--store", filled)
    assert (done.code, done.out) == (0, "Report: mien-report-north-street-2026-04-en.html\n")
    assert "April 2026" in (tmp_path / "mien-report-north-street-2026-04-en.html").read_text()
    done = mien(
        "report", "2026-04", "--chain", "--language", "fr", "--output", "board.pdf", "--store", filled
    )
    assert done.code == 0
    read = PdfReader(tmp_path / "board.pdf")
    assert "avril 2026" in read.metadata.title.lower()
    assert all(name in read.pages[0].extract_text() for name in SITES)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["2026-13"], "no month '2026-13'; write one as"),
        (["2199-01"], "has not begun yet"),
        (["--site", "Nowhere"], "knows no site 'Nowhere'; it holds 'Harbour'"),
        (["--site", SITES[0], "--chain"], "--chain is of all stores"),
        (["--format", "docx"], "there are html and pdf"),
        (["--language", "de"], "there are en, fr, es, ru, uk"),
        (["--output", "nothing/here.html"], "its folder does not exist"),
        (["2026-05", "--output", "/dev/full"], "No space left on device"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(mien, filled, arguments, said):
    done = mien("report", *arguments, "--store", filled)
    assert done.code == 2
    assert said in done.complaint
    assert not Path("/dev/full").is_file()


def test_a_store_with_one_site_has_no_chain(mien, tmp_path):
    with Store.open(ready_made(tmp_path / "one.sqlite")) as opened:
        assert "holds no site yet" in mien("report", "--store", tmp_path / "one.sqlite").complaint
        opened.sites.set_clock("Only", "UTC")
    assert (
        "holds one site only, 'Only'"
        in mien("report", "--chain", "--store", tmp_path / "one.sqlite").complaint
    )
    done = mien("report", "2026-05", "--store", tmp_path / "one.sqlite")
    assert (done.code, "Nothing is stored of 2026-05" in done.complaint) == (0, True)


def test_without_the_extra_it_says_how_to_get_it(mien, filled, monkeypatch, tmp_path):
    monkeypatch.setitem(__import__("sys").modules, "weasyprint", None)
    done = mien("report", "2026-05", "--format", "pdf", "--output", "x.pdf", "--store", filled)
    assert done.code == 2
    assert "pip install 'mien[pdf]'" in done.complaint
    assert not (tmp_path / "x.pdf").exists()


def test_days_as_parquet_and_csv_are_the_same(mien, filled, tmp_path):
    for name in ("days.parquet", "days.csv"):
        done = mien("tables", "daily", name, "--store", filled)
        assert (done.code, done.err) == (0, "")
    one = parquet.read_table(tmp_path / "days.parquet")
    other = csv.read_csv(tmp_path / "days.csv")
    assert one.column_names == other.column_names
    assert f"{one.num_rows} rows" in done.out
    whole = one.filter(pc.equal(one["by"], "site"))
    assert whole.num_rows == DAYS * len(SITES)
    assert pc.sum(whole["interactions"]).as_py() == DAYS * A_DAY * len(PLACES) * len(SITES)
    assert whole["index_mean"].null_count == 0
    for column in ("index_mean", "eps_low", "index_n"):
        mine = one[column].to_pylist()
        assert other[column].to_pylist() == pytest.approx(mine, nan_ok=True)
    shares = one.filter(pc.equal(one["by"], "shift"))
    assert shares["index_mean"].null_count == shares.num_rows, (
        "8 in the early shift, whom the late one would tell"
    )


def test_interactions_are_all_there_and_lead_to_nobody(mien, filled, tmp_path):
    done = mien(
        "tables",
        "interactions",
        "all.parquet",
        "--site",
        SITES[1],
        "--first",
        "2026-04-02",
        "--store",
        filled,
    )
    assert (done.code, done.out) == (0, f"Table: all.parquet ({(DAYS - 1) * A_DAY * 2} rows)\n")
    table = parquet.read_table(tmp_path / "all.parquet")
    assert str(min(table["day"].to_pylist())) == "2026-04-02"
    assert table["started_at"].is_valid().to_pylist().count(False) == 0
    assert {"id", "uid", "track_id", "receipt"}.isdisjoint(table.column_names)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["daily", "x.xlsx"], "neither .parquet nor .csv"),
        (["daily", "nothing/x.csv"], "its folder does not exist"),
        (["daily", "x.csv", "--first", "2026-13-01"], "write a day as"),
        (["interactions", "x.csv", "--first", "2026-05-02", "--last", "2026-05-01"], "exchange them"),
        (["interactions", "x.csv", "--site", "Nowhere"], "knows no site 'Nowhere'"),
    ],
)
def test_a_table_that_cannot_be_is_said_in_one_line_and_leaves_nothing(
    mien, filled, tmp_path, arguments, said
):
    done = mien("tables", *arguments, "--store", filled)
    assert done.code == 2
    assert said in done.complaint
    assert [path.name for path in tmp_path.iterdir()] == []


@pytest.mark.parametrize("stop", [KeyboardInterrupt, OSError("no room")])
def test_what_is_stopped_leaves_what_was_there_and_no_half(tmp_path, stop):
    place = tmp_path / "table.csv"
    place.write_text("as it was")
    expected = InputError if isinstance(stop, OSError) else stop
    with pytest.raises(expected), whole_file(place, what="table", option="FILE") as path:
        path.write_text("half")
        raise stop
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [("table.csv", "as it was")]
