"""The summary in the terminal: the same facts as the page, in a few lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from rich.console import Group
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from mien.journey.types import MomentKind, Outcome
from mien.report.figures import clock, eyes_alone, lasting, plain, share, signed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from rich.console import Console, RenderableType

    from mien.journey.types import Interaction, Moment, Score
    from mien.report.model import Report, VideoReport

_STYLES: Final = {
    Outcome.IMPROVED: "green",
    Outcome.WORSENED: "red",
    Outcome.UNCHANGED: "default",
    Outcome.UNCLEAR: "yellow",
}
_MARKS: Final = {Outcome.IMPROVED: "▲", Outcome.WORSENED: "▼", Outcome.UNCHANGED: "=", Outcome.UNCLEAR: "◇"}
_HEADLINES: Final = {
    Outcome.IMPROVED: "The face shows a clear improvement.",
    Outcome.WORSENED: "The face shows a clear worsening.",
    Outcome.UNCHANGED: "The face shows about the same at the end as at the start.",
    Outcome.UNCLEAR: "The face shows no clear direction.",
}
_BLOCKS: Final = "▁▂▃▄▅▆▇█"
_BLOCKS_WIDE: Final = 20
_CANNOT_TELL: Final = "Cannot tell whether the face's expression changed."


def print_summary(console: Console, report: Report, written: Mapping[str, Path] | None = None) -> None:
    """Print outcome, EPS and Happiness Index with their intervals, moments, and what was left out and why.

    Fits any width from 40 columns; signs and words say all that colours say.

    Args:
        console: Where to print.
        report: The analysed videos.
        written: Files that were written, by what they are, `{"Report": Path("report.html")}`; printed last.
    """
    several = len(report.interactions) > 1
    number = 0
    for video in report.videos:
        console.print(_video_head(video))
        for interaction in video.interactions:
            number += 1
            told = _interaction(interaction, number if several else None, video.duration_s)
            console.print(Padding(told, (1, 0, 0, 2)))
        if not video.interactions:
            why = video.reason or "no face could be followed in this video"
            console.print(Padding(Text(f"◇ Cannot tell: {why}.", style="yellow"), (1, 0, 0, 2)))
        console.print()
    if several:
        console.print(_tally(report))
    for name, path in (written or {}).items():
        # Text keeps a path whole and unmarked, so that it can be copied.
        console.print(Text.assemble((f"{name}  ", "dim"), (str(path), "bold")), soft_wrap=True)


def _video_head(video: VideoReport) -> RenderableType:
    facts = (
        f"{lasting(video.duration_s)}, {_count(video.frames, 'picture')}, {_count(video.readings, 'reading')}"
    )
    lines: list[RenderableType] = [
        Rule(Text(video.video, style="bold", overflow="fold"), align="left", style="dim"),
        Text(facts + (", simulated" if video.simulated else ""), style="dim"),
    ]
    lines += [Text.assemble(("! ", "bold yellow"), warning) for warning in video.warnings]
    return Group(*lines)


def _interaction(found: Interaction, number: int | None, length_s: float | None) -> RenderableType:
    score = found.score
    # A reading stands for the time around it, which may reach a little beyond the last picture.
    usable_s = score.usable_s if length_s is None else min(score.usable_s, length_s)
    style = _STYLES[score.outcome]
    where = [f"{clock(found.start_s)}–{clock(found.end_s)}"]
    where += [value for value in (found.context.site, found.context.touchpoint, found.context.type) if value]
    headline = _HEADLINES[score.outcome] if score.eps is not None else _CANNOT_TELL
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row("EPS", _eps(score, style))
    grid.add_row("Happiness Index", _index(score))
    if score.initial_valence is not None and score.final_valence is not None:
        grid.add_row(
            "Valence",
            _course(found, signed(score.initial_valence, 2), signed(score.final_valence, 2)),
        )
    if score.reason and (score.eps is None or score.happiness_index is None):
        grid.add_row("Cannot tell", Text(score.reason, style="yellow"))
    if score.eps is not None:
        grid.add_row("Moments", _moments(score.moments))
    grid.add_row("Used", f"{score.n} of {_count(found.readings, 'reading')}, {lasting(usable_s)} usable")
    if found.by_eyes:
        grid.add_row("Covered", eyes_alone(found.by_eyes, score.n))
    grid.add_row("Left out", _left_out(found.left_out, found.readings))
    if found.interrupted:
        grid.add_row("", Text("The recording ended while the face was still there."))
    return Group(
        Text.assemble((f"{number}  " if number else "", "bold"), (" · ".join(where), "dim")),
        Text.assemble((f"{_MARKS[score.outcome]} ", f"bold {style}"), (headline, "bold")),
        Padding(grid, (0, 0, 0, 2)),
    )


def _course(found: Interaction, start: str, end: str) -> Text:
    """The curve in one line of blocks between the two ends of the EPS; blank where it has a gap."""
    if found.curve is None:
        return Text(f"{start} at the start, {end} at the end")
    valence = found.curve.valence
    picked = valence[np.linspace(0, len(valence) - 1, min(len(valence), _BLOCKS_WIDE)).round().astype(int)]
    blocks = "".join(
        " " if np.isnan(v) else _BLOCKS[min(int((v + 1) / 2 * len(_BLOCKS)), len(_BLOCKS) - 1)]
        for v in np.clip(picked, -1.0, 1.0)
    )
    return Text.assemble(f"{start} ", (blocks, "cyan"), f" {end}")


def _eps(score: Score, style: str) -> Text:
    if score.eps is None:
        return Text("—", style="dim")
    return Text.assemble(
        (signed(score.eps), f"bold {style}"),
        (f"  95 % between {signed(score.eps_low)} and {signed(score.eps_high)}", ""),
    )


def _index(score: Score) -> Text:
    if score.happiness_index is None:
        return Text("—", style="dim")
    return Text.assemble(
        (plain(score.happiness_index), "bold"),
        (f" of 100  95 % between {plain(score.hi_low)} and {plain(score.hi_high)}", ""),
    )


def _moments(moments: Sequence[Moment]) -> Text:
    if not moments:
        return Text("none", style="dim")
    lines = []
    for moment in moments:
        fall = moment.kind is MomentKind.FALL
        lines.append(
            Text.assemble(
                ("▼ " if fall else "▲ ", "bold red" if fall else "green"),
                (clock(moment.t_s, 1), "bold"),
                ("  critical: valence fell by " if fall else "  valence rose by "),
                plain(abs(moment.change), 2),
            )
        )
    return Text("\n").join(lines)


def _left_out(left_out: Mapping[str, int], readings: int) -> Text:
    reasons = sorted(((count, reason) for reason, count in left_out.items() if count), reverse=True)
    if not reasons:
        return Text("nothing", style="dim")
    total = share(sum(count for count, _ in reasons), readings)
    return Text(f"{total}: " + ", ".join(f"{reason} {share(count, readings)}" for count, reason in reasons))


def _tally(report: Report) -> Text:
    scores = [interaction.score for _, interaction in report.interactions]
    text = Text.assemble((_count(len(scores), "interaction"), "bold"), ": ")
    parts = [
        Text.assemble((f"{_MARKS[outcome]} ", _STYLES[outcome]), f"{count} {outcome.value}")
        for outcome in Outcome
        if (count := sum(score.outcome is outcome for score in scores))
    ]
    text.append_text(Text(", ").join(parts))
    if unscored := sum(score.eps is None for score in scores):
        text.append(f"; {unscored} without an EPS")
    return text


def _count(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"
