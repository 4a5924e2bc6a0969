"""What the store says of receipts, and of what they can be joined to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class AddedReceipts:
    """What became of the rows of a file.

    Attributes:
        new: Receipts that were not known.
        known: Those that were, and are left as they were.
        named: Receipts whose reference was stored now.
        no_consent: Rows whose reference was not stored, since no consent allows it.
        too_old: Rows that would have been removed already.
        erased: Rows that were erased, and do not come back.
    """

    new: int = 0
    known: int = 0
    named: int = 0
    no_consent: int = 0
    too_old: int = 0
    erased: int = 0


@dataclass(frozen=True, slots=True)
class StoredReceipt:
    """A receipt as the store keeps it; who it names is asked for apart.

    Attributes:
        uid: Made of site, till, number and time.
        till: What the till system calls the till.
        service_point: The service point of that till.
        number: Its number.
        printed_at: When, by the clock of the till, UTC.
        type: What it was about.
        interaction: Id of the interaction that it is joined to; `None` where it is not.
        unjoined: Why it is not.
    """

    uid: str
    till: str
    service_point: str
    number: str
    printed_at: datetime
    type: str | None
    interaction: str | None
    unjoined: str | None


@dataclass(frozen=True, slots=True)
class SeenInteraction:
    """When and where an interaction took place.

    Attributes:
        uid: Its id.
        touchpoint: Place in the journey.
        service_point: Till or desk; `None` where it is not told.
        began_at: First sight of the face, UTC.
        ended_at: Last sight.
    """

    uid: str
    touchpoint: str | None
    service_point: str | None
    began_at: datetime
    ended_at: datetime


@dataclass(frozen=True, slots=True)
class SeenSpan:
    """For what time a camera's pictures were analysed.

    Attributes:
        touchpoint: Place in the journey.
        camera: The camera; `None` where it is not told.
        begin: First moment, UTC.
        end: Up to where they were analysed.
        complete: Whether that is to the end of the recording.
    """

    touchpoint: str | None
    camera: str | None
    begin: datetime
    end: datetime
    complete: bool


@dataclass(frozen=True, slots=True)
class NewJoin:
    """What was found out about a receipt.

    Attributes:
        receipt: Its uid.
        interaction: Id of its interaction; `None` where it has none.
        gap_s: Receipt minus end of the interaction, seconds.
        odds: Times likelier than without this join.
        unjoined: Why it has none.
    """

    receipt: str
    interaction: str | None
    gap_s: float | None
    odds: float | None
    unjoined: str | None
