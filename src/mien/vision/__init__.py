"""Finds, follows and reads faces. Knows nothing of visits.

`ExpressionReader` reads loose face crops, `read_faces` a picture, `FacePipeline` the pictures of one camera. They are
imported when asked for, so that the types of this package can be had without its networks.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mien.vision.expression import ExpressionReader as ExpressionReader
    from mien.vision.faces import Face as Face
    from mien.vision.faces import read_faces as read_faces
    from mien.vision.pipeline import FacePipeline as FacePipeline

_HOMES = {
    "ExpressionReader": "mien.vision.expression",
    "Face": "mien.vision.faces",
    "FacePipeline": "mien.vision.pipeline",
    "read_faces": "mien.vision.faces",
}

__all__ = ["ExpressionReader", "Face", "FacePipeline", "read_faces"]


def __getattr__(name: str) -> Any:  # noqa: ANN401  (PEP 562: whatever the home module holds)
    if name not in _HOMES:
        raise AttributeError(f"module 'mien.vision' has no attribute {name!r}; it has {', '.join(__all__)}")
    return getattr(import_module(_HOMES[name]), name)
