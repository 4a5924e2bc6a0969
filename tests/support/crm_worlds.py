"""Customer systems to write into: Dataverse over odatapy, a receiver of webhooks, a folder."""

from __future__ import annotations

import csv
import json
from contextlib import closing, contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from standardwebhooks import Webhook
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from mien.crm import Connector, Customer, Done, Kind
from mien.crm.csv_files import CsvConnector
from mien.crm.dataverse import DataverseConnector
from mien.crm.dataverse.rows import row_id
from mien.crm.webhook import WebhookConnector
from mien.privacy import Consent, Purpose
from mien.site import CsvCrm, DataverseCrm, WebhookCrm
from support.dataverse import CLIENT_ID, CLIENT_SECRET, MANAGER, TENANT, Dataverse, Reply
from support.waiting import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from starlette.requests import Request

    from support.dataverse import Table
    from support.faults import Proxy

GIVEN = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
REFERENCE = "L-4711 d'Arc"
HOOK_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYqrTwjU"
ENVIRON = {"APP_SECRET": CLIENT_SECRET, "HOOK_SECRET": HOOK_SECRET}
CONTACT = "bbbbbbbb-0000-0000-0000-000000000001"


def consent(reference: str = REFERENCE, **keys: Any) -> Consent:
    return Consent(reference, Purpose.VISITS, GIVEN, "form", "Ana", GIVEN + timedelta(days=700), **keys)


def customer(reference: str = REFERENCE) -> Customer:
    return Customer(consent(reference), NOW)


class Switch:
    """An application that is another one in each test, at the same port."""

    def __init__(self) -> None:
        self.app: Any = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self.app(scope, receive, send)


@dataclass(frozen=True)
class Hosts:
    """Servers that stay while the applications behind them change.

    Attributes:
        authority: Port of what gives tokens, with TLS.
        crm: Port of the customer system, without: a proxy stands before it.
        tls: Port of the same with TLS.
        ca_file: The certificate of the authority that signed both.
        tokens: The application that gives tokens.
        system: The application that is the customer system.
        defined: Tables of an environment that was set up once, for tests of what comes after.
    """

    authority: int
    crm: int
    tls: int
    ca_file: Path
    tokens: Switch
    system: Switch
    defined: dict[str, Table] = field(default_factory=dict)


