"""Blendshapes of MediaPipe: 146 of the landmarks (x, y in pixels) in, 52 blendshapes (0-1) out.

The file holds float16 weights, which are widened to float32. The network is an MLP mixer.
"""

from __future__ import annotations

import numpy as np

from mien.vision.models import session
from tools.weights.networks.face_landmarker import BUNDLE, BUNDLE_SHA256, PACKAGE
from tools.weights.networks.face_landmarks_478 import probes as landmark_probes
from tools.weights.packages import read_member
from tools.weights.probes import noise
from tools.weights.recipe import Probe, Recipe
from tools.weights.tflite_reader import read
from tools.weights.tflite_to_onnx import convert

_INPUT = "serving_default_input_points:0"
_POINTS = 146


def build(bundle: bytes) -> bytes:
    """The ONNX file, from `face_landmarker_v2.task`.

    Raises:
        ModelError: The bundle lacks the network, or the network has changed.
    """
    return convert(read(read_member(bundle, "face_blendshapes.tflite")), batch=1)


def probes() -> list[Probe]:
    """Noise, and every third point of a real face: any points will do to compare two networks."""
    face = landmark_probes()[-1]
    points = np.asarray(session("face_landmarks_478").run(["Identity"], face)[0], np.float32).reshape(478, 3)
    chosen = points[np.linspace(0, len(points) - 1, _POINTS).astype(int), :2]
    return [{_INPUT: noise((1, _POINTS, 2), high=256)}, {_INPUT: chosen[None]}]


RECIPE = Recipe(
    name="face_blendshapes_52",
    package=PACKAGE,
    member=BUNDLE,
    sha256=BUNDLE_SHA256,
    build=build,
    probes=probes,
    tolerance=1e-4,
)
