"""Making what an environment lacks: publisher, solution, table, columns, lookup, alternate keys.

Every step belongs to the solution (`MSCRM.SolutionUniqueName`), so that all of it can be seen, exported and removed as
one. Source: "Compose HTTP requests and handle errors", HTTP headers (https://learn.microsoft.com/en-us/power-apps/
developer/data-platform/webapi/compose-http-requests-handle-errors). Labels are given in the base language of the
environment: "Organization table/entity reference", LanguageCode (…/reference/entities/organization).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mien.crm.dataverse.api import Trouble, quoted
from mien.crm.dataverse.checking import columns, keys, read, rows, table, who
from mien.crm.dataverse.solution import (
    column_body,
    key_body,
    lookup_body,
    publisher_body,
    solution,
    solution_body,
    table_body,
)
from mien.crm.results import Again, Done, Parked, Step

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mien.crm.dataverse.api import Api
    from mien.crm.dataverse.solution import Body, ColumnOf
    from mien.crm.results import Result

_IN_SOLUTION: Final = "MSCRM.SolutionUniqueName"


def missing(api: Api) -> list[Step] | Parked | Again:
    """What is not there, in the order in which it must be made."""
    try:
        return list(_steps(api))
    except Trouble as trouble:
        return trouble.result


def make(api: Api, step: Step) -> Result:
    """Make one of what is missing."""
    try:
        return _make(api, step.key)
    except Trouble as trouble:
        return trouble.result


def _steps(api: Api) -> list[Step]:
    made, contact = solution(), api.settings.contact_key
    steps: list[Step] = []
    if _publisher(api) is None:
        steps.append(Step("publisher", f"publisher {made.publisher.uniquename}, prefix mien_"))
    if not rows(api, "solutions", select="solutionid", filter=_named(made.solution.uniquename)):
        steps.append(Step("solution", f"solution {made.solution.uniquename}"))
    name = made.table.schema_
    if table(api, name) is None:
        steps.append(Step("table", f"table {name} with {len(made.table.columns)} columns"))
        there: set[str] = {one.schema_ for one in made.table.columns}
        known: dict[tuple[str, ...], str] = {}
    else:
        there, known = columns(api, name), keys(api, name)
    steps += [_column(name, one) for one in made.table.columns if one.schema_ not in there]
    if made.lookup.schema_ not in there:
        steps.append(Step("lookup", f"column {name}.{made.lookup.schema_}, a lookup to contact"))
    if made.table.alternate_key.columns not in known:
        steps.append(Step("key", f"alternate key of {name}: {', '.join(made.table.alternate_key.columns)}"))
    there = columns(api, "contact")
    for one in made.contact.columns:
        ours = one.schema_ != made.contact.reference or contact == made.contact.reference
        if ours and one.schema_ not in there:
            steps.append(_column("contact", one))
    if (contact,) not in keys(api, "contact"):
        steps.append(Step("contact key", f"alternate key of contact: {contact}"))
    there = columns(api, "task")
    steps += [_column("task", one) for one in made.task.columns if one.schema_ not in there]
    return steps


def _column(name: str, column: ColumnOf) -> Step:
    return Step(f"column {name}.{column.schema_}", f"column {name}.{column.schema_} ({column.type})")


def _make(api: Api, key: str) -> Result:
    if key == "publisher":
        return _post(api, "publishers", publisher_body())
    if key == "solution":
        publisher = _publisher(api)
        if publisher is None:
            return Parked("The publisher is not there; give the command again.")
        return _post(api, "solutions", solution_body(publisher))
    wanted = _definition(key, api.settings.contact_key, _language(api))
    if wanted is None:
        return Parked("There is no step '%(key)s'.", {"key": key})
    return _post(api, *wanted, headers={_IN_SOLUTION: solution().solution.uniquename})


def _definition(key: str, contact_key: str, language: int) -> tuple[str, Body] | None:
    """Where a definition goes, and what it is."""
    made = solution()
    table_path = f"EntityDefinitions(LogicalName={quoted(made.table.schema_)})"
    contact_path = "EntityDefinitions(LogicalName='contact')"
    alternate = made.table.alternate_key
    wanted = {
        "table": ("EntityDefinitions", table_body(language)),
        "lookup": ("RelationshipDefinitions", lookup_body(language)),
        "key": (f"{table_path}/Keys", key_body(alternate, alternate.columns, language)),
        "contact key": (
            f"{contact_path}/Keys",
            key_body(made.contact.alternate_key, (contact_key,), language),
        ),
    }
    if key in wanted:
        return wanted[key]
    for path, name, of in (
        (table_path, made.table.schema_, made.table.columns),
        (contact_path, "contact", made.contact.columns),
        ("EntityDefinitions(LogicalName='task')", "task", made.task.columns),
    ):
        for one in of:
            if key == f"column {name}.{one.schema_}":
                return f"{path}/Attributes", column_body(one, language)
    return None


def _post(api: Api, path: str, body: Body, *, headers: Mapping[str, str] | None = None) -> Result:
    answer = api.ask("POST", path, body, headers=headers)
    if isinstance(answer, Again):
        return answer
    return Done(answer.headers.get("odata-entityid", "")) if answer.fine else api.refused(answer)


def _publisher(api: Api) -> str | None:
    found = rows(api, "publishers", select="publisherid", filter=_named(solution().publisher.uniquename))
    return str(found[0].get("publisherid")) if found else None


def _named(name: str) -> str:
    return f"uniquename eq {quoted(name)}"


def _language(api: Api) -> int:
    _, organization = who(api)
    return int(read(api, f"organizations({organization})", select="languagecode").get("languagecode") or 1033)
