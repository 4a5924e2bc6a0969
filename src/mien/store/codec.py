"""The one format of what an interaction was second by second: 1 Hz records and curve in one small blob.

Format 1 is the letters `MIEN`, one byte with the format's number, then a zlib stream (its checksum guards
it) of

1. the length of the header, uint32 little-endian, and the header, JSON: `seconds` (number of records S),
   `curve` (number of points K, or null where there is no curve), `reasons` (the R reasons for leaving out);
2. columns of S: start of the second, readings; R columns of S: readings left out for each reason;
3. optional columns of S: valence, variance, and the eight shares in the order of `EXPRESSIONS`;
4. where there is a curve, a column of K with its times, and three optional columns of K: valence, low, high.

A column holds whole numbers of a unit (times in microseconds, valence and shares in 1/10 000, variance in
1/10 000 000, counts and seconds as they are), as differences to the one before, int64 little-endian, the
least significant bytes of all numbers first: what changes slowly leaves rows of zeros, which zlib packs to
nothing. An optional column is led by a bit per number (filled up to bytes) that says which are there; only
those follow. The units are far below what a reading can tell: its valence is off by more than 0.01.
"""

from __future__ import annotations

import json
import math
import struct
import zlib
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from mien.errors import StoreError
from mien.expressions import EXPRESSIONS
from mien.journey.types import Curve, SecondRecord

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

FORMAT: Final = 1
"""The format that is written. Every format ever written can be read."""

_MAGIC: Final = b"MIEN"
_SHARE: Final = 10_000
_VALENCE: Final = 10_000
_VARIANCE: Final = 10_000_000
_TIME: Final = 1_000_000
_COUNT: Final = 1
_LIMIT: Final = 2.0**62
_BITS_PER_BYTE: Final = 8


def encode(seconds: Sequence[SecondRecord], curve: Curve | None) -> bytes:
    """Pack the 1 Hz records and the curve of one interaction.

    Args:
        seconds: The records, in order of time.
        curve: The smoothed valence, or `None`.

    Returns:
        The blob: about 2 kB for a minute.

    Raises:
        StoreError: A number is infinite, or too large to be a count, a time or a valence.
    """
    reasons = sorted({reason for second in seconds for reason in second.left_out})
    header = {"seconds": len(seconds), "curve": None if curve is None else len(curve.t_s), "reasons": reasons}
    text = json.dumps(header).encode()
    shares = [s.expressions or (np.nan,) * len(EXPRESSIONS) for s in seconds]
    parts = [
        struct.pack("<I", len(text)),
        text,
        _pack([s.t_s for s in seconds], _COUNT),
        _pack([s.n for s in seconds], _COUNT),
        *(_pack([s.left_out.get(reason, 0) for s in seconds], _COUNT) for reason in reasons),
        _pack_optional([np.nan if s.valence is None else s.valence for s in seconds], _VALENCE),
        _pack_optional([np.nan if s.variance is None else s.variance for s in seconds], _VARIANCE),
        *(_pack_optional([row[k] for row in shares], _SHARE) for k in range(len(EXPRESSIONS))),
    ]
    if curve is not None:
        parts.append(_pack(curve.t_s, _TIME))
        parts.extend(_pack_optional(values, _VALENCE) for values in (curve.valence, curve.low, curve.high))
    return _MAGIC + bytes([FORMAT]) + zlib.compress(b"".join(parts))


def decode(blob: bytes) -> tuple[tuple[SecondRecord, ...], Curve | None]:
    """Unpack what `encode` packed.

    Args:
        blob: The whole blob.

    Returns:
        The 1 Hz records and the curve, each number within half a unit of what went in.

    Raises:
        StoreError: It is no such blob, it is damaged, or its format is newer than this Mien.
    """
    if blob[:4] != _MAGIC or len(blob) <= len(_MAGIC):
        raise StoreError(
            "A stored curve is damaged: it does not begin as curves do; put back a copy of the store."
        )
    if blob[4] != FORMAT:
        raise StoreError(
            f"A stored curve has format {blob[4]}, this Mien reads {FORMAT}; use the one that wrote it."
        )
    try:
        return _decode(_Reader(zlib.decompress(blob[5:])))
    except (zlib.error, ValueError, KeyError) as error:
        raise StoreError(f"A stored curve is damaged ({error}); put back a copy of the store.") from error


def _decode(reader: _Reader) -> tuple[tuple[SecondRecord, ...], Curve | None]:
    header = reader.header()
    size, points, reasons = header["seconds"], header["curve"], header["reasons"]
    t_s = reader.column(size, _COUNT).astype(np.int64).tolist()
    n = reader.column(size, _COUNT).astype(np.int64).tolist()
    left_out = [reader.column(size, _COUNT).astype(np.int64).tolist() for _ in reasons]
    valence, variance = (_absent(reader.optional(size, per_one)) for per_one in (_VALENCE, _VARIANCE))
    table = np.stack([reader.optional(size, _SHARE) for _ in EXPRESSIONS], axis=1)
    shares = table.tolist()
    seconds = tuple(
        SecondRecord(
            t_s=t_s[i],
            n=n[i],
            expressions=None if any(map(math.isnan, shares[i])) else tuple(shares[i]),
            valence=valence[i],
            variance=variance[i],
            left_out={
                reason: counts[i] for reason, counts in zip(reasons, left_out, strict=True) if counts[i]
            },
        )
        for i in range(size)
    )
    if points is None:
        return seconds, None
    times = reader.column(points, _TIME)
    band = [reader.optional(points, _VALENCE) for _ in range(3)]
    return seconds, Curve(times, *band)


def _absent(values: NDArray[np.float64]) -> list[float | None]:
    return [None if math.isnan(value) else value for value in values.tolist()]


def _pack(values: ArrayLike, per_one: int) -> bytes:
    numbers = np.asarray(values, dtype=np.float64) * per_one
    if not (np.abs(numbers) < _LIMIT).all():
        raise StoreError("A curve holds a number that is infinite or absurdly large, so it cannot be stored.")
    steps = np.diff(np.rint(numbers).astype("<i8"), prepend=0)
    return steps.view(np.uint8).reshape(-1, 8).T.tobytes()


def _pack_optional(values: ArrayLike, per_one: int) -> bytes:
    numbers = np.asarray(values, dtype=np.float64)
    there = ~np.isnan(numbers)
    return np.packbits(there).tobytes() + _pack(numbers[there], per_one)


class _Reader:
    """Takes the columns off an unpacked blob, one after the other."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def header(self) -> dict[str, Any]:
        (size,) = struct.unpack("<I", self._take(4))
        return dict(json.loads(self._take(size)))

    def column(self, size: int, per_one: int) -> NDArray[np.float64]:
        octets = np.frombuffer(self._take(8 * size), dtype=np.uint8).reshape(8, size)
        steps = np.ascontiguousarray(octets.T).view("<i8").reshape(size)
        return np.cumsum(steps).astype(np.float64) / per_one

    def optional(self, size: int, per_one: int) -> NDArray[np.float64]:
        bits = np.frombuffer(self._take(-(-size // _BITS_PER_BYTE)), dtype=np.uint8)
        there = np.unpackbits(bits, count=size).astype(bool)
        values = np.full(size, np.nan)
        values[there] = self.column(int(there.sum()), per_one)
        return values

    def _take(self, size: int) -> bytes:
        start, self._at = self._at, self._at + size
        if self._at > len(self._data):
            raise ValueError("it ends too early")
        return self._data[start : self._at]
