"""Numbers and sentences of an evaluation, the same in the terminal and on the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mien.evaluation.types import FEWEST
from mien.report.figures import MISSING, plain, signed

if TYPE_CHECKING:
    from mien.evaluation.results import Evaluation
    from mien.evaluation.types import Estimate

_PER_CENT: Final = frozenset(
    {
        "accuracy", "balanced_accuracy", "three_levels", "calibration_error", "end_to_end", "recall", "precision",
        "agreement", "shared_recall",
    }
)  # fmt: skip
_SIGNED: Final = frozenset({"leaning", "valence_shift"})
_TWO_DECIMALS: Final = frozenset({"residual_mean_square"})

DRAWN: Final = {
    "person": "whole persons",
    "copies": "groups of copies of a picture",
    "picture": "single pictures",
}
"""What the intervals draw as a whole."""

COUNTED: Final = {"person": "persons", "copies": "pictures", "picture": "pictures"}
"""What small groups are counted in."""

RESIDUAL_LOW: Final = 0.9
RESIDUAL_HIGH: Final = 1.1
"""Between these the residual mean square says that the predicted error is right (design 3.2)."""


def number(key: str, value: float | None, *, difference: bool = False) -> str:
    """A figure as people read it.

    Args:
        key: Which figure.
        value: It.
        difference: Whether it is a difference of two, which has a sign, and points instead of per cent.

    Example:
        >>> number("accuracy", 0.8624), number("macro_f1", 0.7), number("leaning", -0.021)
        ('86.2 %', '.700', '−0.021')
        >>> number("accuracy", -0.031, difference=True)
        '−3.1 points'
    """
    if value is None:
        return MISSING
    if key in _PER_CENT:
        return f"{signed(100 * value, 1)} points" if difference else f"{100 * value:.1f} %"
    digits = 2 if key in _TWO_DECIMALS else 3
    if difference or key in _SIGNED:
        return signed(value, digits)
    text = plain(value, digits)
    return (
        text.replace("0.", ".", 1)
        if abs(value) < 1 and text.lstrip("\N{MINUS SIGN}").startswith("0.")
        else text
    )


def interval(key: str, found: Estimate, *, difference: bool = False) -> str:
    """The interval of a figure, "" where there is none.

    Example:
        >>> from mien.evaluation.types import Estimate
        >>> interval("accuracy", Estimate(0.86, 0.85, 0.873, 3000))
        '85.0 to 87.3 %'
    """
    if found.low is None or found.high is None:
        return ""
    low, high = (number(key, end, difference=difference) for end in (found.low, found.high))
    for unit in (" points", " %"):
        if low.endswith(unit) and high.endswith(unit):
            low = low.removesuffix(unit)
    return f"{low} to {high}"


def tick(key: str, value: float) -> str:
    """A value on an axis, as short as can be.

    Example:
        >>> tick("accuracy", 0.75), tick("calibration_error", 0.025), tick("residual_mean_square", 1.5)
        ('75 %', '2.5 %', '1.5')
    """
    if key in _PER_CENT:
        return f"{100 * value:g} %"
    return f"{value:g}".replace("-", "\N{MINUS SIGN}")


def headline(found: Evaluation) -> str:
    """The result in one sentence."""
    accuracy = found.total.figures["accuracy"]
    named = "what the set says" if found.faces.votes is None else "what most taggers said"
    between = interval("accuracy", accuracy)
    return (
        f"Of {accuracy.n:,} faces the reader named {named} in {number('accuracy', accuracy.value)}"
        f"{f' ({between})' if between else ''}."
    )


def what(found: Evaluation) -> str:
    """Set, split and sample in one line."""
    chosen = found.selection
    part = f"{chosen.split} split, " if chosen.split is not None else ""
    sample = f"a random sample of {len(chosen.rows):,} (seed {chosen.seed})" if chosen.limit else "all"
    return f"{part}{sample} of {chosen.available:,} pictures"


def notes(found: Evaluation) -> list[str]:
    """What must be known before the figures are believed, one sentence each, weightiest first."""
    chosen, told = found.selection, []
    if chosen.split == "test":
        told.append(
            "This opened a test split. It is opened once for each released model, after every choice was made: write "
            "this run into the experiments log."
        )
    if chosen.limit:
        told.append(
            f"Only a sample: {len(chosen.rows):,} of {chosen.available:,} pictures were read, drawn at random with "
            f"seed {chosen.seed}."
        )
    if found.contamination.copies:
        told.append(
            f"{found.contamination.copies:,} of {found.contamination.checked:,} pictures have a (near) copy in "
            f"{found.contamination.among}; the figures without them stand below."
        )
    few = [row.name for row in found.classes if row.true < FEWEST]
    if few:
        told.append(
            f"Fewer than {FEWEST} pictures of {', '.join(few)}: balanced accuracy and macro-F1 rest on them as much as "
            "on the others, and mean little."
        )
    told += found.faces.remarks
    if found.several:
        told.append(
            f"{found.several:,} pictures show several faces and do not say which one is meant; the largest was taken."
        )
    for grouping in found.groups:
        told += grouping.warnings
    return told


def left_out(found: Evaluation) -> list[tuple[str, int, int, tuple[str, ...]]]:
    """Of everything that is not compared: reason, number of pictures, of how many, and names of some of them."""
    chosen = found.selection
    before = [(reason.value, count, chosen.available, ()) for reason, count in chosen.lost.items()]
    after = [
        (reason.value, count, len(chosen.rows), found.examples.get(reason, ()))
        for reason, count in found.lost.items()
    ]
    return [*before, *after]
