"""The one recording of the demo that is real: the sample that ships with Mien, analysed as any other."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from threading import Event, Lock, Thread
from time import monotonic
from typing import TYPE_CHECKING, Final

from mien.errors import MienError, VideoError
from mien.journey.types import Context
from mien.runtime.analysis import analyze

if TYPE_CHECKING:
    from collections.abc import Callable

    from mien.journey.types import Interaction
    from mien.runtime.analysis import Analysis
    from mien.runtime.recording import Progress
    from mien.store import Store

SAMPLE: Final = "crying_to_smiling.mp4"
"""One face, crying, then smiling; `samples/SOURCES.md` says where it is from."""


def sample_clip() -> Path | None:
    """The clip: in the package where that was installed, beside `src` in a clone; `None` where it is in neither."""
    installed = Path(str(files("mien.runtime.demo"))) / SAMPLE
    cloned = Path(__file__).parents[4] / "samples" / SAMPLE
    return next((path for path in (installed, cloned) if path.is_file()), None)


def analyse_sample(
    store: Store,
    clip: Path,
    *,
    progress: Progress | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Analysis:
    """Analyse the sample into a store, once; a file of one's own, at no site, whose time of day nobody knows.

    Raises:
        VideoError: The clip cannot be read.
        StoreError: The store cannot be used.
    """
    return analyze(clip, context=Context(type="sample"), store=store, progress=progress, stop=stop)


@dataclass(frozen=True, slots=True)
class SampleState:
    """How far the reading of the sample is.

    Attributes:
        reading: Whether it is being read.
        share: How much of it was read, 0-1.
        seconds: How long it took, seconds.
        found: The interaction that was found; `None` before.
        why: Why there is none; `None` where there is one or nothing was tried.
    """

    reading: bool = False
    share: float = 0.0
    seconds: float = 0.0
    found: Interaction | None = None
    why: MienError | None = None


class SampleReading:
    """Reads the sample beside what the process does, at most once at a time; what was found stays in memory only."""

    def __init__(self) -> None:
        self._state = SampleState()
        self._lock = Lock()
        self._thread: Thread | None = None
        self._closing = Event()

    def state(self) -> SampleState:
        """How far it is."""
        return self._state

    def start(self) -> None:
        """Begin, unless it is being read or was read."""
        with self._lock:
            if self._state.reading or self._state.found is not None or self._closing.is_set():
                return
            self._state = SampleState(reading=True)
            self._thread = Thread(target=self._read, name="sample", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Stop, and wait until it has."""
        self._closing.set()
        if self._thread is not None:
            self._thread.join()

    def _read(self) -> None:
        clip, began = sample_clip(), monotonic()
        if clip is None:
            self._state = SampleState(why=VideoError("The sample clip is not part of this installation."))
            return

        def progress(at_s: float, length_s: float | None) -> None:
            self._state = SampleState(reading=True, share=min(at_s / length_s, 1.0) if length_s else 0.0)

        try:
            read = analyze(clip, context=Context(type="sample"), progress=progress, stop=self._closing.is_set)
        except MienError as error:
            self._state = SampleState(why=error)
            return
        found = next(iter(read.interactions), None) if read.complete else None
        took = monotonic() - began
        why = None if found is not None or read.reason is None else VideoError(read.reason)
        self._state = SampleState(share=1.0, seconds=took, found=found, why=why)
