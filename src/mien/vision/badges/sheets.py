"""Sheets of badges that print at true size: one HTML page per A4 sheet, lengths in mm, nothing loaded from anywhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mien.errors import SettingError
from mien.vision.badges.families import FAMILIES, SIDE_MM, cells, opt_out_markers

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mien.vision.badges.families import Family

_SHEET: Final = (210.0, 296.9)  # A4, mm, less a hair, so that rounding begins no empty sheet
_CARD: Final = (140.0, 141.0)
_LEFT, _TOP = 10.0, 7.5
_PER_SHEET: Final = 2
_WORDS_Y: Final = 139.0  # inside the card: under the white margin of a cell below the square, above the cut

_PAGE: Final = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Mien badges, {family}</title>
<style>
@page {{ size: A4 portrait; margin: 0 }}
html, body {{ margin: 0; background: #fff; color: #000 }}
svg {{ display: block; width: 210mm; height: {height}mm; break-after: page; break-inside: avoid }}
svg:last-child {{ break-after: auto }}
text {{ font-family: sans-serif; font-size: 4px }}
</style>
</head>
<body>
{sheets}
</body>
</html>
"""


@dataclass(frozen=True, slots=True)
class Badge:
    """One badge to print.

    Attributes:
        number: Its marker.
        opt_out: Whether it is for customers who do not wish to be read; else it is for staff.
    """

    number: int
    opt_out: bool


def badges_to_print(family: Family, staff: Sequence[int], no_reading: Sequence[int]) -> list[Badge]:
    """Check the numbers of what is to be printed: the last few markers of a family are for customers only.

    Args:
        family: Family of markers.
        staff: Markers for staff.
        no_reading: Markers for customers who do not wish to be read.

    Raises:
        SettingError: There is nothing to print, no marker of that number, or it is kept for the others.
    """
    ours = opt_out_markers(family)
    last = f"{ours[0]} to {ours[-1]}"
    for number in (*staff, *no_reading):
        if not 0 <= number < FAMILIES[family]:
            raise SettingError(f"There is no marker {number}; {family} has 0 to {FAMILIES[family] - 1}.")
    for number in staff:
        if number in ours:
            raise SettingError(
                f"Marker {number} is kept for customers who do not wish to be read ({family}: {last}); give staff "
                f"0 to {ours[0] - 1}."
            )
    for number in no_reading:
        if number not in ours:
            raise SettingError(
                f"Marker {number} is one for staff; customers who do not wish to be read get {last} of {family}."
            )
    if not (staff or no_reading):
        raise SettingError("There is nothing to print; name markers with --ids or --no-reading.")
    chosen = [Badge(number, opt_out=number in ours) for number in (*staff, *no_reading)]
    return sorted(set(chosen), key=lambda badge: badge.number)


def badge_sheets(family: Family, badges: Sequence[Badge]) -> str:
    """The sheets as the text of an HTML page, two badges on each.

    Args:
        family: Family of markers.
        badges: What to print.
    """
    pairs = [badges[start : start + _PER_SHEET] for start in range(0, len(badges), _PER_SHEET)]
    return _PAGE.format(
        family=family, height=_SHEET[1], sheets="\n".join(_sheet(family, pair) for pair in pairs)
    )


def sheet_count(badges: Sequence[Badge]) -> int:
    """How many sheets they take."""
    return -(-len(badges) // _PER_SHEET)


def _sheet(family: Family, badges: Sequence[Badge]) -> str:
    width, height = _SHEET
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}">',
            *(_card(family, badge, _TOP + place * _CARD[1]) for place, badge in enumerate(badges)),
            *_scale_bar(),
            "</svg>",
        ]
    )


def _card(family: Family, badge: Badge, top: float) -> str:
    """A badge with its cut line, number and meaning."""
    black = cells(family, badge.number)
    cell = SIDE_MM / len(black)
    left = _LEFT + (_CARD[0] - SIDE_MM) / 2
    upper = top + (_CARD[1] - SIDE_MM) / 2
    # One path and no smoothing of edges, so that neighbouring cells leave no hairline between them.
    squares = "".join(
        f"M{column * cell:.4f} {row * cell:.4f}h{cell:.4f}v{cell:.4f}h{-cell:.4f}z"
        for row, line in enumerate(black)
        for column, is_black in enumerate(line)
        if is_black
    )
    meaning = "customer: do not read" if badge.opt_out else "staff"
    middle = _LEFT + _CARD[0] / 2
    return (
        f'<rect x="{_LEFT}" y="{top}" width="{_CARD[0]}" height="{_CARD[1]}" fill="none" stroke="#999" '
        'stroke-width="0.2" stroke-dasharray="2 2"/>\n'
        f'<path transform="translate({left} {upper})" shape-rendering="crispEdges" d="{squares}"/>\n'
        f'<text x="{middle}" y="{top + _WORDS_Y}" text-anchor="middle">{badge.number} · {meaning} · {family}</text>'
    )


def _scale_bar() -> Iterator[str]:
    """A bar of 10 cm beside the badges, with a tick per centimetre."""
    x, top = 170.0, _TOP + (_CARD[1] - SIDE_MM) / 2
    path = f"M{x} {top}v{SIDE_MM:g}" + "".join(
        f"M{x} {top + 10 * i:g}h{8 if i in (0, 10) else 4}" for i in range(11)
    )
    yield f'<path d="{path}" fill="none" stroke="#000" stroke-width="0.3"/>'
    lines = (
        "10 cm from end to end?",
        "If not, print again",
        "at 100 %, without",
        "“fit to page”.",
        "",
        "Cut along the dashes:",
        "the white margin is",
        "part of the marker.",
        "Wear it flat on the",
        "chest; matt, not",
        "laminated.",
    )
    for place, line in enumerate(lines):
        yield f'<text x="{x}" y="{top + SIDE_MM + 10 + 5.5 * place:g}" style="font-size:3.4px">{line}</text>'
