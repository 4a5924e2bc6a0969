"""The event that says that a customer who agreed to be known may be named now: by whom, it does not say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

from pydantic import Field

from mien.journey.parts import Part
from mien.store.events.envelope import CloudEvent, schema_of, source_of

if TYPE_CHECKING:
    from datetime import datetime

CUSTOMER_KNOWN: Final = "mien.customer.known"
"""A receipt under a consent was joined to an interaction, after it was told."""


class CustomerKnown(Part):
    """An interaction whose customer agreed to be known. The reference stands in the store alone."""

    site: str
    interaction: Annotated[str, Field(description="Its id, the subject of its own events.")]


def customer_known(interaction: str, site: str, at: datetime) -> CloudEvent:
    """The event about one interaction.

    Args:
        interaction: Its id.
        site: Its site.
        at: When that became known, with zone.
    """
    data = CustomerKnown(site=site, interaction=interaction)
    return CloudEvent(
        source=source_of(site, None),
        type=CUSTOMER_KNOWN,
        subject=interaction,
        time=at,
        dataschema=schema_of(CustomerKnown),
        data=data.model_dump(mode="json"),
    )