class DataverseWorld:
    """Microsoft's system: what is there is read past the interface."""

    kind, closes = "dataverse", True

    def __init__(self, hosts: Hosts, proxy: Proxy, *, new: bool = False) -> None:
        self.server, self.proxy, self._hosts = Dataverse(None if new else hosts.defined or None), proxy, hosts
        hosts.tokens.app, hosts.system.app = self.server.authority, self.server.app
        self.url = f"http://127.0.0.1:{proxy.port}"
        self.tls_url, self.ca_file = f"https://localhost:{hosts.tls}", hosts.ca_file

    def settings(self, **keys: Any) -> DataverseCrm:
        return DataverseCrm.model_validate(
            {
                "url": self.url,
                "tenant": TENANT,
                "client_id": CLIENT_ID,
                "client_secret": {"env": "APP_SECRET"},
                "task_owner": MANAGER,
                "authority": f"https://localhost:{self._hosts.authority}",
                "ca_file": self._hosts.ca_file,
                **keys,
            }
        )

    def table(self) -> str:
        """The table of a site file that leads here."""
        settings = self.settings()
        return (
            f'[crm.dataverse]\nurl = "{settings.url}"\ntenant = "{TENANT}"\nclient_id = "{CLIENT_ID}"\n'
            f'client_secret = {{ env = "APP_SECRET" }}\nauthority = "{settings.authority}"\n'
            f'ca_file = "{settings.ca_file}"\n'
        )

    def connector(self, *, answer_s: float = 60.0, **keys: Any) -> Connector:
        return DataverseConnector(self.settings(**keys), ENVIRON, answer_s=answer_s)

    def set_up(self, **keys: Any) -> None:
        if not self._hosts.defined:
            self._make(**keys)
            self._hosts.defined.update(deepcopy(self.server.tables))
        elif not self.server.rows("solutions"):
            self.server.insert("publishers", {"publisherid": str(uuid4()), "uniquename": "mien"})
            self.server.insert("solutions", {"solutionid": str(uuid4()), "uniquename": "mien_experience"})
        self.know(REFERENCE)

    def _make(self, **keys: Any) -> None:
        with closing(self.connector(**keys)) as connector:
            steps = connector.missing()
            assert isinstance(steps, list), steps
            for step in steps:
                assert isinstance(connector.make(step), Done), step

    def know(self, reference: str, uid: str = CONTACT) -> None:
        self.server.insert("contacts", {"contactid": uid, "fullname": "Jeanne", "mien_reference": reference})

    def refuse_next(self) -> None:
        error = {"error": {"code": "0x8004", "message": "A plug-in says no to L-4711 d'Arc."}}
        # A record about a customer asks for the contact first.
        self.server.next.append(Reply(400, error))

    def busy_next(self) -> None:
        self.server.next.append(Reply(429, {"error": {"message": "Too many."}}, {"Retry-After": "17"}))

    @contextmanager
    def unreachable(self) -> Iterator[Connector]:
        with closing(self.connector(url=f"http://127.0.0.1:{free_port()}")) as connector:
            yield connector

    def visits(self) -> list[dict[str, Any]]:
        return [
            {"key": one["mien_key"], "sequence": int(one["mien_sequence"]), "site": one["mien_site"],
             "outcome": one["mien_outcome"], "began": one["mien_startedat"],
             "customer": bool(one["_mien_contact_value"])}
            for one in self.server.rows("mien_visits")
        ]  # fmt: skip

    def tasks(self) -> list[dict[str, Any]]:
        return [
            {"subject": one["subject"], "evidence": one["description"], "due": one["scheduledend"]}
            for one in self.server.rows("tasks")
        ]

    def close_task(self, key: str) -> None:
        self.server.change("tasks", row_id(Kind.TASK, key), {"statecode": 1})

    def edit_task(self, key: str, subject: str, evidence: str) -> None:
        row = {"subject": subject, "description": evidence}
        self.server.change("tasks", row_id(Kind.TASK, key), row)

    def remove_task(self, key: str) -> None:
        self.server.remove("tasks", row_id(Kind.TASK, key))

    def words(self) -> str:
        """All that people read at tasks."""
        tasks = [f"{one['subject']}\n{one['evidence']}" for one in self.tasks()]
        return "\n".join([*tasks, *(one["text"] for one in self.notes())])

    def notes(self) -> list[dict[str, Any]]:
        return [{"title": one["subject"], "text": one["notetext"]} for one in self.server.rows("annotations")]

    def segment(self) -> str | None:
        return self.server.rows("contacts")[0]["mien_segment"]


