"""The cells of a row as numbers, and numbers as what a face shows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from mien.errors import SettingError
from mien.expressions import EXPRESSIONS, SCALES
from mien.expressions import valence as valence_of
from mien.fields import shortened
from mien.vision.readers.shares import to_variances

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from mien.expressions import ScaleName
    from mien.logs.map import ActionUnits, LogMap, Shares, Threshold, Time

SLACK: Final = 0.02
"""By how much of the whole a share, a sum of shares or a valence may be off, since tools round."""
LONGEST_S: Final = 31 * 86400.0
"""Latest time of a row, seconds; what is later is a time of day or of another unit."""

_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?", re.ASCII)
_CLOCK: Final = re.compile(r"(?:([0-9]{1,3}):)?([0-9]{1,2}):([0-9]{1,2}(?:\.[0-9]+)?)", re.ASCII)
_NOTHING: Final = 0.05
"""Sum of intensities, over the most that one can have, below which a tool says nothing of a face."""
_NEUTRAL: Final = EXPRESSIONS.index("neutral")
_LEAST_SD, _MOST_SD = 0.01, 2.0


class WrongCell(Exception):  # noqa: N818  (never leaves this package)
    """A cell says nothing that its column may say; `str` is a clause."""


class Measure(NamedTuple):
    """What one row says of a face.

    Attributes:
        valence: On the scale that was asked for.
        variance: Its variance.
        shares: (8,), where the tool tells classes.
    """

    valence: float
    variance: float
    shares: tuple[float, ...] | None


class Cells:
    """Understands the cells of a log.

    Args:
        log_map: What the columns mean.
        scale: Valence scale that was asked for; `None` for the one of the map, or `balance`.
        fps: Pictures per second, for logs that count pictures.

    Attributes:
        scale: Valence scale of every measure.

    Raises:
        SettingError: The scale cannot be had from such a log, or pictures per second are missing or of no use.
    """

    def __init__(self, log_map: LogMap, *, scale: ScaleName | None = None, fps: float | None = None) -> None:
        if scale is not None and log_map.scale not in (None, scale):
            raise SettingError(
                f"The map '{log_map.name}' tells valence itself and no classes, so only the scale '{log_map.scale}' "
                f"can be had, not '{scale}'; leave out --scale."
            )
        self.scale: ScaleName = scale or log_map.scale or "balance"
        self._map = log_map
        self._rate = _rate(log_map.time, fps)
        self._classes: list[tuple[int, str]] = []
        self._decimal = log_map.file.decimal
        self._no_face = frozenset(word.lower() for word in log_map.words.no_face)
        self._unreadable = frozenset(word.lower() for word in log_map.words.unreadable)
        self._measures = [name.lower() for name in log_map.measures]
        self._place = SCALES.index(self.scale)
        self._fixed = float(to_variances(np.zeros((1, len(EXPRESSIONS))), log_map.error)[0, self._place])

    def present(self, header: Collection[str]) -> None:
        """Take the columns that the log has, in small letters; those that it may lack are no longer asked for."""
        self._measures = [name for name in self._measures if name in header]
        columns = {} if self._map.shares is None else self._map.shares.columns.told
        self._classes = [
            (EXPRESSIONS.index(label), column.lower())
            for label, column in columns.items()
            if column.lower() in header
        ]

    def time(self, cells: Mapping[str, str]) -> float:
        """Seconds as the row tells them.

        Raises:
            WrongCell: It is no time, below 0, or absurdly late.
        """
        told = self._map.time
        name, word = told.column, cells[told.column.lower()]
        if told.unit == "clock":
            t_s = clock_seconds(word.replace(self._decimal, "."))
            if t_s is None:
                raise WrongCell(f"{name} is '{shortened(word)}'; a time is written 01:02:03.040")
        else:
            number = self._number(name, word)
            if told.unit == "milliseconds":
                t_s = number / 1000.0
            else:
                t_s = (number - told.first) / self._rate if told.unit == "frame" else number
        if t_s < 0:
            raise WrongCell(f"{name} is '{shortened(word)}', before the beginning of the recording")
        if told.origin == "recording" and t_s > LONGEST_S:
            raise WrongCell(
                f"{name} is '{shortened(word)}', over 31 days after the beginning of the recording; a map can say "
                "another unit, or that time.origin is the 'first row'"
            )
        return t_s

    def silent(self, cells: Mapping[str, str]) -> bool:
        """Whether the row says that no face was seen."""
        if all(cells[name].lower() in self._no_face for name in self._measures):
            return True
        return self._below(self._map.seen, cells)

    def unreadable(self, cells: Mapping[str, str]) -> bool:
        """Whether the row says that a face was seen but not read."""
        return bool(self._unreadable) and any(
            cells[name].lower() in self._unreadable for name in self._measures
        )

    def unsure(self, cells: Mapping[str, str]) -> bool:
        """Whether the tool was less sure of the face than the map asks for.

        Raises:
            WrongCell: It does not say how sure it was.
        """
        return self._below(self._map.usable, cells)

    def measure(self, cells: Mapping[str, str]) -> Measure | None:
        """What the row says of the face; `None` where it says nothing though no cell is wrong.

        Raises:
            WrongCell: A cell is no number, or none that its column may hold.
        """
        numbers = {name: self._number(name, cells[name]) for name in self._measures}
        shares: tuple[float, ...] | None = None
        if self._map.shares is not None:
            shares = _shares(self._map.shares, self._classes, numbers)
            if shares is None:
                return None
            valence = float(valence_of(shares, self.scale))
        elif self._map.valence is not None:
            told = self._map.valence
            middle, half = (told.high + told.low) / 2, (told.high - told.low) / 2
            valence = _within(told.column, (numbers[told.column.lower()] - middle) / half, -1.0)
        else:
            assert self._map.action_units is not None
            valence = _by_units(self._map.action_units, numbers)
        return Measure(valence, self._variance(cells, shares), shares)

    def _variance(self, cells: Mapping[str, str], shares: tuple[float, ...] | None) -> float:
        if self._map.sd is not None:
            sd = self._number(self._map.sd, cells[self._map.sd.lower()])
            if not _LEAST_SD <= sd <= _MOST_SD:
                raise WrongCell(
                    f"{self._map.sd} is {sd:g}; a standard deviation of valence is {_LEAST_SD:g} to {_MOST_SD:g}"
                )
            return sd**2
        error = self._map.error
        if error is not None and error.confidence and shares is not None:
            return float(to_variances(np.array([shares]), error)[0, self._place])
        return self._fixed

    def _below(self, asked: Threshold | None, cells: Mapping[str, str]) -> bool:
        if asked is None or asked.column.lower() not in cells:
            return False
        return self._number(asked.column, cells[asked.column.lower()]) < asked.at_least

    def _number(self, name: str, word: str) -> float:
        text = word
        if self._decimal == ",":
            text = "" if "." in word else word.replace(",", ".")
        if _NUMBER.fullmatch(text) is None:
            if not word:
                raise WrongCell(f"{name} is empty")
            how = " with a comma" if self._decimal == "," else ""
            raise WrongCell(f"{name} is '{shortened(word)}', which is no number{how}")
        number = float(text)
        if not np.isfinite(number):
            raise WrongCell(f"{name} is '{shortened(word)}', which is too large")
        return number


def clock_seconds(word: str) -> float | None:
    """Seconds of a time written 16, 00:16 or 01:02:03.040 with colons; `None` where it is none."""
    found = _CLOCK.fullmatch(word)
    if found is None:
        return None
    hours, minutes, seconds = found.groups()
    if float(seconds) >= 60 or (hours is not None and int(minutes) >= 60):
        return None
    return 3600.0 * int(hours or 0) + 60.0 * int(minutes) + float(seconds)


def _rate(told: Time, fps: float | None) -> float:
    if told.unit != "frame":
        if fps is not None:
            raise SettingError(f"--fps is of no use: the log tells its times in {told.unit}; leave it out.")
        return 1.0
    if fps is not None and not 0 < fps <= 1000:
        raise SettingError(f"--fps got {fps:g}; give pictures per second, above 0 to 1000.")
    if fps is None and told.rate is None:
        raise SettingError(
            "The log counts pictures and does not say how many there were in a second; give it with --fps, for example "
            "--fps 25."
        )
    return fps or told.rate or 1.0


def _within(name: str, value: float, low: float) -> float:
    """A value that may be off by rounding."""
    if not low - SLACK <= value <= 1.0 + SLACK:
        raise WrongCell(f"{name} lies outside what the map says that it may be")
    return min(max(value, low), 1.0)


def _shares(
    told: Shares, classes: Sequence[tuple[int, str]], numbers: Mapping[str, float]
) -> tuple[float, ...] | None:
    """Shares of the 8 classes, of columns by the place of their class; `None` where they say nothing."""
    shares = [0.0] * len(EXPRESSIONS)
    for place, column in classes:
        part = numbers[column] / told.most
        if not -SLACK <= part <= 1.0 + SLACK:
            raise WrongCell(f"{column} is {numbers[column]:g}; a share is 0 to {told.most:g}")
        shares[place] = min(max(part, 0.0), 1.0)
    total = sum(shares)
    if told.sum == "one" and abs(total - 1.0) > SLACK:
        raise WrongCell(f"the shares sum to {total * told.most:.3g} instead of {told.most:g}")
    if told.sum == "rest neutral" and total < 1.0:
        shares[_NEUTRAL] = 1.0 - total
        total = 1.0
    if total < _NOTHING:
        return None
    return tuple([share / total for share in shares])


def _by_units(told: ActionUnits, numbers: Mapping[str, float]) -> float:
    def strongest(names: tuple[str, ...]) -> float:
        values = [numbers[name.lower()] for name in names]
        for name, value in zip(names, values, strict=True):
            if not -SLACK * told.most <= value <= (1.0 + SLACK) * told.most:
                raise WrongCell(f"{name} is {value:g}; an action unit is 0 to {told.most:g}")
        return min(max(0.0, *values) / told.full, 1.0)

    return strongest(told.pleasant) - strongest(told.unpleasant)
