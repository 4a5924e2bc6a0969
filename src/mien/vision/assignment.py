"""Who is who, solved for all at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from scipy.optimize import linear_sum_assignment

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

IMPOSSIBLE: Final = 1e6
"""Cost from which two are not the same, whatever else."""


def matched(costs: NDArray[np.float64]) -> list[tuple[int, int]]:
    """The pairs of least total cost, without the impossible ones.

    Args:
        costs: (M, N) cost of each pair; empty where one side has nobody.

    Returns:
        Row and column of each pair, by row.
    """
    if not costs.size:
        return []
    rows, columns = linear_sum_assignment(costs)
    return [(int(i), int(j)) for i, j in zip(rows, columns, strict=True) if costs[i, j] < IMPOSSIBLE]
