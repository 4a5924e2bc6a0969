"""The words of the eyes chart: colours, signatures, moods.

A *signature* says how a mood looks from the brows to the lower lids. Its conventions hold for the drawings and for
whoever compares them with what is measured; left and right are those of the picture, as a viewer sees it:

- lids and brows: 0 at rest, +1 as far up as they go, -1 as far down; lower lids and cheeks only go up (0..1);
- `gaze_x` > 0 towards the right edge of the picture, `gaze_y` > 0 down, 1 as far as eyes go;
- `lopsided` > 0: the brow at the right of the picture is the higher one.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Language = Literal["en", "fr", "es", "ru", "uk"]
LANGUAGES: Final[dict[Language, str]] = {
    "en": "English",
    "fr": "français",
    "es": "español",
    "ru": "русский",
    "uk": "українська",
}
"""Languages of the chart, each by its own name."""

Texts = dict[Language, str]

_Share = Annotated[float, Field(ge=0.0, le=1.0)]
_Signed = Annotated[float, Field(ge=-1.0, le=1.0)]


class Colour(StrEnum):
    """What a mood means for the one who serves."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"

    @property
    def shape(self) -> str:
        """The second cue, for those who do not tell the colours apart: `circle`, `triangle` or `square`."""
        return {"green": "circle", "amber": "triangle", "red": "square"}[self.value]

    @property
    def sign(self) -> str:
        """The shape as a character."""
        return {"green": "●", "amber": "▲", "red": "■"}[self.value]

    @property
    def tone(self) -> str:
        """Its name in `mien.report.palette`."""
        return {"green": "good", "amber": "middling", "red": "bad"}[self.value]


class Signature(BaseModel):
    """How a mood looks in eyes and brows; see the module for signs and units.

    Attributes:
        brow_inner: Inner ends of the brows.
        brow_outer: Outer halves of the brows.
        brow_knit: How far the brows are drawn together.
        lopsided: How much higher the brow at the right is.
        lid: Upper lids: -1 shut, +1 wide open.
        lower_lid: Lower lids raised and tense.
        cheek: Cheeks raised, as in a smile, with folds at the outer corners.
        gaze_x: Where the eyes look, sideways.
        gaze_y: Where the eyes look, up or down.
        blink: How often the eyes blink.
        nose: Wrinkles on the bridge of the nose. Drawn, not measured.
        under_eye: Shadows under the eyes. Drawn, not measured.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    brow_inner: _Signed = 0.0
    brow_outer: _Signed = 0.0
    brow_knit: _Share = 0.0
    lopsided: _Signed = 0.0
    lid: _Signed = 0.0
    lower_lid: _Share = 0.0
    cheek: _Share = 0.0
    gaze_x: _Signed = 0.0
    gaze_y: _Signed = 0.0
    blink: Literal["rarely", "as usual", "often"] = "as usual"
    nose: _Share = 0.0
    under_eye: _Share = 0.0


class Mood(BaseModel):
    """One of the 32 states of the eyes chart.

    Attributes:
        key: Its name in data, never translated.
        colour: Favourable, neutral or unfavourable.
        valence: Place in the circumplex, -1 unpleasant .. +1 pleasant.
        arousal: Place in the circumplex, -1 calm .. +1 excited.
        expression: The expression that is read for it; `None` where it is not read from one.
        cue: The measured cue that is read for it, likewise.
        signature: How it looks.
        names: By language.
        advice: What staff may do, by language, a short sentence.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str = Field(pattern=r"^[a-z]+(-[a-z]+)*$")
    colour: Colour
    valence: _Signed
    arousal: _Signed
    expression: str | None = None
    cue: Literal["looks tired"] | None = None
    signature: Signature
    names: Texts
    advice: Texts

    @property
    def chart_only(self) -> bool:
        """Whether nothing that is measured tells this mood from others: it is on the chart for people's eyes."""
        return self.expression is None and self.cue is None

    @model_validator(mode="after")
    def _whole(self) -> Mood:
        for what, texts in (("names", self.names), ("advice", self.advice)):
            missing = [language for language in LANGUAGES if not texts.get(language, "").strip()]
            if missing:
                raise ValueError(f"{self.key} has no {what} in {', '.join(missing)}")
        if self.expression is not None and self.cue is not None:
            raise ValueError(f"{self.key} is read from an expression or from a cue, not from both")
        return self
