"""The report of a month says what the comparisons say, in every language, and nothing of a few."""

from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from markupsafe import escape
from pypdf import PdfReader

from mien.errors import InputError, SettingError
from mien.insight import Grouping, Measure, Standing
from mien.runtime.compare import compare_stored
from mien.runtime.monthly import Month, chain_month, months_of, store_month
from mien.spoken import LANGUAGES, language
from mien.store import Chosen, RecordingKey, Source, Store
from mien.web.monthly import Asked, document, file_name, make_report, write_pdf
from mien.web.monthly.pdf import print_html
from store.store_making import READER, interaction
from support.compared import SITES, fill
from support.new_store import ready_made

pytestmark = pytest.mark.once

MAY, NOW = Month(2026, 5), datetime(2026, 6, 10, tzinfo=UTC)
WORSE = SITES[0]


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    with Store.open(ready_made(tmp_path_factory.mktemp("monthly") / "mien.sqlite")) as opened:
        opened.sites.enter_simulated(WORSE)
        fill(opened, a_day=4)
        yield opened


def report_of(store, names=(WORSE,), month=MAY, spoken="en"):
    return make_report(store, Asked(month, tuple(names), len(names) > 1), language(spoken), now=NOW)


def words(report):
    """What a reader reads, one space between words."""
    pages = PdfReader(BytesIO(write_pdf(report))).pages
    return [" ".join(page.extract_text().split()) for page in pages]


def test_the_numbers_are_those_of_the_comparisons(store):
    found = store_month(store, WORSE, MAY, now=NOW)
    which = Chosen((WORSE,), *MAY.days)
    for measure, headline in found.frame.headlines.items():
        whole = compare_stored(store, which, Grouping.SITE, measure).found.whole
        assert headline.now == whole
    places = next(part for part in found.sections if part.by is Grouping.TOUCHPOINT)
    assert places.index == compare_stored(store, which, Grouping.TOUCHPOINT, Measure.INDEX).found
    months = compare_stored(
        store, Chosen((WORSE,), date(2026, 4, 1), MAY.last), Grouping.MONTH, Measure.INDEX
    )
    assert found.frame.headlines[Measure.INDEX].before.change == months.found.rows[1].change
    assert found.frame.headlines[Measure.INDEX].year is None
    assert (
        sum(group.interactions for group in found.days.values())
        == found.frame.headlines[Measure.INDEX].now.interactions
    )
    chain = chain_month(store, SITES, MAY, now=NOW)
    assert chain.index == compare_stored(store, Chosen(SITES, *MAY.days), Grouping.SITE, Measure.INDEX).found


def test_the_first_page_says_whether_it_got_worse_how_sure_that_is_and_where(store):
    page = words(report_of(store))[0]
    change = store_month(store, WORSE, MAY, now=NOW).frame.headlines[Measure.INDEX].before.change
    assert "Worse than in April 2026" in page
    assert "Where it got worse: checkout." in page
    assert f"−{abs(change.value):.1f}" in page
    assert f"−{abs(change.low):.1f} to −{abs(change.high):.1f} points" in page
    chain = document(report_of(store, SITES))
    assert f"Where it got worse: {WORSE} · checkout." in chain


def test_where_nothing_is_shown_it_says_so(store):
    text = document(report_of(store, (SITES[1],)))
    row = store_month(store, SITES[1], MAY, now=NOW).frame.headlines[Measure.INDEX].before
    assert row.standing is Standing.NONE
    assert "No difference to April 2026 is shown" in text
    assert "At no touchpoint is it shown that it got worse." in text
    assert "Where it got worse" not in text


APRIL = {
    "en": "against April 2026",
    "fr": "par rapport à avril 2026",
    "es": "frente a abril de 2026",
    "ru": "(апрель 2026",
    "uk": "(квітень 2026",
}


@pytest.mark.parametrize("spoken", LANGUAGES)
def test_every_language_has_all_of_it(store, spoken):
    report = report_of(store, SITES if spoken == "fr" else (WORSE,), spoken=spoken)
    text = document(report)
    assert f'<html lang="{spoken}">' in text
    assert APRIL[spoken] in text, "months are not capital within a sentence"
    english = (
        "Happiness",
        "Where it",
        "no difference",
        "How to read",
        "Privacy",
        "worse",
        "receipts",
        "Counted",
    )
    if spoken != "en":
        assert [word for word in english if word in text.partition("</style>")[2]] == []


def test_each_page_of_the_pdf_says_whose_it_is_and_that_it_is_simulated(store):
    made = write_pdf(report_of(store, spoken="uk"))
    read = PdfReader(BytesIO(made))
    assert read.metadata.title == f"{WORSE} · Травень 2026\u202fр."
    assert read.trailer["/Root"]["/Lang"] == "uk"
    assert read.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert [one.title for one in read.outline if not isinstance(one, list)] == [WORSE]
    for number, page in enumerate(read.pages, 1):
        text = " ".join(page.extract_text().split())
        assert f"{WORSE} · Травень" in text
        assert "ЗМОДЕЛЬОВАНО" in text.upper()
        assert f"{number} / {len(read.pages)}" in text
    real = document(report_of(store, (SITES[1],))).partition("</style>")[2]
    assert "simulated" not in real.lower()


