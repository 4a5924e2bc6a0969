"""The tables.

```
sites ─┬─ cameras ─┬─ notices          what hangs where, since when
       │           └─ recordings       one per (fingerprint, site, touchpoint): the unit of a re-run
       └─ interactions                     └─ runs        one analysis of a recording, with its checkpoint
                └─ scores, curves, moments     └─ interactions
media_grants                           pictures written on purpose, with their end date
sites ─┬─ outbox                       events about what is stored, in the order in which it became visible
       └─ deliveries                   how far each channel has followed the outbox
```

What receipts, consents, retention and erasure add is in `mien.store.till_tables`, what visits add in
`mien.store.visit_tables`, what counting people adds in `mien.store.flow_tables`, what segments add in
`mien.store.segment_tables`, daily roll-ups in `mien.store.rollup_tables`, users and what they do in
`mien.store.account_tables`, what is now in `mien.store.live_tables`, alerts and tasks in
`mien.store.alert_tables`.

A recording has at most one *visible* run, whose interactions are what the store shows, and at most one
newer run that is not finished. Rows that concern a person's visit carry `expires_at`, so that a retention
worker can find them by index. Times of day are UTC; times in a stream are seconds.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
    text,
)

if TYPE_CHECKING:
    from sqlalchemy import Dialect

SCHEMA: Final = "0018"
"""The newest migration; a store of this schema is used as it is."""

VERSION_TABLE: Final = "mien_schema"
"""Holds the schema of a store, in Alembic's form; its presence tells a store from any other database."""


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC: takes only times that know their zone, and gives back UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Convert to UTC; SQLite keeps no zone, so that its texts sort in order of time."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"the time {value} has no zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give the time in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# Binary64 everywhere: FLOAT without a precision may be single on some servers.
Real = Float(53)


def _id() -> Column[int]:
    return Column("id", Integer, primary_key=True)


def _key(name: str, target: str, *, on_delete: str, nullable: bool = False) -> Column[int]:
    return Column(name, Integer, ForeignKey(target, ondelete=on_delete), nullable=nullable)


