"""The eyes chart."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import Field

from mien.journey.moods import SHOWN, Mood, chart
from mien.web.access import SignedIn, Visitor
from mien.web.api.common import Answer

router = APIRouter(tags=["moods"])


class MoodOut(Answer):
    """A mood of the chart."""

    mood: Mood
    read: bool = Field(
        description="Whether anything that is measured maps to it; the others are for people's eyes."
    )
    told: bool = Field(description="Whether it may be told by name; else its colour at most.")


@router.get("/moods")
def moods(visitor: Visitor = SignedIn) -> list[MoodOut]:  # noqa: ARG001
    """All 32 moods with names and advice in five languages."""
    return [MoodOut(mood=mood, read=not mood.chart_only, told=mood.key in SHOWN) for mood in chart()]
