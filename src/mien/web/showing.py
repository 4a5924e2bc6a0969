"""One interaction as a page shows it: scores, curve, moments, and what was left out."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from mien.journey.types import MomentKind, Outcome
from mien.marking import N_
from mien.runtime.single import eyes_of
from mien.spoken.reasons import told
from mien.web.drawing import HIGH, WIDE, drawing_of
from mien.web.known import site_file
from mien.web.naming import REASONS, ROLES
from mien.web.texts import language_of

if TYPE_CHECKING:
    from fastapi import Request

    from mien.journey.types import Interaction

OUTCOMES: Final = {
    Outcome.IMPROVED: ("improved", "good", N_("improved")),
    Outcome.WORSENED: ("worsened", "bad", N_("worsened")),
    Outcome.UNCHANGED: ("unchanged", "none", N_("unchanged")),
    Outcome.UNCLEAR: ("unclear", "middling", N_("unclear")),
}
"""Glyph, colour and word of each outcome."""
EXPRESSION_NAMES: Final = {
    "neutral": N_("neutral"),
    "happiness": N_("happiness"),
    "surprise": N_("surprise"),
    "sadness": N_("sadness"),
    "anger": N_("anger"),
    "disgust": N_("disgust"),
    "fear": N_("fear"),
    "contempt": N_("contempt"),
}
"""What a face shows, as it is named."""
COLOURS: Final = {"green": N_("Favourable"), "amber": N_("Neutral"), "red": N_("Unfavourable")}
"""Colours of the eyes chart."""


def values_of(request: Request, one: Interaction, *, camera: str | None) -> dict[str, Any]:
    """What `_interaction.html.j2` is drawn from.

    Args:
        request: The request that is answered.
        one: The interaction.
        camera: Name of the camera; `None` where it came from none.
    """
    covered, mood = eyes_of(one)
    return {
        "one": one,
        "camera": camera,
        "role": _role(request, one),
        "drawing": drawing_of(one),
        "box": (WIDE, HIGH),
        "covered": covered,
        "mood": mood,
        "outcomes": OUTCOMES,
        "reasons": REASONS,
        "names": EXPRESSION_NAMES,
        "colours": COLOURS,
        "fall": MomentKind.FALL,
        "told": partial(told, spoken=language_of(request)),
    }


def _role(request: Request, one: Interaction) -> str | None:
    """The role of its touchpoint, where the site file tells it."""
    of = site_file(request, one.context.site)
    role = None if of is None else of.role_at(one.context.touchpoint)
    return None if role is None else ROLES[role]
