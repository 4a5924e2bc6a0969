"""What processes hold of the memory."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mien.runtime.live.children import Child


def held_mb(children: Iterable[Child]) -> float | None:
    """Megabytes that they hold together; `None` while one of them is away."""
    pages = 0
    for child in children:
        if child.pid is None:
            return None
        try:
            pages += int(Path(f"/proc/{child.pid}/statm").read_text().split()[1])
        except OSError:
            return None
    return pages * os.sysconf("SC_PAGESIZE") / 2**20
