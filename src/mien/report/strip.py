"""The live strip of one interaction below the picture: its curve with the band, and where time stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from mien.journey.types import MomentKind
from mien.report.drawing import STRONG, Pen, Word, between, colour
from mien.report.figures import signed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from mien.journey.types import Curve, Interaction
    from mien.report.trails import FaceTrail

_SMALL: Final = 13
_TO_COME: Final = 0.45  # strength of what lies ahead, against what was reached


class Strip:
    """Draws the finished curve of an interaction, strong up to the present and faint beyond.

    Args:
        interaction: What is drawn.
        trail: Where its readings were left out; `None` where that is not known.
        size: Width and height, pixels.
        pen: What it is drawn with.
    """

    def __init__(
        self, interaction: Interaction, trail: FaceTrail | None, size: tuple[int, int], pen: Pen
    ) -> None:
        self._interaction = interaction
        self._pen = pen
        self._width, self._height = size
        self._left = pen.px(88)
        self._right = self._width - pen.px(16)
        self._reached = self._draw(trail)
        ground = np.empty_like(self._reached)
        ground[:] = colour("sunken")
        faint = self._reached * _TO_COME + ground * (1 - _TO_COME)
        self._ahead: NDArray[np.uint8] = faint.astype(np.uint8)

    def at(self, t_s: float) -> NDArray[np.uint8]:
        """The strip at `t_s`: (H, W, 3) uint8 BGR."""
        x = self._x(t_s)
        image = self._ahead.copy()
        image[:, : round(x)] = self._reached[:, : round(x)]
        image[:, : self._left - self._pen.px(8)] = self._reached[:, : self._left - self._pen.px(8)]
        self._pen.line(image, [(x, self._pen.px(5)), (x, self._height - self._pen.px(5))], colour("soft"), 1)
        value = valence_at(self._interaction.curve, t_s)
        if value is not None:
            self._pen.dot(image, (x, self._y(value)), 6.5, colour("sunken"))
            self._pen.dot(image, (x, self._y(value)), 4.5, colour(tone(value)))
        return image

    def _x(self, t_s: float) -> float:
        start_s, end_s = self._interaction.start_s, self._interaction.end_s
        share = (t_s - start_s) / (end_s - start_s) if end_s > start_s else 0.0
        return self._left + min(max(share, 0.0), 1.0) * (self._right - self._left)

    def _y(self, value: float) -> float:
        return self._height * (0.5 - 0.42 * value)

    def _draw(self, trail: FaceTrail | None) -> NDArray[np.uint8]:
        pen, middle = self._pen, self._height / 2
        image = np.empty((self._height, self._width, 3), np.uint8)
        image[:] = colour("sunken")
        curve = self._interaction.curve
        if curve is not None:
            self._ground(image)
        for begin_s, end_s in trail.left_out_spans() if trail is not None else ():
            if end_s >= self._interaction.start_s and begin_s <= self._interaction.end_s:
                self._hatch(image, self._x(begin_s), self._x(end_s) + pen.px(2))
        ascent = pen.px(_SMALL) * 0.36
        pen.text(image, Word("pleasant", "soft"), (pen.px(12), self._y(0.74) + ascent), _SMALL)
        pen.text(image, Word("unpleasant", "soft"), (pen.px(12), self._y(-0.74) + ascent), _SMALL)
        if curve is None:
            word = Word("no usable reading", "soft")
            at = (self._left + self._right - pen.width_of(word.text, _SMALL)) / 2, middle + pen.px(5)
            pen.text(image, word, at, _SMALL)
            return image
        for run in _runs(curve):
            t_s, low, high = curve.t_s[run], curve.low[run], curve.high[run]
            upper = [(self._x(t), self._y(min(v, 1.0))) for t, v in zip(t_s, high, strict=True)]
            lower = [(self._x(t), self._y(max(v, -1.0))) for t, v in zip(t_s, low, strict=True)]
            pen.area(image, [*upper, *lower[::-1]], colour("band"))
        for begin_s, end_s, mean in self._windows():
            ends = [(self._x(begin_s), self._y(mean)), (self._x(end_s), self._y(mean))]
            pen.line(image, ends, colour("ink"), 1.2)
        for run in _runs(curve):
            points = [
                (self._x(t), self._y(v)) for t, v in zip(curve.t_s[run], curve.valence[run], strict=True)
            ]
            pen.line(image, points, colour("accent"), 2.4)
        for moment in self._interaction.moments:
            value = valence_at(curve, moment.t_s)
            self._mark(image, self._x(moment.t_s), self._y(value or 0.0), moment.kind)
        return image

    def _ground(self, image: NDArray[np.uint8]) -> None:
        """The windows whose difference is the EPS, and the line between pleasant and unpleasant."""
        pen, middle = self._pen, self._height / 2
        for begin_s, end_s, _ in self._windows():
            image[:, round(self._x(begin_s)) : round(self._x(end_s))] = between("sunken", "rule")
        for x in range(self._left, self._right, pen.px(9)):
            pen.line(image, [(x, middle), (x + pen.px(3), middle)], colour("none"), 1)

    def _hatch(self, image: NDArray[np.uint8], left: float, right: float) -> None:
        """Mark a stretch that was left out, at the strip's foot."""
        pen, step = self._pen, self._pen.px(6)
        foot, head = self._height - pen.px(3), self._height - pen.px(9)
        for x in np.arange(left, right, step):
            pen.line(image, [(x, foot), (min(x + step * 0.7, right), head)], colour("none"), 1.2)

    def _windows(self) -> list[tuple[float, float, float]]:
        """The two windows whose difference is the EPS: begin and end, seconds, and mean valence."""
        score = self._interaction.score
        if score.window_s is None or score.initial_valence is None or score.final_valence is None:
            return []
        first_s, last_s = self._interaction.start_s, self._interaction.end_s
        return [
            (first_s, first_s + score.window_s, score.initial_valence),
            (last_s - score.window_s, last_s, score.final_valence),
        ]

    def _mark(self, image: NDArray[np.uint8], x: float, y: float, kind: MomentKind) -> None:
        """A triangle pointing the way the moment goes."""
        rise = kind is MomentKind.RISE
        side, away = self._pen.px(7), -self._pen.px(16) if rise else self._pen.px(16)
        tip = -side if rise else side
        points = [(x - side, y + away), (x + side, y + away), (x, y + away + 1.5 * tip)]
        held = min(max(0.0, y + away + 1.5 * tip), float(self._height)) - (y + away + 1.5 * tip)
        self._pen.area(image, [(px, py + held) for px, py in points], colour("good" if rise else "bad"))


