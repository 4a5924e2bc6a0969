"""The self-test: one bundled face through the whole vision chain."""

from __future__ import annotations

from importlib.resources import as_file, files
from typing import TYPE_CHECKING

from mien.errors import ModelError
from mien.vision.arrays import open_picture
from mien.vision.faces import FaceReader

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mien.vision.faces import Face
    from mien.vision.protocols import Reader


def read_bundled_face(reader: Reader | None = None) -> tuple[Face, NDArray[np.float64], float]:
    """Read the portrait that ships with Mien (NASA, public domain).

    Args:
        reader: Whose reading; Mien's own where left out.

    Returns:
        The face, its (8,) shares, and the standard deviation of its valence's error.

    Raises:
        ModelError: Not exactly one face was found and read, so this installation does not see as it should.
    """
    with as_file(files("mien.vision") / "selftest" / "face.jpg") as path:
        faces = FaceReader(reader=reader or "mien").read(open_picture(path))
    if len(faces) != 1:
        raise ModelError(f"The self-test found {len(faces)} faces in a picture of one: reinstall Mien.")
    face = faces[0]
    if face.probabilities is None or face.valence_error is None:
        raise ModelError("The self-test found the face but could not read it: reinstall Mien.")
    return face, face.probabilities, face.valence_error
