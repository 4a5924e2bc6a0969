"""Every detector, landmarker, expression reader and detector of people by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mien.registry import Registry
from mien.vision.detect import RetinaFace, YuNet
from mien.vision.expression import ExpressionReader
from mien.vision.landmarks import MediaPipeLandmarker
from mien.vision.people.nanodet import NanoDet

if TYPE_CHECKING:
    from mien.vision.people.types import PersonDetector
    from mien.vision.protocols import Detector, Landmarker, Reader

DETECTORS: Final[Registry[Detector]] = Registry("face detector", {"yunet": YuNet, "retinaface": RetinaFace})
"""Face detectors: `long_side`, `min_score` and `threads` are their options."""

LANDMARKERS: Final[Registry[Landmarker]] = Registry("landmark network", {"mediapipe": MediaPipeLandmarker})
"""Landmark networks: `threads` is their option."""

READERS: Final[Registry[Reader]] = Registry("expression reader", {"mien": ExpressionReader})
"""Expression readers."""

PERSON_DETECTORS: Final[Registry[PersonDetector]] = Registry("detector of people", {"nanodet": NanoDet})
"""Detectors of people: `long_side`, `min_score` and `threads` are their options."""
