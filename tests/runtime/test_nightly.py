"""The report of a day is written once, after the day is over, and shows no mean of fewer than ten."""

from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any

import pytest

from mien.action import TaskState, Unhappy
from mien.journey import Outcome, Score
from mien.privacy import KeepDays
from mien.runtime.delivery.report_words import report_words
from mien.runtime.nightly import Nightly
from mien.site import load_site
from mien.spoken import language
from mien.store import Store
from support.clock import Clock
from support.new_store import ready_made
from support.sites import HEAD
from support.stored import NINE, put, seen

CAMERAS = "".join(
    f'[touchpoints.{name}]\nrole = "{role}"\n[cameras.{name}]\ntouchpoint = "{name}"\nwebcam = {k}\n'
    for k, (name, role) in enumerate((("desk", "counter"), ("till", "checkout")))
)


@pytest.fixture
def site(tmp_path):
    path = tmp_path / "lyon.toml"
    path.write_text(HEAD + '[opening_hours]\nmonday = ["09:00-12:00"]\n' + CAMERAS)
    return load_site(path)


def day(store, touchpoint, numbers, days=0):
    """A day of interactions with an index that is known well, and none of an EPS; so many days after the first."""
    found = []
    for number in numbers:
        score = Score(
            None, None, None, None, None, 60.0, 55.0, 65.0, Outcome.UNCLEAR, 9.0, 90, "simulated",
            hi_mean=60.0 + number % 3, hi_sd=1.0,
        )  # fmt: skip
        found.append(seen(number + days * 1440, score, touchpoint))
    put(store, *found, name=f"{touchpoint} {days}" if days else touchpoint)


@pytest.fixture
def clock():
    return Clock(NINE + timedelta(hours=3))


@pytest.fixture
def store(tmp_path, clock):
    with Store.open(ready_made(tmp_path / "s.sqlite"), clock=clock) as opened:
        yield opened


def told(store) -> list[dict[str, Any]]:
    return [one.event.data for one in store.outbox.after(0) if one.event.type == "mien.report.day"]


def test_a_day_is_reported_once_after_it_is_over(site, store, clock):
    day(store, "till", range(25))
    day(store, "desk", range(30, 34))
    assert Nightly(site, store, clock).write_due() == [], "the day is not over"
    clock.time = datetime(2026, 5, 4, 22, 1, tzinfo=UTC)  # a minute past midnight in Lyon
    assert len(Nightly(site, store, clock).write_due()) == 1
    assert Nightly(site, store, clock).write_due() == [], "another process"
    (report,) = told(store)
    assert report["day"] == "2026-05-04"
    (index,) = [one for one in report["figures"] if one["of"] == "index"]
    assert index["counted"] == 25 + 4
    places = {one["touchpoint"]: one["figures"][0] for one in report["places"]}
    assert places["desk"]["mean"] is None, "four customers are too few to show"
    # Of the whole and one of two touchpoints the other could be worked out.
    assert index["mean"] is None or places["till"]["mean"] is None
    assert report["unread_hours"] == {"desk": 1.0, "till": 1.0}


def test_a_day_on_which_nobody_was_seen_has_no_report(site, store, clock):
    clock.forward(3 * 86_400)
    assert Nightly(site, store, clock).write_due() == []
    assert told(store) == []


class Page(HTMLParser):
    """What a mail program reads of a page."""

    def __init__(self, html):
        super().__init__()
        self.text, self.links, self.tags = "", [], set()
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.links += [value for name, value in attrs if name in {"href", "src", "background"}]

    def handle_data(self, data):
        self.text += data


def at(day, hour=6):
    return datetime(2026, 5, day, hour, tzinfo=UTC)


def test_days_that_were_missed_are_reported_in_order_when_it_runs_again(site, store, clock):
    for days in (0, 1, 4):
        day(store, "till", range(25), days)
    clock.time = at(10)
    written = Nightly(site, store, clock).write_due()
    assert [one.day.day for one in written] == [4, 5, 8], "nobody was seen on the others"
    assert [one["day"] for one in told(store)] == ["2026-05-04", "2026-05-05", "2026-05-08"]
    clock.time = at(11)
    assert Nightly(site, store, clock).write_due() == []


