"""The page on site files names every key, and what it shows is accepted."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import pytest
from pydantic import BaseModel

from mien.site import Site, template
from mien.site.credentials import Secret
from mien.site.zones import ZoneKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from mien.site import Checked

PAGE = (Path(__file__).parents[2] / "docs" / "sites.md").read_text(encoding="utf-8")


def models(kind: object) -> set[type[BaseModel]]:
    """All tables that a table leads to, itself included."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return {kind}.union(*(models(field.annotation) for field in kind.model_fields.values()))
    return set().union(*(models(one) for one in get_args(kind)))


TABLES = sorted(models(Site), key=lambda one: one.__name__)


def test_the_tables_are_found() -> None:
    assert {"Camera", "DoorLine", "Matching", "NoticeEntry", "OpeningHours", "Secret", "Zone"} < {
        one.__name__ for one in TABLES
    }


@pytest.mark.parametrize("table", TABLES)
def test_every_key_is_on_the_page_and_says_what_is_allowed(table: type[BaseModel]) -> None:
    for key, field in table.model_fields.items():
        named = f"`{key}`" in PAGE or re.search(rf"[.\[]{key}[.\]]", PAGE) or f"{key} = " in PAGE
        assert named, f"docs/sites.md does not explain {table.__name__}.{key}"
        # Days of the week share one description, which hangs at their type.
        assert field.description, f"{table.__name__}.{key} does not say what is allowed"


def test_every_kind_of_zone_is_on_the_page_and_in_a_new_file() -> None:
    for kind in get_args(ZoneKind):
        assert f"`{kind}`" in PAGE
        assert kind in template("x", "UTC")


def test_the_example_is_accepted(check: Callable[..., Checked]) -> None:
    example = PAGE.split("```toml\n")[1].split("```")[0]
    checked = check(text=example)
    assert not checked.problems
    assert checked.site is not None
    assert checked.site.name == "Lyon 2"


def test_all_ways_to_name_a_password_are_accepted() -> None:
    written = PAGE.split("## Passwords")[1].split("```toml\n")[1].split("```")[0]
    ways = [
        line.split(" = ", 1)[1].split("   ")[0]
        for line in written.splitlines()
        if line.startswith("password")
    ]
    assert len(ways) == 3
    assert Secret.model_validate(ways[1].strip('"')).env == "MIEN_DOOR_PASSWORD"
    for way in (ways[0], ways[2]):
        key, value = re.findall(r'(\w+) = "(\w+)"', way)[0]
        assert Secret.model_validate({key: value}).clear is None
