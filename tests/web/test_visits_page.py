"""The page of visits: everything once and in order, each look noted, nothing that tells who somebody is."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from mien.journey.types import Outcome
from mien.privacy.roles import Grant, Right, Role
from mien.runtime.demo import build_demo
from mien.runtime.demo.story import SITES
from mien.runtime.stored import busiest_site
from mien.spoken.reasons import told
from mien.store import Store
from mien.web.drawing import HIGH, WIDE, drawing_of
from mien.web.serving import serving
from mien.web.settings import WebSettings
from support.new_store import ready_made
from support.shop import NAME, record, seen
from support.web_people import Place

NOW = datetime(2026, 5, 15, 6, tzinfo=UTC)
LYON, NANTES = SITES[0].name, SITES[1].name
LINK = re.compile(r'href="/visits/([0-9a-f-]{36})\?')


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A day of two simulated stores, as pages show it."""
    folder = tmp_path_factory.mktemp("visits")
    with Store.open(ready_made(folder / "demo.sqlite"), clock=lambda: NOW) as store:
        done = build_demo(store, folder, last_day=date(2026, 5, 14), days=1, sites=2, per_role=4, now=NOW)
        made = Place(store, site_files=done.site_files)
        made.user("mia", Grant(Role.MANAGER, LYON))
        made.user("all", Grant(Role.MANAGER))
        yield made


@pytest.fixture(scope="module")
def stored(place):
    """The interactions of one store, the newest first."""
    found = []
    before = None
    while True:
        page = place.store.listing.page(LYON, before=before, limit=17)
        found += page.entries
        if not page.more:
            return found
        before = page.entries[-1].row_id


def test_pages_of_the_store_hold_everything_once_the_newest_first(place, stored):
    everything = place.store.recordings.interactions(site=LYON, curves=False)
    assert sorted(one.interaction.id for one in stored) == sorted(one.id for one in everything)
    times = [one.started_at for one in stored]
    assert times == sorted(times, reverse=True)


def test_a_page_may_end_among_those_that_began_at_one_time(tmp_path):
    with Store.open(ready_made(tmp_path / "own.sqlite")) as store:
        record(store, "door", NOW, [seen(number, "door", 5.0, 0.2) for number in range(5)])
        found, before = [], None
        while len(found) < 9:
            page = store.listing.page(NAME, before=before, limit=2)
            found += [one.interaction.id for one in page.entries]
            before = page.entries[-1].row_id
            if not page.more:
                break
    assert sorted(found) == sorted(f"door {number} 5.0" for number in range(5))


def test_a_page_follows_the_other_through_the_whole_list(place, stored):
    browser = place.browser_of("mia")
    seen, path = [], "/visits"
    while path is not None:
        text = browser.get(path).text
        seen += LINK.findall(text)
        older = re.search(r'href="(/visits\?[^"]+)" rel="next"', text)
        path = None if older is None else older[1].replace("&amp;", "&")
    assert seen == [one.interaction.id for one in stored]


@pytest.mark.parametrize(
    ("asked", "fits"),
    [
        ({"touchpoint": "checkout"}, lambda one: one.context.touchpoint == "checkout"),
        ({"shift": "evening"}, lambda one: one.context.shift == "evening"),
        ({"type": "advice"}, lambda one: one.context.type == "advice"),
        ({"outcome": "unclear"}, lambda one: one.outcome is Outcome.UNCLEAR),
        ({"score": "no"}, lambda one: one.eps is None),
        ({"score": "yes", "shift": "morning"}, lambda one: one.eps is not None and one.context.shift == "morning"),
        ({"first": "2026-05-13", "last": "2026-05-13"}, lambda _: False),
    ],
)  # fmt: skip
def test_conditions_hold_all_at_once(place, stored, asked, fits):
    shown = LINK.findall(place.browser_of("mia").get("/visits", params=asked).text)
    wanted = [one.interaction.id for one in stored if fits(one.interaction)]
    assert shown == wanted[:50]
    assert bool(wanted) != ("first" in asked)


def test_what_is_no_day_or_outcome_asks_for_nothing(place, stored):
    odd = {"first": "yesterday", "last": "9999-99-99", "outcome": "feels sad", "score": "may"}
    answer = place.browser_of("mia").get("/visits", params=odd)
    assert answer.status_code == 200
    assert LINK.findall(answer.text) == [one.interaction.id for one in stored[:50]]