def test_a_kill_between_two_reports_doubles_neither(site, store, clock, monkeypatch):
    day(store, "till", range(25))
    day(store, "till", range(25), 1)
    clock.time = at(7)
    tell = store.outbox.tell

    def once(*args):
        monkeypatch.setattr(store.outbox, "tell", killed)
        return tell(*args)

    def killed(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(store.outbox, "tell", once)
        with pytest.raises(KeyboardInterrupt):
            Nightly(site, store, clock).write_due()
    monkeypatch.setattr(store.outbox, "tell", tell)
    Nightly(site, store, clock).write_due()
    assert [one["day"] for one in told(store)] == ["2026-05-04", "2026-05-05"]


def test_a_day_more_than_two_weeks_ago_has_no_report(site, store, clock):
    day(store, "till", range(25))
    clock.time = at(19)
    assert Nightly(site, store, clock).write_due() == []
    clock.time = at(18)
    assert [one.day.day for one in Nightly(site, store, clock).write_due()] == [4]


def test_days_before_the_site_was_entered_have_no_report(site, store, clock):
    clock.time = at(5)
    for days in (0, 1):
        day(store, "till", range(25), days)
    clock.time = at(7)
    assert [one.day.day for one in Nightly(site, store, clock).write_due()] == [5]


def test_a_report_that_was_removed_with_its_time_is_not_written_anew(site, store, clock):
    store.retention.record(site.name, KeepDays(2, 3, 2))
    day(store, "till", range(25))
    clock.time = at(5)
    assert len(Nightly(site, store, clock).write_due()) == 1
    clock.time = at(9)
    store.retention.expire(clock())
    assert told(store) == []
    assert Nightly(site, store, clock).write_due() == []


def test_a_day_is_compared_with_the_day_and_the_week_before_it(site, store, clock):
    for days in range(4):
        day(store, "till", range(30 + days), days)
    clock.time = at(8)
    last = Nightly(site, store, clock).write_due()[-1]
    found = {(one.of, one.before): one for one in last.against}
    week = found["index", "week"]
    assert (week.counted, week.counted_before) == (33, 30 + 31 + 32)
    assert week.low < week.change < week.high
    assert found["eps", "day"].change is None
    assert found["eps", "day"].reason


def test_what_cannot_be_told_says_why_in_the_mail_of_the_day(site, store, clock):
    day(store, "till", range(25))
    clock.time = at(5)
    (report,) = Nightly(site, store, clock).write_due()
    words = report_words(report, language("en"), {"tasks": "https://mien.example/tasks?site=Lyon+2"})
    assert "  EPS: cannot tell (with a score: 0, an average needs 10 · 25 interactions)" in words.text
    assert "    Against the day before: cannot tell (nothing to compare with)" in words.text
    page = Page(words.html)
    assert "with a score: 0, an average needs 10 · 25 interactions" in page.text
    assert page.links == ["https://mien.example/tasks?site=Lyon+2"]
    assert not {"img", "script", "style", "link"} & page.tags
    assert "url(" not in words.html


def test_the_mail_of_the_day_counts_as_its_language_does(site, store, clock):
    day(store, "till", range(25))
    for number in range(2):
        about = Unhappy(f"i{number}", "a fall.", {})
        due = at(4, 12)
        made = store.tasks.open(site.name, at(4).date(), f"till {number}", about, due_at=due, folded=True)
    store.tasks.close(made.uid, TaskState.DONE)
    clock.time = at(5)
    (report,) = Nightly(site, store, clock).write_due()
    assert (report.tasks_opened, report.tasks_closed, report.tasks_open, report.tasks_overdue) == (2, 1, 1, 1)
    french = report_words(report, language("fr"), {}).text
    assert "2 tâches ouvertes dans la journée" in french
    assert "1 tâche close" in french
    assert "1 tâche encore à faire" in french
    assert "1 tâche en retard" in french


def test_shares_are_told_as_shares(site, store, clock):
    found = []
    for number in range(100):
        outcome = Outcome.UNCHANGED if number % 5 else Outcome.IMPROVED
        score = Score(
            5.0, -2.0, 12.0, 0.1, 0.15, 60.0, 55.0, 65.0, outcome, 9.0, 90, None,
            eps_mean=5.0, eps_sd=3.0, hi_mean=60.0, hi_sd=1.0,
        )  # fmt: skip
        found.append(seen(number, score))
    put(store, *found)
    clock.time = at(5)
    (report,) = Nightly(site, store, clock).write_due()
    (share,) = [one for one in report.figures if one.of == "improved"]
    assert share.mean == pytest.approx(0.2)
    assert "Left with a happier face: 20% (" in report_words(report, language("en"), {}).text
