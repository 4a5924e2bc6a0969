"""Proving that an environment can be written to, without writing.

Sources: "WhoAmI Function" and "RetrieveUserPrivileges Function" (https://learn.microsoft.com/en-us/power-apps/
developer/data-platform/webapi/reference/whoami and …/retrieveuserprivileges); the privileges of a table stand in its
definition, "Query table definitions using the Web API" (…/webapi/query-metadata-web-api); "How access to a record is
determined" (https://learn.microsoft.com/en-us/power-platform/admin/how-record-access-determined): Append and AppendTo
are needed to join two rows, and a privilege reaches as far as its depth.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mien.crm.dataverse.api import Trouble, quoted
from mien.crm.dataverse.solution import SPACE, solution
from mien.crm.results import Again, Finding

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mien.crm.dataverse.api import Api

NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    "mien_visit": ("Create", "Read", "Write", "Append", "AppendTo"),
    "contact": ("Read", "Write", "AppendTo"),
    "task": ("Create", "Read", "Write", "Append", "AppendTo", "Assign", "Delete"),
    "annotation": ("Create", "Read", "Write", "Append", "Delete"),
    "systemuser": ("Read",),
}
"""What the security role of the application must allow, by table. Nothing else is used."""

_DEPTHS: Final = ("Basic", "Local", "Deep", "Global")
_OTHERS: Final = ("contact", "systemuser")
"""Tables whose rows belong to others, so that a privilege must reach the whole organization."""
_ACTIVE: Final = "Active"


def look(api: Api) -> list[Finding]:
    """Everything that sending needs, one finding each; what comes after a failure of access is not looked at."""
    found: list[Finding] = []
    try:
        user, _ = who(api)
        found.append(
            Finding("access", True, "%(where)s knows the application as user %(user)s.",
                    {"where": api.settings.shown, "user": user})
        )  # fmt: skip
        found.extend(_definitions(api))
        found.extend(_privileges(api, user))
        if api.settings.task_owner is not None:
            found.append(_owner(api))
    except Trouble as trouble:
        name = "further" if found else "access"
        found.append(Finding(name, False, trouble.result.text, trouble.result.values))
    return found


def who(api: Api) -> tuple[str, str]:
    """The ids of the user that the application is, and of the organization.

    Raises:
        Trouble: They cannot be got.
    """
    told = read(api, "WhoAmI")
    return str(told.get("UserId")), str(told.get("OrganizationId"))


def read(api: Api, path: str, **query: str) -> dict[str, Any]:
    """What is there.

    Args:
        api: The environment.
        path: What is asked.
        **query: Query options without their `$`.

    Raises:
        Trouble: It cannot be got.
    """
    return api.must("GET", path, query={f"${name}": value for name, value in query.items()}).json()


def rows(api: Api, path: str, **query: str) -> list[dict[str, Any]]:
    """The rows that are there.

    Raises:
        Trouble: They cannot be got.
    """
    found = read(api, path, **query).get("value")
    return found if isinstance(found, list) else []


def table(api: Api, name: str) -> dict[str, Any] | None:
    """The definition of a table, or `None` where there is no such table.

    Raises:
        Trouble: It cannot be got.
    """
    found = rows(
        api,
        "EntityDefinitions",
        select="MetadataId,LogicalName,EntitySetName,Privileges",
        filter=f"LogicalName eq {quoted(name)}",
    )
    return found[0] if found else None


def columns(api: Api, name: str) -> set[str]:
    """The logical names of the columns of a table.

    Raises:
        Trouble: They cannot be got.
    """
    path = f"EntityDefinitions(LogicalName={quoted(name)})/Attributes"
    return {str(one.get("LogicalName")) for one in rows(api, path, select="LogicalName")}


def keys(api: Api, name: str) -> dict[tuple[str, ...], str]:
    """The alternate keys of a table by their columns, and how far their index is.

    Raises:
        Trouble: They cannot be got.
    """
    path = f"EntityDefinitions(LogicalName={quoted(name)})/Keys"
    found = rows(api, path, select="SchemaName,KeyAttributes,EntityKeyIndexStatus")
    return {tuple(one.get("KeyAttributes") or ()): str(one.get("EntityKeyIndexStatus")) for one in found}


def _definitions(api: Api) -> list[Finding]:
    made, contact = solution(), api.settings.contact_key
    name = made.table.schema_
    found = []
    if table(api, name) is None:
        found.append(_absent(f"table {name}"))
    else:
        wanted = {one.schema_ for one in made.table.columns} | {made.lookup.schema_}
        found.append(_columns(name, wanted - columns(api, name)))
        found.append(_key(name, made.table.alternate_key.columns, keys(api, name)))
    wanted = {
        contact,
        *(one.schema_ for one in made.contact.columns if one.schema_ != made.contact.reference),
    }
    found.append(_columns("contact", wanted - columns(api, "contact")))
    found.append(_key("contact", (contact,), keys(api, "contact")))
    found.append(_columns("task", {one.schema_ for one in made.task.columns} - columns(api, "task")))
    return found


def _columns(name: str, lacking: set[str]) -> Finding:
    if not lacking:
        return Finding(f"table {name}", True, "It has the columns that are written.")
    return _absent(f"table {name}", ", ".join(sorted(lacking)))


def _absent(what: str, lacking: str | None = None) -> Finding:
    setup = "'mien crm setup FILE.toml' shows and makes what is missing."
    if lacking is None:
        return Finding(what, False, f"It is not there; {setup}")
    return Finding(what, False, f"It lacks %(columns)s; {setup}", {"columns": lacking})


def _key(name: str, wanted: tuple[str, ...], there: Mapping[tuple[str, ...], str]) -> Finding:
    what, shown = f"alternate key of {name}", ", ".join(wanted)
    state = there.get(wanted)
    if state is None:
        return Finding(
            what, False, "There is none over %(columns)s; 'mien crm setup FILE.toml' shows and makes what is missing.",
            {"columns": shown},
        )  # fmt: skip
    if state != _ACTIVE:
        return Finding(
            what, False, "Its index over %(columns)s is '%(state)s'; wait until it is Active. Where it failed, two "
            "rows have the same value: mend them and reactivate the key in Power Apps.",
            {"columns": shown, "state": state},
        )  # fmt: skip
    return Finding(what, True, "%(columns)s finds one row.", {"columns": shown})


def _privileges(api: Api, user: str) -> list[Finding]:
    held = _held(api, user)
    # Tasks that a manager owns are others' as well: to be made for them, read back and withdrawn.
    everywhere = {*_OTHERS, *(("task",) if api.settings.task_owner is not None else ())}
    found = []
    for name, wanted in NEEDED.items():
        defined = table(api, name)
        if defined is None:
            # The finding about the table says so already.
            continue
        named = {str(one.get("PrivilegeType")): one for one in defined.get("Privileges") or ()}
        lacking, near = [], []
        for kind in wanted:
            privilege = named.get(kind)
            if privilege is None:
                continue
            depth = held.get(str(privilege.get("PrivilegeId")).lower())
            if depth is None:
                lacking.append(str(privilege.get("Name")))
            elif name in everywhere and depth != _DEPTHS[-1]:
                near.append(f"{privilege.get('Name')} ({depth})")
        found.append(_allowed(name, lacking, near))
    return found


def _allowed(name: str, lacking: list[str], near: list[str]) -> Finding:
    what = f"privileges on {name}"
    if lacking:
        return Finding(
            what, False, "The application may not: %(privileges)s; add them to its security role.",
            {"privileges": ", ".join(lacking)},
        )  # fmt: skip
    if near:
        return Finding(
            what, False, "These do not reach rows of others: %(privileges)s; give them at the level Organization.",
            {"privileges": ", ".join(near)},
        )  # fmt: skip
    return Finding(what, True, "%(kinds)s", {"kinds": ", ".join(NEEDED[name])})


def _held(api: Api, user: str) -> dict[str, str]:
    """How far each privilege of a user reaches, by its id."""
    held: dict[str, str] = {}
    told = read(api, f"systemusers({user})/{SPACE}.RetrieveUserPrivileges()").get("RolePrivileges")
    for one in told if isinstance(told, list) else ():
        uid, depth = str(one.get("PrivilegeId")).lower(), str(one.get("Depth"))
        if depth in _DEPTHS and (uid not in held or _DEPTHS.index(depth) > _DEPTHS.index(held[uid])):
            held[uid] = depth
    return held


def _owner(api: Api) -> Finding:
    settings = api.settings
    kind, uid = settings.task_owner_kind, str(settings.task_owner)
    answer = api.ask(
        "GET", f"{kind if kind == 'team' else 'systemuser'}s({uid})", query={"$select": "ownerid"}
    )
    if isinstance(answer, Again):
        raise Trouble(answer)
    if answer.fine:
        return Finding("owner of tasks", True, "The %(kind)s %(uid)s is there.", {"kind": kind, "uid": uid})
    return Finding(
        "owner of tasks", False, "There is no %(kind)s %(uid)s; mend task_owner under [crm.dataverse].",
        {"kind": kind, "uid": uid},
    )  # fmt: skip
