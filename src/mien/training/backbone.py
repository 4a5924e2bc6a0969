"""The body of the expression networks: a MobileNet that others taught to tell faces apart, made ready for grey ones.

Telling thousands of people apart, however they look and whoever photographed them, teaches more about faces than the
pictures of expressions that anybody may use; what it learned is where Mien's readers start.

Network: Howard et al. 2017, arXiv:1704.04861. Weights: HSE-FaceRes (A. Savchenko), taught on VGGFace2;
`tools/weights` rebuilds the file from the package that carries it.
"""

from __future__ import annotations

from math import prod
from typing import Final

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from mien.vision.models import entry, verified_path

NAME: Final = "face_backbone"
"""Its name in the manifest of weights."""
WIDTHS: Final = (64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024)
"""Channels after each block."""
_STRIDES: Final = (1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1)
_STEM: Final = 32
_MEANS: Final = (103.939, 116.779, 123.68)
"""What the weights expect to be taken from blue, green and red."""
_GREY: Final = (128.0, 60.0)
"""Mean and spread that a levelled face is taken to have had, so that the weights see what they know."""


class Block(nn.Module):  # type: ignore[misc]  # torch is not checked
    """A 3x3 convolution of each channel by itself, then one of 1x1 across them."""

    def __init__(self, inside: int, outside: int, stride: int) -> None:
        super().__init__()
        self.stride = stride
        self.depthwise = nn.Conv2d(inside, inside, 3, stride, 1, groups=inside, bias=False)
        self.inner = nn.BatchNorm2d(inside, eps=1e-3)
        self.pointwise = nn.Conv2d(inside, outside, 1, bias=False)
        self.outer = nn.BatchNorm2d(outside, eps=1e-3)

    def spread(self, x: Tensor) -> Tensor:
        """The depthwise part; a stride of 2 starts at the second pixel, as the weights were taught."""
        if self.stride == 1:
            return self.depthwise(x)
        groups = self.depthwise.groups
        if self.training:  # the same, an eighth of the time: going back through strided ones is slow
            whole = functional.conv2d(x, self.depthwise.weight, None, 1, 1, 1, groups)
            return whole[:, :, 1::2, 1::2].contiguous(memory_format=torch.channels_last)
        return functional.conv2d(
            functional.pad(x, (0, 1, 0, 1)), self.depthwise.weight, None, 2, 0, 1, groups
        )

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) -> (N, C', H / stride, W / stride)."""
        x = functional.relu6(self.inner(self.spread(x)))
        return functional.relu6(self.outer(self.pointwise(x)))


class MobileNet(nn.Module):  # type: ignore[misc]  # torch is not checked
    """Levelled grey faces to features at a 32nd of their sides (at a 16th with 11 blocks).

    Args:
        blocks: How many of the 13 blocks there are.
    """

    def __init__(self, blocks: int = len(WIDTHS)) -> None:
        super().__init__()
        self.stem = nn.Conv2d(1, _STEM, 3, 2, 0, bias=False)
        self.norm = nn.BatchNorm2d(_STEM, eps=1e-3)
        wide = (_STEM, *WIDTHS[:blocks])
        self.blocks = nn.Sequential(
            *(Block(wide[i], wide[i + 1], _STRIDES[i]) for i in range(blocks)),
        )

    def forward(self, x: Tensor) -> Tensor:
        """(N, 1, H, W) of mean 0 and spread 1 -> (N, C, h, w)."""
        x = functional.relu6(self.norm(self.stem(functional.pad(x, (0, 1, 0, 1)))))
        return self.blocks(x)

    def start(self, faces: Tensor) -> None:
        """Take over the bundled weights, as they are for these faces.

        The file is one row of numbers: the stem and what is added after it, then of each block the depthwise weights,
        what they are multiplied by, what is added, the pointwise weights, what is added. Normalisation is put back so
        that, on these faces, it changes nothing: learning can go on where it stopped.

        Args:
            faces: (N, 1, H, W) float32, levelled; a few hundred.
        """
        values = torch.from_numpy(np.load(verified_path(entry(NAME))).astype(np.float32))
        taken = 0

        def take(*shape: int) -> Tensor:
            nonlocal taken
            taken += prod(shape)
            return values[taken - prod(shape) : taken].reshape(shape)

        mean, spread = _GREY
        with torch.no_grad():
            colour = take(_STEM, 3, 3, 3)
            offset = (colour.sum((2, 3)) * (mean - torch.tensor(_MEANS))).sum(1)
            self.stem.weight.copy_(spread * colour.sum(1, keepdim=True))
            x = functional.conv2d(functional.pad(faces, (0, 1, 0, 1)), self.stem.weight, None, 2)
            x = functional.relu6(_settle(self.norm, x, None, take(_STEM) + offset))
            for block in self.blocks:
                outside, inside = block.pointwise.weight.shape[:2]
                block.depthwise.weight.copy_(take(inside, 1, 3, 3))
                x = block.spread(x)
                x = functional.relu6(_settle(block.inner, x, take(inside), take(inside)))
                block.pointwise.weight.copy_(take(outside, inside, 1, 1))
                x = functional.relu6(_settle(block.outer, block.pointwise(x), None, take(outside)))


def _settle(norm: nn.BatchNorm2d, x: Tensor, scale: Tensor | None, shift: Tensor) -> Tensor:
    """Set a normalisation to `x * scale + shift` for what comes as `x`; returns that."""
    scale = torch.ones_like(shift) if scale is None else scale
    mean, variance = x.mean((0, 2, 3)), x.var((0, 2, 3), unbiased=False).clamp_min(1e-6)
    norm.running_mean.copy_(mean)
    norm.running_var.copy_(variance)
    norm.weight.copy_(scale * torch.sqrt(variance + norm.eps))
    norm.bias.copy_(shift + scale * mean)
    return x * scale[:, None, None] + shift[:, None, None]
