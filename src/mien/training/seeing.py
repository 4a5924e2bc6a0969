"""What the network that sees covers is taught: bare faces, drawn covers, real ones, and what is no face."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from mien.training.augment import augment
from mien.training.covers import HARMLESS, draw_cover
from mien.training.network import VisibilityNet
from mien.training.real_covers import Real, known_covers, transplant
from mien.training.tasks import SIZE
from mien.training.wearing import SEEN, any_cover, visibility_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mien.training.learn import Settings
    from mien.training.material import Faces

BETWEEN: Final = -1
"""What is neither one thing nor another, and not learned from."""
_BARE, _MIXED, _HARMLESS, _COVERED, _DARK = 0.16, 0.22, 0.4, 0.84, 0.94
"""Up to which chance a face is shown bare, with the lower part of another, with something harmless, covered, and
covered with sunglasses; what is left is no face."""
_REAL: Final = 0.6
"""Share of the real covers among the lower parts of other faces."""


@dataclass(frozen=True, eq=False)
class SeeCovers:
    """Telling faces that are `full` from those with `eyes` only and those that are `unusable`.

    Attributes:
        faces: Aligned material.
        settings: Of the run.
    """

    faces: Faces
    settings: Settings
    _rows: NDArray[np.intp] = field(init=False)
    _known: NDArray[np.int8] = field(init=False)
    _donors: dict[Real, NDArray[np.intp]] = field(init=False)

    def __post_init__(self) -> None:
        rows = self.faces.apart_rows()
        rows, known = rows[self.faces.found[rows]], known_covers(self.faces)
        object.__setattr__(self, "_rows", rows)
        object.__setattr__(self, "_known", known)
        object.__setattr__(self, "_donors", {real: rows[known[rows] == real] for real in Real})

    def network(self) -> nn.Module:
        """`VisibilityNet`."""
        return VisibilityNet()

    def rows(self) -> NDArray[np.intp]:
        """The training split without what is held out, too, where landmarks are known."""
        return self._rows

    def order(self, rng: np.random.Generator, epoch: int) -> NDArray[np.intp]:  # noqa: ARG002 (one for all tasks)
        """Every row once."""
        return rng.permutation(self._rows)

    def _shown(self, rng: np.random.Generator, row: int) -> tuple[NDArray[np.float32], int]:
        """`spoilt_visibility`, sometimes with the lower part of another face."""
        if not _BARE <= (chance := rng.random()) < _MIXED:
            return spoilt_visibility(rng, self.faces, row, chance, Real(self._known[row]))
        wanted = Real.HIDDEN if rng.random() < _REAL else Real.UNKNOWN
        donors = self._donors[wanted]
        if not len(donors):
            return spoilt_visibility(rng, self.faces, row, 0.0, Real(self._known[row]))
        donor = int(rng.choice(donors))
        picture, matrix = transplant(rng, self.faces, row, donor, SIZE)
        return augment(rng, picture, matrix, SIZE), int(wanted == Real.HIDDEN)

    def batch(self, rng: np.random.Generator, rows: NDArray[np.intp]) -> tuple[Tensor, ...]:
        """Crops (N, 1, S, S) and visibilities (N,): 0 full, 1 eyes, 2 unusable, `BETWEEN`."""
        made = [self._shown(rng, int(i)) for i in rows]
        return (
            torch.from_numpy(np.stack([crop for crop, _ in made])[:, None]),
            torch.tensor([visible for _, visible in made]),
        )

    def loss(self, net: nn.Module, batch: tuple[Tensor, ...]) -> Tensor:
        """Cross-entropy over the pictures that are one thing or another."""
        crops, wanted = batch
        with torch.autocast("cpu", torch.bfloat16):
            logits = net(crops.to(memory_format=torch.channels_last))
        return functional.cross_entropy(logits.float(), wanted, ignore_index=BETWEEN, label_smoothing=0.02)


def spoilt_visibility(
    rng: np.random.Generator, faces: Faces, row: int, chance: float, real: Real = Real.UNKNOWN
) -> tuple[NDArray[np.float32], int]:
    """A face bare, covered or hidden, as a bad camera gives it.

    Args:
        rng: Source of chance.
        faces: Aligned material.
        row: Which face.
        chance: What is done to it, 0..1, see the bounds above; up to `_MIXED` it is left bare.
        real: What is known of the picture itself.

    Returns:
        Crop (S, S), and its `visibility_of`.
    """
    image, points, matrix = faces.material.images[row], faces.points[row], faces.matrices[row]
    as_it_is = {Real.UNKNOWN: 0, Real.HIDDEN: 1, Real.UNTOLD: BETWEEN}[real]
    if chance < _MIXED:
        return augment(rng, image, matrix, SIZE), as_it_is
    if chance < _HARMLESS:
        kinds: tuple[str, ...] = (HARMLESS[int(rng.integers(len(HARMLESS)))],)
    elif chance < _COVERED:
        kinds = any_cover(rng)
    elif chance < _DARK:
        kinds = ("sunglasses", *any_cover(rng))
    else:  # a piece of the picture beside the face
        off = matrix.copy()
        angle = rng.uniform(0.0, 2.0 * np.pi)
        off[:, 2] += SIZE * rng.uniform(0.8, 1.2) * np.array([np.cos(angle), np.sin(angle)])
        return augment(rng, image, off, SIZE), 2
    drawn = draw_cover(rng, image, points, kinds)
    visible = visibility_of(drawn.mouth, drawn.eyes)
    if visible == 0 and real is not Real.UNKNOWN:  # something harmless, over a face that is not bare
        visible = as_it_is if drawn.eyes <= SEEN else BETWEEN
    return augment(rng, drawn.image, matrix, SIZE), visible
