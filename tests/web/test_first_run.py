"""From an empty store to a first result: three clicks, nothing stored."""

from __future__ import annotations

import re

import pytest

from mien.runtime.demo.sample import SampleReading
from mien.store import Store
from mien.web.app import create_app
from mien.web.serving import serving
from mien.web.settings import WebSettings
from support.web_people import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.once]


def test_three_clicks_from_an_empty_store_to_a_first_result(tmp_path, browser):
    settings = WebSettings(port=0)
    with (
        Store.open(tmp_path / "mien.sqlite") as store,
        serving(create_app(settings, store), settings) as server,
    ):
        context = browser.new_context()
        page = context.new_page()
        page.goto(f"{server.url}link/{store.links.make_first().token}")
        for name, text in (("name", "boss"), ("password", PASSWORD), ("again", PASSWORD)):
            page.locator(f"input[name={name}]").fill(text)
        page.get_by_role("button", name="Keep it and sign in").click()
        page.get_by_role("button", name="Read the sample").click()
        page.get_by_text(re.compile(r"Read in [\d.]+ s on this machine")).wait_for(timeout=120_000)
        said = page.locator("main").inner_text()
        found = re.search(r"EPS\s+\+(\d+)\s+95 % interval \+(\d+) to \+(\d+)", said)
        value, low, high = map(int, found.groups())
        assert 100 < low <= value <= high <= 200  # a crying face that smiles in the end
        assert "improved" in said
        assert store.recordings.list_recordings() == []
        assert {one.name for one in tmp_path.iterdir()} <= {
            "mien.sqlite",
            "mien.sqlite-wal",
            "mien.sqlite-shm",
        }
        context.close()


def test_a_reading_that_is_closed_ends_without_a_result():
    reading = SampleReading()
    reading.start()
    reading.close()
    state = reading.state()
    assert (state.reading, state.found) == (False, None)
    reading.start()
    assert not reading.state().reading
