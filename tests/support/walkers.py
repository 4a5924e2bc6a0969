"""People who walk through a simulated picture, as points: drawn figures would convince no detector."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from mien.journey.flow import Crossing, FlowBook, Sighting, Stay

Way = Callable[[float], tuple[float, float] | None]
"""Where somebody stands at a time, in 0-1 coordinates; `None` while out of sight."""


def way(*corners: tuple[float, float, float]) -> Way:
    """A way along (t_s, x, y), at even speed between two of them; out of sight before the first and after the last."""
    times, xs, ys = np.array(corners).T

    def at(t_s: float) -> tuple[float, float] | None:
        if not times[0] <= t_s <= times[-1]:
            return None
        return float(np.interp(t_s, times, xs)), float(np.interp(t_s, times, ys))

    return at


def run(
    book: FlowBook,
    ways: Sequence[Way],
    times: Sequence[float],
    *,
    height: float = 0.4,
    jitter: float = 0.0,
    hidden_s: float = 2.0,
    seed: int = 1,
) -> list[Crossing | Stay]:
    """Give a book what a faultless detector would see of these people; `jitter` is the error of feet, in heights.

    Tracks are numbered by their way from 1, and end `hidden_s` after they were last seen.
    """
    chance = np.random.default_rng(seed)
    last: dict[int, float] = {}
    events: list[Crossing | Stay] = []
    for t_s in times:
        seen = []
        for track, one in enumerate(ways, 1):
            place = one(t_s)
            if place is None:
                continue
            x, y = place
            y += float(chance.normal(0.0, jitter)) * height
            seen.append(Sighting(track, x, y, height))
            last[track] = t_s
        ended = [track for track, then in last.items() if t_s - then > hidden_s]
        for track in ended:
            del last[track]
        events += book.take(float(t_s), seen, ended)
    return events


def steps(end_s: float, rate: float = 2.0, begin_s: float = 0.0) -> list[float]:
    """Times of pictures."""
    return np.arange(begin_s, end_s, 1.0 / rate).tolist()
