"""The tables of receipts, consents, retention and erasure.

```
sites ── receipts ── receipt_joins     a receipt, and the interaction (by its uid) that it was printed for
            └─ consents                the only place where a reference to a person stands
withheld                               what was erased and must not come back when a file is read again
expiries, erasures                     what was removed, in numbers
```
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, String, Table, Text

from mien.store.tables import Real, UtcDateTime, metadata

consents: Final = Table(
    "consents",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("reference", Text, nullable=False),
    Column("purpose", String(20), nullable=False),
    Column("given_at", UtcDateTime, nullable=False),
    Column("withdrawn_at", UtcDateTime),
    Column("how", Text, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Index(None, "reference"),
    Index(None, "expires_at"),
)

receipts: Final = Table(
    "receipts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("uid", String(36), nullable=False, unique=True,
           doc="Made of site, till, number and time, alike whenever a file is read."),
    Column("site_id", Integer, ForeignKey("sites.id", ondelete="RESTRICT"), nullable=False),
    Column("till", Text, nullable=False),
    Column("service_point", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("printed_at", UtcDateTime, nullable=False, doc="By the clock of the till."),
    Column("type", Text),
    Column("consent_id", Integer, ForeignKey("consents.id", ondelete="RESTRICT"),
           doc="Under which consent its reference is kept; NULL where it has none."),
    Column("unjoined", Text, doc="Why it has no interaction, when that was last looked at."),
    Column("stored_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Index(None, "site_id", "printed_at"),
    Index(None, "consent_id"),
    Index(None, "expires_at"),
    Index(None, "site_id", "expires_at"),
)  # fmt: skip

receipt_joins: Final = Table(
    "receipt_joins",
    metadata,
    Column("receipt_id", Integer, ForeignKey("receipts.id", ondelete="CASCADE"), primary_key=True),
    Column("interaction_uid", String(36), nullable=False, unique=True,
           doc="Interaction.id, which outlives an analysis that is done again."),
    Column("gap_s", Real, nullable=False, doc="Receipt minus end of the interaction, the till's clock corrected."),
    Column("odds", Real, nullable=False, doc="Times likelier than the best arrangement without this join."),
    Column("joined_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Index(None, "expires_at"),
)  # fmt: skip

withheld: Final = Table(
    "withheld",
    metadata,
    Column("uid", String(36), primary_key=True, doc="Of an interaction or a receipt that was erased."),
    Column("expires_at", UtcDateTime, doc="When it would have gone anyway."),
    Index(None, "expires_at"),
)

expiries: Final = Table(
    "expiries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("ran_at", UtcDateTime, nullable=False),
    Column("removed", JSON, nullable=False, doc="How many rows of each kind."),
)

erasures: Final = Table(
    "erasures",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("erased_at", UtcDateTime, nullable=False),
    Column("removed", JSON, nullable=False, doc="How many rows of each kind; nothing of the reference."),
)
