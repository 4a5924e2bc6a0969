"""Which of blendshapes and landmarks tells a cue better, and whether both ends of the brows are told apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from benchmarks.cues.numbers import area
from mien.vision.cues import brow_height
from mien.vision.landmarks import BLENDSHAPES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from benchmarks.cues.faces import Faces
    from benchmarks.cues.labels import Lids


def brows(faces: Faces, truth: NDArray[np.int64]) -> list[str]:
    """Sources of the brow cues: areas against all other expressions."""
    height = np.array([np.nan if mesh is None else brow_height(mesh) for mesh in faces.meshes])
    inner, outer = _mean(faces, "browInnerUp"), _mean(faces, "browOuterUpLeft", "browOuterUpRight")
    sources = {
        ("brow lowering", 4): {
            "browDown": _mean(faces, "browDownLeft", "browDownRight"),
            "landmarks": -height,
        },
        ("brow raising", 2): {
            "browInnerUp": inner,
            "all brow blendshapes": _mean(faces, "browInnerUp", "browOuterUpLeft", "browOuterUpRight"),
            "landmarks": height,
        },
    }
    told = np.isfinite(height) & (truth >= 0)
    lines = [
        f"{cue} by {name}: {area(values[told], truth[told] == number):.3f}"
        for (cue, number), those in sources.items()
        for name, values in those.items()
    ]
    known = np.isfinite(height)
    apart = told & ((truth == 2) | (truth == 3))
    return [
        *lines,
        f"inner and outer ends: correlation {np.corrcoef(inner[known], outer[known])[0, 1]:.2f}; "
        f"their difference, sad against surprised {area((inner - outer)[apart], truth[apart] == 3):.2f}",
    ]


def lids(faces: Faces, told: Lids) -> list[str]:
    """Sources of lid closure: areas for shut, and for not open."""
    rows = np.array(told.open + told.half + told.shut)
    level = np.repeat([0, 1, 2], [len(told.open), len(told.half), len(told.shut)])
    sources = {
        "eyeBlink": _mean(faces, "eyeBlinkLeft", "eyeBlinkRight"),
        "landmarks": -faces.cue("lid_opening"),
        "half of each": faces.cue("lid_closure"),
    }
    known = np.isfinite(faces.cue("lid_closure")[rows])
    rows, level = rows[known], level[known]
    return [
        f"lids by {name}: shut {area(values[rows], level == 2):.3f}, not open {area(values[rows], level > 0):.3f}"
        for name, values in sources.items()
    ]


def _mean(faces: Faces, *names: str) -> NDArray[np.float64]:
    return np.asarray(faces.shapes[:, [BLENDSHAPES.index(name) for name in names]].mean(axis=1), np.float64)
