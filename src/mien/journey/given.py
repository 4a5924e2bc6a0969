"""Readings without a picture: what another tool has read, as far as it tells."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GivenReading:
    """One reading of one face that somebody else made.

    Attributes:
        track_id: Number of the presence that it belongs to, from 1; one face that goes and comes back has two.
        t_s: Seconds from the beginning of the recording, 0 or more.
        valence: On the scale of the builder that takes it, -1..1; `None` where it is left out.
        variance: By what variance that is taken to miss the mean of human taggers; `None` where it is left out.
        shares: Shares of the 8 classes in the order of `mien.expressions.EXPRESSIONS`; `None` where it is left out,
            or where the tool tells no classes.
        left_out: Why it does not count; `None` where it does.
    """

    track_id: int
    t_s: float
    valence: float | None
    variance: float | None
    shares: tuple[float, ...] | None
    left_out: str | None = None
