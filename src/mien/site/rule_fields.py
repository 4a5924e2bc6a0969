"""The keys of the rules as a form asks for them: kind, limits and default, from the models that check them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import NoneType
from typing import TYPE_CHECKING, Any, Final, Literal, get_args, get_origin

from mien.site.rules import Rule, Rules

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pydantic.fields import FieldInfo

_TABLES: Final = {"touchpoints", "quiet"}
_OWN: Final = {"enabled", "passed"}


class Kind(StrEnum):
    """How a key is asked for."""

    NUMBER = "number"
    WHOLE = "whole"
    CHOICE = "choice"
    TOUCHPOINTS = "touchpoints"
    HOURS = "hours"


@dataclass(frozen=True, slots=True)
class RuleField:
    """A key of a rule.

    Attributes:
        key: Its name.
        kind: How it is asked for.
        low: The least number; `None` where there is none.
        high: The greatest.
        choices: The words that there are to choose from.
        default: What holds where it is left out, as a form has it.
        about: What it does, English.
    """

    key: str
    kind: Kind
    low: float | None
    high: float | None
    choices: tuple[str, ...]
    default: str
    about: str


def rule_names() -> tuple[str, ...]:
    """The rules in the order of the file."""
    return tuple(Rules.model_fields)


def fields_of(rule: str) -> tuple[RuleField, ...]:
    """The keys of a rule, all but whether it is on and what unlocks it.

    Args:
        rule: Its name.

    Raises:
        KeyError: There is no such rule.

    Example:
        >>> [(one.key, one.low, one.high) for one in fields_of("queue") if one.key == "people"]
        [('people', 2.0, 50.0)]
    """
    return tuple(_field(key, info) for key, info in _model(rule).model_fields.items() if key not in _OWN)


def shown(rule: Rule, key: str) -> str:
    """A value of a rule as a form has it; lists with commas."""
    return _text(getattr(rule, key))


def meant(field: RuleField, sent: Sequence[str]) -> Any:  # noqa: ANN401  (whatever TOML holds)
    """What a form means, as the file is to hold it; what is no number stays text, for the check of the file to say so.

    Args:
        field: The key.
        sent: As it was sent: one text, of touchpoints all that were chosen.

    Returns:
        `None` where it was left empty.

    Example:
        >>> people = next(one for one in fields_of("queue") if one.key == "people")
        >>> meant(people, ["4"]), meant(people, [""]), meant(people, ["four"])
        (4, None, 'four')
    """
    if field.kind is Kind.TOUCHPOINTS:
        return [one for one in sent if one] or None
    text = sent[0].strip() if sent else ""
    if field.kind is Kind.HOURS:
        return [one.strip() for one in text.split(",") if one.strip()] or None
    if not text:
        return None
    if field.kind is Kind.CHOICE:
        return text
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        return text
    return int(number) if number.is_integer() else number


def wanted(
    rule: str, sent: Mapping[str, Sequence[str]], there: Mapping[str, Any] | None, *, on: bool
) -> dict[str, Any] | None:
    """What a form changes of a rule, for `mien.site.edit_rules.with_rules`.

    Args:
        rule: Its name.
        sent: What was sent of its keys.
        there: What the file says of it now; `None` where its table is not there.
        on: Whether it is to be on.

    Returns:
        Its keys that are another than in the file or than their default; `None` where there is nothing to do.
    """
    if there is None and not on:
        return None
    there = there or {}
    found: dict[str, Any] = {}
    for field in fields_of(rule):
        value = meant(field, sent.get(field.key, ()))
        if field.key in there or (value is not None and value != meant(field, [field.default])):
            found[field.key] = value
    if on != there.get("enabled", _model(rule).model_fields["enabled"].default):
        found["enabled"] = on
    return found


def _model(rule: str) -> type[Rule]:
    found: type[Rule] = next(
        one for one in get_args(Rules.model_fields[rule].annotation) if one is not NoneType
    )
    return found


def _field(key: str, info: FieldInfo) -> RuleField:
    bounds: dict[str, float] = {}
    for rule in info.metadata:
        bounds |= {name: float(at) for name in ("ge", "le") if (at := getattr(rule, name, None)) is not None}
    kinds = [one for one in (info.annotation, *get_args(info.annotation)) if one is not NoneType]
    choices: tuple[str, ...] = ()
    if key in _TABLES:
        kind = Kind.TOUCHPOINTS if key == "touchpoints" else Kind.HOURS
    elif get_origin(info.annotation) is Literal:
        kind, choices = Kind.CHOICE, get_args(info.annotation)
    else:
        kind = Kind.WHOLE if int in kinds else Kind.NUMBER
    return RuleField(
        key, kind, bounds.get("ge"), bounds.get("le"), choices, _text(info.default), info.description or ""
    )


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, tuple):
        return ", ".join(str(one) for one in value)
    return str(value)
