"""What every module of `networks` says of its network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from tools.weights.packages import Package

Probe = dict[str, "NDArray[np.float32]"]
"""One set of inputs for a network, by the input's name."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How one bundled file is rebuilt, and how it is compared with the bundled one.

    Attributes:
        name: Name in the manifest of weights.
        package: Package the source comes from.
        member: Path of the source file in the package.
        sha256: Hex digest of the source file.
        build: Source file, then those beside it -> the file to bundle.
        probes: Inputs on which both networks must agree: seeded random ones and a real picture. Empty for a
            file that is no network.
        tolerance: Largest absolute difference of an output that still counts as the same.
        beside: Further files of the package that are needed: path and hex digest of each.
    """

    name: str
    package: Package
    member: str
    sha256: str
    build: Callable[..., bytes]
    probes: Callable[[], list[Probe]]
    tolerance: float
    beside: tuple[tuple[str, str], ...] = ()
