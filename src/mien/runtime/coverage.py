"""When the cameras of a site were to be read, and when they were, from what is stored of their streams."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from mien.insight.coverage import Stretch, Watch, common, coverage_of, united, without
from mien.report.hours import WatchedCameras
from mien.runtime.stream_names import LIVE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from mien.insight.coverage import Side
    from mien.site import Site
    from mien.store import Store, StoredStream

_BLIND: Final = frozenset({"lost", "stalled", "worker ended", "black", "covered", "frozen"})
"""Troubles of a camera (`mien.runtime.live.messages.Trouble`) in which nobody could be read."""
_END: Final = timedelta(seconds=1)
"""A trouble that was there so near to the end of a stream lasted as long as the stream was tried."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked: the days, the moment of asking, and when the site was to be read in them."""

    days: Sequence[Stretch]
    window: Stretch
    now: datetime
    open: Sequence[Stretch]


def watched_cameras(
    store: Store,
    site: Site,
    sides: Mapping[Side, Sequence[str]],
    days: tuple[date, date],
    now: datetime,
) -> WatchedCameras:
    """What the cameras of a comparison missed, as far as it is stored.

    A camera is to be read while the site is open by its opening hours, from the first day on that anything was read;
    where the site file has none, from the first to the last moment of a day at which any of these cameras was read.
    Those are looked at that are enabled in the site file, and others on the days on which they were read.

    Args:
        store: The open store.
        site: The site.
        sides: Touchpoints of the entrance and of the exit.
        days: First and last day, on the clock of the site.
        now: The moment; what is not over yet is not missing.

    Raises:
        StoreError: The database says no.
    """
    names = [name for those in sides.values() for name in those]
    since, until = site.midnight(days[0]), site.midnight(days[1] + timedelta(days=1))
    streams = store.streams.between(site.name, names, since=since, until=until)
    first = store.streams.first(site.name, names)
    window = Stretch(since if first is None else max(since, site.midnight(site.day(first))), min(until, now))
    if first is None or window.begin >= window.end:
        window = Stretch(since, since)
    each = [_day(site, days[0] + timedelta(days=n)) for n in range((days[1] - days[0]).days + 1)]
    asked = _Asked(each, window, now, _open(site, each, window, streams))
    watches = [
        watch
        for side, places in sides.items()
        for place in places
        for watch in _watches(site, side, place, [one for one in streams if one.touchpoint == place], asked)
    ]
    recordings = [one for one in streams if not one.name.startswith(LIVE) and _span(one, window)]
    return WatchedCameras(
        missed=coverage_of(watches, site.zone),
        opening_hours=site.opening_hours is not None,
        recordings=len(recordings),
        unnamed=sum(one.camera is None for one in recordings),
    )


def _open(
    site: Site, days: Sequence[Stretch], window: Stretch, streams: Sequence[StoredStream]
) -> list[Stretch]:
    """When the site was to be read."""
    if site.opening_hours is not None:
        dates = [site.day(day.begin) for day in days]
        # Hours that began the day before may last into the first.
        each = [dates[0] - timedelta(days=1), *dates]
        found = [Stretch(s.begin, s.end) for day in each for s in site.opening_hours.spans(day, site.zone)]
        return common(found, [window])
    ran = [[span for one in streams for span in _span(one, day)] for day in days]
    spans = [Stretch(min(begin for begin, _ in day), max(end for _, end in day)) for day in ran if day]
    return common(spans, [window])


def _watches(
    site: Site, side: Side, place: str, streams: Sequence[StoredStream], asked: _Asked
) -> list[Watch]:
    """The cameras of a touchpoint, those that nobody knows among them."""
    enabled = [name for name, one in site.cameras.items() if one.touchpoint == place and one.enabled]
    read = [one.camera for one in streams if one.camera is not None]
    names = list(dict.fromkeys([*enabled, *read])) or [f"(at {place})"]
    found = []
    for name in names:
        # A recording of which nobody knows the camera may be of each of them.
        own = [one for one in streams if one.camera in (name, None)]
        expected = asked.open
        if name not in enabled:
            ran = [day for day in asked.days if any(_span(one, day) for one in own)]
            expected = common(asked.open, ran)
        troubles = [(one, told) for one in own for told in _troubles(one)]
        found.append(
            Watch(
                camera=name,
                side=side,
                expected=expected,
                read=[span for one in own for span in _read(one, asked.window)],
                troubles=[
                    (told["what"], when)
                    for one, told in troubles
                    for when in [_when(one, told, own, asked.now)]
                    if when.begin < when.end
                ],
                otherwise="no recording"
                if own and not any(one.name.startswith(LIVE) for one in own)
                else "not running",
            )
        )
    return found


def _day(site: Site, day: date) -> Stretch:
    return Stretch(site.midnight(day), site.midnight(day + timedelta(days=1)))


def _span(stream: StoredStream, window: Stretch) -> list[Stretch]:
    """When a stream was, within a time."""
    return common([Stretch(stream.begins_at, stream.ends_at)], [window])


def _read(stream: StoredStream, window: Stretch) -> list[Stretch]:
    """When a stream was read: not while its camera saw nothing."""
    blind = [_blind(stream, told) for told in _troubles(stream)]
    return united(without(_span(stream, window), blind))


def _troubles(stream: StoredStream) -> list[Mapping[str, Any]]:
    return [told for told in stream.counters.get("troubles", []) if told["what"] in _BLIND]


def _blind(stream: StoredStream, told: Mapping[str, Any]) -> Stretch:
    begin = stream.begins_at + timedelta(seconds=told["since_s"])
    until_s = told["until_s"]
    end = stream.ends_at if until_s is None else stream.begins_at + timedelta(seconds=until_s)
    return Stretch(begin, max(begin, end))


def _when(
    stream: StoredStream, told: Mapping[str, Any], own: Sequence[StoredStream], now: datetime
) -> Stretch:
    """For how long a trouble is the reason that nothing was read.

    A stream ends with its last picture. A camera that was in trouble then was still tried, until the stream was given
    up, or begun anew, or to this day.
    """
    found = _blind(stream, told)
    if found.end < stream.ends_at - _END or not stream.name.startswith(LIVE):
        return found
    later = [one.begins_at for one in own if one.begins_at >= stream.ends_at]
    return Stretch(found.begin, max(found.end, min([stream.finished_at or now, now, *later])))
