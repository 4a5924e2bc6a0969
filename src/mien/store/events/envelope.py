"""The envelope of every event: CloudEvents 1.0.2, structured mode, JSON.

The model is our own and not the SDK's: that one has neither a schema nor types that a table or a page could be made
of, and no binding for MQTT, while the envelope is nine attributes. The tests read our events with the SDK.
Source: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md
"""

from __future__ import annotations

import uuid
from typing import Annotated, Any, Final, Literal
from urllib.parse import quote

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

SCHEMA_ID: Final = "urn:mien:events:1"
"""The schema of all that stands in events; it lies beside this module as `events.schema.json`."""

CONTENT_TYPE: Final = "application/cloudevents+json"
"""Media type of a whole event."""

_Text = Annotated[str, Field(min_length=1)]


class CloudEvent(BaseModel):
    """Something that was stored, for whoever follows.

    Attributes:
        id: Names this event; a second delivery of it has the same one.
        source: Where it comes from, `/sites/SITE/touchpoints/TOUCHPOINT`, names percent-encoded.
        type: What happened: `mien.THING.WHAT`.
        subject: Id of the interaction or visit that it tells of.
        time: When that took place, or `None` where nobody knows.
        dataschema: Which schema `data` fulfils.
        data: What is told, in JSON's types.
        sequence: Its number in the outbox, as text that sorts in the order of the events; `None` before it has one.
            An extension that the standard documents.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    specversion: Literal["1.0"] = "1.0"
    id: _Text = Field(default_factory=lambda: str(uuid.uuid4()))
    source: _Text
    type: Annotated[str, Field(pattern=r"^mien(\.[a-z]+){2}$")]
    subject: _Text
    time: AwareDatetime | None = None
    datacontenttype: Literal["application/json"] = "application/json"
    dataschema: _Text
    sequence: str | None = None
    data: dict[str, Any]

    @property
    def thing(self) -> str:
        """What kind of thing it tells of: `interaction`, `visit`."""
        return self.type.split(".")[1]

    @property
    def record(self) -> str:
        """Names what it tells of among all things, such as `visit:ID`: at most 200 characters."""
        return f"{self.thing}:{self.subject}"[:200]

    def numbered(self, number: int) -> CloudEvent:
        """The event with its number in the outbox."""
        return self.model_copy(update={"sequence": f"{number:019d}"})

    def to_json(self) -> str:
        """The whole event as JSON; an attribute that it has not is left out, as the standard asks."""
        return self.model_dump_json(
            exclude={name for name in ("time", "sequence") if getattr(self, name) is None}
        )


def source_of(site: str, touchpoint: str | None) -> str:
    """Where an event comes from, as a relative reference.

    Example:
        >>> source_of("Lyon 2", "tills")
        '/sites/Lyon%202/touchpoints/tills'
    """
    place = "" if touchpoint is None else f"/touchpoints/{quote(touchpoint, safe='')}"
    return f"/sites/{quote(site, safe='')}{place}"


def schema_of(part: type[BaseModel]) -> str:
    """The address of the schema of a kind of data."""
    return f"{SCHEMA_ID}#/$defs/{part.__name__}"
