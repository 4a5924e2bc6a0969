"""Same-visit matching: off unless a site switches it on, with templates that live in memory for one visit only."""

from __future__ import annotations

from mien.vision.matching.embedding import FaceEmbedder
from mien.vision.matching.rules import MatchingRules, Place, TravelTime
from mien.vision.matching.secrecy import no_core_dumps
from mien.vision.matching.template import Template
from mien.vision.matching.tracks import TrackTemplates
from mien.vision.matching.visits import EndedVisit, Placed, Seen, VisitMatcher

__all__ = [
    "EndedVisit",
    "FaceEmbedder",
    "MatchingRules",
    "Place",
    "Placed",
    "Seen",
    "Template",
    "TrackTemplates",
    "TravelTime",
    "VisitMatcher",
    "no_core_dumps",
]
