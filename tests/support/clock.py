"""A clock that a test sets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class Clock:
    """The time of day for a store, standing still until it is moved on."""

    def __init__(self, time: datetime = datetime(2026, 5, 4, 9, tzinfo=UTC)) -> None:
        self.time = time

    def __call__(self) -> datetime:
        return self.time

    def forward(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)
