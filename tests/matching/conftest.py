"""Templates of people who do not exist, and a process that may hold them."""

import pytest

from mien.vision.matching import no_core_dumps
from support.invented import picture


@pytest.fixture(autouse=True)
def _secret():
    with no_core_dumps():
        yield


@pytest.fixture
def person():
    """A function: a new picture of person `number`, as far from another of the same as real ones are."""
    return picture
