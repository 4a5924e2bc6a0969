"""Recordings and interactions for the tests of the store."""

from contextlib import contextmanager

import numpy as np
from sqlalchemy import inspect

from mien.journey.types import Context, Curve, Interaction, Moment, MomentKind, Outcome, Score, SecondRecord
from mien.store import RecordingKey, Source
from mien.store.address import resolve
from mien.store.engine import connect, transaction
from mien.store.migrate import downgrade

READER = "reader 1.0"
KEY = RecordingKey("fingerprint-a", "Riga", "checkout")
SOURCE = Source("visit.mp4", duration_s=120.0)

OUTCOMES = tuple(Outcome)


def interaction(number=0, *, site="Riga", touchpoint="checkout", start_s=None, outcome=None, seconds=8):
    """A whole interaction that depends on nothing but its number."""
    rng = np.random.default_rng(number)
    start = float(number) if start_s is None else start_s
    records = tuple(
        SecondRecord(
            t_s=int(start) + k,
            n=10,
            expressions=tuple(np.round(rng.dirichlet(np.ones(8)), 4).tolist()),
            valence=round(float(rng.normal(0, 0.3)), 4),
            variance=0.003,
            left_out={"turned away": 2} if k % 3 == 0 else {},
        )
        for k in range(seconds)
    )
    valence = np.round(np.cumsum(rng.normal(0, 0.02, 4 * seconds)), 5)
    times = np.round(start + np.arange(4 * seconds) * 0.25, 6)
    score = Score(
        eps=12.5, eps_low=2.0, eps_high=23.0, initial_valence=-0.1, final_valence=0.025,
        happiness_index=51.0, hi_low=45.0, hi_high=57.0, outcome=outcome or OUTCOMES[number % 4],
        usable_s=float(seconds), n=10 * seconds, reason=None,
        eps_mean=12.5, eps_sd=5.3, hi_mean=51.0, hi_sd=3.0,
        moments=(
            Moment(start + 2.0, MomentKind.FALL, -0.3, 0.99),
            Moment(start + 5.5, MomentKind.RISE, 0.4, 0.97),
        ),
        window_s=8 / 3,
    )  # fmt: skip
    return Interaction(
        id=f"00000000-0000-5000-8000-{number:012d}",
        track_id=number,
        context=Context(site, touchpoint, "a sale", "till 2", "morning", "greeting"),
        start_s=start,
        end_s=start + seconds,
        readings=11 * seconds,
        left_out={"turned away": seconds},
        expressions=(0.4, 0.3, 0.1, 0.05, 0.05, 0.04, 0.03, 0.03),
        score=score,
        curve=Curve(times, valence, valence - 0.1, valence + 0.1),
        seconds=records,
        scale="balance",
        reader=READER,
        interrupted=number % 5 == 0,
        by_eyes=3 * number,
    )


def assert_same(stored, given):
    """Equal in everything, curves and 1 Hz records to the precision of the stored format."""
    for name in ("id", "track_id", "context", "start_s", "end_s", "readings", "left_out", "expressions",
                 "score", "scale", "reader", "interrupted", "by_eyes"):  # fmt: skip
        assert getattr(stored, name) == getattr(given, name), name
    assert_same_seconds(stored.seconds, given.seconds)
    assert_same_curve(stored.curve, given.curve)


def assert_same_seconds(stored, given):
    assert len(stored) == len(given)
    for got, want in zip(stored, given, strict=True):
        assert (got.t_s, got.n, dict(got.left_out)) == (want.t_s, want.n, dict(want.left_out))
        for name, unit in (("expressions", 1e-4), ("valence", 1e-4), ("variance", 1e-7)):
            here, there = getattr(got, name), getattr(want, name)
            assert (here is None) == (there is None), name
            if there is not None:
                np.testing.assert_allclose(here, there, rtol=1e-12, atol=0.501 * unit)


def assert_same_curve(stored, given):
    assert (stored is None) == (given is None)
    if given is None:
        return
    np.testing.assert_allclose(stored.t_s, given.t_s, rtol=1e-12, atol=0.501e-6)
    for name in ("valence", "low", "high"):
        np.testing.assert_allclose(
            getattr(stored, name), getattr(given, name), rtol=1e-12, atol=0.501e-4, equal_nan=True
        )


@contextmanager
def moved_back(address, revision):
    """A store as it was at an older schema: its tables, to look at before others open it."""
    old = connect(resolve(address), timeout_s=1.0)
    with transaction(old, write=True) as connection:
        downgrade(connection, revision)
        yield inspect(connection)
    old.dispose()
