"""Connectors to customer systems: one small interface, frozen records in, typed results out.

`record_of` makes a record of an event of the outbox; `open_connectors` gives the connectors that a site file asks for.
"""

from mien.crm.connectors import CONNECTORS, SETUP_S, open_connectors
from mien.crm.events import key_of, record_of
from mien.crm.protocol import Connector
from mien.crm.records import (
    Customer,
    Kind,
    NoteRecord,
    Record,
    Segment,
    SegmentRecord,
    Stop,
    TaskRecord,
    VisitRecord,
    Withdrawal,
)
from mien.crm.results import Again, Closed, Closing, Done, Finding, Missing, Parked, Result, Step

__all__ = [
    "CONNECTORS",
    "SETUP_S",
    "Again",
    "Closed",
    "Closing",
    "Connector",
    "Customer",
    "Done",
    "Finding",
    "Kind",
    "Missing",
    "NoteRecord",
    "Parked",
    "Record",
    "Result",
    "Segment",
    "SegmentRecord",
    "Step",
    "Stop",
    "TaskRecord",
    "VisitRecord",
    "Withdrawal",
    "key_of",
    "open_connectors",
    "record_of",
]
