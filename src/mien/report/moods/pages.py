"""The eyes chart as files: a page, a quiz, a poster as SVG and PDF, a document for programs."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING, Any

import vl_convert
from markupsafe import Markup

from mien.journey.moods import SHOWN, chart
from mien.report.moods.eyes import svg
from mien.report.moods.poster import poster
from mien.report.moods.texts import words
from mien.report.pages import asset, page_environment
from mien.report.palette import COLOURS

if TYPE_CHECKING:
    from mien.journey.moods import Language


def chart_page(language: Language) -> str:
    """The chart as one HTML file that needs no network: the poster, which prints on A3, and a table of the same."""
    return _page("moods.html.j2", language, poster=Markup(poster(language)))


def quiz_facts(language: Language) -> str:
    """What the script of the quiz asks and says, as JSON that may stand in a page."""
    said = words(language)
    facts = {
        "moods": [
            {
                "key": mood.key,
                "name": mood.names[language],
                "sign": mood.colour.sign,
                "tone": mood.colour.tone,
                "advice": mood.advice[language],
            }
            for mood in chart()
        ],
        "words": {name: getattr(said, name) for name in ("right", "wrong", "next", "again", "score")},
    }
    return json.dumps(facts, ensure_ascii=False).replace("<", "\\u003c")


def quiz_page(language: Language) -> str:
    """A quiz as one HTML file that needs no network: a drawing, four names, what helps; each mood once."""
    script = asset("quiz.js")
    drawings = {
        mood.key: Markup(svg(mood.signature, mood.key, title=words(language).question)) for mood in chart()
    }
    return _page(
        "quiz.html.j2",
        language,
        drawings=drawings,
        facts=Markup(quiz_facts(language)),
        script=Markup(script),
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    )


def _page(template: str, language: Language, **more: Any) -> str:  # noqa: ANN401  (what a template is given)
    return (
        page_environment()
        .get_template(template)
        .render(
            {
                "language": language,
                "said": words(language).model_dump(),
                "moods": chart(),
                "told": SHOWN,
                "colours": COLOURS,
                "style": Markup(asset("report.css") + asset("moods.css")),
                "script_hash": None,
            }
            | more
        )
    )


def poster_pdf(language: Language) -> bytes:
    """The poster as a PDF of one page, with the fonts in it."""
    return bytes(vl_convert.svg_to_pdf(poster(language)))


def chart_document() -> dict[str, Any]:
    """The chart as a document for programs: all moods with names, advice and signatures in all languages."""
    return {
        "moods": [
            mood.model_dump(mode="json") | {"read": not mood.chart_only, "told": mood.key in SHOWN}
            for mood in chart()
        ]
    }
