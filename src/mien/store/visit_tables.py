"""The tables of visits, and of what is known of two cameras that see the same people.

```
sites ─┬─ visits ── visit_interactions     a visit, and the interactions (by their uids) that were joined to it
       ├─ visit_days                       what the visits that began on a day come to (`mien.store.visit_days`)
       └─ camera_pairs                     how two cameras of a site differ, as measured; the newest counts
```
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    Text,
)

from mien.store.tables import Real, UtcDateTime, metadata

visits: Final = Table(
    "visits",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("uid", String(36), nullable=False, unique=True,
           doc="Made of the uid of its first interaction, so that a replay names it alike."),
    Column("site_id", Integer, ForeignKey("sites.id", ondelete="RESTRICT"), nullable=False),
    Column("session", Text, nullable=False, doc="Which matcher it is or was open in."),
    Column("started_at", UtcDateTime, nullable=False),
    Column("last_seen_at", UtcDateTime, nullable=False),
    Column("ended", String(20), doc="Why it ended; NULL while it is open, and then it has no score."),
    Column("eps", Real),
    Column("eps_low", Real),
    Column("eps_high", Real),
    Column("outcome", String(20)),
    Column("reason", Text),
    Column("calibrated", Boolean),
    Column("eps_mean", Real),
    Column("eps_sd", Real),
    Column("eps_shared_sd", Real, doc="What of eps_sd all visits between the same two cameras have in common."),
    Column("scale", String(20)),
    Column("reader", Text),
    Column("stops", JSON(none_as_null=True), doc="The state at each touchpoint on the way."),
    Column("event_id", String(36), doc="The last event that told of it; NULL where none did."),
    Column("told", String(64), doc="Digest of what that event said, so that the same is not told twice."),
    Column("expires_at", UtcDateTime),
    CheckConstraint("ended IN ('exit', 'not seen again', 'closing', 'interrupted')", name="ended"),
    CheckConstraint("outcome IN ('improved', 'worsened', 'unchanged', 'unclear')", name="outcome"),
    Index(None, "site_id", "started_at"),
    Index(None, "site_id", "ended"),
    Index(None, "expires_at"),
    Index(None, "site_id", "expires_at"),
)  # fmt: skip

visit_interactions: Final = Table(
    "visit_interactions",
    metadata,
    Column("visit_id", Integer, ForeignKey("visits.id", ondelete="CASCADE"), primary_key=True),
    Column("position", SmallInteger, primary_key=True, autoincrement=False),
    Column("interaction_uid", String(36), nullable=False, unique=True,
           doc="Interaction.id, which outlives an analysis that is done again."),
    Column("probability", Real, doc="That it is the same person as before; NULL of the first."),
)  # fmt: skip

visit_days: Final = Table(
    "visit_days",
    metadata,
    Column("site_id", Integer, ForeignKey("sites.id", ondelete="RESTRICT"), primary_key=True),
    Column("day", Date, primary_key=True, doc="On the clock of the site, or UTC where nobody knows it."),
    Column("visits", Integer, nullable=False, doc="That began on it and have ended."),
    Column("joined", JSON, nullable=False, doc="`VisitDay.as_json` of those."),
)  # fmt: skip

camera_pairs: Final = Table(
    "camera_pairs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("site_id", Integer, ForeignKey("sites.id", ondelete="RESTRICT"), nullable=False),
    Column("from_camera_id", Integer, ForeignKey("cameras.id", ondelete="RESTRICT"), nullable=False),
    Column("to_camera_id", Integer, ForeignKey("cameras.id", ondelete="RESTRICT"), nullable=False),
    Column("scale", String(20), nullable=False),
    Column("reader", Text, nullable=False),
    Column("mean_offset", Real, nullable=False, doc="Valence read at the second camera minus that at the first."),
    Column("offset_variance", Real, nullable=False, doc="Squared standard error of that mean."),
    Column("variance", Real, nullable=False, doc="Of the difference from passage to passage, around the mean."),
    Column("testers", Integer, nullable=False),
    Column("measured_at", UtcDateTime, nullable=False),
    Index(None, "site_id", "from_camera_id", "to_camera_id"),
)  # fmt: skip
