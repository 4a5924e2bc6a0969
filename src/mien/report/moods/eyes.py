"""Eyes and brows above a mask, drawn from a signature as SVG: one hand for all moods.

The drawing is ink on paper. Everything is placed in a picture of `WIDTH` x `HEIGHT`; the eye at the left is drawn, the
other is its mirror image but for the gaze and what is lopsided.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final

import numpy as np

from mien.report.moods.pen import INK, Ink, bezier, brush, path, stroke

if TYPE_CHECKING:
    from mien.journey.moods import Signature

WIDTH: Final = 240
HEIGHT: Final = 150

_MIDDLE: Final = 120.0  # of the face, across
_APART: Final = 52.0  # an eye's centre from that
_LEVEL: Final = 78.0  # the corners of the eyes, down
_HALF: Final = 31.0  # of an eye's width
_OPEN_UP, _OPEN_DOWN = 15.5, 9.5  # lids above and below the corners, at rest
_IRIS, _PUPIL = 12.2, 5.4


@dataclass(frozen=True, slots=True)
class Reach:
    """How far the mask goes, in units of the drawing."""

    left: float = 0.0
    right: float = WIDTH
    bottom: float = HEIGHT


REACH: Final = Reach()


class _Eye:
    """One eye of a signature, in the frame of the eye at the left: its outer corner is at the left.

    Args:
        signature: How the mood looks.
        side: -1 for the eye at the left of the picture, 1 for the one at the right.
    """

    def __init__(self, signature: Signature, side: int) -> None:
        self.s = signature
        self.side = side
        s = signature
        lift = 2.2 * s.cheek
        droop = 2.6 * max(-s.brow_outer, 0.0) * max(s.brow_inner, 0.0)
        self.outer = (-_HALF, -2.5 + droop - 0.4 * lift)
        self.inner = (_HALF, 3.5)
        wide = s.lid if s.lid > 0 else 0.0
        shut = -s.lid if s.lid < 0 else 0.0
        up = _OPEN_UP * (1.0 + 0.62 * wide)
        # A shut lid hangs to the lower one; raised cheeks push the line up into an arc.
        low = _OPEN_DOWN * (1.0 - 0.7 * s.lower_lid - 1.0 * s.cheek) + 1.5 * wide - 7.0 * shut * s.cheek
        top = up * (1.0 - shut) + -low * shut
        self.top, self.low = top, low
        slant = (
            5.0 * s.brow_inner * (0.4 + s.brow_knit) if s.brow_inner > 0 else 4.5 * s.brow_inner * s.brow_knit
        )
        # Handles of a cubic reach 4/3 of the height of the curve.
        self.upper = bezier(
            self.outer,
            (-_HALF * 0.55, -top * 4 / 3 + slant * 0.7),
            (_HALF * 0.42, -top * 4 / 3 - slant),
            self.inner,
        )
        self.lower = bezier(
            self.outer, (-_HALF * 0.4, low * 4 / 3 - 0.5), (_HALF * 0.5, low * 4 / 3), self.inner
        )
        # Lids never cross: a shut eye is one line.
        self.upper[:, 1] = np.minimum(self.upper[:, 1], self.lower[:, 1])
        self.open = float((self.lower[:, 1] - self.upper[:, 1]).max())

    def _looking(self) -> tuple[float, float]:
        """Where the iris is, in the frame of the eye."""
        x = self.s.gaze_x * (-1 if self.side == 1 else 1) * 13.5
        return x, -2.6 + self.s.gaze_y * 6.5 - 1.0 * max(self.s.lid, 0.0)

    def ball(self, ink: Ink, name: str) -> list[str]:
        """White, iris and pupil, cut off by the lids."""
        if self.open < 1.2:
            return []
        outline = path(np.concatenate([self.upper, self.lower[::-1]]), closed=True)
        x, y = self._looking()
        shade = np.concatenate([self.upper, (self.upper + np.array([0.0, 4.2]))[::-1]])
        return [
            f'<clipPath id="{name}"><path d="{outline}"/></clipPath>',
            f'<g clip-path="url(#{name})"><path d="{outline}" fill="{ink.white}"/>',
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{_IRIS}" fill="{ink.iris}"/>',
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{_IRIS - 0.7}" fill="none" stroke="{ink.line}" stroke-width="1.5"/>',
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{_PUPIL}" fill="{ink.line}"/>',
            f'<path d="{path(shade, closed=True)}" fill="{ink.line}" fill-opacity="0.16"/>',
            f'<circle cx="{x + 3.6 * -self.side:.1f}" cy="{y - 4.2:.1f}" r="2.3" fill="{ink.white}"/></g>',
        ]

    def lids(self, ink: Ink) -> list[str]:
        """Lash line, lower lid, and the crease above."""
        s = self.s
        lash = np.array([2.0, 2.6, 3.2, 3.8, 4.2, 4.2, 4.0, 3.8, 3.4, 3.0, 2.4, 1.6])
        along = np.interp(np.linspace(0, 11, len(self.upper)), np.arange(12), lash)
        tail = np.array([[self.outer[0] - 4.0, self.outer[1] - 1.8 + 4.0 * max(-s.lid, 0.0)]])
        line = np.concatenate([tail, self.upper])
        widths = np.concatenate([[0.6], along])
        drawn = [f'<path d="{path(brush(line, widths), closed=True)}" fill="{ink.line}"/>']
        if self.open >= 1.2:
            drawn.append(stroke(self.lower[2:-2], 1.9 + 0.9 * s.lower_lid, ink.line, 0.85))
        gap = 6.2 - 3.0 * max(s.lid, 0.0) + 5.0 * max(-s.lid, 0.0) - 2.0 * max(-s.brow_inner, 0.0)
        at_rest = bezier(
            (-_HALF * 0.9, -3.5),
            (-_HALF * 0.5, -_OPEN_UP * 4 / 3),
            (_HALF * 0.4, -_OPEN_UP * 4 / 3),
            (_HALF * 0.78, -2.0),
        )
        crease = np.minimum(at_rest - (0.0, 3.2), self.upper - (0.0, gap))
        drawn.append(stroke(crease[2:-3], 1.7, ink.line, 0.6))
        return drawn

    def around(self, ink: Ink) -> list[str]:
        """What raised cheeks, tense lids and tiredness leave beside and under the eye."""
        s, drawn = self.s, []
        x, y = self.outer
        if s.cheek > 0.35:
            for angle, length in ((-30.0, 9.0), (2.0, 12.0), (34.0, 11.0)):
                turn = np.radians(angle)
                begin = np.array([x - 4.0, y + 0.5]) + 3.5 * np.array([-np.cos(turn), np.sin(turn)])
                end = begin + length * s.cheek * np.array([-np.cos(turn), np.sin(turn)])
                drawn.append(stroke(np.linspace(begin, end, 9), 2.3, ink.line, 0.85))
        bulge = max(s.lower_lid, s.cheek)
        if bulge > 0.35:
            deep = max(self.low, 0.0) + 7.0 + 2.0 * s.cheek
            fold = bezier(
                (-_HALF * 0.7, deep - 2.0),
                (-_HALF * 0.3, deep + 3.0),
                (_HALF * 0.3, deep + 3.0),
                (_HALF * 0.75, deep),
            )
            drawn.append(stroke(fold, 1.5 + s.cheek, ink.line, 0.25 + 0.4 * bulge))
        if s.under_eye > 0:
            for depth, opacity in ((8.0, 0.75), (13.0, 0.5)):
                low = max(self.low, 2.0) + depth
                bag = bezier(
                    (-_HALF * 0.62, low - 3.5),
                    (-_HALF * 0.3, low + 3.5),
                    (_HALF * 0.45, low + 4.0),
                    (_HALF * 0.9, low - 5.0),
                )
                drawn.append(stroke(bag, 2.2 * s.under_eye, ink.line, opacity))
            shade = bezier((-_HALF * 0.6, 6.0), (-_HALF * 0.3, 24.0), (_HALF * 0.5, 24.0), (_HALF, 4.0))
            drawn.append(
                f'<path d="{path(shade, closed=True)}" fill="{ink.soft}" fill-opacity="{0.28 * s.under_eye:.2f}"/>'
            )
        return drawn

    def brow(self, ink: Ink) -> list[str]:
        """The brow, a brush stroke that is broad at its inner end."""
        s = self.s
        higher = 8.5 * s.lopsided * self.side
        knit = 9.0 * s.brow_knit
        raised = 12.0 if s.brow_inner > 0 else 15.0
        inner_y = -27.5 - raised * s.brow_inner - 0.45 * higher - 2.0 * s.cheek
        outer_y = -22.0 - 10.0 * s.brow_outer - 0.7 * higher - 1.0 * s.cheek
        peak_y = -37.0 - 10.0 * s.brow_outer - 3.0 * s.brow_inner - 1.15 * higher - 2.0 * s.cheek
        if s.brow_inner > 0:  # inner ends raised: the slope falls outwards
            peak_y += 6.0 * s.brow_inner * max(0.0, 0.7 - s.brow_outer)
        else:
            peak_y += 2.0 * -s.brow_inner
        inner = (_HALF * 0.98 + knit, inner_y)
        outer = (-_HALF * 1.28, outer_y + 4.0)
        spine = bezier(
            inner,
            (_HALF * 0.35 + knit * 0.5, inner_y - 4.0 + 0.35 * (peak_y - inner_y)),
            (-_HALF * 0.45, peak_y - 2.0),
            outer,
        )
        widths = np.interp(
            np.linspace(0, 1, len(spine)), [0.0, 0.12, 0.5, 0.85, 1.0], [2.5, 7.0, 6.4, 3.6, 1.0]
        )
        return [f'<path d="{path(brush(spine, widths), closed=True)}" fill="{ink.line}"/>']


def _forehead(s: Signature, ink: Ink) -> list[str]:
    """Folds between and above the brows."""
    drawn = []
    if s.brow_knit > 0.3:
        top = -30.0 - 6.0 * s.brow_inner
        for side in (-1, 1):
            x = side * (5.5 - 1.5 * s.brow_knit)
            fold = bezier(
                (x, top - 6.0),
                (x + side * 1.5, top),
                (x + side * 0.5, top + 7.0),
                (x - side * 1.0, top + 13.0),
            )
            drawn.append(stroke(fold + np.array([_MIDDLE, _LEVEL]), 2.4 * s.brow_knit, ink.line, 0.8))
    raised = min(s.brow_inner, max(s.brow_outer, 0.0)) if s.brow_inner > 0 else 0.0
    raised = max(raised, 0.8 * s.brow_inner if s.brow_knit > 0.3 else 0.0)
    if raised > 0.45:
        for up, half, opacity in ((55.0, 62.0, 0.6), (62.0, 48.0, 0.45)):
            y = _LEVEL - up - 5.0 * raised
            fold = bezier(
                (_MIDDLE - half, y + 2.5),
                (_MIDDLE - half * 0.4, y - 2.5),
                (_MIDDLE + half * 0.4, y - 2.5),
                (_MIDDLE + half, y + 2.5),
            )
            drawn.append(stroke(fold, 1.9 * raised, ink.line, opacity))
    return drawn


def _nose(s: Signature, ink: Ink) -> list[str]:
    """The bridge of the nose, wrinkled or not."""
    drawn = []
    for side in (-1, 1):
        bridge = bezier(
            (_MIDDLE + side * 9.0, _LEVEL - 14.0),
            (_MIDDLE + side * 6.0, _LEVEL - 2.0),
            (_MIDDLE + side * 7.0, _LEVEL + 10.0),
            (_MIDDLE + side * 9.5, _LEVEL + 22.0),
        )
        drawn.append(stroke(bridge, 1.3, ink.line, 0.3))
    if s.nose > 0:
        for y in (-1.0, 6.0, 13.0):
            fold = bezier(
                (_MIDDLE - 8.0, _LEVEL + y + 2.5),
                (_MIDDLE - 3.0, _LEVEL + y - 2.0),
                (_MIDDLE + 3.0, _LEVEL + y - 2.0),
                (_MIDDLE + 8.0, _LEVEL + y + 2.5),
            )
            drawn.append(stroke(fold, 2.0 * s.nose, ink.line, 0.75))
        for side in (-1, 1):
            fold = bezier(
                (_MIDDLE + side * 14.0, _LEVEL + 4.0),
                (_MIDDLE + side * 12.0, _LEVEL + 9.0),
                (_MIDDLE + side * 13.0, _LEVEL + 14.0),
                (_MIDDLE + side * 18.0, _LEVEL + 19.0),
            )
            drawn.append(stroke(fold, 1.8 * s.nose, ink.line, 0.6))
    return drawn


def _mask(s: Signature, ink: Ink, reach: Reach) -> str:
    # Raised cheeks lift the mask.
    up = 12.0 * s.cheek
    left, right, bottom = reach.left, reach.right, reach.bottom
    edge = np.concatenate(
        [
            bezier((left, 119.0), (48.0, 118.0 - up), (86.0, 114.0 - up), (_MIDDLE, 99.0)),
            bezier((_MIDDLE, 99.0), (154.0, 114.0 - up), (192.0, 118.0 - up), (right, 119.0)),
        ]
    )
    outline = np.concatenate([edge, [[right, bottom], [left, bottom]]])
    return f'<path d="{path(outline, closed=True)}" fill="{ink.mask}"/>{stroke(edge, 2.2, ink.fold)}'


def drawing(signature: Signature, name: str, *, ink: Ink = INK, reach: Reach = REACH) -> str:
    """The inside of an SVG: eyes and brows above a mask.

    Args:
        signature: How the mood looks.
        name: Makes the ids in it its own, so that many drawings can stand on one page.
        ink: Colours.
        reach: How far the mask goes.

    Returns:
        SVG elements for a picture of `WIDTH` x `HEIGHT`.
    """
    parts = [*_nose(signature, ink)]
    for side, where in ((-1, "l"), (1, "r")):
        eye = _Eye(signature, side)
        flip = f"translate({_MIDDLE + side * _APART:.1f} {_LEVEL})" + (" scale(-1 1)" if side == 1 else "")
        inside = "".join(
            [*eye.ball(ink, f"{name}-{where}"), *eye.around(ink), *eye.lids(ink), *eye.brow(ink)]
        )
        parts.append(f'<g transform="{flip}">{inside}</g>')
    return "".join([*parts, *_forehead(signature, ink), _mask(signature, ink, reach)])


def svg(signature: Signature, name: str, *, title: str, ink: Ink = INK) -> str:
    """A whole SVG of a drawing, with a title for those who do not see it."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{escape(title)}">{drawing(signature, name, ink=ink)}</svg>'
    )
