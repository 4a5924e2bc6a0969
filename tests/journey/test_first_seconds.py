"""What a face showed in its first seconds, with and without its smile."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from mien.journey.first_seconds import FirstSeconds
from mien.journey.live_face import LiveReading

if TYPE_CHECKING:
    from collections.abc import Callable


def fed(seconds: float, valence: Callable[[float], float], *, by_eyes: bool = False) -> FirstSeconds:
    first = FirstSeconds()
    for n in range(round(seconds * 10)):
        first.read(LiveReading(n / 10, valence(n / 10), 0.02, by_eyes))
    return first


def test_nothing_is_known_before_the_window_is_over() -> None:
    first = fed(5.0, lambda _: 0.0)
    assert first.state(by_eyes=False) is None
    assert first.even(by_eyes=False) is None


def test_without_a_smile_both_are_the_first_window() -> None:
    known = fed(30.0, lambda t_s: -0.2 if t_s < 6.0 else -0.8)
    first, even = known.state(by_eyes=False), known.even(by_eyes=False)
    assert first is not None
    assert even is not None
    assert first.mean == pytest.approx(-0.2, abs=0.02)
    assert even.mean == pytest.approx(-0.2, abs=0.02)


@pytest.mark.parametrize("smiles_s", [1.5, 4.0, 9.0, 23.0])
def test_a_smile_of_greeting_is_not_how_a_face_looks_without_it(smiles_s: float) -> None:
    known = fed(40.0, lambda t_s: 0.8 if t_s < smiles_s else -0.3)
    even = known.even(by_eyes=False)
    assert even is not None
    assert even.mean == pytest.approx(-0.3, abs=0.02)


def test_an_even_window_is_as_low_as_its_surest_readings_are() -> None:
    first = FirstSeconds()
    for n in range(200):
        sure = n % 3 == 0
        first.read(LiveReading(n / 10, -0.9 if sure else -0.2, 0.0005 if sure else 0.08))
    known, even = first.state(by_eyes=False), first.even(by_eyes=False)
    assert known is not None
    assert even is not None
    assert even.mean == known.mean < -0.5  # the median alone would be -0.2


@pytest.mark.parametrize(("begun", "smiles_s"), [(0.25, 2.7), (0.08, 2.6), (0.08, 3.5)])
def test_a_window_in_which_a_faint_smile_fades_is_not_how_the_face_looks_without_it(
    begun: float, smiles_s: float
) -> None:
    """Most of its readings are the smile's, and the lower of them are no smile by themselves."""
    rng = np.random.default_rng(1)
    noise = rng.normal(0.0, 0.15, 400)
    first = FirstSeconds()
    for n in range(400):
        level = begun if n < 10 * smiles_s else -0.7
        first.read(LiveReading(n / 10, level + float(noise[n]), 0.02))
    even = first.even(by_eyes=False)
    assert even is not None
    assert even.mean == pytest.approx(-0.7, abs=0.06)


def test_who_smiles_all_the_time_was_never_seen_without() -> None:
    known = fed(40.0, lambda _: 0.8)
    assert known.state(by_eyes=False) is not None
    assert known.even(by_eyes=False) is None


def test_eyes_alone_have_seconds_of_their_own() -> None:
    known = fed(12.0, lambda _: -0.1, by_eyes=True)
    assert known.even(by_eyes=True) is not None
    assert known.even(by_eyes=False) is None
