"""The chart on paper, on a page and as a quiz."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import cv2
import numpy as np
import pytest
import vl_convert

from mien.journey.moods import LANGUAGES, Signature, chart
from mien.report.moods.eyes import HEIGHT, WIDTH, svg
from mien.report.moods.pages import chart_page, poster_pdf, quiz_page
from mien.report.moods.poster import poster
from mien.report.moods.texts import words

SVG = "{http://www.w3.org/2000/svg}"


def picture(drawing: str) -> np.ndarray:
    """(H, W) grey of a drawing."""
    png = vl_convert.svg_to_png(drawing.replace("<svg ", f'<svg width="{WIDTH}" height="{HEIGHT}" ', 1))
    seen = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_UNCHANGED)
    alpha = seen[..., 3:] / 255.0
    return (seen[..., :3] * alpha + 255.0 * (1 - alpha)).mean(axis=2)


def drawn(**signature: float) -> np.ndarray:
    return picture(svg(Signature(**signature), "one", title="one"))


def dark_rows(seen: np.ndarray, left: int, right: int, top: int, bottom: int) -> np.ndarray:
    """Rows of a part in which there is ink."""
    return top + np.flatnonzero((seen[top:bottom, left:right] < 90).any(axis=1))


def test_every_mood_is_drawn_and_no_two_alike():
    pictures = [picture(svg(mood.signature, mood.key, title=mood.key)) for mood in chart()]
    for i, one in enumerate(pictures):
        assert (one < 90).mean() > 0.02
        for other in pictures[:i]:
            assert (np.abs(one - other) > 60).sum() > 100


def test_a_drawing_shows_its_signature():
    rest = drawn()
    eye = slice(60, 95), slice(40, 100)
    # Eyes that are shut show no iris; the lid of wide ones stands higher than at rest.
    assert (drawn(lid=-1.0)[eye] < 140).sum() < 0.5 * (rest[eye] < 140).sum()
    up = {"brow_outer": 1.0, "brow_inner": 1.0}
    lash = {lid: dark_rows(drawn(lid=lid, **up), 60, 76, 50, 95)[0] for lid in (-1.0, 0.0, 1.0)}
    assert lash[1.0] + 4 < lash[0.0] < lash[-1.0] - 4
    # Brows that are raised stand higher, lowered ones lower, and of lopsided ones the right one is higher.
    highest = {
        up: dark_rows(drawn(brow_inner=up, brow_outer=up), 40, 100, 20, 62)[0] for up in (-1.0, 0.0, 1.0)
    }
    assert highest[1.0] < highest[0.0] < highest[-1.0]
    askew = drawn(lopsided=1.0)
    assert dark_rows(askew, 140, 200, 20, 62)[0] < dark_rows(askew, 40, 100, 20, 62)[0]
    # Both irises go where the eyes look.
    for x in (-1.0, 1.0):
        looking = drawn(gaze_x=x)[70:84]
        for left, right in ((45, 92), (148, 195)):
            ink = np.flatnonzero((looking[:, left:right] < 60).sum(axis=0) >= 6)
            assert (ink.mean() - (right - left) / 2) * x > 3


def test_a_drawing_at_rest_is_the_same_on_both_sides_but_for_its_light():
    seen = drawn()
    assert (np.abs(seen - seen[:, ::-1]) > 60).mean() < 0.004


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_poster_has_every_mood_once_and_keeps_within_its_cards(language):
    tree = ET.fromstring(poster(language))
    texts = [element.text or "" for element in tree.iter(f"{SVG}text")]
    # Letters of a usual bold font are at most .66 of their height wide on average; a card is 264 wide.
    for mood in chart():
        [name] = [
            element
            for element in tree.iter(f"{SVG}text")
            if element.text == mood.names[language] and element.get("font-weight")
        ]
        assert 46 + 0.66 * float(name.get("font-size")) * len(name.text) < 264, name.text
    said = words(language)
    assert all(
        any(name in text for text in texts) for name in (said.green, said.amber, said.red, said.disclaimer)
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_advice_takes_two_lines_at_most(language):
    cards = [
        g
        for g in ET.fromstring(poster(language)).iter(f"{SVG}g")
        if g.get("clip-path", "").startswith("url(#card")
    ]
    assert len(cards) == 32
    assert all(2 <= len(list(card.findall(f"{SVG}text"))) <= 3 for card in cards)


def test_the_ids_of_a_page_are_its_own():
    for page in (poster("en"), chart_page("en")):
        ids = re.findall(r' id="([^"]+)"', page)
        assert ids
        assert len(ids) == len(set(ids))


def test_the_pdf_is_one_page_with_its_fonts_in_it():
    content = poster_pdf("uk")
    assert content.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type\s*/Page\b", content)) == 1
    assert b"/FontFile" in content


def test_a_page_loads_nothing():
    for page in (chart_page("fr"), quiz_page("fr")):
        assert "default-src 'none'" in page
        assert not re.search(r"""(src|href)=["'](?!#)""", page)
        assert "://" not in page.replace('xmlns="http://www.w3.org/2000/svg"', "")
