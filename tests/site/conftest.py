"""A whole site file, and one to change."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from mien.site import check_site

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mien.site import Checked

WHOLE = """\
name = "Lyon 2"
time_zone = "Europe/Paris"
interaction_types = ["purchase", "return"]

[[notices]]
shown_on = 2026-05-04
text_version = "3"
put_up_by = "A. Martin"

[touchpoints.entrance]
role = "entrance"

[touchpoints.tills]
role = "checkout"
interaction_type = "purchase"

[cameras.door]
touchpoint = "entrance"
url = "rtsp://192.168.1.20:554/stream1"
user = "mien"
password = { env = "DOOR_PASSWORD" }

[cameras.door.zones.desk]
kind = "staff"
corners = [[0, 0], [0.25, 0], [0.25, 1], [0, 1]]

[cameras.door.door_lines.sill]
ends = [[0.3, 0.8], [0.9, 0.8]]
inside = [0.6, 0.95]

[cameras.tills]
touchpoint = "tills"
webcam = 0

[cameras.tills.zones."customer 1"]
kind = "read"
corners = [[0.1, 0.1], [0.4, 0.1], [0.4, 0.9], [0.1, 0.9]]

[cameras.tills.zones."customer 2"]
kind = "read"
corners = [[0.5, 0.1], [0.9, 0.1], [0.9, 0.9], [0.5, 0.9]]

[service_points."till 1"]
camera = "tills"
zone = "customer 1"
till = "POS-01"

[service_points."till 2"]
camera = "tills"
zone = "customer 2"
till = "POS-02"

[opening_hours]
monday = ["09:00-12:30", "14:00-19:00"]
saturday = ["20:00-02:00"]
sunday = ["10:00-18:00"]

[[opening_hours.special]]
date = 2026-12-25
hours = []
name = "Christmas"

[shifts.early]
hours = "08:30-14:00"

[shifts.late]
hours = "13:30-19:30"

[shifts.night]
hours = "22:00-02:30"

[shifts.after]
hours = "02:30-06:00"
days = ["sunday"]

[roster]
file = "roster.csv"

[protocols.greeting]
description = "Greet every customer within ten seconds"
"""

ROSTER = """\
date,shift,person,service_point,protocol
2026-05-04,early,17,till 1,greeting
2026-05-04,late,23,,
"""


@pytest.fixture
def whole() -> str:
    return WHOLE


@pytest.fixture
def check(tmp_path: Path) -> Callable[..., Checked]:
    """Check the whole site file with some of its text replaced."""

    def checked(
        *changes: tuple[str, str],
        more: str = "",
        text: str | bytes | None = None,
        roster: str | bytes = ROSTER,
    ) -> Checked:
        content = WHOLE if text is None else text
        if isinstance(content, str):
            for old, new in changes:
                assert content.count(old) == 1, old
                content = content.replace(old, new)
            content = (content + more).encode()
        (tmp_path / "shop.toml").write_bytes(content)
        rows = roster if isinstance(roster, bytes) else roster.encode()
        (tmp_path / "roster.csv").write_bytes(rows)
        return check_site(tmp_path / "shop.toml")

    return checked


@pytest.fixture
def day() -> date:
    """A day on which the notice hangs."""
    return date(2026, 5, 4)
