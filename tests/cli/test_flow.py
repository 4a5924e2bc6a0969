"""`mien flow` as a store manager uses it: a real person from a sample is moved through a room over a door line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from support.door_film import door_film
from support.sites import HEAD

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from support.command import Ran

SITE = (
    HEAD
    + """\
[touchpoints.entrance]
role = "entrance"

[cameras.door]
touchpoint = "entrance"
file = "door.mp4"

[cameras.door.door_lines.sill]
ends = [[0.5, 0.3], [0.5, 1.0]]
inside = [0.9, 0.7]

[cameras.blank]
touchpoint = "entrance"
webcam = 0

[opening_hours]
monday = ["09:00-19:00"]
"""
)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return door_film(tmp_path_factory.mktemp("film") / "door.mp4")


@pytest.fixture
def site(tmp_path: Path) -> Path:
    path = tmp_path / "shop.toml"
    path.write_text(SITE, encoding="utf-8")
    return path


def test_it_counts_over_a_door_line_and_tells_its_self_checks(
    mien: Callable[..., Ran], film: Path, site: Path, tmp_path: Path
) -> None:
    ran = mien(
        "flow", film, "--site-file", site, "--camera", "door", "--recorded-at", "2026-05-04T05:00+02:00",
        "--json", tmp_path / "flow.json",
    )  # fmt: skip
    assert ran.code == 0, ran.err
    document = json.loads((tmp_path / "flow.json").read_text(encoding="utf-8"))
    assert document["total"]["lines"]["sill"] == {"came_in": 2, "went_out": 0, "unclear": 0}
    assert [round(crossing["t_s"]) for crossing in document["crossings"]] == [2, 7]
    # Closed before and after: both who came in must have gone out.
    assert document["balance"]["wrong"] == 2
    assert "at least 2 of 2 crossings" in " ".join(ran.out.split())
    assert "sill" in ran.out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--camera", "dor"), "it has door, blank"),
        (("--camera", "blank"), "nothing to count"),
        (("--camera", "door", "--rate", "30"), "0.5 to 5 pictures per second"),
        (("--camera", "door", "--recorded-at", "2026-01-01T09:00+01:00"), "records no notice"),
        (("--camera", "door", "--recorded-at", "noon"), "write a time as"),
        (("--camera", "door", "--json", "shop.toml"), "only one of them would be left"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    mien: Callable[..., Ran], film: Path, site: Path, options: tuple[str, ...], said: str
) -> None:
    ran = mien("flow", film, "--site-file", site, *options)
    assert ran.code == 2
    assert said in ran.complaint
    assert ran.out == ""
    assert site.read_text(encoding="utf-8") == SITE