def test_a_pdf_loads_nothing(tmp_path):
    (tmp_path / "secret.txt").write_text("a secret")
    text = f'<html lang="en"><title>t</title><p>x<img alt="" src="file://{tmp_path}/secret.txt"></p>'
    text += f'<a rel="attachment" href="file://{tmp_path}/secret.txt">y</a><link rel="attachment" href="file:///etc/hosts">'
    read = PdfReader(BytesIO(print_html(text)))
    assert read.attachments == {}


def test_the_file_needs_nothing_else(store):
    text = document(report_of(store))
    for wanted in ("<script", "<link", "src=", "@import", "url(", "http://", "https://"):
        assert wanted not in text


def test_a_month_of_which_nothing_is_stored_is_an_answer(store):
    text = document(report_of(store, month=Month(2025, 12)))
    assert "Nothing is stored of this month." in text
    assert "December 2025" in text
    assert "Nothing is stored of this month." in document(report_of(store, SITES, month=Month(2025, 12)))
    assert months_of(store, SITES) == (MAY, MAY.before)
    with pytest.raises(InputError, match="knows no site 'Nowhere'"):
        store_month(store, "Nowhere", MAY)


def test_nothing_is_told_of_fewer_than_ten(tmp_path):
    with Store.open(ready_made(tmp_path / "mien.sqlite")) as opened:
        fill(opened, days=2, a_day=2)
        april = Month(2026, 4)
        found = store_month(opened, WORSE, april, now=NOW)
        assert all(one.now.mean is None for one in found.frame.headlines.values())
        assert all(group.mean is None for group in (*found.days.values(), *found.week.cells.values()))
        text = document(report_of(opened, month=april))
        assert "with a score: 8, an average needs 10" in text
        assert "No day has the 10 interactions that a mean needs." in text


def test_no_row_tells_of_a_single_customer_or_of_staff(store):
    text = document(report_of(store))
    assert "-4000-8000-" not in text, "ids of interactions"
    assert "No row is a single customer, and no row is an employee." in text


@pytest.mark.parametrize(
    ("text", "said"),
    [("2026-13", "no month '2026-13'"), ("2026-00", "no month"), ("May 2026", "no month"), ("2026-5", "no month"),
     ("2026-07", "has not begun yet; the last whole one is 2026-05"), ("0000-01", "no year"), ("1200-01", "years"),
     ("٢٠٢٦-٠٥", "no month")],
)  # fmt: skip
def test_a_month_that_is_none_is_refused(text, said):
    with pytest.raises(SettingError, match=said):
        Month.parse(text, NOW.date())


def test_months_go_over_the_turn_of_the_year():
    january = Month.parse("2026-01", NOW.date())
    assert (january.before, january.before.after, january.year_before) == (
        Month(2025, 12),
        january,
        Month(2025, 1),
    )
    assert (Month(2024, 2).last.day, january.before.last) == (29, date(2025, 12, 31))


def test_a_month_is_that_of_the_clock_of_the_site(tmp_path):
    with Store.open(ready_made(tmp_path / "mien.sqlite")) as opened:
        opened.sites.set_clock("Otago", "Pacific/Auckland")
        # In UTC still May, at the site already June.
        begun = Source("door.mp4", datetime(2026, 5, 31, 13, tzinfo=UTC), 60.0, "door")
        with opened.recordings.begin(
            RecordingKey("k", "Otago", "door"), "d", reader=READER, source=begun
        ) as run:
            run.commit([interaction(n, site="Otago", touchpoint="door") for n in range(1, 4)], {}, 20.0, {})
            run.finish({})
        late = datetime(2026, 6, 30, 13, tzinfo=UTC)
        assert store_month(opened, "Otago", MAY, now=late).frame.empty
        june = store_month(opened, "Otago", MAY.after, now=late)
        assert june.frame.span == (date(2026, 6, 1), date(2026, 6, 1))
        assert june.frame.over, "in Otago it is July"
        assert not store_month(opened, "Otago", MAY.after, now=late.replace(hour=1)).frame.over


def test_names_of_sites_make_names_of_files(tmp_path):
    with Store.open(ready_made(tmp_path / "mien.sqlite")) as opened:
        for name in ('Café "Nord" 😀/2', "Київ"):
            opened.sites.set_clock(name, "UTC")
            report = make_report(opened, Asked(MAY, (name,)), language("en"), now=NOW)
            assert file_name(report, "pdf") in {
                "mien-report-cafe-nord-2-2026-05-en.pdf",
                "mien-report-site-2026-05-en.pdf",
            }
            assert str(escape(name)) in document(report)
