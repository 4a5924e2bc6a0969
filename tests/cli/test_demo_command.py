"""`mien demo` refuses what it must not touch in one line."""

from datetime import date

from mien.privacy import Notice
from mien.store import Store


def test_a_real_store_is_refused_and_left(mien, store):
    with Store.open(store) as opened:
        opened.notices.record(Notice("Lyon 2", None, date(2026, 5, 4), "3", "A. Martin"))
    for more in ((), ("--rebuild",)):
        ran = mien("demo", "--no-serve", "--store", store, *more)
        assert ran.code == 2
        assert "Lyon 2" in ran.complaint
    with Store.open(store) as opened:
        assert list(opened.sites.entries()) == ["Lyon 2"]


def test_a_day_that_is_none_is_said_before_anything_is_made(mien, store):
    ran = mien("demo", "--no-serve", "--store", store, "--last-day", "yesterday")
    assert (ran.code, ran.complaint) == (2, "mien: --last-day got 'yesterday'; write a day as YYYY-MM-DD.")
    assert not store.exists()
