"""The eyes chart as one poster: an SVG in the proportions of A4 and A3, to hang in a staff room.

Three bands of twelve fields, four across: a head for each colour, and its moods.
"""

from __future__ import annotations

from html import escape
from textwrap import wrap
from typing import TYPE_CHECKING, Final

from mien.journey.moods import SHOWN, Colour, chart
from mien.report.moods.eyes import WIDTH, Reach, drawing
from mien.report.moods.texts import words
from mien.report.palette import light

if TYPE_CHECKING:
    from mien.journey.moods import Language, Mood
    from mien.report.moods.texts import Words

PAPER: Final = (1190.0, 1684.0)
"""Width and height of the poster; 1 : 1.415, as A4 and A3."""

_MARGIN, _GAP = 48.0, 12.0
_HEAD, _FOOT = 108.0, 66.0
_ACROSS, _ROWS = 4, 9
# The first comes with vl-convert, so that PDFs are the same everywhere.
_FONT: Final = "'Liberation Sans',Arial,'Noto Sans','DejaVu Sans',sans-serif"
_PICTURE: Final = 0.74  # size of a drawing on the poster
_TAB: Final = 12.0  # width of the stripe of a card's colour
_NAME: Final = 104.5  # where a mood's name stands on its mask, down from the card's top
_MAP: Final = 36.0  # side of the small map of valence and arousal

_CARD: Final = (
    (PAPER[0] - 2 * _MARGIN - (_ACROSS - 1) * _GAP) / _ACROSS,
    (PAPER[1] - 2 * _MARGIN - _HEAD - _FOOT - (_ROWS + 1) * _GAP) / _ROWS,
)


def poster(language: Language) -> str:
    """The poster as the text of an SVG file that needs nothing else.

    Args:
        language: Of names and advice.
    """
    said = words(language)
    width, height = PAPER
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" '
        f'height="{height:g}" role="img" lang="{language}" font-family="{_FONT}">',
        f"<title>{escape(said.title)}</title>",
        f'<rect width="{width:g}" height="{height:g}" fill="{light("paper")}"/>',
        _head(said),
    ]
    place = 0
    for colour in Colour:
        moods = [mood for mood in chart() if mood.colour is colour]
        heads = _ACROSS * _ROWS // len(Colour) - len(moods)
        parts.append(_colour_head(colour, said, place, heads))
        place += heads
        for mood in moods:
            parts.append(_card(mood, language, *_at(place)))
            place += 1
    parts += [_foot(said), "</svg>"]
    return "".join(parts)


def _at(place: int) -> tuple[float, float]:
    row, column = divmod(place, _ACROSS)
    return _MARGIN + column * (_CARD[0] + _GAP), _MARGIN + _HEAD + _GAP + row * (_CARD[1] + _GAP)


def _text(
    x: float, y: float, text: str, size: float, ink: str, *, bold: bool = False, anchor: str = "start"
) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" fill="{light(ink)}" text-anchor="{anchor}"{weight}>'
        f"{escape(text)}</text>"
    )


def _lines(x: float, y: float, text: str, size: float, ink: str, letters: int) -> str:
    """Text broken into lines of so many letters."""
    return "".join(
        _text(x, y + i * size * 1.3, line, size, ink) for i, line in enumerate(wrap(text, letters))
    )


def shape(colour: Colour, x: float, y: float, size: float, fill: str) -> str:
    """The sign of a colour about a point: circle, triangle or square."""
    if colour is Colour.GREEN:
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size * 0.5:.1f}" fill="{fill}"/>'
    if colour is Colour.AMBER:
        half, up = size * 0.58, size * 0.56
        points = f"{x - half:.1f},{y + up * 0.85:.1f} {x + half:.1f},{y + up * 0.85:.1f} {x:.1f},{y - up:.1f}"
        return f'<polygon points="{points}" fill="{fill}"/>'
    side = size * 0.9
    return f'<rect x="{x - side / 2:.1f}" y="{y - side / 2:.1f}" width="{side:.1f}" height="{side:.1f}" fill="{fill}"/>'


def _head(said: Words) -> str:
    return "".join(
        [
            _text(_MARGIN, _MARGIN + 58, said.title, 62, "ink", bold=True),
            _text(_MARGIN, _MARGIN + 98, said.subtitle, 25, "soft"),
            _text(PAPER[0] - _MARGIN, _MARGIN + 58, "Mien", 30, "accent", bold=True, anchor="end"),
        ]
    )


