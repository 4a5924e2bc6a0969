"""The page: safe, self-contained, no face in it, readable on a desk, a telephone and in the dark."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from evaluation.conftest import readings_of, set_of, world
from mien.errors import InputError
from mien.evaluation.page import Made, page, write_page
from mien.evaluation.results import Wishes
from mien.evaluation.types import Lost
from support.contrast import FAINT

MADE = Made(datetime(2026, 5, 4, 9, 30, tzinfo=UTC), "0.1.0", "mien evaluate set.npz")


@pytest.fixture(scope="module")
def pages(judged) -> dict[str, str]:
    made = world(400)
    bad = "<script>alert(1)</script>"
    light = np.where(np.arange(400) < 200, "day", bad)
    full = set_of(made.votes, usage=np.ones(400, int), copies=np.arange(400) // 2, columns={"light": light})
    labels = np.arange(60) % 2
    return {
        "votes": page(
            judged(
                full,
                readings_of(made.p, made.variance, {0: Lost.NO_FACE}),
                Wishes(groups=("light",), resamples=200),
            ),
            MADE,
        ),
        "labels": page(
            judged(set_of(labels=labels), readings_of(np.eye(8)[labels] * 0.92 + 0.01, np.ones(60))), MADE
        ),
    }


def test_it_loads_nothing_runs_nothing_and_shows_no_face(pages: dict[str, str]) -> None:
    for text in pages.values():
        assert "default-src 'none'" in text
        assert not re.search(r"<(script|img|image|canvas|video|iframe|object|embed|link)\b", text)
        assert "url(" not in text
        assert "http:" not in text.replace("http-equiv", "")
        assert "data:image" not in text


def test_names_from_the_set_stay_text(pages: dict[str, str]) -> None:
    assert "&lt;script&gt;alert(1)" in pages["votes"]


def test_it_speaks_of_faces_and_leaves_nothing_unsaid(pages: dict[str, str]) -> None:
    for text in pages.values():
        plain = re.sub(r"\s+", " ", re.sub(r"<style>.*?</style>|<[^>]+>", " ", text, flags=re.DOTALL))
        assert "the face shows" in plain.lower()
        assert not re.search(
            r"\b(customer|person) feels\b(?! is not measured)",
            plain.replace("cannot know what a person feels", ""),
        )
        assert "None" not in plain.replace("None of the pictures", "")
        assert "nan" not in plain.lower().split()
    assert "no face found" in pages["votes"]
    assert "one tagger" in pages["votes"]
    assert "one tagger" not in pages["labels"]


def test_every_opened_word_has_its_definition_and_ids_are_unique(pages: dict[str, str]) -> None:
    for text in pages.values():
        ids = re.findall(r'\bid="([^"]+)"', text)
        assert len(ids) == len(set(ids))
        assert set(re.findall(r'popovertarget="([^"]+)"', text)) <= set(ids)


def test_a_page_that_cannot_be_written_is_one_sentence(judged, tmp_path: Path) -> None:
    labels = np.arange(60) % 2
    found = judged(set_of(labels=labels), readings_of(np.eye(8)[labels], np.ones(60)))
    with pytest.raises(InputError, match="cannot be written"):
        write_page(found, MADE, tmp_path)


@pytest.mark.browser
def test_it_fits_every_width_and_every_text_can_be_read(
    browser, pages: dict[str, str], tmp_path: Path
) -> None:
    complaints: list[str] = []
    tab = browser.new_context(offline=True, reduced_motion="reduce").new_page()
    tab.on("request", lambda r: complaints.append(r.url) if not r.url.startswith("file:") else None)
    tab.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
    for name, text in pages.items():
        file = tmp_path / f"{name}.html"
        file.write_text(text, encoding="utf-8")
        tab.goto(file.as_uri())
        assert tab.locator("h1").count() == 1
        tab.locator("summary").click()
        for scheme in ("light", "dark"):
            tab.emulate_media(color_scheme=scheme)
            assert tab.evaluate(FAINT) == [], (name, scheme)
        for width in (1200, 390, 320):
            tab.set_viewport_size({"width": width, "height": 844})
            assert tab.evaluate("document.documentElement.scrollWidth") <= width, (name, width)
    assert complaints == []
