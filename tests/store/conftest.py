from datetime import UTC, datetime, timedelta

import pytest

from mien.store import Store


class Clock:
    """A clock that the test sets."""

    def __init__(self):
        self.time = datetime(2026, 5, 1, 9, 0, tzinfo=UTC)

    def __call__(self):
        return self.time

    def forward(self, seconds):
        self.time += timedelta(seconds=seconds)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "mien.sqlite"


@pytest.fixture
def store(path, clock):
    with Store.open(path, clock=clock) as opened:
        yield opened
