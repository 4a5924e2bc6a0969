"""A store of three shops in two months, of which one got worse at one place, for tests of comparisons."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np

from mien.journey.types import Context, Interaction, Moment, MomentKind, Outcome, Score
from mien.store import RecordingKey, Source

if TYPE_CHECKING:
    from mien.store import Store

SITES = ("North Street", "Harbour", "Old Town")
PLACES = ("door", "checkout")
BEGIN = datetime(2026, 4, 1, tzinfo=UTC)
DAYS = 61
A_DAY = 8
MAY = 30
"""The first day of May, counted from BEGIN."""
FELL = 12.0
"""Points by which the index of North Street falls at the checkout in May, unless told otherwise."""


def fill(
    store: Store, *, days: int = DAYS, a_day: int = A_DAY, fell: float = FELL, rose: float = 0.0
) -> dict[tuple[str, str], np.ndarray]:
    """Store interactions, of which in May those at one checkout fell and those at the door beside it rose.

    Returns:
        Their indices by site and touchpoint, (days, a day).
    """
    rng = np.random.default_rng(11)
    found = {}
    for site in SITES:
        for place in PLACES:
            index = rng.normal(55, 8, (days, a_day))
            worse = site == SITES[0] and place == "checkout"
            if worse:
                index[MAY:] -= fell
            elif site == SITES[0]:
                index[MAY:] += rose
            found[site, place] = index
            made = [
                _one(site, place, day, k, float(index[day, k]), fell=worse and day >= MAY and k % 2 == 0)
                for day in range(days)
                for k in range(a_day)
            ]
            key = RecordingKey(f"{site} {place}", site, place)
            source = Source("simulated", recorded_at=BEGIN)
            with store.recordings.begin(key, "s", reader="reader 1", source=source) as run:
                run.commit(made, {}, 86_400.0 * days, {})
                run.finish({})
    return found


def _one(site: str, place: str, day: int, k: int, index: float, *, fell: bool) -> Interaction:
    start = 86_400.0 * day + 3600 * (9 + k)
    moments = (Moment(start + 8.0, MomentKind.FALL, -0.4, 0.99),) if fell else ()
    eps = index - 55
    score = Score(
        eps=eps, eps_low=eps - 9, eps_high=eps + 9, initial_valence=0.1, final_valence=0.1 + eps / 100,
        happiness_index=index, hi_low=index - 5, hi_high=index + 5,
        outcome=Outcome.WORSENED if eps < -10 else Outcome.UNCHANGED, usable_s=9.0, n=80, reason=None,
        eps_mean=eps, eps_sd=4.5, hi_mean=index, hi_sd=2.5, moments=moments, window_s=3.0,
    )  # fmt: skip
    shift = "early" if k < A_DAY / 2 else "late"
    return Interaction(
        id=f"{SITES.index(site)}{PLACES.index(place)}000000-0000-4000-8000-{1000 * day + k:012}",
        track_id=k, context=Context(site, place, "sale" if place == "checkout" else None, None, shift),
        start_s=start, end_s=start + 10, readings=90, left_out={}, expressions=None, score=score, curve=None,
        seconds=(),
        scale="balance", reader="reader 1",
    )  # fmt: skip
