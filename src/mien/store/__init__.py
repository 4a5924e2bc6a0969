"""What Mien remembers: tables, migrations and queries; SQLite by default, PostgreSQL by address."""

from mien.journey.camera_pair import MeasuredPair
from mien.store.account_records import ApiKey, Link, LinkPurpose, Look, NewUser, Secret, Session, User
from mien.store.attempts import Attempt, Wait
from mien.store.consents import RecordedConsent
from mien.store.dispatch_records import ChannelQueue, Dispatch, DispatchState, Wanted
from mien.store.dispatch_turn import Turn
from mien.store.dispatches import Dispatches
from mien.store.erasure import Erased
from mien.store.fates import Fate
from mien.store.flow_rows import StoredPeriod
from mien.store.media import StoredPicture
from mien.store.notices import RecordedNotice
from mien.store.outbox import Outbox, OutboxEntry
from mien.store.receipt_records import AddedReceipts, NewJoin, StoredReceipt
from mien.store.records import RecordingKey, RecordingSummary, Source
from mien.store.retention import Expired
from mien.store.rolled import Chosen, StoredDay
from mien.store.runs import RecordingRun
from mien.store.segments import PartKey, PartState, SegmentPart
from mien.store.store import Store
from mien.store.streams import StoredStream
from mien.store.visit_records import ClosedVisit, PlacedInteraction, StoredVisit, VisitMember, visit_uid
from mien.store.visits import Visits

__all__ = [
    "AddedReceipts",
    "ApiKey",
    "Attempt",
    "ChannelQueue",
    "Chosen",
    "ClosedVisit",
    "Dispatch",
    "DispatchState",
    "Dispatches",
    "Erased",
    "Expired",
    "Fate",
    "Link",
    "LinkPurpose",
    "Look",
    "MeasuredPair",
    "NewJoin",
    "NewUser",
    "Outbox",
    "OutboxEntry",
    "PartKey",
    "PartState",
    "PlacedInteraction",
    "RecordedConsent",
    "RecordedNotice",
    "RecordingKey",
    "RecordingRun",
    "RecordingSummary",
    "Secret",
    "SegmentPart",
    "Session",
    "Source",
    "Store",
    "StoredDay",
    "StoredPeriod",
    "StoredPicture",
    "StoredReceipt",
    "StoredStream",
    "StoredVisit",
    "Turn",
    "User",
    "VisitMember",
    "Visits",
    "Wait",
    "Wanted",
    "visit_uid",
]
