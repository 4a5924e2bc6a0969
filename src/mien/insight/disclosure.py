"""Which groups must not be shown where several ways of sorting the same interactions are shown side by side.

Groups of one sorting add up to the whole, and those of one sorting may be parts of those of another: a till belongs to
one touchpoint, a type of interaction often does. So the mean of a few can follow from several means of many. Every
group is a sum of cells, which are told apart by everything at once; what follows from the groups that are shown is what
is a linear combination of them. Nothing of fewer than 10 may be: no group, no cell, and not what one group is more than
another. Where something is, the smallest group that it follows from is hidden, until nothing does (secondary
suppression in linked tables, de Wolf and Giessing 2009, in Privacy in Statistical Databases).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from mien.insight.types import FEWEST

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

Place = tuple[str | None, ...]
Named = tuple[int | None, str | None]

WHOLE: Final[Named] = (None, None)
"""All cells together, as a group."""
_NOTHING: Final = 1e-9


def undisclosed(counts: Mapping[Place, int]) -> set[Named]:
    """The groups that must not be shown.

    Args:
        counts: Interactions that have the measure, by cell: what they are told apart by, one name for each sorting.

    Returns:
        Groups as (number of the sorting, name), those of fewer than 10 among them; `WHOLE` for all together.

    Example:
        >>> cells = {("tills", "till 1"): 12, ("tills", "till 2"): 3, ("door", None): 40, ("desk", None): 20}
        >>> sorted(undisclosed(cells))
        [(1, 'till 1'), (1, 'till 2')]
    """
    places = [place for place, n in counts.items() if n]
    if not places:
        return set()
    n = np.array([counts[place] for place in places], dtype=np.float64)
    masks: dict[Named, Array] = {WHOLE: np.ones(len(places))}
    for sorting in range(len(places[0])):
        for name in dict.fromkeys(place[sorting] for place in places):
            masks[sorting, name] = np.array([float(place[sorting] == name) for place in places])
    sizes = {named: float(mask @ n) for named, mask in masks.items()}
    few = [masks[named] for named, size in sizes.items() if size < FEWEST]
    few += [cell for cell, size in zip(np.eye(len(places)), n, strict=True) if size < FEWEST]
    shown = [named for named, size in sizes.items() if size >= FEWEST]
    while shown:
        told = np.stack([masks[named] for named in shown])
        follows = _following(told, few, n)
        if follows is None:
            break
        shares = np.linalg.lstsq(told.T, follows, rcond=None)[0]
        parts = [
            named
            for named, share in zip(shown, shares, strict=True)
            if abs(share) > _NOTHING and named != WHOLE
        ]
        shown.remove(min(parts, key=lambda named: sizes[named], default=WHOLE))
    return set(masks) - set(shown)


def _following(told: Array, few: list[Array], n: Array) -> Array | None:
    """Something of fewer than 10 that follows from what is told; `None` where nothing does."""
    if few:
        _, widths, basis = np.linalg.svd(told, full_matrices=False)
        basis = basis[widths > _NOTHING * widths[0]]
        asked = np.stack(few)
        left = np.abs(asked - asked @ basis.T @ basis).max(axis=1)
        found = np.flatnonzero(left < _NOTHING * len(n))
        if found.size:
            return few[int(found[0])]
    more = told[:, None, :] - told[None, :, :]
    sizes = more @ n
    inside = (more >= 0).all(axis=2) & (sizes > 0) & (sizes < FEWEST)
    pairs = np.argwhere(inside)
    return None if not len(pairs) else np.asarray(more[tuple(pairs[0])], dtype=np.float64)
