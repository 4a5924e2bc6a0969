"""Records as signed messages to an address."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid5

from mien.crm.http import ANSWER_S
from mien.crm.plain import kind_of, plain
from mien.crm.records import VisitRecord
from mien.crm.results import Parked
from mien.crm.signing import Hook

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from mien.crm.records import Record
    from mien.crm.results import Again, Closing, Finding, Result, Step
    from mien.site.crm import WebhookCrm

NAMESPACE: Final = UUID("0d3b7c6a-2f0e-5d0e-9a61-58c4f1f7a9d3")
"""Of the ids of messages. It never changes: a receiver knows by them what came before."""


class WebhookConnector:
    """A connector to an address that takes messages.

    Args:
        settings: The table of the site file.
        environ: Environment variables for the secret; those of the process where left out.
        answer_s: Seconds for which an answer is waited for.
        clock: Seconds since 1970, for the timestamp of an attempt.

    Raises:
        SettingError: The secret is not where the site file says, or is none.
    """

    name: Final = "webhook"
    reads_back: Final = False

    def __init__(
        self,
        settings: WebhookCrm,
        environ: Mapping[str, str] | None = None,
        *,
        answer_s: float = ANSWER_S,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._hook = Hook(settings, "crm.webhook", environ, answer_s=answer_s, clock=clock)

    @property
    def shown(self) -> str:
        """Where it leads, for people to read."""
        return self._hook.shown

    def send(self, record: Record) -> Result:
        """Send one record as a message and wait until it is taken."""
        kind, data = kind_of(record), plain(record)
        told: dict[str, object] = {"type": f"mien.crm.{kind}", "data": data}
        if isinstance(record, VisitRecord) and data["ended_at"] is not None:
            told["timestamp"] = data["ended_at"]
        body = json.dumps(told, allow_nan=False, ensure_ascii=False, separators=(",", ":")).encode()
        uid = f"msg_{uuid5(NAMESPACE, f'{kind}/{record.key}/{record.version}').hex}"
        customer = getattr(record, "customer", None)
        hidden = None if customer is None else customer.reference
        return self._hook.post(uid, body, "application/json", hidden)

    def closings(self, keys: Sequence[str]) -> list[Closing] | Parked | Again:  # noqa: ARG002  (of the protocol)
        """Nothing: messages go one way."""
        return []

    def check(self) -> list[Finding]:
        """Whether the address answers; nothing is sent to it."""
        return [self._hook.check()]

    def missing(self) -> list[Step] | Parked | Again:
        """Nothing: the receiver is made by whoever runs it."""
        return []

    def make(self, step: Step) -> Result:
        """Nothing: there is no step."""
        return Parked("There is no step '%(key)s'.", {"key": step.key})

    def close(self) -> None:
        """End the connection, if there is one."""
        self._hook.close()
