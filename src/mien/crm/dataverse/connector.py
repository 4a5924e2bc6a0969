"""Microsoft Dynamics 365 and Dataverse through the Web API: visits, tasks, notes and segments, each there once.

Once only: every row has a primary key that we make of the record's key, and is created by an upsert that may not update
(`If-None-Match: *`); where the answer was lost, sending again finds the row there. A visit is written anew only over
the version that was read (`If-Match` with its ETag) and only by a higher sequence; tasks likewise (`tasks.py`).
Sources: "Update and delete table
rows using the Web API" and "Perform conditional operations using the Web API" (https://learn.microsoft.com/en-us/
power-apps/developer/data-platform/webapi/update-delete-entities-using-web-api and
…/perform-conditional-operations-using-web-api).

Too many requests: 429 with `Retry-After` in seconds, which is waited for. Source: "Service protection API limits"
(https://learn.microsoft.com/en-us/power-apps/developer/data-platform/api-limits).

No answer carries data that is not looked at: rows are returned on reading alone, so `Prefer: return=representation` is
never asked for.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from mien.crm.dataverse.api import TRIES, Api, create, etag, quoted
from mien.crm.dataverse.checking import look
from mien.crm.dataverse.closing import closings
from mien.crm.dataverse.making import make, missing
from mien.crm.dataverse.rows import (
    CONTACTS,
    NOTES,
    SETS,
    note_row,
    row_id,
    visit_row,
    withdrawn_row,
)
from mien.crm.dataverse.solution import solution
from mien.crm.dataverse.tasks import write_task
from mien.crm.http import ANSWER_S
from mien.crm.records import Kind, NoteRecord, SegmentRecord, TaskRecord, VisitRecord
from mien.crm.results import Again, Done, Missing, Parked

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mien.crm.records import Customer, Record, Withdrawal
    from mien.crm.results import Closing, Finding, Result, Step
    from mien.site.crm import DataverseCrm

_NOT_IN_KEYS: Final = frozenset("/<>*%&:\\?+")
"""Characters with which a row cannot be found by an alternate key.
Source: "Work with alternate keys", Unicode characters in key value
(https://learn.microsoft.com/en-us/power-apps/developer/data-platform/define-alternate-keys-entity)."""


class DataverseConnector:
    """A connector to one environment.

    Args:
        settings: The table of the site file.
        environ: Environment variables for the secret; those of the process where left out.
        answer_s: Seconds for which a whole answer is waited for.

    Raises:
        SettingError: The secret is not where the site file says.
    """

    name: Final = "dataverse"
    reads_back: Final = True

    def __init__(
        self, settings: DataverseCrm, environ: Mapping[str, str] | None = None, *, answer_s: float = ANSWER_S
    ) -> None:
        self._settings = settings
        self._api = Api(settings, environ, answer_s=answer_s)

    @property
    def shown(self) -> str:
        """Where it leads, for people to read."""
        return self._settings.shown

    def send(self, record: Record) -> Result:
        """Write one record and say what became of it."""
        if isinstance(record, SegmentRecord):
            return self._segment(record)
        if not isinstance(record, VisitRecord | TaskRecord | NoteRecord):
            return self._withdraw(record)
        return self._about_visit(record)

    def closings(self, keys: Sequence[str]) -> list[Closing] | Parked | Again:
        """Which of these tasks are completed, cancelled or removed."""
        return closings(self._api, keys)

    def check(self) -> list[Finding]:
        """Prove credentials, privileges, table, columns and keys. It writes nothing."""
        return look(self._api)

    def missing(self) -> list[Step] | Parked | Again:
        """What a set-up would make, in order. It writes nothing."""
        return missing(self._api)

    def make(self, step: Step) -> Result:
        """Make one of what is missing."""
        return make(self._api, step)

    def close(self) -> None:
        """End the connection, if there is one."""
        self._api.close()

    def _about_visit(self, record: VisitRecord | TaskRecord | NoteRecord) -> Result:
        at_visit = isinstance(record, TaskRecord) and record.about is not None
        contact = None if at_visit else self._contact(record.customer)
        if isinstance(contact, Parked | Again):
            return contact
        hidden = None if record.customer is None else record.customer.reference
        if isinstance(record, VisitRecord):
            row = visit_row(record, contact)
            return self._newest(row_id(Kind.VISIT, record.key), row, record.version, hidden)
        if isinstance(record, TaskRecord):
            return write_task(self._api, record, contact)
        return self._note(row_id(Kind.NOTE, record.key), note_row(record, contact), hidden)

    def _note(self, uid: str, row: Mapping[str, Any], hidden: str | None) -> Result:
        """Create a note, which is never written again: what people did with it is theirs."""
        answer = create(self._api, NOTES, uid, row)
        if isinstance(answer, Again):
            return answer
        if answer.status == HTTPStatus.PRECONDITION_FAILED:
            # It is there, or is a duplicate of another row in the eyes of the environment.
            found = self._api.ask("GET", f"{NOTES}({uid})", query={"$select": "annotationid"})
            if isinstance(found, Again):
                return found
            if found.fine:
                return Done(uid)
        return Done(uid) if answer.fine else self._api.refused(answer, hidden)

    def _newest(self, uid: str, row: Mapping[str, Any], version: str, hidden: str | None) -> Result:
        """Create the row of a visit, or write it over an earlier version of it that was read."""
        where = f"{SETS[Kind.VISIT]}({uid})"
        answer = create(self._api, SETS[Kind.VISIT], uid, row)
        for _ in range(TRIES):
            if isinstance(answer, Again):
                return answer
            if answer.status != HTTPStatus.PRECONDITION_FAILED:
                return Done(uid) if answer.fine else self._api.refused(answer, hidden)
            found = self._api.ask("GET", where, query={"$select": "mien_sequence"})
            if isinstance(found, Again):
                return found
            if not found.fine:
                # Refused as a duplicate of another row, whose key somebody copied.
                return self._api.refused(answer, hidden)
            if str(found.json().get("mien_sequence") or "") >= version:
                return Done(uid)
            answer = self._api.ask("PATCH", where, row, headers={"If-Match": etag(found.json())})
        return self._api.restless()

    def _withdraw(self, withdrawal: Withdrawal) -> Result:
        uid = row_id(withdrawal.of, withdrawal.key)
        if withdrawal.of is Kind.VISIT:
            return self._newest(uid, withdrawn_row(withdrawal), withdrawal.version, None)
        answer = self._api.ask("DELETE", f"{SETS[withdrawal.of]}({uid})")
        if isinstance(answer, Again):
            return answer
        return (
            Done(uid) if answer.fine or answer.status == HTTPStatus.NOT_FOUND else self._api.refused(answer)
        )

    def _segment(self, record: SegmentRecord) -> Result:
        """Write the segment of a contact that is there; none is ever created."""
        wanted = solution().contact
        for _ in range(TRIES):
            found = self._found(record.customer, ("contactid", wanted.sequence))
            if isinstance(found, Parked | Again):
                return found
            uid = str(found["contactid"])
            if str(found.get(wanted.sequence) or "") >= record.version:
                return Done(uid)
            row = {
                wanted.segment: None if record.segment is None else str(record.segment),
                wanted.sequence: record.version,
            }
            answer = self._api.ask("PATCH", f"{CONTACTS}({uid})", row, headers={"If-Match": etag(found)})
            if isinstance(answer, Again):
                return answer
            if answer.fine:
                return Done(uid)
            if answer.status != HTTPStatus.PRECONDITION_FAILED:
                return self._api.refused(answer, record.customer.reference)
        return self._api.restless()

    def _contact(self, customer: Customer | None) -> str | Parked | Again | None:
        """The id of the contact of a customer; `None` where nobody is named."""
        if customer is None:
            return None
        found = self._found(customer, ("contactid",))
        return found if isinstance(found, Parked | Again) else str(found["contactid"])

    def _found(self, customer: Customer, columns: tuple[str, ...]) -> dict[str, Any] | Parked | Again:
        """The contact whose alternate key is the reference of the consent.

        Source: "Use an alternate key to reference a record" (https://learn.microsoft.com/en-us/power-apps/developer/
        data-platform/use-alternate-key-reference-record).
        """
        if bad := sorted(_NOT_IN_KEYS & set(customer.reference)):
            return Missing(
                "The reference of this consent has the character %(character)s, with which Dataverse finds no contact "
                "by an alternate key; give such customers another reference.",
                {"character": bad[0]},
            )
        path = f"{CONTACTS}({self._settings.contact_key}={quoted(customer.reference)})"
        answer = self._api.ask("GET", path, query={"$select": ",".join(columns)})
        if isinstance(answer, Again):
            return answer
        if answer.status == HTTPStatus.NOT_FOUND:
            return Missing(
                "%(where)s has no contact whose %(column)s is the reference of this consent; enter it there, then "
                "'mien outbox retry' sends this again.",
                {"where": self.shown, "column": self._settings.contact_key},
            )
        if not answer.fine:
            return self._api.refused(answer, customer.reference)
        found = answer.json()
        if "contactid" not in found:
            return Again("%(where)s answered something else than a contact.", {"where": self.shown})
        return found
