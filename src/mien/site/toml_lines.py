"""On which line each key of a TOML text stands, and from where to where.

`tomllib` tells values and not places, so a message about a wrong value could not say where to look. Places come from
tree-sitter's grammar of TOML, values never: the text must have been read by `tomllib` before.
"""

from __future__ import annotations

import tomllib
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
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


class Spans:
    """Where the tables, pairs and values of a TOML text stand, in characters.

    Args:
        text: Valid TOML.

    Attributes:
        text: The text.
        tables: Path of each `[table]`, in the order of the text.
        headers: Begin and end of the header of each.
        pairs: Begin and end of each `key = value` of a table, with its value; not those within inline tables.
        values: Begin and end of the values of these.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.tables: list[KeyPath] = []
        self.headers: dict[KeyPath, tuple[int, int]] = {}
        self.pairs: dict[KeyPath, tuple[int, int]] = {}
        self.values: dict[KeyPath, tuple[int, int]] = {}
        self._ends: dict[KeyPath, int] = {}
        content = text.encode()
        # tree-sitter counts bytes; those that go on with a character count for nothing.
        begun = np.cumsum((np.frombuffer(content, np.uint8) & 0xC0) != 0x80)

        def of(at: int) -> int:
            return int(begun[at - 1]) if at else 0

        counts: dict[KeyPath, int] = {}
        for node in _parser().parse(content).root_node.named_children:
            if node.type not in {"table", "table_array_element"}:
                continue
            path = _header(node, {}, counts)
            begin = of(node.start_byte)
            header = begin, self._close(begin)
            self.tables.append(path)
            self.headers[path] = header
            end = header[1]
            for pair in _of(node, "pair"):
                key = _key(pair)
                value = next(child for child in pair.named_children if child.id != key.id)
                place = of(pair.start_byte), of(value.end_byte)
                keys = (*path, *_names(key))
                self.pairs[keys] = place
                self.values[keys] = of(value.start_byte), place[1]
                end = place[1]
            self._ends[path] = self._line_end(end)

    def lines(self, place: tuple[int, int]) -> tuple[int, int]:
        """The whole lines that a place lies in, with the end of the last."""
        return self.text.rfind("\n", 0, place[0]) + 1, self._line_end(place[1])

    def last_pair(self, path: KeyPath) -> int:
        """After the line of the last pair of a table."""
        return self._ends[path]

    def block(self, path: KeyPath) -> tuple[int, int]:
        """The lines of a table, from its header to its last pair, with the empty line above."""
        begin = self.text.rfind("\n", 0, self.headers[path][0]) + 1
        if self.text[:begin].endswith("\n\n"):
            begin -= 1
        return begin, self._ends[path]

    def after(self, path: KeyPath) -> int:
        """Where a further table below `path` finds its place: after the last that is there, and the remarks at it."""
        last = [one for one in self.tables if one[: len(path)] == path]
        at = self._ends[last[-1]] if last else len(self.text)
        while self.text.startswith("#", at):
            at = self._line_end(at)
        return at

    def _line_end(self, at: int) -> int:
        end = self.text.find("\n", at)
        return len(self.text) if end < 0 else end + 1

    def _close(self, begin: int) -> int:
        """The end of a header: after the bracket that no quotes hold."""
        quote = ""
        for at in range(begin, len(self.text)):
            sign = self.text[at]
            if quote:
                if sign == quote and not (quote == '"' and self.text[at - 1] == "\\"):
                    quote = ""
            elif sign in "\"'":
                quote = sign
            elif sign == "]":
                return at + 1 + self.text.startswith("]]", at)
        return len(self.text)


def spans(text: str) -> Spans:
    """Where the tables, pairs and values of a TOML text stand.

    Args:
        text: Valid TOML.
    """
    return Spans(text)
