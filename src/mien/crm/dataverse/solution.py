"""What must be in an environment: the definitions of `solution.toml` as the Web API takes them.

Sources, all under https://learn.microsoft.com/en-us/power-apps/developer/data-platform/: "Create and update table
definitions using the Web API" (webapi/create-update-entity-definitions-using-web-api), "Create and update column
definitions using the Web API" (webapi/create-update-column-definitions-using-web-api), "Create and update table
relationships using the Web API" (webapi/create-update-entity-relationships-using-web-api), "Work with alternate keys"
(define-alternate-keys-entity).
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict

SPACE: Final = "Microsoft.Dynamics.CRM"
"""The namespace of types and functions of the Web API."""

Body = dict[str, Any]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Publisher(_Part):
    """Who publishes: its prefix begins every name."""

    uniquename: str
    friendlyname: str
    description: str
    customizationprefix: str
    customizationoptionvalueprefix: int


class SolutionHead(_Part):
    """What holds all of it together, so that it can be seen, exported and removed as one."""

    uniquename: str
    friendlyname: str
    version: str
    description: str


class ColumnOf(_Part):
    """A column."""

    schema_: str
    type: Literal["text", "memo", "decimal", "moment", "yesno"]
    name: str
    description: str
    length: int = 0
    primary: bool = False

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=lambda name: name.rstrip("_"))


class KeyOf(_Part):
    """An alternate key."""

    schema_: str
    name: str
    columns: tuple[str, ...] = ()

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=lambda name: name.rstrip("_"))


class TableOf(_Part):
    """A table of our own."""

    schema_: str
    set: str
    name: str
    plural: str
    description: str
    alternate_key: KeyOf
    columns: tuple[ColumnOf, ...]

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=lambda name: name.rstrip("_"))

    @property
    def longest(self) -> dict[str, int]:
        """Characters that its columns of text take."""
        return {one.schema_: one.length for one in self.columns if one.length}


class LookupOf(_Part):
    """The column of our table that leads to a contact."""

    schema_: str
    relationship: str
    to: str
    to_id: str
    name: str
    description: str

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=lambda name: name.rstrip("_"))


class ContactOf(_Part):
    """What is added to contacts."""

    segment: str
    sequence: str
    reference: str
    alternate_key: KeyOf
    columns: tuple[ColumnOf, ...]


class TaskOf(_Part):
    """What is added to tasks."""

    columns: tuple[ColumnOf, ...]


class Solution(_Part):
    """All of `solution.toml`."""

    publisher: Publisher
    solution: SolutionHead
    table: TableOf
    lookup: LookupOf
    contact: ContactOf
    task: TaskOf


@cache
def solution() -> Solution:
    """The definitions that ship with Mien."""
    text = files("mien.crm.dataverse").joinpath("solution.toml").read_text("utf-8")
    return Solution.model_validate(tomllib.loads(text))


def publisher_body() -> Body:
    """A publisher, for `POST publishers`."""
    return solution().publisher.model_dump()


def solution_body(publisher: str) -> Body:
    """A solution, for `POST solutions`.

    Args:
        publisher: Id of the publisher.
    """
    return {**solution().solution.model_dump(), "publisherid@odata.bind": f"/publishers({publisher})"}


def table_body(language: int) -> Body:
    """The table with its columns, for `POST EntityDefinitions`.

    Args:
        language: The base language of the environment (LCID), in which labels must be given.
    """
    table = solution().table
    return {
        "@odata.type": f"{SPACE}.EntityMetadata",
        "SchemaName": table.schema_,
        "DisplayName": _label(table.name, language),
        "DisplayCollectionName": _label(table.plural, language),
        "Description": _label(table.description, language),
        "OwnershipType": "UserOwned",
        "IsActivity": False,
        # Tasks are about visits, and notes stand in their timeline.
        "HasActivities": True,
        "HasNotes": True,
        "Attributes": [column_body(one, language) for one in table.columns],
    }


def column_body(column: ColumnOf, language: int) -> Body:
    """A column, for `POST EntityDefinitions(LogicalName='…')/Attributes`."""
    kind, more = _TYPES[column.type]
    body: Body = {
        "@odata.type": f"{SPACE}.{kind}AttributeMetadata",
        "AttributeType": kind,
        "AttributeTypeName": {"Value": f"{kind}Type"},
        "SchemaName": column.schema_,
        "DisplayName": _label(column.name, language),
        "Description": _label(column.description, language),
        "RequiredLevel": {
            "Value": "None",
            "CanBeChanged": True,
            "ManagedPropertyLogicalName": "canmodifyrequirementlevelsettings",
        },
        **more,
    }
    if column.length:
        body["MaxLength"] = column.length
    if column.primary:
        body["IsPrimaryName"] = True
    if column.type == "yesno":
        body["OptionSet"] = {
            "OptionSetType": "Boolean",
            "TrueOption": {"Value": 1, "Label": _label("Yes", language)},
            "FalseOption": {"Value": 0, "Label": _label("No", language)},
        }
    return body


def lookup_body(language: int) -> Body:
    """The relationship with its lookup column, for `POST RelationshipDefinitions`.

    Removing a contact takes the reference away and leaves the visit, which then is nobody's.
    """
    lookup, table = solution().lookup, solution().table
    return {
        "@odata.type": f"{SPACE}.OneToManyRelationshipMetadata",
        "SchemaName": lookup.relationship,
        "ReferencedEntity": lookup.to,
        "ReferencedAttribute": lookup.to_id,
        "ReferencingEntity": table.schema_,
        "ReferencingEntityNavigationPropertyName": lookup.schema_,
        "CascadeConfiguration": {
            "Assign": "NoCascade",
            "Delete": "RemoveLink",
            "Merge": "Cascade",
            "Reparent": "NoCascade",
            "Share": "NoCascade",
            "Unshare": "NoCascade",
        },
        "Lookup": {
            "@odata.type": f"{SPACE}.LookupAttributeMetadata",
            "AttributeType": "Lookup",
            "AttributeTypeName": {"Value": "LookupType"},
            "SchemaName": lookup.schema_,
            "DisplayName": _label(lookup.name, language),
            "Description": _label(lookup.description, language),
            "RequiredLevel": {
                "Value": "None",
                "CanBeChanged": True,
                "ManagedPropertyLogicalName": "canmodifyrequirementlevelsettings",
            },
        },
    }


def key_body(key: KeyOf, columns: tuple[str, ...], language: int) -> Body:
    """An alternate key, for `POST EntityDefinitions(LogicalName='…')/Keys`."""
    return {
        "@odata.type": f"{SPACE}.EntityKeyMetadata",
        "SchemaName": key.schema_,
        "DisplayName": _label(key.name, language),
        "KeyAttributes": list(columns),
    }


_TYPES: Final[dict[str, tuple[str, Body]]] = {
    "text": ("String", {"FormatName": {"Value": "Text"}}),
    "memo": ("Memo", {"Format": "TextArea", "ImeMode": "Auto", "IsLocalizable": False}),
    "decimal": ("Decimal", {"MinValue": -1000.0, "MaxValue": 1000.0, "Precision": 2}),
    "moment": ("DateTime", {"Format": "DateAndTime", "DateTimeBehavior": {"Value": "UserLocal"}}),
    "yesno": ("Boolean", {"DefaultValue": False}),
}


def _label(text: str, language: int) -> Body:
    one = {"@odata.type": f"{SPACE}.LocalizedLabel", "Label": text, "LanguageCode": language}
    return {"@odata.type": f"{SPACE}.Label", "LocalizedLabels": [one]}
