"""The self-test: one bundled face through the whole vision chain."""

from __future__ import annotations

from importlib.resources import as_file, files
from typing import TYPE_CHECKING

from mien.errors import ModelError
from mien.vision.faces import read_faces

if TYPE_CHECKING:
    from mien.vision.faces import Face


def read_bundled_face() -> Face:
    """Read the portrait that ships with Mien (NASA, public domain).

    Raises:
        ModelError: Not exactly one face was found in it, so this installation does not see as it should.
    """
    with as_file(files("mien.vision") / "selftest" / "face.jpg") as path:
        faces = read_faces(path)
    if len(faces) != 1:
        raise ModelError(f"The self-test found {len(faces)} faces in a picture of one: reinstall Mien.")
    return faces[0]
