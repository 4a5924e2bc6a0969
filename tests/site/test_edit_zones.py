"""What was drawn goes into the text of a site file, and every other character stays as it is."""

from __future__ import annotations

import tomllib
from datetime import date
from difflib import ndiff
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mien.errors import SettingError
from mien.site import check_text, template
from mien.site.edit import Drawn, with_drawn, with_notice
from support.site_editing import SITE, comments_of

TEXT = SITE.replace("FILM", "door.mp4")
SQUARE = [[0.1, 0.1], [0.4, 0.1], [0.4, 0.9]]
DESK = Drawn("zones", "desk", "desk", {"kind": "staff", "corners": [[0, 0], [0.25, 0], [0.25, 1], [0, 1]]})
CUSTOMER = Drawn(
    "zones",
    "customer 1",
    "customer 1",
    {"kind": "read", "corners": [[0.3, 0.1], [0.6, 0.1], [0.6, 0.9], [0.3, 0.9]]},
)


def zone(name: str, was: str | None = None, kind: str = "staff", corners: object = SQUARE) -> Drawn:
    return Drawn("zones", name, was, {"kind": kind, "corners": corners})


def changes(before: str, after: str) -> list[str]:
    return [line for line in ndiff(before.splitlines(), after.splitlines()) if line[0] in "+-"]


def test_what_did_not_change_is_not_touched() -> None:
    assert with_drawn(TEXT, "tills", [DESK, CUSTOMER]) == TEXT


def test_a_moved_corner_changes_its_line_alone_and_its_remark_stays() -> None:
    after = with_drawn(TEXT, "tills", [zone("desk", "desk"), CUSTOMER])
    assert changes(TEXT, after) == [
        "- corners = [[0, 0], [0.25, 0], [0.25, 1], [0, 1]]  # measured",
        "+ corners = [[0.1, 0.1], [0.4, 0.1], [0.4, 0.9]]  # measured",
    ]


def test_a_deleted_zone_takes_no_remark_of_others_along() -> None:
    after = with_drawn(TEXT, "tills", [CUSTOMER])
    assert [line[2:] for line in changes(TEXT, after)] == [
        "[cameras.tills.zones.desk]",
        'kind = "staff"',
        "corners = [[0, 0], [0.25, 0], [0.25, 1], [0, 1]]  # measured",
    ]
    assert "# the next one is for customers" in after


def test_a_new_name_is_known_at_the_service_points_too() -> None:
    after = with_drawn(
        TEXT, "tills", [DESK, zone("Müller's", "customer 1", "read", CUSTOMER.values["corners"])]
    )
    values = tomllib.loads(after)
    assert values["service_points"]["till 1"]["zone"] == "Müller's"
    assert set(values["cameras"]["tills"]["zones"]) == {"desk", "Müller's"}
    assert comments_of(after) == comments_of(TEXT)


def test_a_new_zone_stands_below_its_camera_and_above_the_next_heading() -> None:
    after = with_drawn(TEXT, "door", [zone("counter")])
    assert (
        after.index("# rate = 5")
        < after.index("[cameras.door.zones.counter]")
        < after.index("# --- the tills")
    )
    assert [line for line in changes(TEXT, after) if line[0] == "-"] == []


@pytest.mark.parametrize(
    "camera",
    [
        'zones = { desk = { kind = "staff", corners = [[0,0],[1,0],[1,1]] } }',
        'zones.desk = { kind = "staff", corners = [[0,0],[1,0],[1,1]] }',
    ],
)
def test_zones_in_one_line_are_left_to_the_text(camera: str) -> None:
    text = f'name = "a"\n[cameras.door]\n{camera}\n'
    with pytest.raises(SettingError, match="table of its own"):
        with_drawn(text, "door", [zone("desk", "desk")])


def test_two_of_one_name_are_refused() -> None:
    with pytest.raises(SettingError, match="Two zones"):
        with_drawn(TEXT, "door", [zone("a"), zone("A")])


def test_a_notice_goes_to_the_end_and_the_cameras_are_read() -> None:
    text = template("North", "Europe/Paris")
    after = with_notice(text, date(2026, 5, 4), 'text "3"', "A. Martin", "door")
    assert after.startswith(text.rstrip("\n"))
    site = check_text(after, Path("shop.toml")).site
    assert site is not None
    assert site.notice_for("door", date(2026, 5, 4)).text_version == 'text "3"'


SHARES = st.integers(0, 1000).map(lambda number: number / 1000)
CORNERS = st.lists(st.tuples(SHARES, SHARES).map(list), min_size=3, max_size=6)
NAMES = st.from_regex(r"\A[a-zé0-9](?:[\wé .-]{0,8}[a-z0-9])?\Z")


@given(
    drawn=st.dictionaries(NAMES, CORNERS, max_size=4), text=st.sampled_from([TEXT, template("Ünïon", "UTC")])
)
@settings(max_examples=60, deadline=None)
def test_whatever_is_drawn_and_deleted_again_leaves_the_file_as_it_was(
    drawn: dict[str, list[list[float]]], text: str
) -> None:
    zones = [zone(name, corners=corners) for name, corners in drawn.items()]
    if len({name.casefold() for name in drawn}) < len(drawn):
        return
    after = with_drawn(text, "door", zones)
    found = tomllib.loads(after)["cameras"]["door"].get("zones", {})
    assert found == {name: {"kind": "staff", "corners": corners} for name, corners in drawn.items()}
    assert with_drawn(after, "door", []) == text
