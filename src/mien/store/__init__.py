"""What Mien remembers: tables, migrations and queries; SQLite by default, PostgreSQL by address."""

from mien.store.media import StoredPicture
from mien.store.notices import RecordedNotice
from mien.store.outbox import Outbox, OutboxEntry
from mien.store.records import RecordingKey, RecordingSummary, Source
from mien.store.runs import RecordingRun
from mien.store.store import Store

__all__ = [
    "Outbox",
    "OutboxEntry",
    "RecordedNotice",
    "RecordingKey",
    "RecordingRun",
    "RecordingSummary",
    "Source",
    "Store",
    "StoredPicture",
]