def test_one_shows_its_scores_and_what_was_left_out(place, stored):
    entry = next(
        one for one in stored
        if one.interaction.eps is not None and one.interaction.moments
    )  # fmt: skip
    text = place.browser_of("mia").get(f"/visits/{entry.interaction.id}").text
    one = entry.interaction
    low, high = (
        f"{value:+.0f}".replace("-", "−").replace("+0", "0") for value in (one.eps_low, one.eps_high)
    )
    assert f"95 % interval {low} to {high}" in text
    assert f"{one.score.n} of {one.readings} used" in text
    assert text.count("sure to") == len(one.moments)
    assert 'class="band" d="M' in text
    assert one.outcome.value in text


def test_where_nothing_can_be_told_the_reason_stands_there(place, stored):
    entry = next(one for one in stored if one.interaction.eps is None)
    text = place.browser_of("mia").get(f"/visits/{entry.interaction.id}").text
    assert "cannot tell" in text
    assert told(entry.interaction.score.reason, English()) in text


def test_a_joined_visit_shows_the_state_at_each_touchpoint(place, stored):
    visit = next(
        one for one in place.store.visits.list_visits(LYON)
        if len(one.score.stops) > 2 and one.score.eps is not None
    )  # fmt: skip
    first, *others = [member.interaction for member in visit.members]
    text = place.browser_of("mia").get(f"/visits/{first}").text
    assert "The whole visit" in text
    assert set(others) <= set(LINK.findall(text))
    assert text.count('class="gauge"') == sum(stop.valence is not None for stop in visit.score.stops)


def test_a_look_at_a_single_one_is_noted_and_a_look_through_the_list_is_not(place, stored):
    browser = place.browser_of("mia")
    before = len(place.store.looks.entries(limit=1000))
    browser.get("/visits")
    assert len(place.store.looks.entries(limit=1000)) == before
    uid = stored[3].interaction.id
    browser.get(f"/visits/{uid}")
    look = place.store.looks.entries(limit=1)[0]
    assert (look.who, look.right, look.subject, look.site) == (
        "mia",
        Right.VISITS,
        f"interaction {uid}",
        LYON,
    )


def test_other_stores_are_not_there(place):
    other = place.store.listing.page(NANTES, limit=1).entries[0].interaction.id
    browser = place.browser_of("mia")
    before = len(place.store.looks.entries(limit=1000))
    assert browser.get(f"/visits/{other}").status_code == 404
    assert browser.get("/visits", params={"site": NANTES}).status_code == 404
    assert NANTES not in browser.get("/visits").text
    assert len(place.store.looks.entries(limit=1000)) == before
    assert place.browser_of("all").get(f"/visits/{other}").status_code == 200


def test_nobody_is_named_or_pictured(place, stored):
    browser = place.browser_of("mia")
    joined = next(one for one in stored if one.interaction.receipt)
    pages = [browser.get("/visits").text, browser.get(f"/visits/{joined.interaction.id}").text]
    for text in pages:
        assert "<img" not in text
        assert joined.interaction.receipt not in text
        assert "Simulated." in text


class English:
    """The language of the source."""

    def text(self, message, **values):
        return message % values


class Marked:
    """A language in which every text that can be translated is one mark."""

    def text(self, message, **values):
        assert message % values
        return "*"


def test_every_reason_that_scores_give_can_be_said_in_other_languages(place, stored):
    visits = place.store.visits.list_visits()
    reasons = {one.interaction.score.reason for one in stored} | {one.score.reason for one in visits}
    reasons |= {stop.reason for one in visits for stop in one.score.stops}
    assert len(reasons - {None}) > 4
    for reason in reasons - {None}:
        assert set(told(reason, Marked()).split("; ")) == {"*"}, reason
        assert told(reason, English()).count(";") == reason.count(";")


def test_a_drawing_begins_with_the_interaction_and_stays_in_its_box(stored, place):
    for entry in stored[:40]:
        one = place.store.listing.get(entry.interaction.id).interaction
        drawing = drawing_of(one)
        assert drawing.seconds - (one.end_s - one.start_s) < 2.0
        numbers = [float(n) for n in re.findall(r"[\d.]+", drawing.band + drawing.curve)]
        assert all(0 <= x <= WIDE for x in numbers[::2])
        assert all(0 <= y <= HIGH for y in numbers[1::2])
        assert sum(line.n for line in drawing.lines) == one.score.n
        assert any(line.valence is not None for line in drawing.lines)
        assert sum(sum(line.left_out.values()) for line in drawing.lines) == sum(one.left_out.values())
        for line in drawing.lines:
            if line.valence is not None:
                assert line.low <= line.valence <= line.high