class WebhookWorld:
    """A receiver as the convention asks for one: it verifies with the convention's library, and takes each id once."""

    kind, closes = "webhook", False

    def __init__(self, hosts: Hosts, proxy: Proxy) -> None:
        self.got: dict[str, dict[str, Any]] = {}
        self._theirs: list[str] = []
        self.proxy = proxy
        self._next: list[Response] = []
        hosts.system.app = Starlette(routes=[Route("/hook", self._take, methods=["POST", "HEAD"])])

    async def _take(self, request: Request) -> Response:
        if request.method == "HEAD":
            return Response(status_code=405)
        body = (await request.body()).decode()
        Webhook(HOOK_SECRET).verify(body, dict(request.headers))
        if self._next:
            return self._next.pop()
        self.got.setdefault(request.headers["webhook-id"], json.loads(body))
        return Response(status_code=204)

    def connector(self, *, answer_s: float = 60.0, port: int | None = None) -> Connector:
        settings = WebhookCrm.model_validate(
            {"url": f"http://127.0.0.1:{port or self.proxy.port}/hook", "secret": {"env": "HOOK_SECRET"}}
        )
        return WebhookConnector(settings, ENVIRON, answer_s=answer_s)

    def set_up(self) -> None:
        """Nothing is to be made."""

    def refuse_next(self) -> None:
        self._next.append(Response("no to L-4711 d'Arc", 400))

    def busy_next(self) -> None:
        self._next.append(Response(status_code=429, headers={"Retry-After": "17"}))

    @contextmanager
    def unreachable(self) -> Iterator[Connector]:
        with closing(self.connector(port=free_port())) as connector:
            yield connector

    def _newest(self, kind: str) -> list[dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        for message in self.got.values():
            one = message["data"]
            if (
                message["type"] == f"mien.crm.{kind}"
                and one["sequence"] >= found.get(one["key"], one)["sequence"]
            ):
                found[one["key"]] = one
        return list(found.values())

    def visits(self) -> list[dict[str, Any]]:
        gone = {one["key"]: one for one in self._newest("withdrawal")}
        return [
            {"key": one["key"], "sequence": int(one["sequence"]), "site": one["site"],
             "outcome": one["outcome"] if one["key"] not in gone else "withdrawn", "began": one["started_at"],
             "customer": one["customer"] is not None and one["key"] not in gone}
            for one in self._newest("visit")
        ]  # fmt: skip

    def tasks(self) -> list[dict[str, Any]]:
        return [{"subject": one["subject"], "evidence": one["evidence"], "due": one["due_at"]}
                for one in self._newest("task")]  # fmt: skip

    def close_task(self, key: str) -> None:
        """What people do with it stays with them."""

    def edit_task(self, key: str, subject: str, evidence: str) -> None:
        """In the receiver's own copy, which no message touches."""
        self._theirs += [key, subject, evidence]

    def remove_task(self, key: str) -> None:
        """Likewise."""

    def words(self) -> str:
        """All that people read at tasks: what they made of it, and what the newest messages say."""
        return "\n".join([*self._theirs, *(f"{one['subject']}\n{one['evidence']}" for one in self.tasks())])

    def notes(self) -> list[dict[str, Any]]:
        return [{"title": one["title"], "text": one["text"]} for one in self._newest("note")]

    def segment(self) -> str | None:
        return self._newest("segment")[0]["segment"]


class CsvWorld:
    """Files as any program reads them."""

    kind, closes = "csv", False

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def connector(self, *, answer_s: float = 60.0) -> Connector:
        return CsvConnector(CsvCrm(folder=self.folder), answer_s=answer_s)

    def set_up(self) -> None:
        """The folder is made with the first record."""

    def refuse_next(self) -> None:
        for name in ("visits.csv", "segments.csv"):
            (self.folder / name).write_text("another,file\r\n")

    def read(self, name: str) -> list[dict[str, Any]]:
        path = self.folder / name
        if not path.exists():
            return []
        with path.open(newline="", encoding="utf-8") as opened:
            rows = list(csv.DictReader(opened))
        assert len({(one["key"], one["sequence"]) for one in rows}) == len(rows), "each is there once"
        return list({one["key"]: one for one in rows}.values())

    @contextmanager
    def unreachable(self) -> Iterator[Connector]:
        (self.folder.parent / "file").write_text("")
        with closing(CsvConnector(CsvCrm(folder=self.folder.parent / "file" / "below"))) as connector:
            yield connector

    def visits(self) -> list[dict[str, Any]]:
        gone = {one["key"] for one in self.read("withdrawals.csv")}
        return [
            {"key": one["key"], "sequence": int(one["sequence"]), "site": one["site"],
             "outcome": "withdrawn" if one["key"] in gone else one["outcome"], "began": one["started_at"],
             "customer": bool(one["customer"]) and one["key"] not in gone}
            for one in self.read("visits.csv")
        ]  # fmt: skip

    def tasks(self) -> list[dict[str, Any]]:
        return [{"subject": one["subject"], "evidence": one["evidence"], "due": one["due_at"]}
                for one in self.read("tasks.csv")]  # fmt: skip

    def close_task(self, key: str) -> None:
        """What people do with it stays with them."""

    def edit_task(self, key: str, subject: str, evidence: str) -> None:
        """In a spreadsheet, which saves the whole file anew."""
        path = self.folder / "tasks.csv"
        with path.open(newline="", encoding="utf-8") as opened:
            columns, *rows = list(csv.reader(opened))
        for row in rows:
            if row[0] == key:
                row[columns.index("subject")], row[columns.index("evidence")] = subject, evidence
        saved = path.with_suffix(".new")
        with saved.open("w", newline="", encoding="utf-8") as opened:
            csv.writer(opened, lineterminator="\r\n").writerows([columns, *rows])
        saved.replace(path)

    def remove_task(self, key: str) -> None:
        """Rows are only added."""

    def words(self) -> str:
        """All that stands in the file."""
        return (self.folder / "tasks.csv").read_text("utf-8")

    def notes(self) -> list[dict[str, Any]]:
        return [{"title": one["title"], "text": one["text"]} for one in self.read("notes.csv")]

    def segment(self) -> str | None:
        return self.read("segments.csv")[0]["segment"]


World = DataverseWorld | WebhookWorld | CsvWorld
"""Whatever a connector writes into."""

WORLDS = {"dataverse": DataverseWorld, "webhook": WebhookWorld, "csv": CsvWorld}
"""By what the connector is called."""
