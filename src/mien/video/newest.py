"""A queue between a source that cannot wait and a reader that is sometimes slow."""

from __future__ import annotations

import threading
from collections import deque
from typing import Generic, TypeVar

from mien.errors import SettingError

T = TypeVar("T")


class Newest(Generic[T]):
    """Holds the newest few of what is put in: where it is full the oldest goes, and is counted.

    So whoever takes from it is never further behind than its size, however slow.

    Args:
        size: How many may wait.

    Attributes:
        dropped: How many went without having been taken.

    Raises:
        SettingError: `size` is below 1.
    """

    def __init__(self, size: int) -> None:
        if size < 1:
            raise SettingError(f"A queue holds at least 1 picture, not {size}.")
        self.dropped = 0
        self._waiting: deque[T] = deque(maxlen=size)
        self._changed = threading.Condition()
        self._closed = False

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def closed(self) -> bool:
        """Whether nothing more will come."""
        return self._closed

    def put(self, item: T) -> None:
        """Add the newest; never waits. Nothing is added once the queue is closed."""
        with self._changed:
            if self._closed:
                return
            self.dropped += len(self._waiting) == self._waiting.maxlen
            self._waiting.append(item)
            self._changed.notify()

    def take(self, timeout_s: float | None = None) -> T | None:
        """The oldest that waits.

        Args:
            timeout_s: How long to wait for one, seconds; `None` waits until one comes.

        Returns:
            `None` where none came in time or the queue was closed.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closed, timeout_s)
            return self._waiting.popleft() if self._waiting else None

    def close(self) -> None:
        """Let go of what waits, and of whoever waits."""
        with self._changed:
            self._closed = True
            self._waiting.clear()
            self._changed.notify_all()
