"""What may be told of a face now: bands that hold the truth, and nothing where nothing can be told."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pytest

from mien.journey.live_face import Level, LiveFace, Untold
from mien.journey.simulate import NOISES, TRUTHS, simulate
from mien.vision.types import LeftOut, Visibility
from support.site_words import face

if TYPE_CHECKING:
    from mien.vision.types import Observation


def reading(t_s: float, valence: float, variance: float = 0.01, *, by_eyes: bool = False) -> Observation:
    """A reading of a valence on the scale `balance`."""
    said = min(max(valence, -1.0), 1.0)
    shares = (1 - abs(said), max(said, 0.0), 0.0, max(-said, 0.0), 0.0, 0.0, 0.0, 0.0)
    changes = {
        "probabilities": shares,
        "variances": (variance,) * 3,
        "read_from": Visibility.EYES if by_eyes else Visibility.FULL,
    }
    return face(t_s).model_copy(update=changes).observation()


def test_bands_hold_the_truth_of_now() -> None:
    """60 simulated tracks whose face stays, moves, turns."""
    rng = np.random.default_rng(3)
    held, asked = [], 0
    for kind, tau, noise, length_s in product(TRUTHS, (0.0, 0.25, 0.5), NOISES, (6.0, 25.0)):
        track = simulate(rng, kind, length_s, tau, noise)
        live = LiveFace()
        readings = zip(track.times_s, track.valence, track.variance, strict=True)
        due = 1.5
        for t_s, valence, variance in readings:
            while due < t_s:
                asked += 1
                told = live.told(due)
                if isinstance(told, Level):
                    truth = float(np.interp(due, track.truth_s, track.truth))
                    held.append(told.low <= truth <= told.high)
                due += 0.5
            live.take(float(t_s), reading(float(t_s), float(valence), float(variance)))
    assert len(held) > 0.75 * asked
    assert 0.93 <= np.mean(held) <= 0.985


def test_nothing_is_told_of_less_than_eight_readings_and_a_second() -> None:
    slow, fast = LiveFace(), LiveFace()
    for n in range(7):
        slow.take(n / 2, reading(n / 2, 0.4))
    for n in range(9):
        fast.take(n / 10, reading(n / 10, 0.4))
    assert (slow.told(3.0), fast.told(0.8)) == (Untold.TOO_FEW, Untold.TOO_FEW)
    slow.take(3.5, reading(3.5, 0.4))
    assert isinstance(slow.told(3.5), Level)


def test_it_is_known_ever_less_and_after_two_seconds_not_at_all() -> None:
    live = LiveFace()
    for n in range(40):
        live.take(n / 10, reading(n / 10, 0.4))
    now, later = live.told(3.9), live.told(5.5)
    assert isinstance(now, Level)
    assert isinstance(later, Level)
    assert later.high - later.low > now.high - now.low
    for n in range(40, 70):
        live.take(n / 10, face(n / 10).model_copy(update={"left_out": LeftOut.TURNED_AWAY}).observation())
    assert live.told(6.9) == LeftOut.TURNED_AWAY
    assert live.told(20.0) == Untold.NO_FACE


@pytest.mark.parametrize(("covered", "renewed"), [(4, 0), (5, 1)])
def test_a_hand_before_the_mouth_begins_anew_and_a_flicker_does_not(covered: int, renewed: int) -> None:
    live = LiveFace()
    for n in range(30):
        live.take(n / 10, reading(n / 10, 0.8))
    for n in range(30, 30 + covered):
        live.take(n / 10, reading(n / 10, -0.4, by_eyes=True))
    assert (live.renewals, live.by_eyes) == (renewed, bool(renewed))
    assert live.n == (covered if renewed else 30 + covered)


def test_readings_that_do_not_agree_are_said_to() -> None:
    live = LiveFace()
    for n in range(12):
        live.take(n / 8, reading(n / 8, 0.8 * (-1) ** n, 0.6))
    assert live.told(1.4) == Untold.TOO_WIDE
