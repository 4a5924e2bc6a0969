"""Visits and tasks into a customer system, and which tasks were closed there back from it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid5

from mien.crm import (
    CONNECTORS,
    Customer,
    Done,
    Kind,
    SegmentRecord,
    VisitRecord,
    Withdrawal,
    key_of,
    record_of,
)
from mien.crm.segments import segment_of
from mien.runtime.delivery.crm_tasks import TOLD, CrmTasks
from mien.runtime.delivery.crm_words import Writer
from mien.spoken import LANGUAGES, language
from mien.store import Wanted
from mien.store.events import SCORED, VISIT_SCORED
from mien.store.events.customer import CUSTOMER_KNOWN

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mien.crm import Result
    from mien.site import Site
    from mien.site.crm import CustomerSystem
    from mien.store import OutboxEntry, Store

READ_BACK_EVERY_S: Final = 180.0
"""Seconds between two looks at which tasks were closed."""

_TASK: Final = "task"
_INTERACTION: Final = "interaction"
_NOTE: Final = "note:"
_CUSTOMERS: Final = UUID("0f7d6c1e-52f5-5a0b-9c39-1c6f3a4b5d20")


class CrmSender:
    """A connector that is given what the outbox holds.

    Where visits are joined, they are written, else interactions. Who it was is asked when it is sent: a consent that
    was withdrawn meanwhile names nobody.

    Args:
        connector: Which, by its name in the site file.
        settings: Its table.
        site: The site.
        store: The open store.
        environ: Environment variables for secrets; those of the process where left out.
        clock: The time of day, for consents.

    Raises:
        SettingError: A secret or certificate is not where the site file says.
    """

    def __init__(
        self,
        connector: str,
        *,
        settings: CustomerSystem,
        site: Site,
        store: Store,
        environ: Mapping[str, str] | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.name = f"crm.{connector}"
        self._connector = CONNECTORS.make(connector, settings=settings, environ=environ)
        self._site, self._store, self._clock = site, store, clock
        self._joined = site.matching.enabled
        told = [one for one in (site.delivery.email, site.delivery.apprise) if one is not None]
        spoken = settings.language or next((one.language for one in told), LANGUAGES[0])
        pages = next((one.pages_url for one in told if one.pages_url), None)
        self._writer = Writer(language(spoken), site.zone, pages)
        self._tasks = CrmTasks(
            site.name,
            self.name,
            store,
            self._connector,
            self._writer,
            about=self._about,
            customer=self._customer,
        )
        self._looked_at: datetime | None = None

    @property
    def shown(self) -> str:
        """Where it leads, for people to read."""
        return self._connector.shown

    def wants(self, entry: OutboxEntry) -> Wanted | None:
        """Visits, or interactions where they are not joined, and tasks; a task after the visit that it is about."""
        key, thing = key_of(entry), entry.event.thing
        if entry.event.type == CUSTOMER_KNOWN:
            return Wanted(entry.event.record, whole=True)
        if key is None or (thing == _INTERACTION and self._joined):
            return None
        subject = _only_subject(entry)
        after = () if subject is None else (f"visit:{subject}", f"{_INTERACTION}:{subject}")
        return Wanted(key, whole=True, after=after)

    def send(self, entry: OutboxEntry) -> Result:
        """Write the record of an event."""
        if entry.event.type == CUSTOMER_KNOWN:
            return self._known(entry)
        if entry.event.type in TOLD:
            return self._tasks.write(entry.event.subject, entry.number)
        record = record_of(entry)
        if isinstance(record, VisitRecord):
            return self._visit(entry, entry.number)
        return self._withdrawn(record) if isinstance(record, Withdrawal) else Done()

    def _known(self, entry: OutboxEntry) -> Result:
        """Write a visit again, whose customer became known after it was written."""
        subject = entry.event.subject
        if self._joined:
            # One that has not ended is written with its customer when it has.
            subject = next((one.uid for one in self._store.visits.of([subject]) if one.ended), "")
        told = [
            one
            for one in self._store.outbox.of_subject(subject, before=entry.number)
            if one.event.type in {SCORED, VISIT_SCORED}
        ]
        if not told or self._store.dispatches.pending(self._site.name, self.name, [told[-1].event.record]):
            # Whoever it was is asked when it is sent: what waits or is parked will name them.
            return Done()
        return self._visit(told[-1], entry.number)

    def _visit(self, told: OutboxEntry, sequence: int) -> Result:
        """Write a visit, and to which segment that brings its customer, where they may be named.

        Args:
            told: The event that tells of it.
            sequence: Number of the event by which it is written.
        """
        record = record_of(told)
        if not isinstance(record, VisitRecord):
            return Done()
        customer = self._customer(told.event.subject, record.ended_at)
        result = self._connector.send(replace(record, customer=customer, sequence=sequence))
        if isinstance(result, Done):
            result = self._tasks.join(told.event.subject)
        if customer is None or not isinstance(result, Done):
            return result
        visits = self._store.customers.visits(customer.reference)
        found = segment_of([one.outcome for one in visits])
        key = f"segment:{uuid5(_CUSTOMERS, customer.reference)}"
        result = self._connector.send(SegmentRecord(key, sequence, customer, found))
        if not isinstance(result, Done):
            return result
        written = replace(record, sequence=sequence)
        return self._connector.send(self._writer.note_of(f"{_NOTE}{record.key}", written, customer))

    def _withdrawn(self, withdrawal: Withdrawal) -> Result:
        """Take back a visit, with the note in its customer's timeline."""
        result = self._connector.send(withdrawal)
        if withdrawal.of is not Kind.VISIT or not isinstance(result, Done):
            return result
        return self._connector.send(replace(withdrawal, key=f"{_NOTE}{withdrawal.key}", of=Kind.NOTE))

    def read_back(self) -> int:
        """Note which tasks were closed in the customer system; how many those were.

        It looks there every few minutes only.

        Raises:
            StoreError: The store says no.
        """
        now = self._clock()
        if not self._connector.reads_back or (
            self._looked_at is not None and (now - self._looked_at).total_seconds() < READ_BACK_EVERY_S
        ):
            return 0
        self._looked_at = now
        return self._tasks.read_back()

    def close(self) -> None:
        """End the connection, if there is one."""
        self._connector.close()

    def _customer(self, subject: str, at: datetime | None = None) -> Customer | None:
        """Whom a consent that stands now allows to name as the customer of an interaction or visit."""
        now = self._clock()
        then = at or now
        found = self._store.customers.naming([subject], then)
        if found is None or found.consent.expires_at <= now:
            return None
        return Customer(found.consent, then)

    def _about(self, subject: str) -> str | None:
        """The key of the record of a visit or interaction; `None` where it is not written."""
        if self._store.visit_listing.get(subject) is not None:
            return f"visit:{subject}"
        return None if self._joined else f"{_INTERACTION}:{subject}"


def _only_subject(entry: OutboxEntry) -> str | None:
    """The one interaction or visit that a task is about; `None` of other events, or where it may become several."""
    told = entry.event.data
    if entry.event.thing != _TASK or told.get("folded"):
        return None
    subjects: list[str] = told.get("subjects", [])
    return subjects[0] if len(subjects) == 1 else None
