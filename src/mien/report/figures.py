"""Numbers as people read them: sign, unit, a true minus, a clock, in the page and in the terminal alike."""

from __future__ import annotations

from typing import Final

from mien.journey.thresholds import MOMENT_WINDOW_S

MINUS: Final = "\N{MINUS SIGN}"
MISSING: Final = "\N{EM DASH}"
_NEARLY_CERTAIN: Final = 0.99


def signed(value: float | None, digits: int = 0) -> str:
    """`value` with its sign; zero carries none.

    Example:
        >>> signed(94.6), signed(-0.613, 2), signed(0.2), signed(None)
        ('+95', '−0.61', '0', '—')
    """
    if value is None:
        return MISSING
    text = f"{abs(value):.{digits}f}"
    if float(text) == 0:
        return text
    return ("+" if value > 0 else MINUS) + text


def plain(value: float | None, digits: int = 0) -> str:
    """`value` with a sign only where it is negative.

    Example:
        >>> plain(58.2), plain(-3.0), plain(None)
        ('58', '−3', '—')
    """
    if value is None:
        return MISSING
    text = f"{abs(value):.{digits}f}"
    return MINUS + text if value < 0 and float(text) != 0 else text


def clock(seconds: float, digits: int = 0) -> str:
    """Seconds in the stream as minutes and seconds, with hours from the first hour on.

    Example:
        >>> clock(7.26, 1), clock(59.96, 1), clock(3725)
        ('0:07.3', '1:00.0', '1:02:05')
    """
    total = round(max(seconds, 0.0), digits)
    minutes, rest = divmod(total, 60)
    hours, minutes = divmod(int(minutes), 60)
    width = 3 + digits if digits else 2
    tail = f"{rest:0{width}.{digits}f}"
    return f"{hours}:{minutes:02d}:{tail}" if hours else f"{minutes}:{tail}"


def lasting(seconds: float | None) -> str:
    """A length of time: seconds below two minutes, a clock above.

    Example:
        >>> lasting(38.24), lasting(0.04), lasting(300), lasting(None)
        ('38.2 s', '0.04 s', '5:00 min', '—')
    """
    if seconds is None:
        return MISSING
    if 0 < seconds < 0.1:
        return f"{seconds:.2f} s"
    if seconds < 120:
        return f"{seconds:.1f} s"
    return f"{clock(seconds)} {'h' if seconds >= 3600 else 'min'}"


def share(part: float, whole: float) -> str:
    """A share in per cent that never rounds something to nothing or nearly all to all.

    Example:
        >>> share(1, 400), share(399, 400), share(0, 10), share(3, 10), share(0, 0)
        ('<1 %', '>99 %', '0 %', '30 %', '0 %')
    """
    if whole <= 0 or part <= 0:
        return "0 %"
    per_cent = 100 * part / whole
    if per_cent < 1:
        return "<1 %"
    if per_cent > 99 and part < whole:
        return ">99 %"
    return f"{per_cent:.0f} %"


def certainty(probability: float) -> str:
    """A probability in per cent; near 1 it is "over 99 %", since no measure is certain.

    Example:
        >>> certainty(0.967), certainty(0.99999)
        ('97 %', '>99 %')
    """
    return ">99 %" if probability > _NEARLY_CERTAIN else share(probability, 1)


def eyes_alone(by_eyes: int, n: int) -> str:
    """How much of what was used was read by the eyes alone; nothing where none was.

    Args:
        by_eyes: Usable readings made from the eyes alone.
        n: Usable readings.

    Example:
        >>> eyes_alone(240, 240)
        'All 240 readings by the eyes alone: the lower face was covered'
        >>> eyes_alone(212, 240)
        '212 of 240 readings by the eyes alone: the lower face was covered; no moment is named within 2 s of a change'
        >>> eyes_alone(0, 240)
        ''
    """
    if by_eyes == 0:
        return ""
    said = "by the eyes alone: the lower face was covered"
    if by_eyes == n:
        return f"All {n} readings {said}" if n > 1 else f"The one reading {said}"
    return f"{by_eyes} of {n} readings {said}; no moment is named within {MOMENT_WINDOW_S:g} s of a change"
