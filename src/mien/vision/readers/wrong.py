"""What is wrong with a manifest, in one clause that names the key and what is allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel

if TYPE_CHECKING:
    from pydantic import ValidationError
    from pydantic.fields import FieldInfo
    from pydantic_core import ErrorDetails


def told(error: ValidationError, model: type[BaseModel]) -> str:
    """The first thing that is wrong, without a full stop.

    Args:
        error: What pydantic found.
        model: What was to be read; the descriptions of its fields say what is allowed.
    """
    first = min(error.errors(), key=_weight)
    if first["type"] == "value_error":
        return f"something does not fit: {first['ctx']['error']}"
    keys = [str(part) for part in first["loc"]]
    name = ".".join(keys)
    if first["type"] == "extra_forbidden":
        there = _model(model, keys[:-1])
        where = f"[{'.'.join(keys[:-1])}]" if keys[:-1] else "a manifest"
        return f"the key '{name}' is not known; {where} may have {', '.join(there.model_fields)}"
    field = _field(model, keys)
    allowed = f"; give {field.description}" if field is not None and field.description else ""
    if first["type"] == "missing":
        return f"the key '{name}' is missing{allowed}"
    return f"the key '{name}' is {_short(first['input'])}{allowed}"


def _weight(one: ErrorDetails) -> int:
    """A key that is not known first: it is likely the one that is missing, misspelt."""
    return 0 if one["type"] == "extra_forbidden" else 1


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _model(model: type[BaseModel], keys: list[str]) -> type[BaseModel]:
    """The table at these keys."""
    for key in keys:
        field = model.model_fields.get(key)
        inner = _table(field) if field is not None else None
        if inner is None:
            break
        model = inner
    return model


def _field(model: type[BaseModel], keys: list[str]) -> FieldInfo | None:
    """The key that the longest beginning of these names: places in a list have no description of their own."""
    found = None
    for key in keys:
        field = model.model_fields.get(key)
        if field is None:
            break
        found = field
        inner = _table(field)
        if inner is None:
            break
        model = inner
    return found


def _table(field: FieldInfo) -> type[BaseModel] | None:
    """The model of a key that is a table, also where it may be left out."""
    kind = field.annotation
    for one in (kind, *getattr(kind, "__args__", ())):
        if isinstance(one, type) and issubclass(one, BaseModel):
            return one
    return None