sites: Final = Table(
    "sites",
    metadata,
    _id(),
    Column("name", Text, nullable=False, unique=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("readings_days", Integer, doc="How long what is found there is kept; NULL where nobody has said so."),
    Column("interactions_days", Integer),
    Column("receipts_days", Integer),
    Column("time_zone", Text, doc="Its clock; NULL where nobody has said so, which counts as UTC."),
    Column("simulated", Boolean, nullable=False, server_default=false(),
           doc="Whether all that is stored of it was made up for the demo."),
)  # fmt: skip

cameras: Final = Table(
    "cameras",
    metadata,
    _id(),
    _key("site_id", "sites.id", on_delete="RESTRICT"),
    Column("name", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("site_id", "name"),
)

notices: Final = Table(
    "notices",
    metadata,
    _id(),
    _key("site_id", "sites.id", on_delete="RESTRICT"),
    _key("camera_id", "cameras.id", on_delete="RESTRICT", nullable=True),
    Column("shown_on", Date, nullable=False),
    Column("withdrawn_on", Date),
    Column("text_version", Text, nullable=False),
    Column("put_up_by", Text, nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
    Index(None, "site_id"),
)

recordings: Final = Table(
    "recordings",
    metadata,
    _id(),
    Column("key", String(64), nullable=False, unique=True,
           doc="Digest of fingerprint, site and touchpoint: NULLs would not be unique."),
    Column("fingerprint", Text, nullable=False),
    _key("site_id", "sites.id", on_delete="RESTRICT", nullable=True),
    _key("camera_id", "cameras.id", on_delete="RESTRICT", nullable=True),
    Column("touchpoint", Text),
    Column("source", Text, nullable=False, doc="What the user called it, for lists."),
    Column("recorded_at", UtcDateTime, doc="When the stream's second 0 was; NULL where nobody knows."),
    Column("duration_s", Real),
    Column("expires_at", UtcDateTime),
    Index(None, "site_id"),
    Index(None, "expires_at"),
)  # fmt: skip

runs: Final = Table(
    "runs",
    metadata,
    _id(),
    _key("recording_id", "recordings.id", on_delete="CASCADE"),
    Column("generation", Integer, nullable=False),
    Column("visible", Boolean, nullable=False, doc="Whether its interactions are what the store shows."),
    Column("settings_digest", Text, nullable=False),
    Column("reader", Text, nullable=False, doc="Name and version of the expression reader."),
    Column("started_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime, doc="NULL while the run is not finished."),
    Column("position_s", Real, nullable=False),
    Column("checkpoint", JSON(none_as_null=True), doc="Where to go on; NULL once finished."),
    Column("counters", JSON, nullable=False),
    Column("lease_token", String(36), doc="Whoever knows it may write; NULL where nobody is at it."),
    Column("lease_host", Text),
    Column("lease_pid", Integer),
    Column("lease_mark", Text, doc="Start of that process, because process ids come round again."),
    Column("lease_since", UtcDateTime),
    Column("lease_until", UtcDateTime),
    UniqueConstraint("recording_id", "generation"),
)
Index(
    "uq_runs_visible",
    runs.c.recording_id,
    unique=True,
    sqlite_where=text("visible"),
    postgresql_where=text("visible"),
)

interactions: Final = Table(
    "interactions",
    metadata,
    _id(),
    _key("run_id", "runs.id", on_delete="CASCADE"),
    Column("uid", String(36), nullable=False, doc="Interaction.id, alike in every run of a recording."),
    Column("track_id", Integer, nullable=False),
    _key("site_id", "sites.id", on_delete="RESTRICT", nullable=True),
    Column("touchpoint", Text),
    Column("type", Text),
    Column("service_point", Text),
    Column("shift", Text),
    Column("protocol", Text),
    Column("start_s", Real, nullable=False),
    Column("end_s", Real, nullable=False),
    Column("started_at", UtcDateTime, doc="recorded_at + start_s; NULL where nobody knows."),
    Column("readings", Integer, nullable=False),
    Column("left_out", JSON, nullable=False),
    Column("expressions", JSON(none_as_null=True)),
    Column("scale", String(20), nullable=False),
    Column("reader", Text, nullable=False),
    Column("interrupted", Boolean, nullable=False),
    Column("expires_at", UtcDateTime),
    Column("by_eyes", Integer, nullable=False, server_default="0",
           doc="Usable readings made from the eyes alone."),
    Column("event_id", String(36), doc="The last event that told of it; NULL where none did."),
    UniqueConstraint("run_id", "uid"),
    Index(None, "run_id", "start_s", "id"),
    Index(None, "uid"),
    Index(None, "site_id", "touchpoint", "started_at"),
    Index(None, "site_id", "started_at"),
    Index(None, "started_at"),
    Index(None, "expires_at"),
    Index(None, "site_id", "expires_at"),
)  # fmt: skip

scores: Final = Table(
    "scores",
    metadata,
    Column("interaction_id", ForeignKey("interactions.id", ondelete="CASCADE"), primary_key=True),
    Column("eps", Real),
    Column("eps_low", Real),
    Column("eps_high", Real),
    Column("initial_valence", Real),
    Column("final_valence", Real),
    Column("happiness_index", Real),
    Column("hi_low", Real),
    Column("hi_high", Real),
    Column("outcome", String(20), nullable=False),
    Column("usable_s", Real, nullable=False),
    Column("n", Integer, nullable=False),
    Column("reason", Text),
    Column("eps_mean", Real),
    Column("eps_sd", Real),
    Column("hi_mean", Real),
    Column("hi_sd", Real),
    Column("window_s", Real),
    CheckConstraint("outcome IN ('improved', 'worsened', 'unchanged', 'unclear')", name="outcome"),
)

moments: Final = Table(
    "moments",
    metadata,
    Column("interaction_id", ForeignKey("interactions.id", ondelete="CASCADE"), primary_key=True),
    Column("position", SmallInteger, primary_key=True, autoincrement=False),
    Column("t_s", Real, nullable=False),
    Column("kind", String(10), nullable=False),
    Column("change", Real, nullable=False),
    Column("probability", Real, nullable=False),
    CheckConstraint("kind IN ('rise', 'fall')", name="kind"),
)

curves: Final = Table(
    "curves",
    metadata,
    Column("interaction_id", ForeignKey("interactions.id", ondelete="CASCADE"), primary_key=True),
    Column("data", LargeBinary, nullable=False, doc="Curve and 1 Hz records, read by codec.decode alone."),
    Column("expires_at", UtcDateTime),
    Index(None, "expires_at"),
)

media_grants: Final = Table(
    "media_grants",
    metadata,
    _id(),
    Column("path", Text, nullable=False, unique=True, doc="file: address, which holds any name of a file."),
    Column("purpose", Text, nullable=False),
    Column("until", Date, nullable=False),
    Column("granted_at", UtcDateTime, nullable=False),
    _key("recording_id", "recordings.id", on_delete="SET NULL", nullable=True),
    Index(None, "until"),
    Index(None, "recording_id"),
)

outbox: Final = Table(
    "outbox",
    metadata,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True,
           doc="Grows in the order in which events become visible, and never comes again."),
    _key("site_id", "sites.id", on_delete="RESTRICT"),
    Column("touchpoint", Text),
    Column("event_id", String(36), nullable=False, unique=True),
    Column("type", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("subject", Text, nullable=False, doc="Id of the interaction or visit that it tells of."),
    Column("time", UtcDateTime),
    Column("dataschema", Text, nullable=False),
    Column("data", JSON, nullable=False),
    Column("entered_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime),
    Index(None, "site_id", "number"),
    Index(None, "subject"),
    Index(None, "expires_at"),
    # Without it SQLite gives the number of a deleted last row again, and who follows by number would miss the new one.
    sqlite_autoincrement=True,
)  # fmt: skip

deliveries: Final = Table(
    "deliveries",
    metadata,
    _id(),
    _key("site_id", "sites.id", on_delete="RESTRICT"),
    Column("channel", String(40), nullable=False),
    Column("number", BigInteger, nullable=False, doc="The last of the outbox that the channel took."),
    Column("moved_at", UtcDateTime, nullable=False),
    Column(
        "paused_until", UtcDateTime, doc="Until when the other side is left alone after what it answered."
    ),
    UniqueConstraint("site_id", "channel"),
)
