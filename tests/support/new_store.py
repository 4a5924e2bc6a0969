"""A new store in a file, without making all its tables again for each test."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from mien.store import Store


@cache
def _empty() -> bytes:
    """The file of a store in which nothing is yet."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "empty.sqlite"
        Store.open(path).close()
        return path.read_bytes()


def ready_made(place: str | Path) -> Path:
    """The file of a store: of the one that is there, or else of an empty one; a copy, because copying is quick."""
    path = Path(place)
    if not path.exists():
        path.touch(0o600)
        path.write_bytes(_empty())
    return path
