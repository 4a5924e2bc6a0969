"""Which field of a pydantic model the keys of an error lead to, so that a message can say what is allowed there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, get_args, get_origin

from pydantic import BaseModel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic.fields import FieldInfo

_LONGEST: Final = 60


def led_to(model: type[BaseModel], keys: Sequence[str | int]) -> tuple[type[BaseModel], FieldInfo | None]:
    """The table and the field that keys lead to.

    Args:
        model: What was to be read.
        keys: As pydantic gives them: names of fields, names that the user chose, places in lists.

    Returns:
        The innermost table on the way, and the key that these lead to, or that holds the place in a list or the named
        table that they lead to; `None` where the first key is not known.
    """
    found: FieldInfo | None = None
    named = False
    for key in keys:
        if named:  # a name that the user chose, or a place in a list
            named = False
            continue
        field = model.model_fields.get(str(key))
        if field is None:
            break
        found = field
        inner = table_of(field)
        if inner is None:
            break
        model = inner
        named = get_origin(field.annotation) in {dict, tuple}
    return model, found


def table_of(field: FieldInfo) -> type[BaseModel] | None:
    """The model of a key that is a table, tables by name or a list of tables, also where it may be left out."""

    def inside(kind: object) -> type[BaseModel] | None:
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            return kind
        return next((found for one in get_args(kind) if (found := inside(one)) is not None), None)

    return inside(field.annotation)


def shortened(text: str) -> str:
    """A text that fits into a message."""
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
