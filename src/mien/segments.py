"""Segments: the words for apparent gender and age band, and what must be said wherever they are compared.

They are a network's guess from a picture. Nobody under 18 is a segment: whoever may be is put in none.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal, get_args

Attribute = Literal["age", "gender"]
"""What a segment is made of."""

ATTRIBUTES: Final[tuple[Attribute, ...]] = get_args(Attribute)
"""Both, in the order in which they are told."""


class Age(StrEnum):
    """Apparent age, years."""

    YOUNG = "18-29"
    MIDDLE = "30-44"
    OLDER = "45-59"
    OLD = "60+"


class Gender(StrEnum):
    """Apparent gender. The network knows two; it says nothing of how anybody sees themselves."""

    WOMAN = "woman"
    MAN = "man"


@dataclass(frozen=True, slots=True)
class Segment:
    """What somebody was taken for.

    Attributes:
        age: Age band; `None` where it cannot be told.
        gender: Gender; `None` where it cannot be told.
    """

    age: Age | None = None
    gender: Gender | None = None

    def __str__(self) -> str:
        return ", ".join(part for part in (self.gender, self.age) if part is not None) or "cannot tell"


UNTOLD: Final = Segment()
"""Neither can be told, or neither may be."""

UNADJUSTED: Final = (
    "Unadjusted: not compared like with like. Segments come at other hours, for other things and to other staff, and a "
    "difference says nothing of why."
)
APPARENT: Final = (
    "Apparent: what a network guesses from a picture, not what anybody is. Who is put in the wrong segment pulls the "
    "means of segments together."
)
MEASURED: Final[dict[Attribute, str]] = {
    "gender": (
        "Gender, where told: the same as one observer said for 98 % of 50 women and 99 % of 144 men in press "
        "photographs; 11 % and 6 % were not told."
    ),
    "age": (
        "Age band, where told: the same as one observer said in 71 % of 142 press photographs, at most one band off in "
        "97 %; a third were not told. With faces of 60 px it is 64 %."
    ),
}
"""How often each is wrong, from `benchmarks/segments.py`; the model card has the tables."""
