"""What a page asks on the line of a call, and what it is told, as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from mien.journey.types import Interaction
    from mien.runtime.call.types import CallState, CallSummary


class _Ask(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Begin(_Ask):
    """Begin a call: the other side was told."""

    type: Literal["begin"]
    told: Literal[True]
    language: Annotated[str, Field(pattern=r"^[a-z]{2}$")] = "en"
    recording: bool = False
    site: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    touchpoint: Annotated[str, Field(min_length=1, max_length=200)] | None = None


class Mark(_Ask):
    """A tile is marked; pictures of it follow."""

    type: Literal["mark"]
    same_person: bool = True


class Changed(_Ask):
    """The layout of the window changed."""

    type: Literal["changed"]


class Pause(_Ask):
    """The user pauses."""

    type: Literal["pause"]


class End(_Ask):
    """End the call; `keep` stores what was found where the call belongs."""

    type: Literal["end"]
    keep: bool = False


Ask = Begin | Mark | Changed | Pause | End
ASK: TypeAdapter[Ask] = TypeAdapter(Annotated[Ask, Field(discriminator="type")])
"""Checks what a page asks."""


def told_state(state: CallState, answers: int) -> dict[str, Any]:
    """The state now.

    Args:
        state: Of the session.
        answers: For how many pictures this is the answer.
    """
    return {"type": "state", "answers": answers, **asdict(state)}


def told_summary(summary: CallSummary, say: Callable[[str], str]) -> dict[str, Any]:
    """What was found, as the page draws it.

    Args:
        summary: Of the ended call.
        say: Puts a reason into the language of the page.
    """
    return {
        "type": "summary",
        "length_s": summary.length_s,
        "pictures": summary.pictures,
        "dropped": summary.dropped,
        "left_out": [{"reason": reason, "n": n} for reason, n in summary.left_out.items()],
        "stops": [asdict(stop) for stop in summary.stops],
        "people": [_person(found, say) for found in summary.interactions],
    }


def _person(found: Interaction, say: Callable[[str], str]) -> dict[str, Any]:
    score, curve = found.score, found.curve
    return {
        "start_s": found.start_s,
        "end_s": found.end_s,
        "n": score.n,
        "usable_s": score.usable_s,
        "eps": score.eps,
        "eps_low": score.eps_low,
        "eps_high": score.eps_high,
        "index": score.happiness_index,
        "index_low": score.hi_low,
        "index_high": score.hi_high,
        "outcome": score.outcome.value,
        "reason": say(score.reason) if score.reason else None,
        "moments": [asdict(moment) for moment in score.moments],
        "curve": None
        if curve is None
        else [_numbers(part) for part in (curve.t_s, curve.valence, curve.low, curve.high)],
    }


def _numbers(values: NDArray[np.float64]) -> list[float | None]:
    return [round(float(value), 4) if np.isfinite(value) else None for value in values]