def score_words(interaction: Interaction) -> list[Word]:
    """The score in pieces; a number that cannot be shown gives its reason."""
    score = interaction.score
    if score.eps is None or score.eps_low is None or score.eps_high is None:
        return [Word(f"No score: {score.reason or score.outcome.value}", "soft")]
    mood = {"improved": "good", "worsened": "bad"}.get(score.outcome.value, "middling")
    words = [
        Word(f"EPS {signed(score.eps)}", "ink", STRONG),
        Word(f"({signed(score.eps_low)} to {signed(score.eps_high)})", "soft"),
        Word(score.outcome.value, mood, STRONG),
    ]
    if score.happiness_index is not None:
        words.append(Word(f"Happiness Index {score.happiness_index:.0f}", "soft"))
    return words


def valence_at(curve: Curve | None, t_s: float) -> float | None:
    """The curve's value at `t_s`, -1..1; `None` outside it and in its gaps."""
    if curve is None or not len(curve.t_s) or not curve.t_s[0] - 0.2 <= t_s <= curve.t_s[-1] + 0.2:
        return None
    value = float(np.interp(t_s, curve.t_s, curve.valence))
    return None if np.isnan(value) else value


def tone(value: float | None) -> str:
    """The colour of a valence: pleasant, unpleasant or neither."""
    if value is None or abs(value) < 0.1:
        return "ink"
    return "good" if value > 0 else "bad"


def _runs(curve: Curve) -> Iterator[slice]:
    """Stretches of the curve between its gaps."""
    known = np.flatnonzero(~np.isnan(curve.valence))
    for run in np.split(known, np.flatnonzero(np.diff(known) > 1) + 1):
        if len(run):
            yield slice(int(run[0]), int(run[-1]) + 1)
