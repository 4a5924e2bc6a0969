"""From what eyes are read as to a mood of the chart, or its colour alone, or "cannot tell".

Nine of the 32 moods can be read. Eight are the expressions that the reader of eyes and brows tells apart; *exhaustion*
stands for a face that looks tired (`mien.vision.tired`), which readers of expressions take for neutral or sad:

    P(exhaustion) = t (p_neutral + p_sadness),  P(calm) = (1 - t) p_neutral,  P(sadness) = (1 - t) p_sadness,

with t the probability that an observer would call the face tired-looking, 0 where that is not known; every other mood
has the share of its expression. The other 23 moods are on the chart for people's eyes: nothing that is measured tells
them apart.

The colour is that of the likeliest expression, tired or not, since that is what was measured. It is told where the
shares of that colour's expressions add up to `COLOUR_LEAST`; else nothing is ("cannot tell"). The likeliest mood is
told only where its probability is at least `MARGIN` above chance, and only if it is in `SHOWN`: moods that were right,
on covered faces of two sets of which nothing was learned, so much more often than chance that the lower end of the
interval lies .2 above it (`benchmarks/moods.py`). Exhaustion is none of them (`docs/cues.md`, "Looks tired"). Else the
colour stands alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mien.journey.moods.chart import by_expression, chart
from mien.journey.moods.types import Colour, Mood

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MARGIN: Final = 0.3
"""How far above chance a mood's probability is before the mood is told."""

COLOUR_LEAST: Final = 0.5
"""Probability from which a colour is told."""

SHOWN: Final = frozenset({"joy", "calm", "surprise", "anger"})
"""Keys of the moods that may be told; the others, read or not, show their colour alone."""

CHANCE: Final[Mapping[str, float]] = {
    mood.key: share
    for mood, share in zip(
        by_expression(), (0.323, 0.266, 0.115, 0.145, 0.083, 0.016, 0.035, 0.019), strict=True
    )
}
"""Mean vote share of each mood's expression among the faces that the reader learned from (its metadata, `prior`)."""


@dataclass(frozen=True, slots=True)
class MoodReading:
    """What the eyes of one face show.

    Attributes:
        colour: Green, amber or red; `None` where no colour is likely enough.
        colour_share: Share of the expressions of that colour, or of the likeliest one, together, 0..1.
        mood: The mood, where it may be shown; `None` where the colour stands alone.
        shares: Probability of every mood that can be read, by key; they sum to 1.
    """

    colour: Colour | None
    colour_share: float
    mood: Mood | None
    shares: Mapping[str, float]


def read_mood(shares: NDArray[np.floating], tired: float | None = None) -> MoodReading:
    """The mood that eyes show.

    Args:
        shares: (8,) expression shares of a face read by its eyes, in the order of `mien.expressions.EXPRESSIONS`.
        tired: Probability that an observer would say that the face looks tired, 0..1; `None` where it is not known.
    """
    read = list(zip(by_expression(), (float(part) for part in shares), strict=True))
    colour = max(read, key=lambda one: one[1])[0].colour
    share = sum(part for mood, part in read if mood.colour is colour)
    found = {mood.key: part for mood, part in read}
    known = tired or 0.0
    exhausted = known * (found["calm"] + found["sadness"])
    found |= {key: (1.0 - known) * found[key] for key in ("calm", "sadness")} | {"exhaustion": exhausted}
    likeliest = max(found, key=lambda key: found[key])
    sure = likeliest in SHOWN and found[likeliest] >= CHANCE[likeliest] + MARGIN
    mood = next(mood for mood in chart() if mood.key == likeliest) if sure else None
    return MoodReading(colour if sure or share >= COLOUR_LEAST else None, share, mood, found)
