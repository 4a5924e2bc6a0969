"""What is worn and held before faces, how often, and what it makes of a face: whole, eyes only, unusable."""

from __future__ import annotations

from typing import Final

import numpy as np

from mien.training.covers import COVERS, HARMLESS

HIDDEN: Final = 0.6
"""Share of the mouth hidden from which a face is to be read by its eyes."""
SEEN: Final = 0.2
"""Share of the mouth hidden up to which the face is `full`; what lies between is not learned from."""
EYES_GONE: Final = 0.6
"""Share of the eyes hidden from which, with the mouth hidden too, nothing is left to read."""

_WORN: Final = np.array([0.46, 0.12, 0.16, 0.14, 0.06, 0.06])
"""How often each of `COVERS` is drawn; masks are what shops see most."""


def any_cover(rng: np.random.Generator) -> tuple[str, ...]:
    """What to draw over a mouth: one cover, sometimes with something harmless beside it."""
    kind = COVERS[int(rng.choice(len(COVERS), p=_WORN))]
    return (HARMLESS[int(rng.integers(len(HARMLESS)))], kind) if rng.random() < 0.06 else (kind,)


def visibility_of(mouth: float, eyes: float) -> int:
    """0 full, 1 eyes, 2 unusable, -1 between; by the shares of mouth and eyes that are hidden."""
    if mouth <= SEEN:
        return 0
    if mouth < HIDDEN:
        return -1
    return 2 if eyes >= EYES_GONE else 1 if eyes <= 1.0 - EYES_GONE else -1
