"""The page as a file: safe, self-contained, complete."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import product

import pytest

from mien.errors import InputError
from mien.journey.types import Context
from mien.report.html import render_report, report_page
from mien.report.palette import COLOURS, STACK
from mien.vision.types import LeftOut


class Elements(HTMLParser):
    """Every element with its attributes, and the text outside scripts and styles."""

    def __init__(self, page):
        super().__init__()
        self.elements, self.ids, self.words, self.inside = [], [], [], ""
        self.feed(page)
        self.text = re.sub(r"\s+", " ", "".join(self.words))

    def handle_starttag(self, tag, attrs):
        self.inside = tag
        self.elements.append((tag, dict(attrs)))
        self.ids += [value for key, value in attrs if key == "id"]

    def handle_endtag(self, _tag):
        self.inside = ""

    def handle_data(self, data):
        if self.inside not in ("script", "style"):
            self.words.append(data)


def test_a_file_name_that_is_a_script_stays_a_name(make, reports):
    bad = "<script>alert(1)</script>.mp4"
    one = reports["one"].videos[0]
    found = replace(
        one.interactions[0],
        context=Context(
            site="<img src=x onerror=alert(1)>", touchpoint='"><script>x</script>', type="{{ 7*7 }}"
        ),
    )
    reason = "</script><script>alert(2)</script>"
    odd = replace(
        found, seconds=tuple(replace(s, left_out={reason: 1}) for s in found.seconds), left_out={reason: 40}
    )
    report = make(replace(one, video=bad, warnings=("<b>cut</b>",), interactions=(odd, odd), reason="<i>"))
    report = replace(report, command=bad, reader="<svg onload=alert(1)>")
    page = report_page(report)
    seen = Elements(page)
    assert [tag for tag, _ in seen.elements].count("script") == 3  # ours and the values of two interactions
    assert not any(key.startswith("on") for _, attributes in seen.elements for key in attributes)
    assert bad in seen.text
    assert "{{ 7*7 }}" in seen.text
    for piece in ("<script>alert", "</script><script", "<img", "<b>cut", "<svg onload"):
        assert piece not in page, piece


def test_nothing_may_be_loaded_and_only_the_own_script_may_run(pages):
    for page in pages.values():
        policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page)
        script = re.search(r"<script>(.*?)</script>", page, re.DOTALL)
        assert policy is not None
        assert script is not None
        assert "default-src 'none'" in policy[1]
        assert "unsafe-inline" not in policy[1].split("script-src")[1]
        digest = base64.b64encode(hashlib.sha256(script[1].encode()).digest()).decode()
        assert f"script-src 'sha256-{digest}'" in policy[1]
        loading = {"src", "srcset", "data", "action", "poster"}
        for tag, attributes in Elements(page).elements:
            assert not loading & set(attributes), tag
            assert attributes.get("href", "#").startswith("#"), tag
        assert "url(" not in page
        assert "@import" not in page


def test_there_is_no_picture_in_it(pages):
    for page in pages.values():
        assert not {"img", "image", "canvas", "video", "picture", "object", "embed"} & {
            tag for tag, _ in Elements(page).elements
        }
        assert "data:image" not in page


def test_every_number_of_the_score_stands_in_it_with_interval_and_count(pages):
    text = Elements(pages["one"]).text
    for part in (
        "The face shows a clear improvement: EPS +95 (+71 to +110)",
        "between +71 and +110 with 95 % probability",
        "−0.62", "+0.33", "48", "44 to 51", "350 of 400", "35.9 s", "Critical moment", "valence fell by 0.27",
        "turned away", "Harbour Street", "checkout", "a sale", "till 3", "early", "greet first",
        "mien-expression 1.0", "balance", "Mien 0.1.0", "mien analyze visit.mp4",
        "No decision about a person",
    ):  # fmt: skip
        assert part in text, part


def test_a_missing_number_has_its_reason_and_is_never_zero(pages):
    for name, reason in (
        ("left_out", "no reading of this face was usable"),
        ("single", "one picture has no course in time"),
        ("several", "the interval of the EPS would be 84 points wide"),
    ):
        text = Elements(pages[name]).text
        assert "Cannot tell whether the face’s expression changed." in text
        assert reason in text
    text = Elements(pages["left_out"]).text
    assert "EPS 0" not in text
    assert "nan" not in text.lower().replace("finance", "")
    assert "None" not in text


def test_what_was_read_by_the_eyes_alone_is_said_and_nothing_where_nothing_was(make, reports, pages):
    seen = Elements(pages["covered"])
    assert "212 of 350 readings by the eyes alone: the lower face was covered" in seen.text
    assert "Why: visibility changed." in seen.text
    assert "def-eyesalone" in {a.get("popovertarget") for _, a in seen.elements}
    assert "def-eyesalone" not in {a.get("popovertarget") for _, a in Elements(pages["one"]).elements}
    assert "by the eyes alone:" not in Elements(pages["one"]).text
    (video,) = reports["covered"].videos
    listed = Elements(report_page(make(replace(video, interactions=video.interactions * 2)))).text
    assert "350 of 400, 212 by the eyes" in listed


def test_a_reason_for_leaving_out_has_a_remedy(make, reports):
    (video,) = reports["left_out"].videos
    for reason in LeftOut:
        lost = replace(video.interactions[0], left_out={reason.value: 60})
        page = report_page(make(replace(video, interactions=(lost,), left_out={reason.value: 60})))
        assert '<p class="remedy">' in page, reason


def test_a_video_without_a_face_says_so_and_what_it_would_need(pages):
    text = Elements(pages["no_face"]).text
    assert "Nothing to measure." in text
    assert "Cannot tell: no face was found in any picture." in text
    assert "2826 pictures" in text
    assert "turned towards the camera" in text


def test_several_are_counted_with_those_that_have_no_score(pages):
    text = Elements(pages["several"]).text
    assert "5 interactions in 3 videos" in text
    assert "1 improved" in text
    assert "2 unclear" in text
    assert "2 of 5 have no EPS" in text


def test_a_simulated_video_is_called_so(pages):
    assert "Simulated." in Elements(pages["simulated"]).text
    assert "Simulated." not in Elements(pages["one"]).text


def test_a_warning_is_shown(pages):
    assert "The file ends in the middle of a picture" in Elements(pages["worsened"]).text


def test_every_term_that_can_be_opened_has_a_definition_and_ids_are_unique(pages):
    for page in pages.values():
        seen = Elements(page)
        assert len(seen.ids) == len(set(seen.ids))
        targets = {
            attributes["popovertarget"] for _, attributes in seen.elements if "popovertarget" in attributes
        }
        links = {
            attributes["href"][1:] for tag, attributes in seen.elements if attributes.get("href", "#") != "#"
        }
        assert targets <= set(seen.ids)
        assert links <= set(seen.ids)
    opened = {a["popovertarget"] for _, a in Elements(pages["one"]).elements if "popovertarget" in a}
    assert {
        "def-eps",
        "def-hi",
        "def-valence",
        "def-interval",
        "def-moment",
        "def-critical",
        "def-leftout",
    } <= opened
    assert {"def-outcome", "def-shows", "def-expression", "def-usable", "def-reading"} <= opened


def test_the_file_stays_small(pages):
    assert max(len(page.encode()) for page in pages.values()) < 400_000


def test_two_hours_in_one_interaction_stay_small(make, reports):
    video = reports["one"].videos[0]
    found = video.interactions[0]
    records = tuple(replace(found.seconds[k % len(found.seconds)], t_s=2 + k) for k in range(7200))
    page = report_page(make(replace(video, interactions=(replace(found, end_s=7202.0, seconds=records),))))
    assert len(page.encode()) < 400_000
    assert "The first 600 of 7200 seconds" in Elements(page).text


def test_the_file_holds_the_page(reports, pages, tmp_path):
    path = tmp_path / "report.html"
    path.write_text("something older", encoding="utf-8")
    assert render_report(reports["no_face"], path) == path
    assert path.read_text(encoding="utf-8") == pages["no_face"]


def test_where_it_cannot_be_written_is_said(reports, tmp_path):
    with pytest.raises(InputError, match=r"cannot be written to .*nowhere"):
        render_report(reports["no_face"], tmp_path / "nowhere" / "report.html")


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first, second):
    dark, bright = sorted((luminance(first), luminance(second)))
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("mode", [0, 1], ids=["light", "dark"])
def test_every_text_colour_meets_wcag_aa_on_every_ground(mode):
    for text, ground in product(
        ("ink", "soft", "accent", "good", "middling", "bad", "none"), ("paper", "sheet", "sunken")
    ):
        assert contrast(COLOURS[text][mode], COLOURS[ground][mode]) >= 4.5, (text, ground)
    for name in STACK:
        on = "on-neutral" if name == "neutral" else "on-fill"
        assert contrast(COLOURS[on][mode], COLOURS[name][mode]) >= 4.5, name
    assert contrast(COLOURS["accent"][mode], COLOURS["band"][mode]) >= 3


def test_a_light_colour_leads_back_to_one_name():
    lights = [pair[0] for pair in COLOURS.values()]
    assert len(lights) == len(set(lights))


def test_of_very_many_those_that_changed_most_are_drawn_and_all_are_listed(make, reports):
    still = reports["left_out"].videos[0].interactions[0]
    moved = reports["one"].videos[0].interactions[0]
    page = report_page(make(replace(reports["one"].videos[0], interactions=(*[still] * 41, moved))))
    seen = Elements(page)
    assert [tag for tag, _ in seen.elements].count("article") == 40
    assert "i42" in seen.ids
    assert "i41" not in seen.ids
    assert "42 interactions in 1 video" in seen.text
    assert "40 of them are drawn below" in seen.text


def test_where_one_number_is_missing_the_reason_stands_at_it(make, reports):
    video = reports["one"].videos[0]
    found = video.interactions[0]
    score = replace(
        found.score, happiness_index=None, hi_low=None, hi_high=None, reason="its interval is 34 points wide"
    )
    text = Elements(report_page(make(replace(video, interactions=(replace(found, score=score),))))).text
    assert "EPS +95 (+71 to +110)" in text
    assert "Cannot tell: its interval is 34 points wide." in text


def test_a_password_in_the_command_is_not_shown(reports):
    for address in ("postgresql://me:s3cret@db/mien", "postgresql://db/mien?user=me&password=s3cret"):
        page = report_page(replace(reports["no_face"], command=f"mien analyze a.mp4 --store {address}"))
        assert "s3cret" not in page
        assert "--store postgresql://" in page


def test_the_folder_of_a_file_is_kept_beside_its_name(make, reports):
    page = report_page(make(replace(reports["no_face"].videos[0], video="/films/monday/visit.mp4")))
    assert "/films/monday/visit.mp4" in Elements(page).text
    assert "<title>visit.mp4" in page


def test_the_definitions_give_the_limits_of_the_scale_in_use(reports, pages):
    balance = Elements(pages["one"]).text
    assert "sure that the EPS is above +10." in balance
    assert "by at least 0.20, with more than 95 % probability" in balance
    assert "wider than 60 points (EPS) or 30 (Happiness Index)" in balance
    circumplex = Elements(report_page(replace(reports["no_face"], scale="circumplex"))).text
    assert "sure that the EPS is above +7." in circumplex
    assert "by at least 0.14" in circumplex
    assert "Russell and Mehrabian" in circumplex
    assert "Russell and Mehrabian" not in balance
