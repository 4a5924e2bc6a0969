"""`mien badges`: sheets of badge markers to print."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mien.cli.console import say
from mien.cli.targets import check_targets
from mien.errors import SettingError
from mien.report.saving import save_text
from mien.vision.badges.families import FAMILIES, check_family
from mien.vision.badges.sheets import badge_sheets, badges_to_print, sheet_count

_SUFFIXES = (".html", ".htm")


def badges_command(
    out: Annotated[Path, typer.Option(metavar="FILE.html", help="Where to write the sheets.")],
    ids: Annotated[
        str, typer.Option("--ids", metavar="NUMBERS", help="Markers for staff, such as 1-20 or 1,4,7-9.")
    ] = "",
    no_reading: Annotated[
        str,
        typer.Option(
            "--no-reading",
            metavar="NUMBERS",
            help="Markers for customers who do not wish to be read: the last five of a family.",
        ),
    ] = "",
    family: Annotated[
        str, typer.Option(metavar="NAME", help=f"Family of markers: {', '.join(FAMILIES)}.")
    ] = "apriltag-25h9",
) -> None:
    """Write A4 sheets of badge markers, 10 cm wide, to print from a browser."""
    known = check_family(family)
    badges = badges_to_print(known, parse_numbers(ids, "--ids"), parse_numbers(no_reading, "--no-reading"))
    if out.suffix.lower() not in _SUFFIXES:
        raise SettingError(
            f"--out is '{out}', and badges are written as a page to print from a browser (PDF, too): give it a name "
            "that ends in .html."
        )
    check_targets({"--out": out}, {})
    save_text(badge_sheets(known, badges), out, what="sheets", option="--out")
    sheets = sheet_count(badges)
    say(
        f"{out} has {len(badges)} badge{'s' * (len(badges) != 1)} on {sheets} A4 sheet{'s' * (sheets != 1)}. Open it "
        "in a browser, print it at 100 % and measure the bar."
    )
    say("In the site file:")
    say(f'[badges]\nenabled = true\nfamily = "{known}"')
    for key, opt_out in (("staff", False), ("no_reading", True)):
        if numbers := [badge.number for badge in badges if badge.opt_out is opt_out]:
            say(f"{key} = {numbers}")


def parse_numbers(text: str, option: str) -> list[int]:
    """Numbers written as `1-20` or `1,4,7-9`, ascending, each once.

    Raises:
        SettingError: They are not written so.

    Example:
        >>> parse_numbers("7-9, 1,8", "--ids")
        [1, 7, 8, 9]
    """
    numbers: set[int] = set()
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        first, dash, last = (piece.strip() for piece in part.partition("-"))
        ends = (first, last if dash else first)
        # Four digits are more than any family has; longer ones would only fill the memory.
        if not all(end.isascii() and end.isdigit() and len(end) <= 4 for end in ends) or int(ends[0]) > int(
            ends[1]
        ):
            raise SettingError(f"{option} has '{part}'; write numbers as 1-20 or 1,4,7-9.")
        numbers.update(range(int(ends[0]), int(ends[1]) + 1))
    return sorted(numbers)
