"""What a call may ask of the machine, in one place."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CallLimits:
    """Limits of one call, and of all.

    Attributes:
        rate: Pictures a second that the browser is asked for.
        most_rate: Pictures a second from which more are dropped.
        most_bytes: Longest message, bytes.
        least_side: Shortest side of a picture, pixels.
        most_side: Longest side of a picture, pixels; the browser shrinks larger tiles.
        held_s: For how long readings wait before they count, seconds; those that wait when reading stops are dropped.
        gap_s: Seconds without a picture after which it cannot be known what happened between.
        find_s: For how long a face is looked for in a tile that was marked, seconds.
        longest_s: Longest call, seconds.
        wrong: Messages in a row that are no pictures, after which a call ends.
        calls: Calls that are read at once.
    """

    rate: float = 5.0
    most_rate: float = 8.0
    most_bytes: int = 512 * 1024
    least_side: int = 64
    most_side: int = 960
    held_s: float = 1.0
    gap_s: float = 3.0
    find_s: float = 10.0
    longest_s: float = 4 * 3600.0
    wrong: int = 10
    calls: int = 4
