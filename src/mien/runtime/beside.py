"""Work beside what a process does else: in a thread that ends with the block."""

from __future__ import annotations

from contextlib import contextmanager
from threading import Event, Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def beside(name: str, work: Callable[[Event], None]) -> Iterator[None]:
    """Work in a thread while the block lasts.

    Args:
        name: Of the thread.
        work: What is done; it ends soon after the event that it is given is set, which the end of the block waits for.
    """
    over = Event()
    thread = Thread(target=work, args=(over,), name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
