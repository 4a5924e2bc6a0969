"""The rules of a site as a form: saved into the file by its checks, remarks and all else untouched."""

from __future__ import annotations

import re
import tomllib
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from mien.privacy.roles import Role
from mien.site.rule_fields import fields_of, rule_names
from mien.store import Store
from support.new_store import ready_made
from support.site_editing import SAMPLES, SITE, comments_of
from support.web_people import Place, token_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from httpx2 import Response

HERE = "/settings/Lyon%202/rules"
TEXT = (
    SITE.replace("FILM", str(SAMPLES / "no_face.mp4"))
    + "\n[rules.checkout]\nprobability = 0.97  # as agreed\n\n[rules.queue]\n"
)


class Desk:
    """A site with two rules, and its administrator."""

    def __init__(self, place: Place, file: Path) -> None:
        self.place, self.file = place, file
        self.browser = place.signed_in(Role.ADMIN, None)

    def form(self) -> dict[str, list[str]]:
        """The form as the page has it."""
        text = self.browser.get(HERE).text
        sent = {
            f"{rule}.{field.key}": [found[1]]
            for rule in rule_names()
            for field in fields_of(rule)
            if (found := re.search(rf'name="{rule}\.{field.key}" value="([^"]*)" (?:min|maxlength)', text))
        }
        return sent | {
            f"{rule}.on": ["yes"] for rule in re.findall(r'name="(\w+)\.on" value="yes" checked', text)
        }

    def save(self, digest: str = "", **changed: list[str]) -> Response:
        now = sha256(self.file.read_bytes()).hexdigest()
        token = token_in(self.browser.get(HERE))
        sent = {**self.form(), **{name.replace("__", "."): value for name, value in changed.items()}}
        return self.browser.post(HERE, data={"csrf_token": token, "digest": digest or now, **sent})


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    file = tmp_path / "shop.toml"
    file.write_text(TEXT)
    with Store.open(ready_made(tmp_path / "s.sqlite")) as store:
        yield Desk(Place(store, site_files=(file,)), file)


def test_what_was_not_touched_is_saved_as_it_was(desk: Desk) -> None:
    assert set(desk.form()) > {"checkout.on", "queue.on", "checkout.probability", "arrival.tired"}
    assert desk.save().status_code == 303
    assert desk.file.read_text() == TEXT


def test_a_rule_is_changed_one_turned_off_and_one_on_and_remarks_stay(desk: Desk) -> None:
    done = desk.save(
        checkout__probability=["0.98"],
        checkout__quiet=["12:00-13:00"],
        checkout__touchpoints=["tills"],
        queue__on=[],
        health__on=["yes"],
    )
    assert done.status_code == 303
    text = desk.file.read_text()
    assert tomllib.loads(text)["rules"] == {
        "checkout": {"probability": 0.98, "quiet": ["12:00-13:00"], "touchpoints": ["tills"]},
        "queue": {"enabled": False},
        "health": {},
    }
    assert comments_of(text) == comments_of(TEXT)
    assert [name for name, _ in desk.place.app.state.sites[0].rules.on()] == ["checkout", "health"]
    assert "site file changed: rules" in desk.place.store.looks.entries()[0].subject
    assert "changed by" in desk.browser.get("/settings/Lyon%202").text


def test_what_is_out_of_bounds_is_refused_by_name_and_kept_in_the_form(desk: Desk) -> None:
    done = desk.save(checkout__probability=["1.5"])
    assert done.status_code == 422
    assert "0.999" in done.text
    assert 'value="1.5"' in done.text
    assert desk.file.read_text() == TEXT


def test_a_file_that_changed_meanwhile_is_not_overwritten(desk: Desk) -> None:
    assert desk.save(digest="0" * 64, checkout__probability=["0.98"]).status_code == 409
    assert desk.file.read_text() == TEXT


def test_tension_is_locked_and_says_why(desk: Desk) -> None:
    text = desk.browser.get(HERE).text
    assert "Locked." in text
    assert "mien evaluate --groups" in text
    assert desk.save(tension__on=["yes"]).status_code == 303
    assert "tension" not in desk.file.read_text()
