"""Places in a TOML text are those of its keys, however it is written."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mien.site.toml_lines import key_lines, nearest_line

TRICKY = '''\
# a remark with [brackets] = "and quotes"
title = "a # that is no remark"   # one that is
"quoted key" . 'x.y' = 'C:\\path'
long = """
first ]
[table]  = 1
\\""" still inside"""""
raw = \'\'\'
don't "stop" = [
\'\'\'
a.b.c = 2026-05-04 09:30:00
inline = { x = 1, "y z" = [1, { deep = true }], t.u = "}" }

[[cameras]]
name = "one"
list = [
  "a", # remark, with a comma ]

  [0.1, 0.2,],
]
[cameras.zones.till]
kind = 'read'
[[cameras]]
[cameras.zones."x.y"]
kind = 'staff'
[ spaced . out ]
key=1979-05-27T07:32:00-08:00
[[ a.tables ]]
k = +inf
[[a.tables]]
k = 0xFF'''


def paths(value: Any, at: tuple[str | int, ...] = ()) -> set[tuple[str | int, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return ({at} if at else set()).union(*(paths(one, (*at, key)) for key, one in inner))


def test_every_key_of_a_tricky_text_is_found_on_its_line() -> None:
    found = key_lines(TRICKY)
    assert set(found) == paths(tomllib.loads(TRICKY))
    lines = TRICKY.split("\n")
    for keys, line in found.items():
        if isinstance(keys[-1], str) and keys[-1] != "zones":
            assert keys[-1] in lines[line - 1], keys
    assert found["cameras", 0, "list", 1] == 19
    assert found["cameras", 1, "zones", "x.y", "kind"] == 25
    assert found["a", "tables", 1, "k"] == 31


def test_windows_line_ends_count_once() -> None:
    assert key_lines("a = 1\r\n\r\n[b]\r\nc = 2\r\n") == {("a",): 1, ("b",): 3, ("b", "c"): 4}


KEYS = st.text("ab-_", min_size=1, max_size=4) | st.text("ab .\"#='[]", min_size=1, max_size=4)
VALUES = st.recursive(
    st.integers() | st.booleans() | st.text("a\"'#]},=\n\\", max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def written(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, list):
        return "[" + "".join(f"\n  {written(one)}, # ]" for one in value) + "\n]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{quoted(key)} = {written(one)}" for key, one in value.items()) + "}"
    return str(value)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(KEYS, st.dictionaries(KEYS, VALUES, max_size=3), max_size=3))
def test_no_key_is_missed_or_made_up(tables: dict[str, dict[str, Any]]) -> None:
    text = "\n".join(
        f"[{quoted(name)}]\n" + "".join(f"{quoted(key)} = {written(value)}\n" for key, value in table.items())
        for name, table in tables.items()
    )
    assert tomllib.loads(text) == tables
    assert set(key_lines(text)) == paths(tables)


@pytest.mark.parametrize(
    ("keys", "line"), [(("b", "c"), 3), (("b", "missing", 4), 2), (("missing",), None), ((), None)]
)
def test_a_missing_key_is_where_it_should_have_been(keys: tuple[str | int, ...], line: int | None) -> None:
    assert nearest_line(key_lines("a = 1\n[b]\nc = 2\n"), keys) == line
