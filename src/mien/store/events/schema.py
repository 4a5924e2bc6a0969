"""The published schema of what stands in events; `python -m mien.store.events.schema` prints what it must be."""

from __future__ import annotations

import json
import sys
from typing import Any, Final

from pydantic.json_schema import models_json_schema

from mien.journey.parts import Part
from mien.store.events.alert import AlertTold, TaskTold, Withdrawn
from mien.store.events.customer import CustomerKnown
from mien.store.events.envelope import SCHEMA_ID
from mien.store.events.interaction import InteractionScored, InteractionWithdrawn
from mien.store.events.report import DayReport
from mien.store.events.visit import VisitScored, VisitWithdrawn

KINDS: Final[tuple[type[Part], ...]] = (
    InteractionScored,
    InteractionWithdrawn,
    VisitScored,
    VisitWithdrawn,
    AlertTold,
    TaskTold,
    Withdrawn,
    DayReport,
    CustomerKnown,
)
"""Every kind of data that an event may hold."""


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) whose definitions the `dataschema` of events name."""
    definitions = models_json_schema([(kind, "serialization") for kind in KINDS], title="Mien events")[1]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA_ID, **definitions}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(json_schema(), indent=2) + "\n")
