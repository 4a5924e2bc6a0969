"""A site file with remarks, a password and zones, for tests of what changes it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from support.sites import HEAD

SAMPLES: Final = Path(__file__).parents[2] / "samples"

SITE: Final = f"""\
# Our shop in Lyon
{HEAD}[touchpoints.entrance]
role = "entrance"
[touchpoints.tills]
role = "checkout"

[cameras.door]   # above the door
touchpoint = "entrance"
file = "FILM"
# rate = 5

# --- the tills; do not lose this line ---
[cameras.tills]
touchpoint = "tills"
url = "http://anna:geheim@127.0.0.1:9/video.mjpg"

# where Maria stands
[cameras.tills.zones.desk]
kind = "staff"
corners = [[0, 0], [0.25, 0], [0.25, 1], [0, 1]]  # measured
# the next one is for customers

[cameras.tills.zones."customer 1"]
kind = "read"
corners = [[0.3, 0.1], [0.6, 0.1], [0.6, 0.9], [0.3, 0.9]]

# --- points ---
[service_points."till 1"]
camera = "tills"
zone = "customer 1"
till = "POS-01"

[opening_hours]
monday = ["09:00-12:30"]
"""


def comments_of(text: str) -> list[str]:
    """What stands behind each `#` of a site file that has none in its values."""
    return [line[line.index("#") :] for line in text.splitlines() if "#" in line]
