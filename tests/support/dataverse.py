"""Dataverse as far as a connector sees it: an independent OData v4 server (odatapy), extended where Dataverse differs.

Rows, filters, keys, ETags and preconditions, preferences and refusals of what the model does not have are odatapy's.
What Dataverse does beyond it is added here, each with the page of the vendor that says so (all under
https://learn.microsoft.com/en-us/power-apps/developer/data-platform/). The model is made of the definitions that are
posted: a table exists once its definition was taken.
"""

from __future__ import annotations

import json
import re
import threading
import uuid
from collections import deque
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import uvicorn
from odatapy.edm.csdl import (
    CsdlAbstractEdmProvider,
    CsdlEntityContainer,
    CsdlEntitySet,
    CsdlEntityType,
    CsdlProperty,
    CsdlPropertyRef,
    CsdlSchema,
)
from odatapy.http.method import HttpMethod
from odatapy.server import OData
from odatapy.server.inmemory import InMemoryDataStore, InMemoryProcessor
from odatapy.server.processor import CustomETagSupport
from odatapy.server.request import ODataRequest
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from support.waiting import until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from starlette.requests import Request

CLIENT_ID, CLIENT_SECRET, TENANT = (
    "11111111-2222-3333-4444-555555555555",
    "s3cret~of the app",
    "contoso.example",
)
APP_USER = "aaaaaaaa-0000-0000-0000-000000000001"
MANAGER = "aaaaaaaa-0000-0000-0000-000000000002"
ORGANIZATION = "cccccccc-0000-0000-0000-000000000001"

ROOT = "/api/data/v9.2/"
SPACE = "Microsoft.Dynamics.CRM"
KINDS = ("Create", "Read", "Write", "Delete", "Append", "AppendTo", "Assign", "Share")

EDM = {
    "String": "Edm.String", "Memo": "Edm.String", "Decimal": "Edm.Decimal", "DateTime": "Edm.DateTimeOffset",
    "Boolean": "Edm.Boolean", "Integer": "Edm.Int32", "Uniqueidentifier": "Edm.Guid", "Lookup": "Edm.Guid",
}  # fmt: skip


@dataclass
class Column:
    kind: str
    longest: int | None = None


