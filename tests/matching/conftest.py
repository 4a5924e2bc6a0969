"""Templates of people who do not exist, and a process that may hold them."""

import numpy as np
import pytest

from mien.vision.matching import Template, no_core_dumps
from mien.vision.matching.template import LENGTH


@pytest.fixture(autouse=True)
def _secret():
    with no_core_dumps():
        yield


@pytest.fixture
def person():
    """A function: a new picture of person `number`, as far from another of the same as real ones are."""

    def picture(number, *, shot=0, apart=0.25, height_px=90.0):
        face = np.random.default_rng(number).normal(size=LENGTH)
        light = np.random.default_rng((number, shot)).normal(size=LENGTH)
        values = 1.3 * face / np.linalg.norm(face) + apart / 2**0.5 * light / np.linalg.norm(light)
        return Template(values.astype(np.float32), height_px)

    return picture
