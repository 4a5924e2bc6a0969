"""The table of what is now: one row for each camera and kind, overwritten as time goes on, gone when reading ends."""

from __future__ import annotations

from typing import Final

from sqlalchemy import JSON, Column, ForeignKey, Integer, String, Table

from mien.store.tables import UtcDateTime, metadata

live_states: Final = Table(
    "live_states",
    metadata,
    Column("camera_id", Integer, ForeignKey("cameras.id", ondelete="CASCADE"), primary_key=True),
    Column("kind", String(8), primary_key=True, doc="'now': what is seen; 'health': how the camera is."),
    Column("said_at", UtcDateTime, nullable=False),
    Column("data", JSON, nullable=False),
)
