"""The eyes chart: 32 moods behind a mask."""

from mien.journey.moods.chart import COLOURS, by_expression, chart
from mien.journey.moods.reading import SHOWN, MoodReading, read_mood
from mien.journey.moods.types import LANGUAGES, Colour, Language, Mood, Signature

__all__ = [
    "COLOURS",
    "LANGUAGES",
    "SHOWN",
    "Colour",
    "Language",
    "Mood",
    "MoodReading",
    "Signature",
    "by_expression",
    "chart",
    "read_mood",
]
