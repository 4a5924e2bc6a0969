"""Memory that leaves no trace: kept out of core dumps, of the swap file and of child processes, and zeroed in the end.

Linux only, as `mien` is. What the operating system allows a process with more rights to read of another is beyond this.
"""

from __future__ import annotations

import ctypes
import mmap
import resource
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np

from mien.errors import MienError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

# Linux, include/uapi/linux/prctl.h
_GET_DUMPABLE: Final = 3
_SET_DUMPABLE: Final = 4


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _dumpable() -> int:
    return int(_libc().prctl(_GET_DUMPABLE, 0, 0, 0, 0))


def core_dumps_are_off() -> bool:
    """Whether this process would leave no core dump, neither as a file nor through a program that collects them."""
    return resource.getrlimit(resource.RLIMIT_CORE)[0] == 0 and _dumpable() == 0


@contextmanager
def no_core_dumps() -> Iterator[None]:
    """Within it this process leaves no core dump; afterwards all is as before.

    The limit alone does not suffice: where core dumps are piped to a program, Linux does not heed a limit of 0
    (core(5)), so the process is also marked as not dumpable (prctl(2)), which keeps other processes of the same user
    from reading its memory, too.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_CORE)
    dumpable = _dumpable()
    resource.setrlimit(resource.RLIMIT_CORE, (0, hard))
    _libc().prctl(_SET_DUMPABLE, 0, 0, 0, 0)
    try:
        yield
    finally:
        _libc().prctl(_SET_DUMPABLE, dumpable, 0, 0, 0)
        resource.setrlimit(resource.RLIMIT_CORE, (soft, hard))


class SecretNumbers:
    """A few numbers in a page of memory of their own.

    Attributes:
        values: (N,) float32, to be changed in place and never copied; `None` once closed.

    Args:
        values: (N,) float32; they are moved: the array is zeroed.

    Raises:
        MienError: Core dumps are not off, or the page cannot be kept from the swap file.
    """

    __slots__ = ("values",)

    def __init__(self, values: NDArray[np.float32]) -> None:
        self.values: NDArray[np.float32] | None = None
        if not core_dumps_are_off():
            values.fill(0)
            raise MienError(
                "A template of a face was to be made while core dumps are on; hold templates within no_core_dumps()."
            )
        page = mmap.mmap(-1, values.nbytes, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        page.madvise(mmap.MADV_DONTDUMP)
        page.madvise(mmap.MADV_DONTFORK)
        place: NDArray[np.float32] = np.frombuffer(page, np.float32)
        if _libc().mlock(ctypes.c_void_p(place.ctypes.data), ctypes.c_size_t(values.nbytes)):
            values.fill(0)
            raise MienError(
                f"A page of {mmap.PAGESIZE} bytes for the template of a face cannot be kept out of the swap file; "
                "raise the limit of locked memory (ulimit -l) to 4096 kilobytes or more."
            )
        place[:] = values
        values.fill(0)
        self.values = place

    def close(self) -> None:
        """Zero the numbers; again does nothing. The page goes back when nobody looks at it any more."""
        if self.values is not None:
            self.values.fill(0)
            self.values = None

    def __del__(self) -> None:
        self.close()
