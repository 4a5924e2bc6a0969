"""Logs as other tools write them, made here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mien.journey import GivenReading
from mien.logs import LogReader, load_map

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class Taken:
    """What a log gave."""

    def __init__(self, reader: LogReader) -> None:
        with reader:
            told = list(reader.readings())
        self.readings = [one for one in told if isinstance(one, GivenReading)]
        self.ended = [one for one in told if isinstance(one, int)]
        self.reader = reader

    @property
    def problems(self) -> list[tuple[int | None, str]]:
        return [(one.line, one.text) for one in self.reader.problems]

    @property
    def valence(self) -> list[float | None]:
        return [None if one.valence is None else round(one.valence, 6) for one in self.readings]

    @property
    def times(self) -> list[float]:
        return [round(one.t_s, 6) for one in self.readings]

    @property
    def tracks(self) -> list[int]:
        return [one.track_id for one in self.readings]


@pytest.fixture
def take(tmp_path: Path) -> Callable[..., Taken]:
    """Write a log and read it by a bundled map, or by one that is given as TOML."""

    def taken(content: str | bytes, log_map: str = "generic-valence", **options: object) -> Taken:
        path = tmp_path / "log.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        if "\n" in log_map:
            own = tmp_path / "own.toml"
            own.write_text(log_map, encoding="utf-8")
            log_map = str(own)
        return Taken(LogReader(path, load_map(log_map), **options))

    return taken
