"""What is wrong with a manifest or a map, in one clause that names the key and what is allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mien.fields import led_to, shortened

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError
    from pydantic_core import ErrorDetails


def told(error: ValidationError, model: type[BaseModel], what: str = "a manifest") -> str:
    """The first thing that is wrong, without a full stop.

    Args:
        error: What pydantic found.
        model: What was to be read; the descriptions of its fields say what is allowed.
        what: What it is called.
    """
    first = min(error.errors(), key=_weight)
    if first["type"] == "value_error":
        return f"something does not fit: {first['ctx']['error']}"
    keys = [str(part) for part in first["loc"]]
    name = ".".join(keys)
    if first["type"] == "extra_forbidden":
        there, _ = led_to(model, keys[:-1])
        where = f"[{'.'.join(keys[:-1])}]" if keys[:-1] else what
        return f"the key '{name}' is not known; {where} may have {', '.join(there.model_fields)}"
    _, field = led_to(model, keys)
    allowed = f"; give {field.description}" if field is not None and field.description else ""
    if first["type"] == "missing":
        return f"the key '{name}' is missing{allowed}"
    return f"the key '{name}' is {shortened(repr(first['input']))}{allowed}"


def _weight(one: ErrorDetails) -> int:
    """A key that is not known first: it is likely the one that is missing, misspelt."""
    return 0 if one["type"] == "extra_forbidden" else 1
