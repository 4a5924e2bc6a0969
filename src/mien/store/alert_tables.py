"""Tables of what staff are told, what they have to do, and what must still be sent.

```
sites ─┬─ alerts                       one line for each thing that staff were told
       ├─ tasks ─┬─ task_subjects      something for a person later, and the interactions and visits that it is about
       │         └─ task_channels      by which channels it was made elsewhere, or shall never be
       ├─ playbooks                    what staff are advised to do, version by version
       └─ dispatches                   what is still to be sent to whom, and what is parked
```

Nothing here names a customer: a subject is the id of an interaction or a visit, and goes with it.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from mien.store.tables import Real, UtcDateTime, metadata

alerts: Final = Table(
    "alerts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("uid", String(36), nullable=False, unique=True, doc="uuid5 of site, rule and subject."),
    Column("site_id", Integer, ForeignKey("sites.id", ondelete="RESTRICT"), nullable=False),
    Column("touchpoint", Text),
    Column("service_point", Text),
    Column("rule", String(20), nullable=False),
    Column("situation", String(30), nullable=False),
    Column("subject", String(200), nullable=False, doc="Id of an interaction or visit, or what else it is about."),
    Column("day", Date, nullable=False, doc="On the clock of the site."),
    Column("since_at", UtcDateTime, nullable=False),
    Column("at", UtcDateTime, nullable=False, doc="Capture time of the picture that crossed the bound."),
    Column("last_at", UtcDateTime, nullable=False, doc="Of the newest signal that it stands for."),
    Column("raised_at", UtcDateTime, nullable=False),
    Column("over_at", UtcDateTime, nullable=False, doc="From when on it is no longer shown as open."),
    Column("text", Text, nullable=False, doc="Why, English, with %(name)s."),
    Column("named", JSON, nullable=False, doc="What the text names."),
    Column("probability", Real),
    Column("n", Integer, nullable=False),
    Column("mood", String(40)),
    Column("signals", Integer, nullable=False, doc="How many it stands for."),
    Column("escalated_at", UtcDateTime),
    Column("acknowledged_at", UtcDateTime),
    Column("acknowledged_by", Text),
    Column("answer", String(8)),
    Column("answered_at", UtcDateTime),
    Column("answered_by", Text),
    Column("expires_at", UtcDateTime, nullable=False),
    Index(None, "site_id", "rule", "touchpoint", "at"),
    Index(None, "site_id", "raised_at"),
    Index(None, "subject"),
    Index(None, "expires_at"),
)  # fmt: skip

tasks: Final = Table(
    "tasks",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("uid", String(36), nullable=False, unique=True),
    Column("site_id", Integer, ForeignKey("sites.id", ondelete="RESTRICT"), nullable=False),
    Column("touchpoint", Text),
    Column("day", Date, nullable=False, doc="On the clock of the site."),
    Column("folded", Integer, nullable=False, doc="1: of all unnamed visits of the day there; 0: of one visit."),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("evidence", JSON, nullable=False),
    Column("state", String(10), nullable=False, doc="open, done, cancelled or gone."),
    Column("closed_at", UtcDateTime),
    Column("expires_at", UtcDateTime, nullable=False),
    Index(None, "site_id", "state"),
    Index(None, "expires_at"),
)  # fmt: skip

task_subjects: Final = Table(
    "task_subjects",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("task_id", Integer, ForeignKey("tasks.id", ondelete="CASCADE"), nullable=False),
    Column("subject", String(36), nullable=False, unique=True, doc="Id of an interaction or a visit."),
    Index(None, "task_id"),
)  # fmt: skip

task_channels: Final = Table(
    "task_channels",
    metadata,
    Column("task_id", Integer, ForeignKey("tasks.id", ondelete="CASCADE"), primary_key=True),
    Column("channel", String(40), primary_key=True),
    Column("fate", String(10), nullable=False, doc="made or discarded."),
)  # fmt: skip

playbooks: Final = Table(
    "playbooks",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("site_id", Integer, ForeignKey("sites.id", ondelete="RESTRICT"), nullable=False),
    Column("protocol", Text, nullable=False, doc="The way of serving that it belongs to; empty: any."),
    Column("version", Integer, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("entries", JSON, nullable=False),
    UniqueConstraint("site_id", "protocol", "version"),
)  # fmt: skip

dispatches: Final = Table(
    "dispatches",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("site_id", Integer, ForeignKey("sites.id", ondelete="RESTRICT"), nullable=False),
    Column("channel", String(40), nullable=False),
    Column("number", BigInteger, ForeignKey("outbox.number", ondelete="CASCADE"), nullable=False),
    Column("record", String(200), nullable=False, doc="Of one record the order is kept."),
    Column("state", String(8), nullable=False, doc="waiting or parked."),
    Column("attempts", Integer, nullable=False),
    Column("next_at", UtcDateTime, nullable=False, doc="Not before then."),
    Column("reason", Text, doc="What the other side said last, English, with %(name)s."),
    Column("named", JSON, nullable=False),
    Column("entered_at", UtcDateTime, nullable=False),
    UniqueConstraint("site_id", "channel", "number"),
    Index(None, "number"),
    Index(None, "site_id", "channel", "state", "next_at"),
)  # fmt: skip
