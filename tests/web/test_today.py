"""The first page: the moment for those who act on it, means of today for those who may see means."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from mien.journey.now import Look, PersonNow
from mien.privacy.roles import Grant, Role
from mien.runtime.moment import today_by_touchpoint
from mien.store import RecordingKey, Source, Store
from mien.store.live import Health, Now
from store.store_making import READER, interaction
from support.compared import fill
from support.new_store import ready_made
from support.web_people import Place

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with Store.open(ready_made(tmp_path / "s.sqlite")) as store:
        yield Place(store)


def seen(place: Place, site: str, count: int) -> None:
    """Interactions of today at the tills of a site."""
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    begun = Source("till.mp4", midnight, 60.0, "till")
    with place.store.recordings.begin(
        RecordingKey(site, site, "tills"), "d", reader=READER, source=begun
    ) as run:
        found = [
            replace(interaction(n, site=site, touchpoint="tills"), by_eyes=0) for n in range(1, count + 1)
        ]
        run.commit(found, {}, 20.0, {})
        run.finish({})


def watching(place: Place, site: str) -> None:
    smile = PersonNow(track_id=1, since_s=0.0, valence=0.5, low=0.4, high=0.6, n=40, look=Look.PLEASANT)
    place.store.live.say(site, {"till": Now(touchpoint="tills", people=(smile,))})
    place.store.live.say(
        site, {"till": Health(touchpoint="tills", phase="live", trouble="Black since 9:02.", what="black")}
    )


def page(place: Place, role: Role, site: str | None = None) -> str:
    return place.signed_in(role, site).get("/").text


def test_a_manager_sees_the_moment_and_the_mean_of_today_with_its_count(place: Place) -> None:
    seen(place, "North", 12)
    watching(place, "North")
    text = page(place, Role.MANAGER)
    assert "The face shows something pleasant" in text
    assert "40 readings" in text
    assert "The picture is black; check the light and the lens." in text
    assert "12 interactions" in text
    assert "51.0" in text  # the index of every one of them


def test_a_mean_of_fewer_than_ten_is_not_shown(place: Place) -> None:
    seen(place, "North", 9)
    watching(place, "North")
    text = page(place, Role.MANAGER)
    assert "9 interactions so far, a mean needs 10" in text
    assert "51.0" not in text


def test_staff_see_the_moment_and_no_means(place: Place) -> None:
    seen(place, "North", 12)
    watching(place, "North")
    text = page(place, Role.STAFF)
    assert "The face shows something pleasant" in text
    assert "12 interactions" not in text


def test_who_belongs_to_one_site_sees_no_other(place: Place) -> None:
    watching(place, "North")
    watching(place, "South")
    place.user("one", Grant(Role.MANAGER, "North"))
    text = place.browser_of("one").get("/").text
    assert "North" in text
    assert "South" not in text


def test_what_was_seen_yesterday_is_not_today(place: Place) -> None:
    seen(place, "North", 12)
    now = datetime.now(UTC)
    [found] = today_by_touchpoint(place.store, ["North"], now).values()
    assert found.counted == 12
    assert today_by_touchpoint(place.store, ["North"], now + timedelta(days=1)) == {}


def test_the_month_is_there_for_who_may_see_means_and_is_not_asked_for_again(place: Place) -> None:
    fill(place.store)
    asking = place.signed_in(Role.MANAGER, None)
    assert "North Street: the Happiness Index fell by" in asking.get("/").text
    assert "Happiness Index fell" not in asking.get("/", headers={"Mien-Follows": "1"}).text
    assert "Happiness Index" not in page(place, Role.STAFF)
