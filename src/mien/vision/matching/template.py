"""What a face looks like, as 128 numbers that are held in memory for the length of a visit and nowhere else."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Final, NoReturn, Self, SupportsIndex

import numpy as np

from mien.errors import MienError
from mien.vision.matching.secrecy import SecretNumbers

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

LENGTH: Final = 128
"""Numbers in a template."""
_LABEL: Final = 512
"""Bytes before the numbers that say whose they are, when a template is moved to another process."""


class Template:
    """What the faces in one or several pictures of one person look like.

    It has no text form that shows a number, and it can be neither copied nor pickled nor written as JSON. Two of them
    can be compared and merged, no more. Who holds one closes it, or uses it in `with`; then its memory is zeroed.

    Args:
        values: (128,) float32, as the network gave them. They are moved: the array is zeroed.
        height_px: Face height in the picture, pixels.

    Raises:
        MienError: Core dumps are not off (`no_core_dumps`), or the memory cannot be kept from the swap file.
    """

    __slots__ = ("__weakref__", "_height_px", "_numbers", "_pictures", "_spread")

    def __init__(self, values: NDArray[np.float32], height_px: float) -> None:
        self._numbers = SecretNumbers(values)
        self._pictures = 1
        self._spread = 0.0
        self._height_px = height_px

    @property
    def pictures(self) -> int:
        """From how many pictures it was made."""
        return self._pictures

    @property
    def height_px(self) -> float:
        """Mean face height in those pictures, pixels."""
        return self._height_px

    @property
    def closed(self) -> bool:
        """Whether its numbers are gone."""
        return self._numbers.values is None

    def distance(self, other: Template) -> float:
        """How unlike two are: 0.2 to 0.55 for most pictures of one person, 0.55 to 1.1 for most of two people.

        The root mean square of the Euclidean distances of every picture of the one to every picture of the other, so
        that it means the same for many pictures as for two. (The distance of the means would be less for all, for
        different people, too.)

        Raises:
            MienError: One of them is closed.
        """
        a, b = self._open(), other._open()
        # by products, because a difference of the two would stay behind in memory that is not zeroed
        square = float(np.dot(a, a)) + float(np.dot(b, b)) - 2.0 * float(np.dot(a, b))
        return math.sqrt(max(square, 0.0) + self._spread + other._spread)

    def absorb(self, other: Template) -> None:
        """Take in the pictures of another of the same person, which is closed by it.

        Raises:
            MienError: One of them is closed, or they are the same.
        """
        if other is self:
            raise MienError("A template cannot absorb itself; give another one of the same person.")
        mine, theirs = self._open(), other._open()
        total = self._pictures + other._pictures
        square = self._pictures * (float(np.dot(mine, mine)) + self._spread)
        square += other._pictures * (float(np.dot(theirs, theirs)) + other._spread)
        mine *= self._pictures / total
        theirs *= other._pictures / total
        mine += theirs
        self._spread = max(square / total - float(np.dot(mine, mine)), 0.0)
        self._height_px = (self._height_px * self._pictures + other._height_px * other._pictures) / total
        self._pictures = total
        other.close()

    def close(self) -> None:
        """Zero its memory; again does nothing."""
        self._numbers.close()

    def move(self, send: Callable[[list[bytes | memoryview]], object], whose: str) -> None:
        """Move it to another process of this machine; here it is closed, whatever happens.

        Args:
            send: Sends these parts as one message. The second is the memory of the numbers itself, so it must make no
                copy of it; `socket.sendmsg` makes none but what the kernel holds, which is neither swapped nor dumped.
            whose: What the other process is told, up to 400 bytes of UTF-8.

        Raises:
            MienError: This template is closed already, or `whose` is too long; else what `send` raises.
        """
        told = [whose, self._pictures, self._spread, self._height_px]
        label = json.dumps(told, ensure_ascii=False).encode().ljust(_LABEL)
        try:
            if len(label) > _LABEL:
                raise MienError(
                    f"The name '{whose}' is too long to move a template under it; give a shorter one."
                )
            send([label, self._open().data.cast("B")])
        finally:
            self.close()

    @classmethod
    def arrived(cls, receive: Callable[[list[bytearray | memoryview]], int]) -> tuple[str, Self] | None:
        """The next template that another process moved here.

        Args:
            receive: Fills these parts with one message and says how many bytes it had, as `socket.recvmsg_into` does
                into the memory where the numbers stay; 0 where there is none any more.

        Returns:
            Whose it is, and the template; `None` where there is none any more.

        Raises:
            MienError: It is no template, core dumps are not off, or the memory cannot be kept from the swap file; else
                what `receive` raises.
        """
        label, numbers = bytearray(_LABEL), SecretNumbers(np.zeros(LENGTH, np.float32))
        assert numbers.values is not None
        got = receive([label, numbers.values.data.cast("B")])
        if got != _LABEL + numbers.values.nbytes:
            numbers.close()
            if not got:
                return None
            raise MienError(
                f"A message of {got} bytes is no template; nothing else may be sent through this line."
            )
        template = cls.__new__(cls)
        whose, template._pictures, template._spread, template._height_px = json.loads(label)
        template._numbers = numbers
        return whose, template

    def _open(self) -> NDArray[np.float32]:
        values = self._numbers.values
        if values is None:
            raise MienError(
                "This template was closed, its numbers are gone; make another from a new picture."
            )
        return values

    def __enter__(self) -> Template:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        """Nothing of the face."""
        return "<Template, closed>" if self.closed else "<Template>"

    def _refuse(self, *_: object) -> NoReturn:
        raise MienError("A template of a face is neither copied nor written anywhere; keep the one there is.")

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        self._refuse(protocol)

    __copy__ = __deepcopy__ = __getstate__ = __reduce__ = __iter__ = __array__ = __bytes__ = _refuse
