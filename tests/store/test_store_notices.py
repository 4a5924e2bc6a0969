"""Notices are kept for good, withdrawn and never removed, and a site is read by them alone."""

from datetime import date, timedelta

import pytest

from mien.errors import NoticeError, StoreError
from mien.privacy import Notice
from mien.store import Store

UP = date(2026, 5, 1)
DAY = timedelta(days=1)


def notice(**changes):
    fields = {"site": "Riga", "camera": None, "shown_on": UP, "text_version": "v2", "put_up_by": "A. Ozola"}
    return Notice(**fields | changes)


def test_a_recorded_notice_opens_the_site_until_it_is_withdrawn(store, address):
    with pytest.raises(NoticeError, match="mien notice add --site Riga"):
        store.notices.require("Riga", on=UP)
    number = store.notices.record(notice()).id
    with Store.open(address) as again:
        assert again.notices.require("Riga", "till 1", on=UP + DAY) == notice()
        again.notices.withdraw(number, UP + 3 * DAY)
    assert store.notices.require("Riga", on=UP + 2 * DAY).withdrawn_on == UP + 3 * DAY
    with pytest.raises(NoticeError):
        store.notices.require("Riga", on=UP + 3 * DAY)


def test_a_camera_may_have_a_notice_of_its_own(store):
    store.notices.record(notice(camera="door"))
    assert store.notices.require("Riga", "door", on=UP).camera == "door"
    for camera in ("till", None):
        with pytest.raises(NoticeError):
            store.notices.require("Riga", camera, on=UP)
    assert store.sites.entries() == {"Riga": ("door",)}


def test_the_same_notice_twice_is_one_and_another_text_is_another(store):
    first = store.notices.record(notice())
    assert store.notices.record(notice()) == first
    second = store.notices.record(notice(text_version="v3", shown_on=UP + DAY))
    assert [n.id for n in store.notices.entries("Riga")] == [first.id, second.id]
    assert store.notices.require("Riga", on=UP + DAY).text_version == "v3"


def test_the_list_tells_of_all_sites_or_one_and_keeps_what_was_withdrawn(store, clock):
    store.notices.withdraw(store.notices.record(notice()).id, UP + DAY)
    clock.forward(60)
    store.notices.record(notice(site="Tartu", shown_on=UP - DAY))
    assert [n.notice.site for n in store.notices.entries()] == ["Tartu", "Riga"]
    (kept,) = store.notices.entries("Riga")
    assert kept.notice == notice(withdrawn_on=UP + DAY)
    assert (store.notices.entries("Tartu")[0].recorded_at - kept.recorded_at).total_seconds() == 60


def test_only_a_notice_that_hangs_can_be_withdrawn(store):
    number = store.notices.record(notice()).id
    with pytest.raises(StoreError, match=f"no notice {number + 1}"):
        store.notices.withdraw(number + 1, UP)
    with pytest.raises(NoticeError, match="before it hung"):
        store.notices.withdraw(number, UP - DAY)
    store.notices.withdraw(number, UP)
    with pytest.raises(StoreError, match="withdrawn on 2026-05-01 already"):
        store.notices.withdraw(number, UP + DAY)
