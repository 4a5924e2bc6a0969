"""Templates of people who do not exist."""

from __future__ import annotations

import numpy as np

from mien.vision.matching import Template
from mien.vision.matching.template import LENGTH


def picture(number: int, *, shot: int = 0, apart: float = 0.25, height_px: float = 90.0) -> Template:
    """A new picture of person `number`, as far from another of the same as real ones are."""
    face = np.random.default_rng(number).normal(size=LENGTH)
    light = np.random.default_rng((number, shot)).normal(size=LENGTH)
    values = 1.3 * face / np.linalg.norm(face) + apart / 2**0.5 * light / np.linalg.norm(light)
    return Template(values.astype(np.float32), height_px)
