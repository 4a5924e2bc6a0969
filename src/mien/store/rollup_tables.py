"""Tables of the daily roll-ups: `mien.store.rollups` tells what stands in them.

```
sites ── rollup_groups      what interactions of a day have in common: one of several ways of sorting them
              └─ rollup_days    counts and sums of such a day
```
"""

from __future__ import annotations

from dataclasses import fields
from typing import Final

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, String, Table, Text

from mien.insight import Totals
from mien.store.tables import Real, metadata

rollup_groups: Final = Table(
    "rollup_groups",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("site_id", Integer, ForeignKey("sites.id", ondelete="RESTRICT"), nullable=False),
    Column("sorting", String(16), nullable=False,
           doc="Sorting: by which of the following it is sorted; the others are NULL."),
    Column("touchpoint", Text),
    Column("type", Text),
    Column("service_point", Text),
    Column("shift", Text),
    Column("protocol", Text),
    Column("scale", String(20), nullable=False),
    Column("reader", Text, nullable=False),
    Index(None, "site_id", "sorting"),
)  # fmt: skip

rollup_days: Final = Table(
    "rollup_days",
    metadata,
    Column("group_id", Integer, ForeignKey("rollup_groups.id", ondelete="CASCADE"), primary_key=True),
    Column("day", Date, primary_key=True, doc="On the clock of the site, or UTC where nobody knows it."),
    *(
        Column(field.name, Integer if field.type == "int" else Real, nullable=False)
        for field in fields(Totals)
    ),
    # Days of a group lie side by side, so that a month is read in one go.
    sqlite_with_rowid=False,
)
