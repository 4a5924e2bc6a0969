"""The tables of what is counted at cameras: sums over quarters of an hour, and over days and months of these."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
)

from mien.store.tables import Real, UtcDateTime, metadata

flow_quarters: Final = Table(
    "flow_quarters",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("run_id", Integer, ForeignKey("runs.id", ondelete="CASCADE"), nullable=False,
           doc="Which analysis of a stream counted it: one that is done again takes its place."),
    Column("site_id", Integer, ForeignKey("sites.id", ondelete="RESTRICT"), nullable=False),
    Column("camera_id", Integer, ForeignKey("cameras.id", ondelete="RESTRICT"), nullable=False),
    Column("begins_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime, nullable=False),
    Column("watched_s", Real, nullable=False, doc="Seconds of it that the camera saw."),
    Column("counts", JSON, nullable=False, doc="FlowCounts."),
    Column("expires_at", UtcDateTime),
    UniqueConstraint("run_id", "begins_at"),
    Index(None, "site_id", "begins_at"),
    Index(None, "expires_at"),
    Index(None, "site_id", "expires_at"),
)  # fmt: skip

flow_sums: Final = Table(
    "flow_sums",
    metadata,
    Column("site_id", Integer, ForeignKey("sites.id", ondelete="RESTRICT"), primary_key=True),
    Column("camera_id", Integer, ForeignKey("cameras.id", ondelete="RESTRICT"), primary_key=True),
    Column("span", String(5), primary_key=True, doc="What it sums over: a day, or a month of days."),
    Column("first", Date, primary_key=True, doc="Its first day, on the clock of the site (UTC where unknown)."),
    Column("counted", JSON, nullable=False, doc="FlowSum."),
    Column("doors", JSON(none_as_null=True),
           doc="`DoorPeriods.as_json` of a day, in seconds since 1970; NULL of months."),
    CheckConstraint("span IN ('day', 'month')", name="span"),
)  # fmt: skip
