"""The page that compares says which store got worse and where, to whom may know, and nothing of fewer than ten."""

import csv
import re
import unicodedata
from datetime import date
from io import StringIO
from pathlib import Path

import numpy as np
import pytest

from mien.insight import Grouping, Measure
from mien.privacy.roles import Role
from mien.runtime.compare import compare_stored, find_worsening
from mien.spoken import LANGUAGES, language
from mien.spoken.reasons import told
from mien.store import Chosen, Store
from mien.store.rolled import PLACE_MARK
from mien.web.serving import serving
from mien.web.settings import WebSettings
from support.compared import A_DAY, DAYS, MAY, PLACES, SITES, fill
from support.new_store import ready_made
from support.web_people import Place

AXE = Path(__file__).parents[1] / "support/vendor/axe.min.js"
APRIL, NEW = (date(2026, 4, 1), date(2026, 4, 30)), (date(2026, 5, 1), date(2026, 5, 31))


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    with Store.open(ready_made(tmp_path_factory.mktemp("compare") / "mien.sqlite")) as opened:
        opened.indices = fill(opened)
        yield opened


@pytest.fixture(scope="module")
def place(store):
    return Place(store)


@pytest.fixture(scope="module")
def analyst(place):
    return place.signed_in(Role.ANALYST, None)