@pytest.mark.browser
def test_a_telephone_and_a_keyboard_are_enough(browser, place, stored):
    entry = next(one for one in stored if one.interaction.moments)
    complaints = []
    settings = WebSettings(port=0)
    who = place.browser_of("all")
    with serving(place.app, settings) as server:
        context = browser.new_context(viewport={"width": 320, "height": 800})
        context.add_cookies([{"name": c.name, "value": c.value, "url": server.url} for c in who.cookies.jar])
        page = context.new_page()
        page.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda e: complaints.append(str(e)))
        page.goto(f"{server.url}visits?site={LYON}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        page.get_by_label("Touchpoint").select_option("exit")
        page.wait_for_url("**touchpoint=exit**")
        assert set(page.locator("td[data-name=Touchpoint]").all_inner_texts()) == {"exit"}
        page.goto(f"{server.url}visits/{entry.interaction.id}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        page.locator("#plot").focus()
        page.keyboard.press("ArrowRight")
        first = page.locator("#readout").inner_text()
        page.keyboard.press("ArrowRight")
        assert re.match(r"0 s: [+−]?\d\.\d\d, 95 % band", first)
        assert page.locator("#readout").inner_text() != first
    assert complaints == []


def total_of(page):
    """The sums above the list, without the marks."""
    _, _, rest = page.text.partition('<dl class="whole">')
    return " ".join(re.sub(r"<[^>]+>", " ", rest.partition("</dl>")[0]).split())


def test_sums_above_the_list_are_those_of_the_interactions_in_it(place, stored):
    days = "first=2026-05-14&last=2026-05-14"
    page = place.browser_of("all").get(f"/visits?site={LYON}&{days}&touchpoint=checkout")
    there = [one.interaction for one in stored if one.interaction.context.touchpoint == "checkout"]
    whole = [one for one in there if one.by_eyes <= 0.1 * one.score.n or not one.score.n]
    shown = [one for one in whole if one.score.eps is not None]
    eps = [one.score.eps_mean for one in whole if one.score.eps_mean is not None]
    assert len(there) > len(shown) > 9
    said = total_of(page)
    assert f"Interactions in these days {len(there)} " in said
    assert f"EPS, mean {sum(eps) / len(eps):+.1f} " in said.replace("\N{MINUS SIGN}", "-")
    assert f"from {len(eps)} interactions" in said
    assert f"shown of {len(shown)}, cannot be told of" in said
    worse = place.browser_of("all").get(f"/visits?site={LYON}&{days}&outcome=worsened")
    assert "whatever their outcome" in worse.text


def test_no_mean_of_fewer_than_ten_stands_above_the_list(tmp_path):
    with Store.open(ready_made(tmp_path / "few.sqlite")) as store:
        record(store, "door", NOW, [seen(number, "door", 5.0, 0.2) for number in range(9)])
        place = Place(store)
        place.user("mia", Grant(Role.MANAGER, NAME))
        said = total_of(place.browser_of("mia").get("/visits"))
    assert "Interactions in these days 9 " in said
    assert said.count("cannot tell") == 2


def test_pages_open_on_the_site_of_which_most_was_stored_lately(tmp_path):
    with Store.open(ready_made(tmp_path / "two.sqlite")) as store:
        sites = ("Aix", "Brest", "Caen")
        begun = (NOW, NOW, datetime(2026, 3, 1, tzinfo=UTC))
        for site, many, at in zip(sites, (2, 5, 9), begun, strict=True):
            found = [seen(number, "door", 5.0, 0.2) for number in range(many)]
            named = [
                replace(one, id=f"{site} {one.id}", context=replace(one.context, site=site)) for one in found
            ]
            record(store, f"{site} door", at, named, site=site)
        assert busiest_site(store, sites) == "Brest"
        assert busiest_site(store, ("Caen", "Aix")) == "Aix"
        assert busiest_site(store, ("Dax", "Eu")) == "Dax"
        assert busiest_site(store, ()) is None
        place = Place(store)
        place.user("mia", Grant(Role.MANAGER))
        assert '<option value="Brest" selected>' in place.browser_of("mia").get("/visits").text
