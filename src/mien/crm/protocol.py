"""What every connector can do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mien.crm.records import Record
    from mien.crm.results import Again, Closing, Finding, Parked, Result, Step


class Connector(Protocol):
    """A way into a customer system. It remembers nothing of what is still to go: the outbox does.

    The promises, which `tests/crm/test_conformance.py` holds every connector to:

    - The same record sent again, after whatever happened, changes nothing: it is there once.
    - Of one key the highest sequence wins, in whatever order they come. (The webhook says both, for its receiver.)
    - A task that was changed is changed there while it is open, and only in subject and evidence. What people have
      written there is never lost: a text that they changed stays theirs, and what is new is told beside it.
    - A task that was made before is never made anew. One that is closed or gone stays so, and that is said by the
      result, where `reads_back` is true.
    - Expected refusals are results. An exception is a mistake of the programme.
    - No credential and no reference of a customer is logged or stands in a result.
    """

    @property
    def name(self) -> str:
        """Its name in the site file, at most 40 characters."""

    @property
    def shown(self) -> str:
        """Where it leads, for people to read; without credentials."""

    @property
    def reads_back(self) -> bool:
        """Whether `closings` can tell anything."""

    def send(self, record: Record) -> Result:
        """Write one record, wait until the other side has confirmed it, and say what became of it."""

    def closings(self, keys: Sequence[str]) -> list[Closing] | Parked | Again:
        """Which of these tasks are open no more, at most once each; none where `reads_back` is false.

        Args:
            keys: Keys of task records that were written.
        """

    def check(self) -> list[Finding]:
        """Prove credentials, permissions and what must be there. It writes nothing."""

    def missing(self) -> list[Step] | Parked | Again:
        """What a set-up would make, in order. It writes nothing."""

    def make(self, step: Step) -> Result:
        """Make one of what is missing; what is there by now is left as it is."""

    def close(self) -> None:
        """End the connection, if there is one. `send` may be called again."""