def text_of(page):
    """What a reader reads, without the marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))


def rows_of(answer):
    return list(csv.DictReader(StringIO(answer.text)))


def test_the_first_sentence_says_which_store_got_worse_and_where(analyst):
    page = analyst.get("/compare")
    said = text_of(page)
    assert page.status_code == 200
    found = re.search(
        r"North Street: the Happiness Index fell by ([\d.]+) points \(([\d.]+) to ([\d.]+)\) "
        r"in May 2026 against April 2026\.",
        said,
    )
    value, low, high = map(float, found.groups())
    assert low < 6 < high  # half of its interactions fell by 12
    assert low < value < high
    steps = re.findall(r'<section class="sheet step">(.*?)</section>', page.text, re.S)
    firsts = [
        re.search(r'<li class="change (\S+) chosen">.*?class="name">([^<]+)', step, re.S) for step in steps
    ]
    worst = [(found[1], found[2].strip()) for found in firsts]
    assert worst == [("bad", "North Street"), ("bad", "checkout"), ("bad", "late"), ("bad", "last third")]
    assert "1–31 May 2026, beside 1–30 Apr 2026" in unicodedata.normalize("NFKC", said)
    assert "more frequent in the last third of the interaction." in said


def test_where_it_got_worse_is_looked_for_in_steps(store):
    which = Chosen(SITES, *NEW)
    found = find_worsening(store, which, APRIL, Measure.INDEX)
    assert (found.site.label, found.touchpoint.label, found.third.label) == (SITES[0], "checkout", "fell_end")
    parts = store.rollups.days(which, Grouping.PLACE, Measure.INDEX)
    assert {tuple(part.label.split(PLACE_MARK)) for part in parts} == {(s, p) for s in SITES for p in PLACES}
    better = find_worsening(
        store, Chosen(SITES, *APRIL), (date(2026, 3, 1), date(2026, 3, 31)), Measure.INDEX
    )
    assert (better.site, better.touchpoint, better.third) == (None, None, None)


def test_a_fall_at_one_place_is_found_though_it_drowns_in_its_store(tmp_path):
    with Store.open(ready_made(tmp_path / "mien.sqlite")) as opened:
        fill(opened, a_day=4, fell=6.0, rose=6.0)
        found = find_worsening(opened, Chosen(SITES, *NEW), APRIL, Measure.INDEX)
        assert (found.site, found.touchpoint.label) == (None, f"{SITES[0]}{PLACE_MARK}checkout")
        assert found.third.label == "fell_end"
        page = text_of(Place(opened).signed_in(Role.ANALYST, None).get("/compare"))
        assert "Checkout at North Street: the Happiness Index fell by" in page
        assert "No site as a whole is shown to have got worse." in page


def test_means_are_those_of_the_stored_interactions(store):
    found = compare_stored(store, Chosen(SITES, *NEW), Grouping.SITE, Measure.INDEX).found
    for row in found.rows:
        mine = np.concatenate([store.indices[row.label, at][MAY:].ravel() for at in ("door", "checkout")])
        assert row.found.mean.value == pytest.approx(mine.mean())
        assert (row.found.counted, row.found.days) == (mine.size, DAYS - MAY)
    late = compare_stored(
        store, Chosen((SITES[1],), *NEW, {"shift": "late"}), Grouping.TOUCHPOINT, Measure.INDEX
    )
    for row in late.found.rows:
        mine = store.indices[SITES[1], row.label][MAY:, A_DAY // 2 :]
        assert row.found.mean.value == pytest.approx(mine.mean())
    months = compare_stored(store, Chosen(SITES[:1], APRIL[0], NEW[1]), Grouping.MONTH, Measure.EPS).found
    assert [row.label for row in months.rows] == ["2026-04", "2026-05"]
    assert months.rows[1].change.joint_high < 0


@pytest.mark.parametrize("by", [by for by in Grouping if by is not Grouping.PLACE])
@pytest.mark.parametrize("measure", ["index", "worsened"])
def test_the_table_holds_what_the_page_shows(analyst, by, measure):
    query = {"by": by.value, "measure": measure, "period": "2026-05"}
    page, table = analyst.get("/compare", params=query), analyst.get("/compare.csv", params=query)
    assert page.status_code == table.status_code == 200
    assert "attachment" in table.headers["content-disposition"]
    shown = re.findall(r'data-name="Mean"><[^>]+><span class="value">([\d.]+)', page.text)
    rows = rows_of(table)
    assert [f"{float(row['mean']):.1f}" for row in rows if row["mean"]] == shown
    assert len(rows) == page.text.count('<th scope="row">')
    for row in rows:
        if row["mean"]:
            assert float(row["low"]) <= float(row["mean"]) <= float(row["high"])


def test_who_may_see_one_store_sees_one(place):
    manager = place.signed_in(Role.MANAGER, "Harbour")
    page = manager.get("/compare")
    assert page.status_code == 200
    assert not any(name in page.text for name in ("North Street", "Old Town"))
    assert manager.get("/compare", params={"by": "shift", "site": "Old Town"}).status_code == 404
    assert {row["site"] for row in rows_of(manager.get("/compare.csv"))} == {"Harbour"}
    refused = place.signed_in(Role.STAFF, "Harbour").get("/compare", headers={"accept-language": "fr"})
    assert refused.status_code == 403
    assert "Il faut pour cela un droit que vous n’avez pas\u202f: moyennes" in refused.text
    assert "Votre rôle n’y donne pas accès · Mien</title>" in refused.text


def test_nothing_is_told_of_fewer_than_ten(tmp_path):
    with Store.open(ready_made(tmp_path / "mien.sqlite")) as opened:
        fill(opened, days=2, a_day=2)
        asking = Place(opened).signed_in(Role.ANALYST, None)
        page = asking.get("/compare", params={"by": "service_point"})
        assert page.status_code == 200
        page = text_of(asking.get("/compare"))
        assert "with a score: 8, an average needs 10" in page
        assert {row["mean"] for row in rows_of(asking.get("/compare.csv"))} == {""}


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"by": "splendour"}, 422),
        ({"measure": "fell_end"}, 404),
        ({"by": "place"}, 404),
        ({"period": "2031-01"}, 404),
        ({"period": "³"}, 404),
        ({"period": "99999999999999999999"}, 422),
        ({"site": "../../etc"}, 404),
        ({"by": "shift", "site": "<b>"}, 404),
        ({"by": "shift", "touchpoint": "<script>alert(1)</script>"}, 200),
    ],
)
def test_what_cannot_be_asked_for_is_said_or_left_out(analyst, query, status):
    for path in ("/compare", "/compare.csv"):
        answer = analyst.get(path, params=query)
        assert answer.status_code == status
        assert "<script>alert" not in answer.text


def test_an_empty_store_says_how_to_begin(tmp_path):
    with Store.open(ready_made(tmp_path / "mien.sqlite")) as opened:
        asking = Place(opened).signed_in(Role.ANALYST, None)
        assert "Nothing to compare yet" in asking.get("/compare").text
        assert asking.get("/compare.csv").text == ""


@pytest.mark.browser
def test_a_choice_changes_the_page_and_its_address_on_a_telephone(browser, place, analyst):
    complaints = []
    with serving(place.app, WebSettings(port=0)) as server:
        context = browser.new_context(viewport={"width": 320, "height": 800})
        jar = analyst.cookies.jar
        context.add_cookies([{"name": c.name, "value": c.value, "url": server.url} for c in jar])
        page = context.new_page()
        page.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda e: complaints.append(str(e)))
        page.goto(f"{server.url}compare")
        choice = page.locator("#choose-by")
        choice.focus()
        choice.select_option("touchpoint")
        page.wait_for_url("**by=touchpoint**")
        page.get_by_role("heading", name="Touchpoints beside each other: Happiness Index").wait_for()
        assert page.evaluate("document.activeElement.id") == "choose-by"
        page.locator("#choose-site").select_option("North Street")
        page.wait_for_url("**site=North**")
        page.locator(".lane", has_text="checkout").wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        # Dots lie within their bars, and bars within the chart.
        for lane in page.locator(".lane:not(.axis)").all():
            strip, band, dot = (lane.locator(name).bounding_box() for name in (".strip", ".band", ".dot"))
            middle = dot["x"] + dot["width"] / 2
            assert (
                strip["x"] <= band["x"] <= middle <= band["x"] + band["width"] <= strip["x"] + strip["width"]
            )
        page.evaluate(AXE.read_text())
        found = page.evaluate("axe.run('main')")["violations"]
        assert [(one["id"], one["help"]) for one in found if one["impact"] in ("serious", "critical")] == []
        page.go_back()
        page.wait_for_url(re.compile("by=touchpoint(?!.*North)"))
        context.close()
    assert complaints == []


def test_thirds_come_before_the_site_that_got_worse_and_say_what_they_are(analyst):
    page = text_of(analyst.get("/compare?by=third"))
    assert page.index("Thirds of an interaction") < page.index("the Happiness Index fell by")
    assert "An interaction may count in several. All sites together" in page
    one = text_of(analyst.get("/compare?by=third&site=Harbour"))
    assert "All sites together" not in one


@pytest.mark.parametrize("code", LANGUAGES[1:])
def test_why_there_is_no_change_is_told_in_the_language_for_both_times(code):
    reason = "now: 3 interactions with a score, an average needs 10; before: nothing to compare with"
    shown = told(reason, language(code))
    assert not re.search(r"now|before|interactions with|nothing", shown)
    assert "10" in shown
