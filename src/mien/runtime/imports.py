"""Logs of other tools: read by a map, scored as Mien's own readings are, and stored."""

from __future__ import annotations

import hashlib
from dataclasses import astuple
from pathlib import Path
from typing import TYPE_CHECKING

from mien.errors import SettingError
from mien.expressions import check_scale
from mien.journey.builder import InteractionBuilder
from mien.journey.types import Context
from mien.logs import LogReader, load_map, remarks_on, warnings_on
from mien.runtime.account import Account
from mien.runtime.analysis import Analysis, require_notice
from mien.store import RecordingKey, Source
from mien.video import fingerprint

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from mien.journey.types import Interaction
    from mien.logs import LogMap
    from mien.privacy import KeepDays
    from mien.runtime.recording import Progress
    from mien.store import Store

_ASK_EVERY = 256
"""Readings between two looks at whether to stop."""


def import_readings(  # noqa: PLR0913  (the one call of notebooks: each is named)
    log: str | Path,
    log_map: str | LogMap,
    *,
    context: Context | None = None,
    store: Store | None = None,
    recorded_at: datetime | None = None,
    scale: str | None = None,
    fps: float | None = None,
    keep: KeepDays | None = None,
    progress: Progress | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Analysis | None:
    """Read the log of another tool and score what its faces show.

    Rows that are wrong are left out, counted and named among the warnings. Nothing is stored before the whole log was
    read; the same log again takes the place of what was stored of it before.

    Args:
        log: The file.
        log_map: What its columns mean: the name of a bundled map, the path of one, or a map.
        context: Where and how it took place. A named site needs a store with a recorded notice.
        store: Where to keep what is found; `None` keeps nothing.
        recorded_at: When second 0 of the log was, with zone.
        scale: Valence scale; `None` for the one that the map asks for, else `balance`.
        fps: Pictures per second of the video, for logs that count pictures.
        keep: For how long what is found in a file of one's own is kept in the store.
        progress: Called with how much of the log is read and how long it is, megabytes.
        stop: Asked now and then; where it says so nothing is stored.

    Returns:
        What was found; `None` where it was stopped.

    Raises:
        SettingError: The map is wrong, or a setting does not fit the log.
        InputError: The log cannot be opened, lacks a column, or over a tenth of its rows are wrong.
        NoticeError: The context names a site for which no notice is recorded.
        StoreError: The store cannot be used.
    """
    path, place = Path(log), context or Context()
    chosen = load_map(log_map) if isinstance(log_map, str) else log_map
    if recorded_at is not None and recorded_at.tzinfo is None:
        raise SettingError(
            f"The time {recorded_at.isoformat()} has no zone; write it as 2026-05-04T09:30+02:00."
        )
    if place.site is not None:
        require_notice(store, place.site, recorded_at)
    checked = check_scale(scale) if scale is not None else None
    with LogReader(path, chosen, scale=checked, fps=fps) as reader:
        key = RecordingKey(fingerprint(path), place.site, place.touchpoint)
        builder = InteractionBuilder(key.fingerprint, place, reader=chosen.reader, scale=reader.scale)
        account = Account(
            scale=reader.scale, context=place, tool=chosen.tool, remarks=remarks_on(chosen, reader.lacks)
        )
        found = _read(reader, builder, account, progress, stop)
        if found is None:
            return None
    account.frames, account.length_s = reader.pictures, reader.last_s
    account.warnings = warnings_on(reader)
    if builder.passing and not found:
        account.warnings.append(
            f"Faces that were there for less than half a second or three readings: {builder.passing}; if they stayed, "
            "the map has the wrong unit of time or the wrong column for the face."
        )
    if store is not None:
        digest = hashlib.sha256(f"{chosen.reader}|{reader.scale}|{fps}|{astuple(place)}".encode()).hexdigest()
        known = Source(path.name, recorded_at, reader.last_s)
        begun = store.recordings.begin(
            key, digest[:16], reader=chosen.reader, source=known, anew=True, keep=keep
        )
        with begun as run:
            run.commit(found, {}, reader.last_s, account.as_counters())
            run.finish(account.as_counters())
    report = account.report(str(path), found, complete=True, position_s=reader.last_s)
    return Analysis(report, chosen.reader, reader.scale, complete=True, position_s=reader.last_s)


def _read(
    reader: LogReader,
    builder: InteractionBuilder,
    account: Account,
    progress: Progress | None,
    stop: Callable[[], bool],
) -> list[Interaction] | None:
    """Every interaction of a log; `None` where it was stopped."""
    found: list[Interaction] = []
    for number, told in enumerate(reader.readings()):
        if number % _ASK_EVERY == 0:
            if stop():
                return None
            if progress is not None:
                progress(reader.position / 1e6, reader.size / 1e6)
        if isinstance(told, int):
            ended = builder.end(told)
            if ended is not None:
                found.append(ended)
        else:
            account.add_given(told)
            builder.add_given(told)
    return found + builder.finish(interrupted=True)
