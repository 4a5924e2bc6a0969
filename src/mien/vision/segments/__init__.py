"""Apparent age and gender: off unless a site switches them on, in memory until an interaction has ended."""

from __future__ import annotations

from mien.vision.segments.network import AgeGenderNetwork, Guess, told_age, told_gender
from mien.vision.segments.tracks import TrackSegments

__all__ = ["AgeGenderNetwork", "Guess", "TrackSegments", "told_age", "told_gender"]
