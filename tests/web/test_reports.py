"""Reports and tables by pages and API: to whom may have them, with the numbers that comparisons give."""

import csv
import re
from base64 import b64encode
from datetime import date
from hashlib import sha256
from io import BytesIO, StringIO

import pytest
from pyarrow import parquet
from pypdf import PdfReader

from mien.insight import Grouping, Measure
from mien.privacy.roles import Grant, Right, Role
from mien.runtime.compare import compare_stored
from mien.store import Chosen, Store
from mien.web.monthly import press
from support.compared import SITES, fill
from support.new_store import ready_made
from support.web_people import Place

MAY = date(2026, 5, 1), date(2026, 5, 31)
DAYS = {"first": "2026-05-01", "last": "2026-05-31"}


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    with Store.open(ready_made(tmp_path_factory.mktemp("reports") / "mien.sqlite")) as opened:
        fill(opened, a_day=4)
        yield opened


@pytest.fixture(scope="module")
def place(store):
    made = Place(store)
    for role in Role:
        made.user(str(role), Grant(role))
        made.user(f"{role}.harbour", Grant(role, "Harbour"))
    return made


def text_of(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def test_the_page_shows_the_chain_to_who_sees_it_and_the_store_to_its_manager(place):
    page = place.browser_of("analyst").get("/reports", params={"month": "2026-05"})
    assert page.status_code == 200
    assert "Chain report" in page.text
    assert "Where it got worse: North Street · checkout." in page.text
    own = place.browser_of("manager.harbour").get("/reports", params={"month": "2026-05"})
    assert "Site report" in own.text
    assert not {name for name in SITES if name != "Harbour" and name in own.text}
    assert place.browser_of("staff").get("/reports").status_code == 403
    assert place.browser_of("manager.harbour").get("/reports", params={"site": SITES[0]}).status_code == 404


def test_the_report_may_be_in_another_language_than_the_page(place):
    page = place.browser_of("analyst").get(
        "/reports", params={"language": "fr"}, headers={"Accept-Language": "es"}
    )
    assert '<html lang="es"' in page.text
    assert '<div class="sheet paper" lang="fr">' in page.text
    assert "Rapport de la chaîne" in page.text
    assert "Mayo de 2026" in page.text


def test_a_report_has_the_numbers_of_the_api(place):
    program = place.program({Right.FIGURES}, None, name="figures")
    found = program.get("/api/v1/compare", params=DAYS).json()["found"]
    text = text_of(program.get("/api/v1/reports/chain", params={"month": "2026-05", "language": "en"}))
    for row in found["rows"]:
        mean = row["found"]["mean"]
        assert f"{row['label']} {mean['value']:.1f} {mean['low']:.1f} to {mean['high']:.1f}" in text


def test_a_report_is_one_file_that_its_own_policy_lets_be_read(place):
    answer = place.browser_of("analyst").get(
        "/api/v1/reports/store", params={"site": SITES[0], "month": "2026-05"}
    )
    [style] = re.findall(r"<style>(.*?)</style>", answer.text, re.DOTALL)
    policy = answer.headers["content-security-policy"]
    assert f"style-src 'sha256-{b64encode(sha256(style.encode()).digest()).decode()}'" in policy
    assert "default-src 'none'" in policy
    assert " style=" not in answer.text.partition("</style>")[2]


def test_a_pdf_is_made_once_for_the_same_report(place, monkeypatch):
    made = []
    real = press.print_html
    monkeypatch.setattr(press, "print_html", lambda text: made.append(text) or real(text))
    asking = place.program({Right.FIGURES}, None, name="prints")
    answers = [
        asking.get("/api/v1/reports/store", params={"site": SITES[1], "month": month, "format": "pdf"})
        for month in ("2026-05", "2026-05", "2026-04")
    ]
    assert [one.headers["content-type"] for one in answers] == ["application/pdf"] * 3
    assert answers[0].content == answers[1].content
    assert len(made) == 2
    assert "Harbour" in PdfReader(BytesIO(answers[0].content)).pages[0].extract_text()


@pytest.mark.parametrize(
    ("path", "query", "status", "said"),
    [
        ("store", {}, 422, "site"),
        ("store", {"site": "Nowhere"}, 404, "Nowhere"),
        ("store", {"site": SITES[0], "month": "2026-13"}, 400, "no month"),
        ("store", {"site": SITES[0], "month": "2199-01"}, 400, "has not begun"),
        ("store", {"site": SITES[0], "format": "docx"}, 422, "format"),
        ("chain", {"language": "de"}, 422, "language"),
        ("chain", {"month": "May"}, 422, "month"),
    ],
)
def test_what_cannot_be_is_said(place, path, query, status, said):
    answer = place.browser_of("analyst").get(f"/api/v1/reports/{path}", params=query)
    assert answer.status_code == status
    assert said in answer.json()["detail"]


def test_a_chain_has_two_stores(place):
    answer = place.browser_of("manager.harbour").get("/api/v1/reports/chain")
    assert (answer.status_code, "2 sites" in answer.json()["detail"]) == (404, True)


def test_names_of_sites_are_safe_in_headers_and_pages(tmp_path):
    name = 'Café "<b>" 😀; filename=x'
    with Store.open(ready_made(tmp_path / "mien.sqlite")) as opened:
        opened.sites.set_clock(name, "UTC")
        asking = Place(opened).signed_in(Role.ANALYST, None)
        answer = asking.get("/api/v1/reports/store", params={"site": name, "month": "2026-05"})
        head = answer.headers["content-disposition"]
        assert head.isascii()
        assert 'filename="mien-report-cafe-b-filename-x-2026-05-en.html"' in head
        assert "%F0%9F%98%80" in head
        assert "<b>" not in answer.text.partition("</style>")[2].replace("<b>–", "")
        assert "Nothing to report yet" in asking.get("/reports").text


def test_a_table_of_days_has_the_means_of_the_comparisons(place, store):
    program = place.program({Right.EXPORT}, None, name="days")
    table = parquet.read_table(
        BytesIO(program.get("/api/v1/tables/daily", params={**DAYS, "format": "parquet"}).content)
    )
    assert all(field.metadata[b"description"] for field in table.schema)
    assert table.schema.metadata[b"first_day"] == b"2026-05-01"
    rows = table.to_pylist()
    whole = [row for row in rows if row["by"] == "site" and row["site"] == SITES[0]]
    assert len(whole) == 31
    which = Chosen((SITES[0],), *MAY)
    mean = compare_stored(store, which, Grouping.SITE, Measure.INDEX).found.whole
    assert sum(row["interactions"] for row in whole) == mean.interactions
    assert all(row["index_n"] == 8 and row["index_mean"] is None for row in whole), "fewer than ten a day"
    assert {row["index_sum"] for row in rows} == {None}
    asked = "first=2026-05-01&last=2026-05-02"
    text = program.get(f"/api/v1/tables/daily?{asked}&site=Harbour").text
    assert {row["site"] for row in csv.DictReader(StringIO(text))} == {"Harbour"}


def test_single_interactions_are_for_who_may_see_single_visits(place, store):
    both = place.program({Right.EXPORT, Right.VISITS}, None, name="both")
    table = parquet.read_table(
        BytesIO(both.get("/api/v1/tables/interactions", params={**DAYS, "format": "parquet"}).content)
    )
    assert table.num_rows == 3 * 2 * 31 * 4
    assert {"id", "uid", "track_id", "interaction", "receipt"}.isdisjoint(table.column_names)
    found = table.to_pylist()
    there = [row for row in found if row["site"] == SITES[0]]
    mean = compare_stored(store, Chosen((SITES[0],), *MAY), Grouping.SITE, Measure.INDEX).found.whole.mean
    assert sum(row["hi_mean"] for row in there) / len(there) == pytest.approx(mean.value, rel=1e-5)
    assert {row["started_at"].second for row in found} == {0}
    looks = store.looks.entries(sites=["Harbour"])
    assert any("table of interactions" in look.subject for look in looks)
    refused = place.program({Right.EXPORT}, None, name="export").get(
        "/api/v1/tables/interactions", params=DAYS
    )
    assert (refused.status_code, "visits" in refused.json()["detail"]) == (403, True)
    own = place.browser_of("manager.harbour").get("/api/v1/tables/interactions", params=DAYS)
    assert {row["site"] for row in csv.DictReader(StringIO(own.text))} == {"Harbour"}


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("2026-05-02", "2026-05-01", "exchange"),
        ("2024-01-01", "2026-05-01", "at most 400"),
        ("0001-01-01", "0001-01-02", "years"),
    ],
)
def test_days_that_cannot_be_are_refused(place, first, last, said):
    for name in ("daily", "interactions"):
        answer = place.browser_of("manager").get(
            f"/api/v1/tables/{name}", params={"first": first, "last": last}
        )
        assert answer.status_code in {400, 422}
        assert said in answer.json()["detail"]


def test_tables_are_offered_to_who_may_take_them_with_what_columns_mean(place):
    shown = {role: place.browser_of(role).get("/reports").text for role in ("officer", "analyst", "manager")}
    assert ["/api/v1/tables/daily" in shown[role] for role in shown] == [False, True, True]
    assert ["/api/v1/tables/interactions" in shown[role] for role in shown] == [False, False, True]
    assert "mean Happiness Index, 50 is neutral" in shown["analyst"]
