"""The networks: readers of small grey faces with two heads each, and one that sees covers.

One head of a reader gives the distribution of the eight expressions as a group of taggers would; the other the
logarithm of the variance with which the valence of that distribution misses the taggers' mean, per scale of
`mien.expressions`.
"""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor, nn

from mien.expressions import EXPRESSIONS, SCALES

EYES_WIDTHS: Final = (32, 64, 128, 192)
"""Channels of the network that reads eyes and brows alone."""


class SqueezeExcite(nn.Module):  # type: ignore[misc]  # torch is not checked
    """Channel attention (Hu et al. 2018, arXiv:1709.01507)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.gate = nn.Sequential(
            nn.Linear(channels, channels // 8),
            nn.ReLU(inplace=True),
            nn.Linear(channels // 8, channels),
            nn.Sigmoid(),
        )

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) -> the same, its channels weighted."""
        return x * self.gate(x.mean((2, 3)))[:, :, None, None]


class Block(nn.Module):  # type: ignore[misc]  # torch is not checked
    """Two 3x3 convolutions with a shortcut; a stride of 2 halves the sides."""

    def __init__(self, inside: int, outside: int, stride: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(inside, outside, 3, stride, 1, bias=False),
            nn.BatchNorm2d(outside),
            nn.ReLU(inplace=True),
            nn.Conv2d(outside, outside, 3, 1, 1, bias=False),
            nn.BatchNorm2d(outside),
            SqueezeExcite(outside),
        )
        self.short: nn.Module = nn.Identity()
        if stride != 1 or inside != outside:
            pool = nn.AvgPool2d(stride) if stride > 1 else nn.Identity()
            self.short = nn.Sequential(
                pool, nn.Conv2d(inside, outside, 1, bias=False), nn.BatchNorm2d(outside)
            )

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) -> (N, C', H / stride, W / stride)."""
        return torch.relu(self.body(x) + self.short(x))


def _levelled(faces: Tensor) -> Tensor:
    """(N, 1, H, W) faces without the brightness and contrast of their crops."""
    centred = faces - faces.mean((2, 3), keepdim=True)
    return centred / torch.sqrt((centred * centred).mean((2, 3), keepdim=True) + 25.0)


class ExpressionNet(nn.Module):  # type: ignore[misc]  # torch is not checked
    """Grey faces to logits of the eight expressions and log-variances of the three valences.

    The brightness and contrast of each crop are taken out before anything else, so that lamps and cameras differ
    less than faces do.

    Args:
        widths: Channels of the stages; each halves the sides, the first of them from half the input's.
        depths: Blocks of the stages.
    """

    def __init__(
        self,
        widths: tuple[int, ...] = (32, 64, 128, 256),
        depths: tuple[int, ...] = (1, 2, 2, 2),
    ) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(1, widths[0], 5, 2, 2, bias=False),
            nn.BatchNorm2d(widths[0]),
            nn.ReLU(inplace=True),
        )
        blocks: list[nn.Module] = []
        inside = widths[0]
        for stage, (width, depth) in enumerate(zip(widths, depths, strict=True)):
            for i in range(depth):
                blocks.append(Block(inside, width, 2 if stage > 0 and i == 0 else 1))
                inside = width
        self.body = nn.Sequential(*blocks)
        self.expression = nn.Linear(inside, len(EXPRESSIONS))
        self.spread = nn.Sequential(
            nn.Linear(inside + len(EXPRESSIONS), 64), nn.ReLU(inplace=True), nn.Linear(64, len(SCALES))
        )

    def forward(self, faces: Tensor) -> tuple[Tensor, Tensor]:
        """Read faces.

        Args:
            faces: (N, 1, S, S) float32, grey, 0-255.

        Returns:
            Logits (N, 8) and log-variances (N, 3), which learn from the body without changing it.
        """
        features = self.body(self.stem(_levelled(faces))).mean((2, 3)).float()
        logits = self.expression(features)
        beside = torch.cat([features.detach(), torch.softmax(logits.detach(), 1)], 1)
        return logits, self.spread(beside)


class Mirrored(nn.Module):  # type: ignore[misc]  # torch is not checked
    """A reader that is shown a face and its mirror image, and means the two."""

    def __init__(self, net: nn.Module) -> None:
        super().__init__()
        self.net = net

    def forward(self, faces: Tensor) -> tuple[Tensor, Tensor]:
        """As `ExpressionNet`; the means of logits and of log-variances."""
        logits, spread = self.net(faces)
        other_logits, other_spread = self.net(faces.flip(3))
        return (logits + other_logits) / 2, (spread + other_spread) / 2


class VisibilityNet(nn.Module):  # type: ignore[misc]  # torch is not checked
    """Grey faces to logits of the three visibilities: full, eyes, unusable."""

    def __init__(self, widths: tuple[int, ...] = (16, 32, 48, 64)) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        inside = 1
        for i, width in enumerate(widths):
            layers += [
                nn.Conv2d(inside, width, 5 if i == 0 else 3, 2, 2 if i == 0 else 1, bias=False),
                nn.BatchNorm2d(width),
                nn.ReLU(inplace=True),
            ]
            if i:
                layers.append(Block(width, width, 1))
            inside = width
        self.body = nn.Sequential(*layers)
        self.visibility = nn.Linear(2 * inside, 3)

    def forward(self, faces: Tensor) -> Tensor:
        """(N, 1, S, S) float32, grey, 0-255 -> (N, 3) logits."""
        features = self.body(_levelled(faces)).float()
        # covers hide the lower half: what lies above and below the middle is kept apart
        middle = features.shape[2] // 2
        upper, lower = features[:, :, :middle].mean((2, 3)), features[:, :, middle:].mean((2, 3))
        return self.visibility(torch.cat([upper, lower], 1))
