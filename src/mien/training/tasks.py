"""What Mien's readers are taught: to read whole faces, and to read eyes and brows alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from mien.training.augment import augment
from mien.training.calibrate import valences
from mien.training.covers import HARMLESS, draw_cover
from mien.training.material import Faces, vote_shares
from mien.training.network import EYES_WIDTHS, ExpressionNet
from mien.training.wearing import HIDDEN, SEEN, any_cover
from mien.vision.align import warp

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from mien.training.learn import Settings

SIZE: Final = 48
"""Side of the faces the networks read, pixels."""
EYES_ROWS: Final = 24
"""Upper rows of a crop of 48 that hold brows, eyes and the bridge of the nose, and nothing of the mouth."""


def drawn_rows(
    rng: np.random.Generator, faces: Faces, rows: NDArray[np.intp], power: float
) -> NDArray[np.intp]:
    """As many rows as there are, rarer expressions drawn more often, as evenly as chance allows."""
    shares = vote_shares(faces.material.votes[rows])
    frequency = np.maximum(shares.mean(axis=0), 1e-6)
    weight = shares @ frequency**-power
    edges = np.cumsum(weight / weight.sum()) * len(rows)
    picked = np.searchsorted(edges, np.arange(len(rows)) + rng.random())
    return rng.permutation(rows[np.minimum(picked, len(rows) - 1)])


def covered_face(rng: np.random.Generator, faces: Faces, row: int) -> NDArray[np.uint8]:
    """A picture with its mouth hidden; as it came where it has no landmarks or the cover missed."""
    image: NDArray[np.uint8] = faces.material.images[row]
    if not faces.found[row]:
        return image
    drawn = draw_cover(rng, image, faces.points[row], any_cover(rng))
    return drawn.image if drawn.mouth >= HIDDEN else image


def expression_loss(net: nn.Module, batch: tuple[Tensor, ...]) -> Tensor:
    """Cross-entropy against the wanted shares, and the likelihood of the misses of valence under their variance."""
    crops, wanted, truth = batch
    with torch.autocast("cpu", torch.bfloat16):
        logits, log_variance = net(crops.to(memory_format=torch.channels_last))
    logits, log_variance = logits.float(), log_variance.float().clamp(-8.0, 2.0)
    cross = functional.cross_entropy(logits, wanted)
    read = valences(torch.softmax(logits.detach(), 1).double().numpy()).astype(np.float32)
    miss = torch.from_numpy(read) - truth
    likelihood = 0.5 * (log_variance + miss * miss * torch.exp(-log_variance)).mean()
    return cross + 0.1 * likelihood


@dataclass(frozen=True, eq=False)
class ReadFaces:
    """Reading whole faces from vote shares, and from what a teacher says of the same pictures.

    Attributes:
        faces: Aligned material.
        settings: Of the run.
        start: Weights to start from; from scratch where left out.
        taught: (N, 8) a teacher's distribution for every picture learned from, by its row; where given, half of what is
            wanted is the votes and half the teacher.
        harmless: Share of the pictures with something drawn near the face that hides no mouth.
    """

    faces: Faces
    settings: Settings
    start: Mapping[str, Tensor] | None = None
    taught: NDArray[np.float64] | None = None
    harmless: float = 0.0

    def network(self) -> nn.Module:
        """`ExpressionNet`."""
        net = ExpressionNet()
        if self.start is not None:
            net.load_state_dict(dict(self.start))
        return net

    def rows(self) -> NDArray[np.intp]:
        """The training split."""
        return self.faces.material.training_rows()

    def order(self, rng: np.random.Generator, epoch: int) -> NDArray[np.intp]:
        """Rarer expressions more often, in the polish more so."""
        power = self.settings.balance if epoch < self.settings.epochs else self.settings.polish_balance
        return drawn_rows(rng, self.faces, self.rows(), power)

    def picture(self, rng: np.random.Generator, row: int) -> NDArray[np.uint8]:
        """The picture of a row, before a camera spoils it."""
        image: NDArray[np.uint8] = self.faces.material.images[row]
        if self.harmless and self.faces.found[row] and rng.random() < self.harmless:
            kind = HARMLESS[int(rng.integers(len(HARMLESS)))]
            drawn = draw_cover(rng, image, self.faces.points[row], (kind,))
            return drawn.image if drawn.mouth <= SEEN else image
        return image

    def crop(self, rng: np.random.Generator, row: int) -> NDArray[np.uint8]:
        """What the network is shown of a row in use, from a good camera: (H, W) uint8."""
        return warp(self.picture(rng, row), self.faces.matrices[row], SIZE)

    def batch(self, rng: np.random.Generator, rows: NDArray[np.intp]) -> tuple[Tensor, ...]:
        """Crops (N, 1, S, S), wanted shares (N, 8), valences of the votes (N, 3)."""
        crops = np.stack([augment(rng, self.picture(rng, i), self.faces.matrices[i], SIZE) for i in rows])
        shares = vote_shares(self.faces.material.votes[rows])
        wanted = shares if self.taught is None else 0.5 * (shares + self.taught[rows])
        return (
            torch.from_numpy(crops[:, None]),
            torch.from_numpy(wanted.astype(np.float32)),
            torch.from_numpy(valences(shares).astype(np.float32)),
        )

    def loss(self, net: nn.Module, batch: tuple[Tensor, ...]) -> Tensor:
        """See `expression_loss`."""
        return expression_loss(net, batch)


@dataclass(frozen=True, eq=False)
class ReadEyes(ReadFaces):
    """Reading eyes and brows alone: the lower part of the crop is cut off, mostly with a cover drawn before.

    Attributes:
        covered: Share of the pictures with a cover drawn; its upper edge may reach into what is read.
    """

    covered: float = 0.6

    def network(self) -> nn.Module:
        """An `ExpressionNet` with fewer channels at its end; it takes over the weights that fit."""
        net = ExpressionNet(EYES_WIDTHS)
        if self.start is not None:
            own = net.state_dict()
            fitting = {k: v for k, v in self.start.items() if k in own and own[k].shape == v.shape}
            net.load_state_dict(fitting, strict=False)
        return net

    def picture(self, rng: np.random.Generator, row: int) -> NDArray[np.uint8]:
        """The picture of a row, mostly covered."""
        if rng.random() < self.covered:
            return covered_face(rng, self.faces, row)
        return super().picture(rng, row)

    def crop(self, rng: np.random.Generator, row: int) -> NDArray[np.uint8]:
        """As `ReadFaces`, the upper rows."""
        return super().crop(rng, row)[:EYES_ROWS]

    def batch(self, rng: np.random.Generator, rows: NDArray[np.intp]) -> tuple[Tensor, ...]:
        """As `ReadFaces`, crops (N, 1, EYES_ROWS, S)."""
        crops, *rest = super().batch(rng, rows)
        return (crops[:, :, :EYES_ROWS].contiguous(), *rest)
