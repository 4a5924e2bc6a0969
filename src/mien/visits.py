"""What vision, journey and store alike must know of visits: how one ends, and what to say of averages over them."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

SELECTED: Final = (
    "Joined visits are a selected sample: people whose face was large, bare and turned to two cameras or more, and "
    "looked like nobody else's. An average over them holds for them, not for all visitors."
)
"""To be said beside every average over joined visits."""


class Ended(StrEnum):
    """Why a visit ended."""

    EXIT = "exit"
    EXPIRED = "not seen again"
    CLOSING = "closing"
    INTERRUPTED = "interrupted"
