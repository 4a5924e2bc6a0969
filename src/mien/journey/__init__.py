"""Readings become interactions; interactions become a measure with an error bar (design 3)."""

from mien.journey.builder import InteractionBuilder
from mien.journey.curve import fit_curve
from mien.journey.given import GivenReading
from mien.journey.live import LiveState
from mien.journey.score import score_interaction
from mien.journey.thresholds import THRESHOLDS, Thresholds
from mien.journey.types import (
    Context,
    Curve,
    Interaction,
    Moment,
    MomentKind,
    Outcome,
    Score,
    SecondRecord,
)

__all__ = [
    "THRESHOLDS",
    "Context",
    "Curve",
    "GivenReading",
    "Interaction",
    "InteractionBuilder",
    "LiveState",
    "Moment",
    "MomentKind",
    "Outcome",
    "Score",
    "SecondRecord",
    "Thresholds",
    "fit_curve",
    "score_interaction",
]