def _colour_head(colour: Colour, said: Words, place: int, fields: int) -> str:
    x, y = _at(place)
    width = fields * _CARD[0] + (fields - 1) * _GAP
    fill = light(colour.tone)
    middle = y + _CARD[1] / 2
    name, todo = getattr(said, colour.value), getattr(said, f"{colour.value}_do")
    size = min(30.0, (width - 92) / (0.66 * len(name)))
    return "".join(
        [
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{_CARD[1]:.1f}" rx="12" fill="{fill}"/>',
            shape(colour, x + 40, middle - 4, 38, light("sheet")),
            _text(x + 76, middle, name, size, "sheet", bold=True),
            _lines(x + 76, middle + 27, todo, 16, "sheet", 18 if fields == 1 else 50),
        ]
    )


def _card(mood: Mood, language: Language, x: float, y: float) -> str:
    width, height = _CARD
    fill = light(mood.colour.tone)
    left = x + (width + _TAB - WIDTH * _PICTURE) / 2
    bounds = Reach((x - left) / _PICTURE, (x + width - left) / _PICTURE, height / _PICTURE + 4)
    name = mood.names[language]
    return "".join(
        [
            f'<g><title>{escape(name)}</title><clipPath id="card-{mood.key}"><rect x="{x:.1f}" y="{y:.1f}" '
            f'width="{width:.1f}" height="{height:.1f}" rx="12"/></clipPath><g clip-path="url(#card-{mood.key})">',
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{light("sheet")}"/>',
            f'<g transform="translate({left:.1f} {y - 2:.1f}) scale({_PICTURE})">'
            f"{drawing(mood.signature, mood.key, reach=bounds)}</g>",
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{_TAB:g}" height="{height:.1f}" fill="{fill}"/>',
            shape(mood.colour, x + 32, y + _NAME - 6.5, 14, fill),
            _text(x + 46, y + _NAME, name, min(18.0, (width - 54) / (0.66 * len(name))), "ink", bold=True),
            _lines(x + 25, y + _NAME + 17, mood.advice[language], 12, "ink", 33),
            _map(mood, x + width - _MAP - 8, y + 8, fill),
            _mark(mood, x + 27, y + 17),
            "</g>",
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="12" fill="none" '
            f'stroke="{light("rule")}"/></g>',
        ]
    )


def _map(mood: Mood, x: float, y: float, fill: str) -> str:
    """The place of a mood among all: unpleasant to pleasant, calm to excited."""
    middle = _MAP / 2
    at = x + middle + mood.valence * middle, y + middle - mood.arousal * middle
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{_MAP:g}" height="{_MAP:g}" rx="5" fill="{light("sunken")}"/>'
        f'<path d="M{x + 3:.1f} {y + middle:.1f}h{_MAP - 6:g}M{x + middle:.1f} {y + 3:.1f}v{_MAP - 6:g}" '
        f'stroke="{light("rule")}" stroke-width="1.3"/>'
        f'<circle cx="{at[0]:.1f}" cy="{at[1]:.1f}" r="4" fill="{fill}"/>'
    )


def _mark(mood: Mood, x: float, y: float) -> str:
    """Filled for a mood that may be told, a ring for the others."""
    fill = light("accent") if mood.key in SHOWN else "none"
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" fill="{fill}" stroke="{light("accent")}" stroke-width="1.5"/>'


def _foot(said: Words) -> str:
    y = PAPER[1] - _MARGIN - _FOOT + 30
    x = _MARGIN + 62
    unit = _MAP + 8
    axes = (
        f'<rect x="{x:.1f}" y="{y - 14:.1f}" width="{unit:g}" height="{unit:g}" rx="5" fill="{light("sunken")}"/>'
        f'<path d="M{x + 3:.1f} {y - 14 + unit / 2:.1f}h{unit - 6:g}M{x + unit / 2:.1f} {y - 11:.1f}v{unit - 6:g}" '
        f'stroke="{light("soft")}" stroke-width="1.3"/>'
    )
    right = x + unit + 110
    return "".join(
        [
            axes,
            _text(x - 6, y + 14, said.unpleasant, 10.5, "soft", anchor="end"),
            _text(x + unit + 6, y + 14, said.pleasant, 10.5, "soft"),
            _text(x + unit / 2, y - 19, said.excited, 10.5, "soft", anchor="middle"),
            _text(x + unit / 2, y + 46, said.calm, 10.5, "soft", anchor="middle"),
            f'<circle cx="{right}" cy="{y - 5:.1f}" r="5.5" fill="{light("accent")}"/>',
            _text(right + 14, y, said.read, 14, "ink"),
            f'<circle cx="{right}" cy="{y + 19:.1f}" r="5" fill="none" stroke="{light("accent")}" stroke-width="1.8"/>',
            _text(right + 14, y + 24, said.chart_only, 14, "ink"),
            _text(right - 5, y + 49, said.disclaimer, 14, "ink", bold=True),
        ]
    )
