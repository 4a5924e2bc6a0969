"""Segments of a site, compared from what is stored."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from mien.errors import InputError, SettingError
from mien.insight import Way, compare_segments
from mien.report.segments import SegmentsReport
from mien.site.hours import check_day
from mien.store import PartState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from mien.insight import By
    from mien.site import Site
    from mien.store import SegmentPart, Store

DAYS: Final = 30
"""Days that are compared where none are asked for: up to the last that something is stored of."""


def segments_of_site(
    store: Store,
    site: Site,
    *,
    first: date | None = None,
    last: date | None = None,
    by: By | None = None,
    touchpoints: Sequence[str] = (),
) -> SegmentsReport:
    """Compare the segments of a site, unadjusted.

    Args:
        store: The open store.
        site: The site.
        first: First day on the clock of the site; else the 30 that end with `last`.
        last: Last day; else the last one that something is stored of.
        by: What segments are told apart by; else what the site file has guessed.
        touchpoints: Only these; else all.

    Returns:
        The comparison. Too little data is an answer, with its reasons.

    Raises:
        SettingError: A touchpoint does not exist, or the days are in the wrong order or far off.
        InputError: Nothing is stored of the site.
        StoreError: The database says no.
    """
    for day in (first, last):
        if day is not None:
            check_day(day)
    for name in touchpoints:
        if name not in site.touchpoints:
            raise SettingError(
                f"Site '{site.name}' has no touchpoint '{name}'; it has {', '.join(site.touchpoints)}."
            )
    newest = store.segments.last(site.name)
    if newest is None:
        off = (
            ""
            if site.segments.enabled
            else " Its site file has segments switched off ([segments] enabled = false)."
        )
        raise InputError(
            f"Nothing is stored by segment of site '{site.name}' in {store.address}; mien run counts it where the "
            f"site file has [segments] switched on.{off}"
        )
    until = last or max(newest, first or newest)
    since = first or until - timedelta(days=DAYS - 1)
    if since > until:
        raise SettingError(f"The first day, {since}, is after the last, {until}; exchange them.")
    chosen = tuple(dict.fromkeys(touchpoints))
    parts = tuple(
        part
        for part in store.segments.parts(site.name, since, until)
        if not chosen or part.key.touchpoint in chosen
    )
    way = _way(parts)
    guessed = site.segments.attributes
    chosen_by: By = by or (guessed[0] if len(guessed) == 1 else "both")
    cells = [
        cell
        for part in parts
        if way is not None and part.state is PartState.WRITTEN and Way(part.key.reader, part.key.scale) == way
        for cell in part.cells
    ]
    return SegmentsReport(
        site=site.name,
        time_zone=site.time_zone,
        first=since,
        last=until,
        touchpoints=chosen or tuple(site.touchpoints),
        by=chosen_by,
        way=way,
        rows=() if way is None else compare_segments(cells, chosen_by, way.scale),
        parts=parts,
    )


def _way(parts: Sequence[SegmentPart]) -> Way | None:
    """The reader and scale that most interactions were read with, the first by name of several."""
    counted: Counter[Way] = Counter()
    for part in parts:
        if part.state is PartState.WRITTEN:
            counted[Way(part.key.reader, part.key.scale)] += sum(part.seen.values())
    return max(sorted(counted), key=counted.__getitem__, default=None)
