r"""Change the zones, door lines, cameras and notices of a site file, and leave every other character of it as it is.

Libraries that write TOML anew take the remarks below a table with it when the table goes. Here only the lines of what
changes are touched, found by tree-sitter's grammar, and what comes out is read again and compared with what was wanted.
"""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

from mien.errors import SettingError
from mien.marking import N_
from mien.site.toml_lines import Spans, spans

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from mien.site.toml_lines import KeyPath

_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")
_TABLES: Final = ("zones", "door_lines")
_THERE: Final = N_("The file has '%(name)s' under [%(table)s] already; give another name.")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A zone or door line as it was drawn.

    Attributes:
        table: `zones` or `door_lines`.
        name: Its name.
        was: The name that it had in the file; `None` for a new one.
        values: Its keys and values, as the file is to hold them.
    """

    table: str
    name: str
    was: str | None
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class NewCamera:
    """A camera that a site file does not have yet.

    Attributes:
        name: Its name.
        values: Its keys and values, as the file is to hold them, with its `touchpoint`.
        role: Role of that touchpoint, where the file does not have it either.
    """

    name: str
    values: Mapping[str, Any]
    role: str | None = None


def with_camera(text: str, new: NewCamera) -> str:
    r"""The text of a site file with one more camera after those that are there.

    Args:
        text: Valid TOML, lines ended by `\n`.
        new: The camera; whether its name and values can be used is for the check of the file to say.

    Raises:
        SettingError: The file has a camera or touchpoint of this name, or writes its own in a form to which none can
            be added so.
    """
    text = text if text.endswith("\n") else text + "\n"
    wanted = tomllib.loads(text)
    tables: list[tuple[str, str, Mapping[str, Any]]] = [("cameras", new.name, new.values)]
    if new.role is not None:
        tables.insert(0, ("touchpoints", str(new.values["touchpoint"]), {"role": new.role}))
    found = spans(text)
    changes: list[tuple[int, int, str]] = []
    for table, name, values in tables:
        there = wanted.setdefault(table, {})
        if not isinstance(there, dict) or name in there:
            raise SettingError(_THERE, name=name, table=table)
        there[name] = dict(values)
        lines = [
            f"[{_dotted((table, name))}]",
            *(f"{key} = {value_text(one)}" for key, one in values.items()),
        ]
        at = found.after((table,))
        changes.append((at, at, "\n" + "\n".join(lines) + "\n"))
    edited = spliced(text, changes)
    if loaded(edited) != wanted:
        raise SettingError(
            "The cameras or touchpoints of the file are written in a form to which none can be added here without "
            "touching the rest; write each as a table of its own, [cameras.NAME], in the text."
        )
    return edited


def with_drawn(text: str, camera: str, drawn: Sequence[Drawn]) -> str:
    r"""The text of a site file with what was drawn for a camera, in place of its zones and door lines.

    What did not change is not touched. A zone that got another name has it at its service points too.

    Args:
        text: Valid TOML, lines ended by `\n`.
        camera: Name of the camera.
        drawn: All its zones and door lines.

    Raises:
        SettingError: Two have one name, or the file writes its zones in a form that cannot be changed so.
    """
    text = text if text.endswith("\n") else text + "\n"
    values = tomllib.loads(text)
    before = values.get("cameras", {}).get(camera)
    if not isinstance(before, dict):
        raise SettingError(
            "The file has no camera '%(camera)s' any more; load the page again.", camera=camera
        )
    _check_names(drawn)
    renamed = {
        one.was: one.name
        for one in drawn
        if one.table == "zones" and one.was is not None and one.was != one.name
    }
    for point in (values.get("service_points") or {}).values():
        if isinstance(point, dict) and point.get("camera") == camera and point.get("zone") in renamed:
            point["zone"] = renamed[point["zone"]]
    for table in _TABLES:
        wanted = {one.name: dict(one.values) for one in drawn if one.table == table}
        if wanted:
            before[table] = wanted
        elif before.get(table):
            before[table] = {}
    edited = _edited(text, camera, drawn, renamed)
    if _plain(loaded(edited), camera) != _plain(values, camera):
        raise SettingError(
            "The zones of camera '%(camera)s' are written in the file in a form that cannot be changed here without "
            "touching the rest; write each as a table of its own, [cameras.CAMERA.zones.NAME], in the text.",
            camera=camera,
        )
    return edited


def with_notice(text: str, shown_on: date, text_version: str, put_up_by: str, camera: str | None) -> str:
    """The text of a site file with one more notice at its end.

    Args:
        text: Valid TOML.
        shown_on: First day on which it hung.
        text_version: Which version of its text.
        put_up_by: Who put it up.
        camera: Of which camera it speaks; `None` for the whole site.
    """
    lines = ["[[notices]]", f"shown_on = {shown_on.isoformat()}"]
    lines += [f"text_version = {_quoted(text_version)}", f"put_up_by = {_quoted(put_up_by)}"]
    if camera is not None:
        lines.append(f"camera = {_quoted(camera)}")
    return text.rstrip("\n") + "\n\n" + "\n".join(lines) + "\n"


def _check_names(drawn: Sequence[Drawn]) -> None:
    seen: set[str] = set()
    for one in drawn:
        if one.name.casefold() in seen:
            raise SettingError(
                "Two zones or lines are named '%(name)s'; give each its own name.", name=one.name
            )
        seen.add(one.name.casefold())


def _edited(text: str, camera: str, drawn: Sequence[Drawn], renamed: Mapping[str, str]) -> str:
    found = spans(text)
    at: KeyPath = ("cameras", camera)
    kept = {(*at, one.table, one.was) for one in drawn}
    changes = [
        (*found.block(path), "")
        for path in found.tables
        if path[:2] == at and len(path) == 4 and path[2] in _TABLES and path not in kept
    ]
    fresh: list[str] = []
    for one in drawn:
        path = (*at, one.table, one.was or "")
        if path not in found.tables:
            fresh.append(_table(camera, one))
            continue
        if one.was != one.name:
            changes.append((*found.headers[path], f"[{_dotted((*at, one.table, one.name))}]"))
        changes += _of_values(found, path, one)
    for name, point in found.values.items():
        if len(name) == 3 and name[0] == "service_points" and name[2] == "zone":
            old = json.loads(_as_json(text, point))
            camera_at = found.values.get((*name[:2], "camera"))
            of = None if camera_at is None else json.loads(_as_json(text, camera_at))
            if old in renamed and of == camera:
                changes.append((*point, _quoted(renamed[old])))
    if fresh:
        place = found.after(at)
        changes.append((place, place, "".join(f"\n{table}" for table in fresh)))
    return spliced(text, changes)


def _of_values(found: Spans, path: KeyPath, one: Drawn) -> list[tuple[int, int, str]]:
    """Where single values of a table change."""
    changes: list[tuple[int, int, str]] = []
    there = {
        keys[len(path)] for keys in found.values if keys[: len(path)] == path and len(keys) == len(path) + 1
    }
    for key, value in one.values.items():
        place = found.values.get((*path, key))
        if place is None:
            end = found.last_pair(path)
            changes.append((end, end, f"{key} = {value_text(value)}\n"))
        elif tomllib.loads(f"k = {found.text[slice(*place)]}")["k"] != value:
            changes.append((*place, value_text(value)))
    changes += [(*found.lines(found.pairs[*path, key]), "") for key in there if key not in one.values]
    return changes


def _as_json(text: str, place: tuple[int, int]) -> str:
    return json.dumps(tomllib.loads(f"k = {text[slice(*place)]}")["k"])


def _table(camera: str, one: Drawn) -> str:
    lines = [f"[{_dotted(('cameras', camera, one.table, one.name))}]"]
    lines += [f"{key} = {value_text(value)}" for key, value in one.values.items()]
    return "\n".join(lines) + "\n"


def _dotted(keys: Sequence[str | int]) -> str:
    return ".".join(str(key) if _BARE.fullmatch(str(key)) else _quoted(str(key)) for key in keys)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def value_text(value: Any) -> str:  # noqa: ANN401  (whatever TOML holds)
    """A value as TOML writes it.

    Args:
        value: Text, a number, true or false, or a list or table of these.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{key} = {value_text(inner)}' for key, inner in value.items())} }}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(value_text(inner) for inner in value)}]"
    return f"{value:.10g}"


def spliced(text: str, changes: Iterable[tuple[int, int, str]]) -> str:
    """A text with some of its places changed; what comes to one place stays in its order.

    Args:
        text: The text.
        changes: Begin and end of each place, apart from each other, and what stands there then.

    Example:
        >>> spliced("abc", [(1, 2, "X"), (3, 3, "d"), (3, 3, "e")])
        'aXcde'
    """
    pieces, at = [], 0
    for begin, end, new in sorted(changes, key=itemgetter(0, 1)):
        pieces += [text[at:begin], new]
        at = end
    return "".join((*pieces, text[at:]))


def loaded(text: str) -> dict[str, Any]:
    """What a text says that was edited; nothing where it is no TOML any more."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return {}


def _plain(values: dict[str, Any], camera: str) -> dict[str, Any]:
    """What a file says, where a table without anything in it and none at all are the same."""
    of = values.get("cameras", {}).get(camera, {})
    for table in _TABLES:
        if of.get(table) == {}:
            del of[table]
    return values
