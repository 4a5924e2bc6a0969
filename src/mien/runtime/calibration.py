"""Calibration of the cameras of a site: the walks of testers, what was seen of them, and how cameras differ by it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import TYPE_CHECKING, Final

from mien.errors import InputError
from mien.journey.calibration import Stand, Walked, compare_cameras, stand_of
from mien.runtime.readers import own_version
from mien.site import read_walks
from mien.store import MeasuredPair

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from mien.journey.types import Interaction
    from mien.site import Problem, Site, WalkRow
    from mien.store import Store

TESTER: Final = "a tester, not a customer: forget what was told of it"
"""Why interactions of testers are withdrawn."""

_LONGEST: Final = timedelta(hours=3)
"""An interaction that began earlier than this before a walk is not looked for."""


@dataclass(frozen=True, slots=True)
class ComparedCameras:
    """Two cameras between which somebody walked.

    Attributes:
        first: Name of one, that which comes first in the site file.
        second: Name of the other.
        walked: How the second differs from the first; `None` where it cannot be told.
        reason: Why it cannot; `None` where it can.
    """

    first: str
    second: str
    walked: Walked | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Calibration:
    """What came of a file of walks.

    Attributes:
        cameras: Pairs of cameras that some tester stood before both of, in the order of the site file.
        stands: Rows that found their interaction, with a state.
        interactions: Ids of the interactions that the rows found, with a state or without.
        unused: Rows that were not used: line, and why.
        problems: Rows that are wrong and were left out.
    """

    cameras: Sequence[ComparedCameras]
    stands: int
    interactions: Sequence[str]
    unused: Mapping[int, str]
    problems: Sequence[Problem]


@dataclass(frozen=True, slots=True)
class RecordedPair:
    """A measurement that is recorded.

    Attributes:
        measured: What was measured.
        outdated: Why it no longer counts; `None` where it does.
    """

    measured: MeasuredPair
    outdated: str | None


def calibrate(store: Store, site: Site, file: Path, now: datetime | None = None) -> Calibration:
    """Read the walks of testers, and measure how the cameras differ that they stood before. Nothing is recorded.

    Args:
        store: The open store, with what was seen.
        site: The site.
        file: The file of walks.
        now: The moment, with zone; that of the clock where left out.

    Returns:
        What came of it.

    Raises:
        StoreError: The database says no.
    """
    walks = read_walks(site, file, now or datetime.now(UTC))
    found, unused = _seen(store, site, walks.rows)
    stands: list[Stand] = []
    for row, began_at, interaction in found:
        try:
            stands.append(stand_of(row.tester, row.camera, began_at, interaction))
        except InputError as error:
            unused[row.line] = str(error)
    cameras = [
        _compared(stands, first, second)
        for first, second in combinations(site.cameras, 2)
        if _testers(stands, first) & _testers(stands, second)
    ]
    ids = [interaction.id for _, _, interaction in found]
    return Calibration(cameras, len(stands), ids, dict(sorted(unused.items())), walks.problems)


def record_pairs(
    store: Store, site: Site, calibration: Calibration, now: datetime | None = None
) -> list[MeasuredPair]:
    """Enter in the store what was measured; from now on it counts for visits that end.

    Raises:
        StoreError: The database says no.
    """
    measured = [
        MeasuredPair(
            site.name,
            one.first,
            one.second,
            one.walked.scale,
            one.walked.reader,
            one.walked.pair,
            now or datetime.now(UTC),
        )
        for one in calibration.cameras
        if one.walked is not None
    ]
    for pair in measured:
        store.pairs.record(pair)
    return measured


def recorded_pairs(store: Store, site: Site) -> list[RecordedPair]:
    """Everything that is recorded of a site's cameras, the newest first, and what of it still counts.

    Raises:
        StoreError: The database says no.
    """
    newest: set[tuple[frozenset[str], str, str]] = set()
    found = []
    reader = own_version()
    for one in reversed(store.pairs.entries(site.name)):
        key = frozenset({one.from_camera, one.to_camera}), one.scale, one.reader
        gone = [name for name in (one.from_camera, one.to_camera) if name not in site.cameras]
        why = None
        if gone:
            why = f"no camera '{gone[0]}' in the site file"
        elif key in newest:
            why = "measured again"
        elif one.reader != reader:
            why = f"uncalibrated: the reader is {reader} now"
        newest.add(key)
        found.append(RecordedPair(one, why))
    return found


def _seen(
    store: Store, site: Site, rows: Sequence[WalkRow]
) -> tuple[list[tuple[WalkRow, datetime, Interaction]], dict[int, str]]:
    """The rows with the one interaction that each found and its beginning, and why others have none."""
    found: list[tuple[WalkRow, datetime, Interaction]] = []
    unused: dict[int, str] = {}
    for row in rows:
        since = row.begin - _LONGEST
        times = {
            one.uid: one.began_at
            for one in store.receipts.seen(site.name, since=since, until=row.end)
            if one.ended_at >= row.begin
        }
        there = [
            one
            for one in store.recordings.interactions(
                site=site.name, camera=row.camera, since=since, until=row.end, curves=False
            )
            if one.id in times
        ]
        if len(there) == 1:
            found.append((row, times[there[0].id], there[0]))
        elif there:
            unused[row.line] = (
                f"{len(there)} interactions at '{row.camera}' then; a tester stands there alone"
            )
        else:
            unused[row.line] = f"no interaction at '{row.camera}' then"
    often = Counter(interaction.id for _, _, interaction in found)
    for row, _, interaction in found:
        if often[interaction.id] > 1:
            unused[row.line] = "another row names the same interaction; write apart who stood there when"
    return [one for one in found if one[0].line not in unused], unused


def _testers(stands: Sequence[Stand], camera: str) -> set[str]:
    return {stand.tester for stand in stands if stand.camera == camera}


def _compared(stands: Sequence[Stand], first: str, second: str) -> ComparedCameras:
    try:
        return ComparedCameras(first, second, compare_cameras(stands, first, second), None)
    except InputError as error:
        return ComparedCameras(first, second, None, str(error))
