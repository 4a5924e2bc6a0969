"""The one recording of the demo that is real: the sample that ships with Mien, analysed as any other."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mien.journey.types import Context
from mien.runtime.analysis import analyze

if TYPE_CHECKING:
    from collections.abc import Callable

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
