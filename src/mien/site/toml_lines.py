"""On which line each key of a TOML text stands.

`tomllib` tells values and not places, so a message about a wrong value could not say where to look. Places come from
tree-sitter's grammar of TOML, values never: the text must have been read by `tomllib` before.
"""

from __future__ import annotations

import tomllib
from functools import cache
from typing import TYPE_CHECKING

import tree_sitter_toml
from tree_sitter import Language, Parser

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tree_sitter import Node

    KeyPath = tuple[str | int, ...]

_KEYS = frozenset({"bare_key", "quoted_key", "dotted_key"})


@cache
def _parser() -> Parser:
    return Parser(Language(tree_sitter_toml.language()))


def key_lines(text: str) -> dict[KeyPath, int]:
    r"""Where each table, key and place in a list of a TOML text stands.

    Args:
        text: Valid TOML.

    Returns:
        Lines, counted from 1, by the keys that lead there; places in lists are numbers from 0.

    Example:
        >>> key_lines('name = "a"\n[[notices]]\nby = "b"\n')
        {('name',): 1, ('notices',): 2, ('notices', 0): 2, ('notices', 0, 'by'): 3}
    """
    found: dict[KeyPath, int] = {}
    counts: dict[KeyPath, int] = {}  # how many tables each list of tables has so far
    for node in _parser().parse(text.encode()).root_node.named_children:
        if node.type == "pair":
            _pair(node, (), found)
        elif node.type in {"table", "table_array_element"}:
            path = _header(node, found, counts)
            for pair in _of(node, "pair"):
                _pair(pair, path, found)
    return found


def nearest_line(lines: Mapping[KeyPath, int], keys: Sequence[str | int]) -> int | None:
    """The line of a key, or, where it is missing, of what should hold it.

    Args:
        lines: As `key_lines` gives them.
        keys: The keys that lead there.

    Returns:
        A line from 1; `None` where nothing on the way stands in the text.
    """
    for end in range(len(keys), 0, -1):
        line = lines.get(tuple(keys[:end]))
        if line is not None:
            return line
    return None


def _line(node: Node) -> int:
    return node.start_point.row + 1


def _of(node: Node, kind: str) -> Iterator[Node]:
    return (child for child in node.named_children if child.type == kind)


def _names(node: Node) -> list[str]:
    """The names of a key, dotted or not, quotes taken off."""
    if node.type == "dotted_key":
        return [name for child in node.named_children for name in _names(child)]
    raw = (node.text or b"").decode()
    return [str(tomllib.loads(f"k = {raw}")["k"]) if node.type == "quoted_key" else raw]


def _key(node: Node) -> Node:
    return next(child for child in node.named_children if child.type in _KEYS)


def _header(node: Node, found: dict[KeyPath, int], counts: dict[KeyPath, int]) -> KeyPath:
    names, line = _names(_key(node)), _line(node)
    path: KeyPath = ()
    for place, name in enumerate(names, start=1):
        path = (*path, name)
        found.setdefault(path, line)
        if node.type == "table_array_element" and place == len(names):
            counts[path] = counts.get(path, 0) + 1
        if path in counts:
            path = (*path, counts[path] - 1)
            found.setdefault(path, line)
    return path


def _pair(node: Node, path: KeyPath, found: dict[KeyPath, int]) -> None:
    key = _key(node)
    for name in _names(key):
        path = (*path, name)
        found.setdefault(path, _line(node))
    for value in node.named_children:
        if value.id != key.id:
            _value(value, path, found)


def _value(node: Node, path: KeyPath, found: dict[KeyPath, int]) -> None:
    if node.type == "inline_table":
        for pair in _of(node, "pair"):
            _pair(pair, path, found)
    elif node.type == "array":
        members = (child for child in node.named_children if child.type != "comment")
        for place, member in enumerate(members):
            found[*path, place] = _line(member)
            _value(member, (*path, place), found)
