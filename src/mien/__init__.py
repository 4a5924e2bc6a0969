"""Mien: measure customer experience from what faces show, with an error bar.

Example:
    >>> import mien
    >>> r = mien.analyze("visit.mp4")  # doctest: +SKIP
    >>> r.interactions[0].eps  # doctest: +SKIP

Nothing is loaded before it is asked for: importing `mien` opens no network's weights and no store.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mien.runtime.analysis import Analysis as Analysis
    from mien.runtime.analysis import analyze as analyze
    from mien.vision.faces import Face as Face
    from mien.vision.faces import read_faces as read_faces

    __version__: str

# ONNX Runtime tells its maker about the machine it runs on unless this is set before it is loaded.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

_HOMES = {
    "Analysis": "mien.runtime.analysis",
    "Face": "mien.vision.faces",
    "analyze": "mien.runtime.analysis",
    "read_faces": "mien.vision.faces",
}

__all__ = ["Analysis", "Face", "__version__", "analyze", "read_faces"]


def __getattr__(name: str) -> Any:  # noqa: ANN401  (PEP 562: whatever the home module holds)
    if name == "__version__":
        return import_module("importlib.metadata").version("mien")
    if name not in _HOMES:
        raise AttributeError(f"module 'mien' has no attribute {name!r}; it has {', '.join(__all__)}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
