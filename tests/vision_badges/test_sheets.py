"""Sheets of badges as they come out of a browser, and what the command refuses."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from mien.site.measures import Badges
from mien.vision.badges.families import dictionary
from support.command import Ran, runner

if TYPE_CHECKING:
    from collections.abc import Callable

PX_PER_MM = 96 / 25.4


@pytest.fixture
def mien(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Ran]:
    monkeypatch.chdir(tmp_path)
    return runner(capsys, monkeypatch, 160)


@pytest.mark.browser
def test_sheets_print_at_true_size_and_are_read_back(
    browser, mien: Callable[..., Ran], tmp_path: Path
) -> None:
    ran = mien("badges", "--ids", "1-3", "--no-reading", "30", "--out", "b.html")
    assert ran.code == 0
    page = browser.new_page(viewport={"width": 794, "height": 2260})
    page.goto((tmp_path / "b.html").as_uri())
    picture = cv2.imdecode(np.frombuffer(page.screenshot(), np.uint8), cv2.IMREAD_GRAYSCALE)
    printed = page.pdf(prefer_css_page_size=True)
    found, ids, _ = cv2.aruco.ArucoDetector(dictionary("apriltag-25h9")).detectMarkers(picture)
    assert sorted(ids.ravel().tolist()) == [1, 2, 3, 30]
    for corners in found:
        sides = np.linalg.norm(corners[0] - np.roll(corners[0], 1, axis=0), axis=1) / PX_PER_MM
        assert sides == pytest.approx([100.0] * 4, abs=0.6)
    sizes = re.findall(rb"/MediaBox ?\[0 0 ([\d.]+) ([\d.]+)\]", printed)
    assert len(sizes) == 2, "two sheets and no empty one"
    assert [float(value) * 25.4 / 72 for value in sizes[0]] == pytest.approx([210, 297], abs=0.5)


def test_what_the_command_says_goes_into_the_site_file(mien: Callable[..., Ran]) -> None:
    ran = mien(
        "badges", "--ids", "4,1-2", "--no-reading", "45-46", "--family", "aruco-4x4", "--out", "b.html"
    )
    assert "5 badges on 3 A4 sheets" in ran.out
    text = ran.out[ran.out.index("[badges]") :]
    badges = Badges.model_validate(tomllib.loads(text)["badges"])
    assert (badges.staff, badges.no_reading) == ((1, 2, 4), (45, 46))


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--ids", "1-40"], "There is no marker 35; apriltag-25h9 has 0 to 34"),
        (["--ids", "28-31"], "Marker 30 is kept for customers .* give staff 0 to 29"),
        (["--no-reading", "3"], "Marker 3 is one for staff; .* get 30 to 34"),
        (["--ids", "one"], "--ids has 'one'; write numbers as 1-20 or 1,4,7-9"),
        (["--ids", "5-2"], "--ids has '5-2'"),
        (["--ids=-3"], "--ids has '-3'"),
        (["--ids", "1-99999999999"], "--ids has '1-99999999999'"),
        (["--ids", ","], "nothing to print; name markers with --ids or --no-reading"),
        (
            ["--ids", "1", "--family", "qr"],
            "no family of markers 'qr'; choose one of apriltag-25h9, aruco-4x4",
        ),
    ],
)
def test_numbers_that_cannot_be_printed_are_refused_in_one_line(
    mien: Callable[..., Ran], arguments: list[str], says: str
) -> None:
    ran = mien("badges", *arguments, "--out", "b.html")
    assert ran.code == 2
    assert re.search(says, ran.complaint)
    assert not Path("b.html").exists()


@pytest.mark.parametrize(
    ("out", "says"), [("b.pdf", "ends in .html"), ("no/such/b.html", "its folder does not exist")]
)
def test_places_that_cannot_be_written_are_refused(mien: Callable[..., Ran], out: str, says: str) -> None:
    ran = mien("badges", "--ids", "1", "--out", out)
    assert ran.code == 2
    assert says in ran.complaint
