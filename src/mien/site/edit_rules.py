r"""Change the rules of a site file, and leave every other character of it as it is (see `mien.site.edit`)."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any, Final

from mien.errors import SettingError
from mien.site.edit import loaded, spliced, value_text
from mien.site.toml_lines import spans

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mien.site.toml_lines import Spans

RULES: Final = "rules"


def with_rules(text: str, wanted: Mapping[str, Mapping[str, Any]]) -> str:
    r"""The text of a site file with other settings of some rules.

    What did not change is not touched, a rule that is new gets a table of its own.

    Args:
        text: Valid TOML, lines ended by `\n`.
        wanted: For each rule that is to be there its keys and values; `None` for a key that is not to be there. Keys
            that are not named stay as they are.

    Raises:
        SettingError: The file writes its rules in a form that cannot be changed so.

    Example:
        >>> with_rules('[rules.queue]\npeople = 3  # or more\n', {"queue": {"people": 4}})
        '[rules.queue]\npeople = 4  # or more\n'
    """
    text = text if text.endswith("\n") else text + "\n"
    values = tomllib.loads(text)
    there = values.get(RULES, {})
    found, changes, fresh = spans(text), list[tuple[int, int, str]](), ""
    for rule, keys in wanted.items():
        if rule not in there:
            lines = [f"{key} = {value_text(value)}\n" for key, value in keys.items() if value is not None]
            fresh += f"\n[{RULES}.{rule}]\n{''.join(lines)}"
        elif (RULES, rule) in found.tables:
            changes += _changes(found, rule, there[rule], keys)
    if fresh:
        place = found.after((RULES,))
        changes.append((place, place, fresh))
    edited = spliced(text, changes)
    values[RULES] = there | {rule: _merged(there.get(rule, {}), keys) for rule, keys in wanted.items()}
    if loaded(edited) != values:
        raise SettingError(
            "The rules are written in the file in a form that cannot be changed here without touching the rest; write "
            "each as a table of its own, such as [rules.checkout], in the text."
        )
    return edited


def _changes(
    found: Spans, rule: str, there: Mapping[str, Any], keys: Mapping[str, Any]
) -> list[tuple[int, int, str]]:
    """Where single values of a table change."""
    changes: list[tuple[int, int, str]] = []
    for key, value in keys.items():
        place = found.values.get((RULES, rule, key))
        if place is None:
            if value is not None and key not in there:
                end = found.last_pair((RULES, rule))
                changes.append((end, end, f"{key} = {value_text(value)}\n"))
        elif value is None:
            changes.append((*found.lines(found.pairs[RULES, rule, key]), ""))
        elif there[key] != value:
            changes.append((*place, value_text(value)))
    return changes


def _merged(there: Mapping[str, Any], keys: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in {**there, **keys}.items() if value is not None}
