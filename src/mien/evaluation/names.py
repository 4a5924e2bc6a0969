"""Names of expressions as sets have them, and the orders in which sets number them."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

import numpy as np

from mien.errors import InputError, SettingError
from mien.expressions import EXPRESSIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

NO_LABEL: Final = -1
"""Stands for a picture that its set calls unknown, or no face."""

_WORDS: Final[dict[str, str]] = {
    "neutral": "neutral neutrality neutralface ne nu",
    "happiness": "happiness happy happily happyness joy joyful joyous smile smiling ha",
    "surprise": "surprise surprised surprising suprise suprised astonishment astonished su",
    "sadness": "sadness sad sorrow sorrowful sa",
    "anger": "anger angry ang rage an",
    "disgust": "disgust disgusted disgusting di",
    "fear": "fear fearful afraid scared fe af",
    "contempt": "contempt contemptuous scorn co",
    "": "unknown none uncertain unclear unlabeled unlabelled notaface noface nonface nf na nan null",
}
_BY_WORD: Final = {word: name for name, words in _WORDS.items() for word in words.split()}

NUMBERS: Final[Mapping[str, tuple[int, tuple[str, ...]]]] = {
    "ferplus": (0, EXPRESSIONS),
    "fer2013": (0, ("anger", "disgust", "fear", "happiness", "sadness", "surprise", "neutral")),
    "affectnet": (
        0,
        ("neutral", "happiness", "sadness", "surprise", "fear", "disgust", "anger", "contempt"),
    ),
    "rafdb": (1, ("surprise", "fear", "disgust", "happiness", "sadness", "anger", "neutral")),
}
"""Orders in which well-known sets number their classes: first number, names."""


def check_numbers(name: str | None) -> str | None:
    """Return `name` if it is an order of class numbers, or `None`.

    Raises:
        SettingError: It is none; the message lists those that exist.
    """
    if name is not None and name not in NUMBERS:
        raise SettingError(
            f"There is no order of class numbers '{name}'; choose one of {', '.join(NUMBERS)}."
        )
    return name


def match_name(text: str) -> int | None:
    """Index in `EXPRESSIONS` of a class name, however it is written.

    Args:
        text: As the set has it; case, digits and punctuation don't matter, "3_Happy" is happiness.

    Returns:
        The index, `NO_LABEL` for names of no expression, `None` where the name is not known.

    Example:
        >>> match_name("Joy"), match_name("0-angry"), match_name("not a face"), match_name("grumpy")
        (1, 4, -1, None)
    """
    word = re.sub(r"[^a-z]", "", text.lower())
    name = _BY_WORD.get(word, "" if not text.strip() else None)
    if name is None:
        return None
    return EXPRESSIONS.index(name) if name else NO_LABEL


def labels_of(texts: Iterable[str], numbers: str | None, where: str) -> NDArray[np.int64]:
    """Index in `EXPRESSIONS` of every label of a set.

    Args:
        texts: Labels as the set has them, names or whole numbers.
        numbers: Order that numbers follow, one of `NUMBERS`; `None` where none was stated.
        where: Of which file or folder, for messages.

    Returns:
        (N,) int64, `NO_LABEL` where the set says that there is none.

    Raises:
        InputError: A name or number is not known, or numbers have no stated order.
    """
    texts = list(texts)
    known = {text: _label(text, numbers, where) for text in dict.fromkeys(texts)}
    return np.array([known[text] for text in texts], np.int64)


def _label(text: str, numbers: str | None, where: str) -> int:
    number = _whole(text)
    if number is None:
        found = match_name(text)
        if found is None:
            close = get_close_matches(re.sub(r"[^a-z]", "", text.lower()), _BY_WORD, 1, 0.7)
            meant = f" (did you mean {_BY_WORD[close[0]] or 'unknown'}?)" if close else ""
            raise InputError(
                f"'{text}' in {where} is no expression that Mien knows{meant}; it reads {', '.join(EXPRESSIONS)}, "
                "and 'unknown' for pictures to be counted but not compared."
            )
        return found
    if number < 0:
        return NO_LABEL
    if numbers is None:
        raise InputError(
            f"Classes in {where} are numbers (such as {number}), and numbers mean different things in different "
            f"sets; say which order they follow with --numbers {'|'.join(NUMBERS)}."
        )
    first, names = NUMBERS[numbers]
    if not first <= number < first + len(names):
        raise InputError(
            f"Class {number} in {where} is outside the order {numbers}, which runs from {first} to "
            f"{first + len(names) - 1}."
        )
    return EXPRESSIONS.index(names[number - first])


def _whole(text: str) -> int | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return int(value) if value.is_integer() else None


def wanted_classes(text: str | None) -> tuple[int, ...]:
    """Indices of the expressions named in a list such as "happy,sad"; all eight where it is `None`.

    Raises:
        SettingError: A name is not known, or fewer than two are named.
    """
    if text is None:
        return tuple(range(len(EXPRESSIONS)))
    found = set()
    for part in text.split(","):
        index = match_name(part)
        if index is None or index == NO_LABEL:
            raise SettingError(f"--classes got '{part}'; name some of {', '.join(EXPRESSIONS)}.")
        found.add(index)
    if len(found) < 2:
        raise SettingError(f"--classes got '{text}'; name at least two expressions to tell apart.")
    return tuple(sorted(found))
