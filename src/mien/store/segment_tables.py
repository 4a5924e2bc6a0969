"""Tables of what is counted by segment: `mien.store.segments` tells what stands in them.

```
sites ─── segment_parts     a stretch of a day at a touchpoint: held in memory by a writer, written by it, or lost
              └─ segment_cells   counts and sums of its segments
```

Nothing here names an interaction, and nothing can be joined to one.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import JSON, Column, Date, ForeignKey, Index, Integer, String, Table, Text

from mien.store.tables import Real, UtcDateTime, metadata

segment_parts: Final = Table(
    "segment_parts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("site_id", Integer, ForeignKey("sites.id", ondelete="RESTRICT"), nullable=False),
    Column("touchpoint", Text, nullable=False),
    Column("day", Date, nullable=False, doc="On the clock of the site."),
    Column("reader", Text, nullable=False),
    Column("scale", Text, nullable=False),
    Column("state", String(8), nullable=False, doc="PartState."),
    Column("begins_at", UtcDateTime, nullable=False, doc="When the first interaction that it counts ended."),
    Column("ends_at", UtcDateTime, doc="When the last one ended; nothing while it is held in memory."),
    Column("cameras", JSON, nullable=False, doc="Names of the cameras that saw them."),
    Column("seen", JSON, nullable=False, doc="Interactions by what scores they have, in a cell or not."),
    Column("expires_at", UtcDateTime),
    Index(None, "site_id", "day"),
    Index(None, "expires_at"),
)  # fmt: skip

segment_cells: Final = Table(
    "segment_cells",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("part_id", Integer, ForeignKey("segment_parts.id", ondelete="CASCADE"), nullable=False),
    Column("age", String(8), doc="Age; nothing where only the gender is told."),
    Column("gender", String(8), doc="Gender; nothing where only the age is told."),
    Column("scored", String(16), nullable=False, doc="Scored: what its interactions have."),
    Column("interactions", Integer, nullable=False),
    Column("change_sum", Real, doc="Sum of EPS / 100, with noise."),
    Column("change_sd", Real, doc="Standard deviation of EPS / 100 of all of the part, in a cell or not."),
    Column("state_sum", Real, doc="Sum of mean valence, with noise."),
    Column("state_sd", Real, doc="Standard deviation of it, likewise."),
    Index(None, "part_id"),
)  # fmt: skip
