"""What is kept of a track while it is open: the usable readings, compact, and its closed seconds."""

from __future__ import annotations

from array import array
from collections import Counter
from typing import TYPE_CHECKING, Final

import numpy as np

from mien.errors import InputError
from mien.expressions import EXPRESSIONS, SCALES
from mien.expressions import valence as valence_of
from mien.journey.prior import TYPICAL_TAU_S
from mien.journey.types import SecondRecord
from mien.journey.windows import GAP_S
from mien.vision.types import LeftOut, Visibility

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from mien.expressions import ScaleName
    from mien.journey.given import GivenReading
    from mien.vision.types import Observation

CAPACITY: Final = 20_000
"""Usable readings kept of a track, half an hour at 10 readings/s, before older ones are thinned."""
FINEST_SPACING_S: Final = 0.05
WIDEST_SPACING_S: Final = 0.8
"""Thinned readings stay closer than twice this, so that thinning makes no gap; a track of many hours grows instead."""
KEPT_WHOLE_S: Final = 30.0
"""Seconds at both ends of a track that are never thinned: the windows of the EPS lie there."""


class OpenTrack:
    """One track while it is being followed.

    Attributes:
        track_id: Its number.
        start_s: First time the face was seen.
        end_s: Last time so far.
        tied: Whether another track began at the same time before it.
        readings: Readings so far, usable or not.
        usable: Usable readings so far, thinned ones included.
        usable_by_eyes: Those among them that were made from the eyes alone.
        left_out: Readings left out, by reason.
        times: Times of the usable readings kept, s.
        valence: Their valence.
        variance: Their error variance.
        by_eyes: 1 for each of them made from the eyes alone, else 0.
    """

    def __init__(self, track_id: int, start_s: float, *, tied: bool) -> None:
        self.track_id = track_id
        self.start_s = start_s
        self.end_s = start_s
        self.tied = tied
        self.readings = 0
        self.usable = 0
        self.usable_by_eyes = 0
        self.left_out: Counter[str] = Counter()
        self.times = array("d")
        self.valence = array("d")
        self.variance = array("d")
        self.by_eyes = array("b")
        self._shares = np.zeros(len(EXPRESSIONS))  # integral over usable time
        self._shares_s = 0.0
        self._plain = np.zeros(len(EXPRESSIONS))  # sum over readings
        self._last: tuple[float, list[float]] | None = None
        self._closed: list[SecondRecord] = []
        self._second = _Second(int(start_s // 1))
        self._capacity = CAPACITY
        self._spacing_s = FINEST_SPACING_S

    def add(self, observation: Observation, scale: ScaleName) -> None:
        """Take one reading, usable or not."""
        t_s = float(observation.t_s)
        self._arrive(t_s)
        if observation.left_out is not None or observation.reading is None:
            self._leave_out(str(observation.left_out or LeftOut.UNUSABLE))
            return
        reading = observation.reading
        # People are told the temporal reading; the model of the curve has its own noise and needs single ones.
        shares = reading.probabilities if observation.shown is None else observation.shown
        variance = float(reading.variances[SCALES.index(scale)])
        by_eyes = reading.visibility is Visibility.EYES
        valence = float(valence_of(reading.probabilities, scale))
        self._read(t_s, shares.tolist(), valence, variance, by_eyes=by_eyes)

    def add_given(self, given: GivenReading) -> None:
        """Take one reading that was made without a picture, usable or not."""
        self._arrive(given.t_s)
        if given.left_out is not None or given.valence is None or given.variance is None:
            self._leave_out(given.left_out or LeftOut.UNUSABLE)
            return
        shares = None if given.shares is None else list(given.shares)
        self._read(given.t_s, shares, given.valence, given.variance, by_eyes=False)

    def _arrive(self, t_s: float) -> None:
        """A reading of this time, whatever becomes of it."""
        if t_s < self.end_s:
            raise InputError(
                f"Track {self.track_id} has a reading at {t_s} s after one at {self.end_s} s; give them in order."
            )
        self.end_s = t_s
        self.readings += 1
        if int(t_s // 1) != self._second.t_s:
            self._closed.append(self._second.record())
            self._second = _Second(int(t_s // 1))

    def _leave_out(self, reason: str) -> None:
        self.left_out[reason] += 1
        self._second.left_out[reason] += 1

    def _read(
        self, t_s: float, shares: list[float] | None, valence: float, variance: float, *, by_eyes: bool
    ) -> None:
        self.usable += 1
        self.usable_by_eyes += by_eyes
        self.times.append(t_s)
        self.valence.append(valence)
        self.variance.append(variance)
        self.by_eyes.append(by_eyes)
        if shares is not None:
            self._add_shares(t_s, shares)
        self._second.readings.append((t_s, valence, variance))
        if len(self.times) >= self._capacity:
            self._thin()

    def _add_shares(self, t_s: float, shares: list[float]) -> None:
        if self._last is not None and t_s - self._last[0] <= GAP_S:
            length = t_s - self._last[0]
            self._shares += length * (np.array(shares) + self._last[1]) / 2
            self._shares_s += length
        self._plain += shares
        self._last = (t_s, shares)
        self._second.shares += shares

    def _thin(self) -> None:
        """Keep one reading per stretch of the middle, evenly: the model takes uneven times, so this biases nothing."""
        times = np.frombuffer(self.times, dtype=np.float64)
        middle = (times > times[0] + KEPT_WHOLE_S) & (times < times[-1] - KEPT_WHOLE_S)
        while True:
            _, first = np.unique(times // self._spacing_s, return_index=True)
            kept = ~middle
            kept[first] = True
            if kept.sum() <= 3 * self._capacity // 4:
                break
            if self._spacing_s < WIDEST_SPACING_S:
                self._spacing_s *= 2
            else:
                self._capacity *= 2
        for name in ("times", "valence", "variance", "by_eyes"):
            values: array[Any] = getattr(self, name)
            setattr(self, name, array(values.typecode, np.asarray(values)[kept].tobytes()))

    def expressions(self) -> tuple[float, ...] | None:
        """Time-weighted mean shares over usable time; `None` without a usable reading, or where none tells shares."""
        if not self._plain.any():
            return None
        mean = self._shares / self._shares_s if self._shares_s > 0 else self._plain / self.usable
        return tuple(mean.tolist())

    def records(self) -> tuple[SecondRecord, ...]:
        """One record per second in which the face was read, in order."""
        return (*self._closed, self._second.record())

    def state(self) -> dict[str, Any]:
        """Everything, as numbers, texts, lists and dicts that JSON can hold."""
        return {
            "track_id": self.track_id,
            "start_s": self.start_s,
            "end_s": self.end_s,
            "tied": self.tied,
            "readings": self.readings,
            "usable": self.usable,
            "usable_by_eyes": self.usable_by_eyes,
            "left_out": dict(self.left_out),
            "times": self.times.tolist(),
            "valence": self.valence.tolist(),
            "variance": self.variance.tolist(),
            "by_eyes": self.by_eyes.tolist(),
            "shares": self._shares.tolist(),
            "shares_s": self._shares_s,
            "plain": self._plain.tolist(),
            "last": self._last,
            "capacity": self._capacity,
            "spacing_s": self._spacing_s,
            "closed": [
                [r.t_s, r.n, r.expressions, r.valence, r.variance, dict(r.left_out)] for r in self._closed
            ],
            "second": self._second.state(),
        }

    @classmethod
    def restore(cls, state: Mapping[str, Any]) -> OpenTrack:
        """The track that gave `state`."""
        track = cls(state["track_id"], state["start_s"], tied=state["tied"])
        track.end_s, track.readings, track.usable = state["end_s"], state["readings"], state["usable"]
        track.usable_by_eyes = state["usable_by_eyes"]
        track.left_out = Counter(state["left_out"])
        track.times = array("d", state["times"])
        track.valence = array("d", state["valence"])
        track.variance = array("d", state["variance"])
        track.by_eyes = array("b", state["by_eyes"])
        track._shares, track._plain = np.array(state["shares"]), np.array(state["plain"])
        track._shares_s = state["shares_s"]
        track._capacity, track._spacing_s = state["capacity"], state["spacing_s"]
        track._last = None if state["last"] is None else (state["last"][0], list(state["last"][1]))
        track._closed = [
            SecondRecord(t, n, None if shares is None else tuple(shares), valence, variance, left_out)
            for t, n, shares, valence, variance, left_out in state["closed"]
        ]
        track._second = _Second.restore(state["second"])
        return track


class _Second:
    """The second that is being filled."""

    def __init__(self, t_s: int) -> None:
        self.t_s = t_s
        self.readings: list[tuple[float, float, float]] = []
        self.shares = np.zeros(len(EXPRESSIONS))
        self.left_out: Counter[str] = Counter()

    def record(self) -> SecondRecord:
        """The compact record of this second."""
        n = len(self.readings)
        if n == 0:
            return SecondRecord(self.t_s, 0, None, None, None, dict(self.left_out))
        t, valence, variance = np.array(self.readings).T
        sd = np.sqrt(variance)
        together = np.exp(-np.abs(t[:, None] - t) / TYPICAL_TAU_S)
        return SecondRecord(
            self.t_s,
            n,
            tuple((self.shares / n).tolist()) if self.shares.any() else None,
            float(valence.mean()),
            float(sd @ together @ sd) / n**2,
            dict(self.left_out),
        )

    def state(self) -> dict[str, Any]:
        """Everything, for JSON."""
        return {
            "t_s": self.t_s,
            "readings": self.readings,
            "shares": self.shares.tolist(),
            "left_out": dict(self.left_out),
        }

    @classmethod
    def restore(cls, state: Mapping[str, Any]) -> _Second:
        """The second that gave `state`."""
        second = cls(state["t_s"])
        second.readings = [(t, valence, variance) for t, valence, variance in state["readings"]]
        second.shares = np.array(state["shares"])
        second.left_out = Counter(state["left_out"])
        return second
