"""Records as plain values, for messages and files."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import Any, Final

from mien.crm.records import (
    Customer,
    NoteRecord,
    Record,
    SegmentRecord,
    Stop,
    TaskRecord,
    VisitRecord,
    Withdrawal,
)
from mien.crm.texts import utc

KINDS: Final[dict[type[Record], str]] = {
    VisitRecord: "visit",
    TaskRecord: "task",
    NoteRecord: "note",
    SegmentRecord: "segment",
    Withdrawal: "withdrawal",
}
"""What kinds of records are called."""


def kind_of(record: Record) -> str:
    """What the kind of a record is called: visit, task, note, segment or withdrawal."""
    return KINDS[type(record)]


def plain(record: Record) -> dict[str, Any]:
    """A record as values of JSON: moments in UTC, the sequence as text that sorts, the customer by the reference.

    What the record does not have is null. Texts are as they are but for lone surrogates, which no encoding has.
    """
    found = {one.name: _value(getattr(record, one.name)) for one in fields(record)}
    return {**found, "sequence": record.version}


def _value(value: object) -> Any:  # noqa: ANN401  (a value of JSON)
    match value:
        case datetime():
            found: Any = utc(value)
        case Customer():
            found = {"reference": value.reference}
        case Stop():
            found = {one.name: _value(getattr(value, one.name)) for one in fields(value)}
        case tuple():
            found = [_value(one) for one in value]
        case str():
            found = str(value).encode("utf-8", "ignore").decode()
        case _:
            found = value
    return found