@dataclass
class Table:
    """A table as its definition says."""

    logical: str
    entity_set: str
    key: str
    columns: dict[str, Column]
    binds: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Navigation properties: the lookup column that each fills, and the table that it leads to."""
    keys: list[tuple[str, ...]] = field(default_factory=list)
    key_state: str = "Active"


def text(longest: int) -> Column:
    return Column("String", longest)


def standard() -> list[Table]:
    """Tables that every environment has, with those of their columns that matter.

    Pages: reference/entities/task, reference/entities/annotation, reference/entities/contact: names, kinds and lengths.
    """
    moment, number, uid = Column("DateTime"), Column("Integer"), Column("Uniqueidentifier")
    lookup = Column("Lookup")
    return [
        Table("contact", "contacts", "contactid", {"contactid": uid, "fullname": text(160), "loyalty": text(100)}),
        Table(
            "task", "tasks", "activityid",
            {"activityid": uid, "subject": text(200), "description": Column("Memo", 2000), "scheduledend": moment,
             "actualend": moment, "prioritycode": number, "statecode": number, "statuscode": number,
             "_regardingobjectid_value": lookup, "_ownerid_value": lookup},
            {"regardingobjectid_contact_task": ("_regardingobjectid_value", "contacts"),
             "ownerid": ("_ownerid_value", "systemusers")},
        ),
        Table(
            "annotation", "annotations", "annotationid",
            {"annotationid": uid, "subject": text(500), "notetext": Column("Memo", 100_000), "_objectid_value": lookup},
            {"objectid_contact": ("_objectid_value", "contacts"), "objectid_task": ("_objectid_value", "tasks")},
        ),
        Table("systemuser", "systemusers", "ownerid", {"ownerid": uid, "fullname": text(200)}),
        Table("organization", "organizations", "organizationid", {"organizationid": uid, "languagecode": number}),
        Table("publisher", "publishers", "publisherid",
              {"publisherid": uid, "uniquename": text(256), "friendlyname": text(256), "description": text(2000),
               "customizationprefix": text(8), "customizationoptionvalueprefix": number}),
        Table("solution", "solutions", "solutionid",
              {"solutionid": uid, "uniquename": text(65), "friendlyname": text(256), "version": text(256),
               "description": text(2000), "_publisherid_value": lookup},
              {"publisherid": ("_publisherid_value", "publishers")}),
    ]  # fmt: skip


class _Model(CsdlAbstractEdmProvider):
    def __init__(self, tables: list[Table]) -> None:
        self._tables = tables

    def get_schemas(self) -> list[CsdlSchema]:
        types = [
            CsdlEntityType(
                name=one.logical,
                key=[CsdlPropertyRef(name=one.key)],
                properties=[
                    CsdlProperty(name=name, type=EDM[column.kind], nullable=name != one.key,
                                 **({"precision": 20, "scale": 4} if column.kind == "Decimal" else {}))
                    for name, column in one.columns.items()
                ],
            )
            for one in self._tables
        ]  # fmt: skip
        sets = [CsdlEntitySet(name=one.entity_set, type=f"{SPACE}.{one.logical}") for one in self._tables]
        container = CsdlEntityContainer(name="System", entity_sets=sets)
        return [CsdlSchema(namespace=SPACE, entity_types=types, entity_container=container)]


class _Tagged(CustomETagSupport):
    """Every row has an ETag: perform-conditional-operations-using-web-api, ETags."""

    def has_etag(self, _: object) -> bool:
        return True

    def has_media_etag(self, _: object) -> bool:
        return False


@dataclass(frozen=True)
class Reply:
    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


class Refused(Exception):  # noqa: N818
    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.reply = Reply(status, {"error": {"code": "0x80040217", "message": message}})


class Dataverse:
    """An environment, with the authority that gives tokens for it.

    Args:
        tables: What is defined in it; what every environment has where left out.

    Attributes:
        log: What was asked: method, path below the root, headers.
        meanwhile: What happens by others' hands before the next writes that ask for a version.
        next: Replies that are given to the next requests instead of looking at them.
        lacking: Names of privileges that the application does not have.
        depth: How far those reach that it has.
        alive: Tokens that are taken.
        secret: The client secret that holds.
    """

    def __init__(self, tables: dict[str, Table] | None = None) -> None:
        self.log: list[tuple[str, str, dict[str, str]]] = []
        self.next: deque[Reply] = deque()
        self.meanwhile: deque[Callable[[], object]] = deque()
        self.lacking: set[str] = set()
        self.depth = "Global"
        self.alive: set[str] = set()
        self.secret = CLIENT_SECRET
        self.tokens_given = 0
        self.tables = deepcopy(tables) if tables else {one.logical: one for one in standard()}
        self._store = InMemoryDataStore()
        self._lock = threading.RLock()
        self._rebuild()
        for table, row in (
            ("systemusers", {"ownerid": APP_USER, "fullname": "# Mien"}),
            ("systemusers", {"ownerid": MANAGER, "fullname": "Ana Manager"}),
            ("organizations", {"organizationid": ORGANIZATION, "languagecode": 1036}),
        ):
            self.insert(table, row)
        every = ["GET", "POST", "PATCH", "DELETE", "PUT"]
        self.app = Starlette(routes=[Route(ROOT + "{path:path}", self._answer, methods=every)])
        self.authority = Starlette(
            routes=[
                Route(f"/{TENANT}/v2.0/.well-known/openid-configuration", self._discovery),
                Route(f"/{TENANT}/oauth2/v2.0/token", self._token, methods=["POST"]),
            ]
        )

    # What tests look at and do beside the interface.

    def rows(self, entity_set: str) -> list[dict[str, Any]]:
        """The rows of a set as anybody reads them."""
        return self._odata("GET", entity_set).body["value"]

    def insert(self, entity_set: str, row: dict[str, Any]) -> None:
        table = next(one for one in self.tables.values() if one.entity_set == entity_set)
        assert self._odata("POST", entity_set, self._new(table, row[table.key], row)).status in {201, 204}

    def change(self, entity_set: str, uid: str, row: dict[str, Any]) -> None:
        """Somebody else changes a row."""
        assert self._odata("PATCH", f"{entity_set}({uid})", row, "", {"if-match": "*"}).status in {200, 204}

    def remove(self, entity_set: str, uid: str) -> None:
        """Somebody else removes a row."""
        self._removed(entity_set, uid)
        assert self._odata("DELETE", f"{entity_set}({uid})", headers={"if-match": "*"}).status == 204

    def asked(self, method: str) -> list[str]:
        return [path for name, path, _ in self.log if name == method]

    # The authority: authenticate-oauth; v2-oauth2-client-creds-grant-flow of the identity platform.

    async def _discovery(self, request: Request) -> Response:
        base = f"{request.url.scheme}://{request.url.netloc}/{TENANT}"
        return JSONResponse(
            {
                "issuer": f"{base}/v2.0",
                "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
                "token_endpoint": f"{base}/oauth2/v2.0/token",
            }
        )

    async def _token(self, request: Request) -> Response:
        form = await request.form()
        fits = form.get("client_id") == CLIENT_ID and form.get("client_secret") == self.secret
        if form.get("grant_type") != "client_credentials" or not str(form.get("scope")).endswith("/.default"):
            return JSONResponse({"error": "invalid_request"}, 400)
        if not fits:
            said = "AADSTS7000215: Invalid client secret provided."
            return JSONResponse({"error": "invalid_client", "error_description": said}, 401)
        self.tokens_given += 1
        token = f"token-{uuid.uuid4()}"
        self.alive.add(token)
        return JSONResponse({"token_type": "Bearer", "expires_in": 3599, "access_token": token})

    # The Web API.

    async def _answer(self, request: Request) -> Response:
        raw = request.scope["raw_path"].decode().split("?")[0].removeprefix(ROOT)
        body = await request.body()
        headers = {name.lower(): value for name, value in request.headers.items()}
        with self._lock:
            reply = self._reply(request.method, raw, request.url.query, headers, body)
        given = {"OData-Version": "4.0", **reply.headers}
        if reply.body is None:
            return Response(status_code=reply.status, headers=given)
        return JSONResponse(reply.body, reply.status, headers=given)

    def _reply(self, method: str, raw: str, query: str, headers: dict[str, str], body: bytes) -> Reply:
        path = unquote(raw)
        self.log.append((method, path, headers))
        if self.next:
            # api-limits: 429 with Retry-After; compose-http-requests-handle-errors: 503 and the form of errors.
            return self.next.popleft()
        try:
            self._known(headers)
            sent = json.loads(body) if body else None
            if path.startswith(("EntityDefinitions", "RelationshipDefinitions")):
                return self._definitions(method, path, unquote(query), sent)
            if path == "WhoAmI":
                # reference/whoami
                return Reply(
                    200, {"UserId": APP_USER, "BusinessUnitId": ORGANIZATION, "OrganizationId": ORGANIZATION}
                )
            if path.endswith(f"{SPACE}.RetrieveUserPrivileges()"):
                # reference/retrieveuserprivileges: RolePrivilege with PrivilegeId and Depth
                held = [
                    {"PrivilegeId": one["PrivilegeId"], "Depth": self.depth, "BusinessUnitId": ORGANIZATION}
                    for table in self.tables.values()
                    for one in privileges(table)
                    if one["Name"] not in self.lacking
                ]
                return Reply(200, {"RolePrivileges": held})
            return self._rows(method, path, query, headers, sent)
        except Refused as refused:
            return refused.reply

    def _known(self, headers: dict[str, str]) -> None:
        if headers.get("authorization", "").removeprefix("Bearer ") not in self.alive:
            raise Refused(401, "The token is missing or has ended.")

    def _rows(
        self, method: str, path: str, query: str, headers: dict[str, str], sent: dict[str, Any] | None
    ) -> Reply:
        found = re.fullmatch(r"(\w+)(?:\((.*)\))?", path)
        table = next((t for t in self.tables.values() if found and t.entity_set == found[1]), None)
        if table is None or found is None:
            raise Refused(404, f"Resource not found for the segment '{path}'.")
        uid = None if found[2] is None else self._primary(table, found[2])
        kind = {"GET": "Read", "POST": "Create", "DELETE": "Delete"}.get(method)
        if kind and f"prv{kind}{table.logical}" in self.lacking:
            # compose-http-requests-handle-errors: 403, PrivilegeDenied
            raise Refused(
                403, f"Principal user (Id={APP_USER}) is missing prv{kind}{table.logical} privilege"
            )
        row = None if sent is None else self._taken(table, sent)
        if method in {"PATCH"}:
            return self._upsert(table, uid, row or {}, headers)
        if method == "POST":
            reply = self._odata("POST", table.entity_set, self._new(table, str(uuid.uuid4()), row or {}))
            return self._short(reply, headers)
        if uid is None and found[2] is not None:
            raise Refused(404, f"{table.logical} With Id = {found[2]} Does Not Exist")
        where = table.entity_set if uid is None else f"{table.entity_set}({uid})"
        if method == "DELETE":
            # update-delete-entities-using-web-api, Basic delete: whatever version is there; odatapy wants one named.
            headers = {"if-match": "*", **headers}
            self._removed(table.entity_set, str(uid))
        return self._odata(method, where, None, query, headers)

    def _upsert(self, table: Table, uid: str | None, row: dict[str, Any], headers: dict[str, str]) -> Reply:
        """update-delete-entities-using-web-api, Upsert; perform-conditional-operations-using-web-api, limit upserts."""
        if uid is None:
            raise Refused(404, f"{table.logical} Does Not Exist")
        if self.meanwhile and "if-match" in headers:
            self.meanwhile.popleft()()
        there = self._odata("GET", f"{table.entity_set}({uid})").status == 200
        if there and headers.get("if-none-match") == "*":
            raise Refused(412, "A record with matching key values already exists.")
        if not there and "if-match" in headers:
            raise Refused(404, f"{table.logical} With Id = {uid} Does Not Exist")
        kind = "Write" if there else "Create"
        if f"prv{kind}{table.logical}" in self.lacking:
            raise Refused(
                403, f"Principal user (Id={APP_USER}) is missing prv{kind}{table.logical} privilege"
            )
        for columns in table.keys:
            # define-alternate-keys-entity: a key is unique; compose-http-requests-handle-errors: 412, DuplicateRecord
            wanted = [row.get(name) for name in columns]
            for other in self.rows(table.entity_set):
                same = [other.get(name) for name in columns] == wanted and None not in wanted
                if same and other[table.key] != uid:
                    raise Refused(412, "A record with matching key values already exists.")
        if table.logical == "task":
            row = self._task(row, there=there)
        if not there:
            return self._short(self._odata("POST", table.entity_set, self._new(table, uid, row)), headers)
        # Where no version is asked for, Dataverse writes whatever is there; odatapy wants one to be named.
        given = {**headers, "if-match": headers.get("if-match", "*")}
        return self._short(self._odata("PATCH", f"{table.entity_set}({uid})", row, "", given), headers)

    def _removed(self, entity_set: str, uid: str) -> None:
        """reference/entities/task, Task_Annotation: what is joined to a task as its note goes with it."""
        for note in self.rows("annotations") if entity_set == "tasks" else ():
            if note["_objectid_value"] == uid:
                self._odata("DELETE", f"annotations({note['annotationid']})", headers={"if-match": "*"})

    def _short(self, reply: Reply, headers: dict[str, str]) -> Reply:
        """compose-http-requests-handle-errors: 204 unless return=representation is preferred."""
        if reply.status >= 300 or "return=representation" in headers.get("prefer", ""):
            return reply
        kept = {"OData-EntityId": reply.headers.get("OData-EntityId") or reply.headers.get("Location", "")}
        return Reply(204, None, {name: value for name, value in kept.items() if value})

    @staticmethod
    def _new(table: Table, uid: str, row: dict[str, Any]) -> dict[str, Any]:
        """retrieve-entity-using-web-api: a row has all its columns, null where nothing was written."""
        return {**dict.fromkeys(table.columns), table.key: uid, **row}

    def _task(self, row: dict[str, Any], *, there: bool) -> dict[str, Any]:
        """reference/entities/task: open at first, owned by whoever makes it; actualend is when it was closed."""
        if not there:
            return {"statecode": 0, "statuscode": 2, "_ownerid_value": APP_USER, **row}
        if row.get("statecode") in {1, 2} and "actualend" not in row:
            return {**row, "actualend": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"}
        return row

    def _taken(self, table: Table, sent: dict[str, Any]) -> dict[str, Any]:
        """A body with its references as lookup columns.

        associate-disassociate-entities-using-web-api: @odata.bind, null to take away; web-api-properties, lookup
        properties: `_name_value`. reference/entities: what is longer than its column is refused.
        """
        row: dict[str, Any] = {}
        for name, value in sent.items():
            if name.endswith("@odata.bind"):
                bind = table.binds.get(name.removesuffix("@odata.bind"))
                if bind is None:
                    raise Refused(400, f"An undeclared property '{name}' has no corresponding property.")
                row[bind[0]] = None if value is None else self._bound(value, bind[1])
                continue
            column = table.columns.get(name)
            if column and column.longest and isinstance(value, str):
                units = len(value.encode("utf-16-le")) // 2
                if units > column.longest:
                    raise Refused(400, f"A validation error occurred. The length of the '{name}' attribute of the "
                                       f"'{table.logical}' entity exceeded the maximum allowed length of "
                                       f"'{column.longest}'.")  # fmt: skip
            row[name] = value
        return row

    def _bound(self, value: str, wanted: str) -> str:
        found = re.fullmatch(r"/?(\w+)\(([0-9a-f-]{36})\)", value)
        if found is None or found[1] != wanted:
            raise Refused(400, f"'{value}' is no reference to {wanted}.")
        if self._odata("GET", f"{found[1]}({found[2]})").status != 200:
            raise Refused(404, f"Entity '{found[1]}' With Id = {found[2]} Does Not Exist")
        return found[2]

    def _primary(self, table: Table, inside: str) -> str | None:
        """use-alternate-key-reference-record; define-alternate-keys-entity: not with some characters."""
        named = re.fullmatch(r"(\w+)='(.*)'", inside)
        if named is None:
            return inside.removeprefix(f"{table.key}=")
        if (named[1],) not in table.keys:
            raise Refused(
                400, f"The key in the request URI is not valid for resource '{SPACE}.{table.logical}'."
            )
        value = named[2].replace("''", "'")
        if set(value) & set("/<>*%&:\\?+"):
            raise Refused(400, "Bad Request - Invalid URL")
        same = [row for row in self.rows(table.entity_set) if row.get(named[1]) == value]
        return same[0][table.key] if same else None

    # Definitions: query-metadata-web-api, create-update-entity-definitions-using-web-api and its neighbours.

    def _definitions(self, method: str, path: str, query: str, sent: dict[str, Any] | None) -> Reply:
        if method == "POST" and sent is not None:
            return self._define(path, sent)
        if path == "EntityDefinitions":
            wanted = re.search(r"LogicalName eq '(\w+)'", query.replace("+", " "))
            found = [t for name, t in self.tables.items() if wanted is None or name == wanted[1]]
            return Reply(200, {"value": [defined(one) for one in found]})
        table, what = self._named(path)
        if what == "Keys":
            keys = [{"SchemaName": "k", "KeyAttributes": list(one), "EntityKeyIndexStatus": table.key_state}
                    for one in table.keys]  # fmt: skip
            return Reply(200, {"value": keys})
        if what == "Attributes":
            names = [re.sub(r"^_(\w+)_value$", r"\1", name) for name in table.columns]
            return Reply(200, {"value": [{"LogicalName": name, "SchemaName": name} for name in names]})
        if what is None:
            return Reply(200, defined(table))
        # Columns of one kind, such as choices: none of these tables has any.
        return Reply(200, {"value": []})

    def _named(self, path: str) -> tuple[Table, str | None]:
        found = re.fullmatch(r"EntityDefinitions\((?:LogicalName='(\w+)'|([0-9a-f-]{36}))\)(?:/(.+))?", path)
        for table in self.tables.values():
            if found and found[1 if found[1] else 2] in {table.logical, metadata_id(table)}:
                return table, found[3]
        raise Refused(404, f"Could not find an entity with the name of '{path}'.")

    def _define(self, path: str, sent: dict[str, Any]) -> Reply:
        if path == "EntityDefinitions":
            logical = sent["SchemaName"].lower()
            if logical in self.tables:
                raise Refused(400, f"An entity with the specified name {logical} already exists.")
            if not any(one.get("IsPrimaryName") for one in sent["Attributes"]):
                raise Refused(400, "The primary name attribute is missing.")
            made = Table(logical, f"{logical}s", f"{logical}id", {f"{logical}id": Column("Uniqueidentifier")})
            for one in sent["Attributes"]:
                made.columns[one["SchemaName"].lower()] = _column(one)
            self.tables[logical] = made
            # entity-metadata, HasActivities and HasNotes: tasks may be about it, notes may stand in its timeline.
            if sent.get("HasActivities"):
                nav = f"regardingobjectid_{logical}_task"
                self.tables["task"].binds[nav] = ("_regardingobjectid_value", made.entity_set)
            if sent.get("HasNotes"):
                self.tables["annotation"].binds[f"objectid_{logical}"] = ("_objectid_value", made.entity_set)
        elif path == "RelationshipDefinitions":
            table = self.tables[sent["ReferencingEntity"]]
            column = f"_{sent['Lookup']['SchemaName'].lower()}_value"
            table.columns[column] = Column("Lookup")
            to = self.tables[sent["ReferencedEntity"]].entity_set
            table.binds[sent["ReferencingEntityNavigationPropertyName"]] = (column, to)
        else:
            table, what = self._named(path)
            if what == "Attributes":
                table.columns[sent["SchemaName"].lower()] = _column(sent)
            elif what == "Keys":
                if unknown := set(sent["KeyAttributes"]) - set(table.columns):
                    raise Refused(400, f"Attributes {unknown} are not there.")
                table.keys.append(tuple(sent["KeyAttributes"]))
        self._rebuild()
        return Reply(204, None, {"OData-EntityId": f"EntityDefinitions({uuid.uuid4()})"})

    # odatapy.

    def _rebuild(self) -> None:
        odata = OData.new_instance()
        odata.strict_deserialization = True  # a column that is not there is refused
        self._handler = odata.create_handler(
            odata.create_service_metadata(_Model(list(self.tables.values())))
        )
        self._handler.register(InMemoryProcessor(self._store))
        self._handler.register(_Tagged())

    def _odata(
        self, method: str, path: str, row: dict[str, Any] | None = None, query: str = "",
        headers: dict[str, str] | None = None,
    ) -> Reply:  # fmt: skip
        kept = {k: v for k, v in (headers or {}).items() if k in {"if-match", "if-none-match", "prefer"}}
        if method == "GET":
            kept.pop("if-none-match", None)
        request = ODataRequest(
            method=HttpMethod(method),
            raw_odata_path=path,
            raw_query_path=query or None,
            raw_base_uri="http://localhost" + ROOT.rstrip("/"),
            raw_request_uri="http://localhost" + ROOT + path,
            body=b"" if row is None else json.dumps(row).encode(),
            _headers={
                "content-type": "application/json",
                "accept": "application/json",
                "odata-maxversion": "4.0",
                **kept,
            },
        )
        answer = self._handler.process(request)
        raw = answer.body_bytes()
        given = {k: v for k, v in answer.headers.items() if k.lower() in {"odata-entityid", "location"}}
        return Reply(answer.status_code, json.loads(raw) if raw else None, given)


def _column(sent: dict[str, Any]) -> Column:
    if not sent["DisplayName"]["LocalizedLabels"][0]["LanguageCode"] == 1036:
        raise Refused(400, "Label for the base language is missing.")
    return Column(sent["AttributeType"], sent.get("MaxLength"))


def metadata_id(table: Table) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_DNS, table.logical))


def privileges(table: Table) -> list[dict[str, str]]:
    return [
        {"Name": f"prv{kind}{table.logical}", "PrivilegeType": kind,
         "PrivilegeId": str(uuid.uuid5(uuid.NAMESPACE_DNS, f"{kind}{table.logical}"))}
        for kind in KINDS
    ]  # fmt: skip


def defined(table: Table) -> dict[str, Any]:
    return {
        "MetadataId": metadata_id(table), "LogicalName": table.logical, "SchemaName": table.logical,
        "EntitySetName": table.entity_set, "PrimaryIdAttribute": table.key, "PrimaryNameAttribute": "mien_name",
        "Privileges": privileges(table),
    }  # fmt: skip


@contextmanager
def served(app: Any, certificate: Path | None = None, key: Path | None = None) -> Iterator[int]:
    """An application on a port of this machine, with TLS where a certificate is given."""
    more = {} if certificate is None else {"ssl_certfile": str(certificate), "ssl_keyfile": str(key)}
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="critical", lifespan="off", **more)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        until(lambda: server.started, "the server")
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()
