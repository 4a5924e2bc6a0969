"""What poster, page and quiz say beside the moods, in the languages of the chart."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from mien.journey.moods import Language


class Words(BaseModel):
    """The fixed texts in one language; the names say where each stands."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    subtitle: str
    green: str
    amber: str
    red: str
    green_do: str
    amber_do: str
    red_do: str
    read: str
    chart_only: str
    disclaimer: str
    unpleasant: str
    pleasant: str
    calm: str
    excited: str
    question: str
    right: str
    wrong: str
    next: str
    again: str
    score: str
    quiz: str
    mood: str
    advice: str


@cache
def words(language: Language) -> Words:
    """The fixed texts of a language."""
    text = (files("mien.report.moods") / "texts.toml").read_text(encoding="utf-8")
    return Words.model_validate(tomllib.loads(text)[language])
