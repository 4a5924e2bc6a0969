"""The eyes chart: 32 moods with what helps, where the faces in view are on it now, and the quiz."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

from fastapi import APIRouter, Path, Request
from markupsafe import Markup
from starlette.responses import HTMLResponse, Response

from mien.journey.moods import SHOWN, chart
from mien.marking import N_
from mien.privacy.roles import Right
from mien.report.moods.eyes import svg
from mien.report.moods.pages import quiz_facts
from mien.report.moods.poster import poster
from mien.report.moods.texts import words
from mien.report.pages import asset
from mien.runtime.moment import moment_of
from mien.web.access import SignedIn, Visitor
from mien.web.known import site_names, store_of
from mien.web.problems import NotFound
from mien.web.rendering import render
from mien.web.texts import language_of

if TYPE_CHECKING:
    from mien.journey.moods import Language

router = APIRouter(prefix="/moods")

_KEPT: Final = {"Cache-Control": "private, max-age=86400"}
COLOURS: Final = (("green", N_("Favourable")), ("amber", N_("Neutral")), ("red", N_("Unfavourable")))
"""Colours of the chart, in its order."""


@router.get("")
def moods(request: Request, visitor: Visitor = SignedIn) -> HTMLResponse:
    """The chart, and on it whose eyes are in view."""
    seen: dict[str, int] = {}
    for moment in moment_of(store_of(request), visitor.sites(Right.LIVE, site_names(request))):
        for touchpoint in moment.touchpoints:
            for one in touchpoint.people:
                if one.mood is not None:
                    seen[one.mood] = seen.get(one.mood, 0) + 1
    spoken = _spoken(request)
    return render(
        request,
        "moods.html.j2",
        moods=chart(),
        told=SHOWN,
        seen=seen,
        said=words(spoken),
        colours=COLOURS,
        live=visitor.anywhere(Right.LIVE),
    )


@router.get("/quiz")
def quiz(request: Request, visitor: Visitor = SignedIn) -> HTMLResponse:  # noqa: ARG001
    """The quiz."""
    spoken = _spoken(request)
    drawings = {
        mood.key: Markup(svg(mood.signature, mood.key, title=words(spoken).question)) for mood in chart()
    }
    return render(
        request,
        "quiz.html.j2",
        said=words(spoken),
        moods=chart(),
        drawings=drawings,
        facts=Markup(quiz_facts(spoken)),
    )


@router.get("/quiz.js")
def quiz_script(visitor: Visitor = SignedIn) -> Response:  # noqa: ARG001
    """The script of the quiz, as the quiz that is written to a file has it."""
    return Response(asset("quiz.js"), media_type="text/javascript", headers=_KEPT)


@router.get("/poster.svg")
def poster_file(request: Request, visitor: Visitor = SignedIn) -> Response:  # noqa: ARG001
    """The poster, to print on A4 or A3."""
    return Response(poster(_spoken(request)), media_type="image/svg+xml")


@router.get("/{key}.svg")
def drawing(key: Annotated[str, Path(max_length=40)], visitor: Visitor = SignedIn) -> Response:  # noqa: ARG001
    """One drawing."""
    for mood in chart():
        if mood.key == key:
            return Response(svg(mood.signature, key, title=""), media_type="image/svg+xml", headers=_KEPT)
    raise NotFound("The chart has no mood '%(key)s'; /moods lists the 32 that it has.", key=key)


def _spoken(request: Request) -> Language:
    found: Language = language_of(request).code  # type: ignore[assignment]  # the chart speaks the same five
    return found
