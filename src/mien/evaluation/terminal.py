"""An evaluation in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.console import Group
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from mien.evaluation.wording import (
    COUNTED,
    DRAWN,
    RESIDUAL_HIGH,
    RESIDUAL_LOW,
    headline,
    interval,
    left_out,
    notes,
    number,
    what,
)
from mien.expressions import EXPRESSIONS
from mien.report.figures import MISSING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from rich.console import Console, RenderableType

    from mien.evaluation.groups import Grouping
    from mien.evaluation.results import Evaluation, View
    from mien.evaluation.types import Estimate

_MAIN: Final = (
    ("accuracy", "Accuracy"),
    ("balanced_accuracy", "Balanced accuracy"),
    ("macro_f1", "Macro-F1"),
    ("three_levels", "3 levels"),
    ("leaning", "Leaning"),
    ("calibration_error", "Calibration error"),
    ("valence_concordance", "Valence concordance"),
    ("valence_miss", "Mean miss of valence"),
    ("valence_shift", "Shift of valence"),
    ("residual_mean_square", "Residual mean square"),
)
_BINS: Final = (
    ("accuracy", "accuracy"),
    ("three_levels", "3 levels"),
    ("calibration_error", "calibration"),
    ("valence_concordance", "concordance"),
    ("valence_miss", "mean miss"),
    ("residual_mean_square", "residual"),
)
_WITH_INTERVAL: Final = frozenset({"accuracy", "residual_mean_square"})
_WIDE: Final = 100
"""Columns from which intervals stand beside every figure."""
_SHORT: Final = {"happiness": "happy", "surprise": "surpr.", "contempt": "cont."}


def print_evaluation(console: Console, found: Evaluation, written: Mapping[str, Path] | None = None) -> None:
    """Print every figure with its interval, what was left out and why, and what must be known.

    Args:
        console: Where to print.
        found: The evaluation.
        written: Files that were written, by what they are; printed last.
    """
    console.print(Rule(Text(found.faces.name, style="bold", overflow="fold"), align="left", style="dim"))
    console.print(Text(f"{what(found)}; reader {found.reader}, scale {found.wishes.scale}", style="dim"))
    for note in notes(found):
        console.print(Text.assemble(("! ", "bold yellow"), note))
    console.print(Padding(Text(headline(found), style="bold"), (1, 0)))
    for title, part in _parts(found, wide=console.width >= _WIDE):
        console.print(Group(Text(title, style="bold"), Padding(part, (0, 0, 1, 2))))
    for name, path in (written or {}).items():
        console.print(Text.assemble((f"{name}  ", "dim"), (str(path), "bold")), soft_wrap=True)


def _parts(found: Evaluation, *, wide: bool) -> list[tuple[str, RenderableType]]:
    parts: list[tuple[str, RenderableType]] = [
        (
            f"Figures, 95 % intervals from {found.wishes.resamples:,} draws of {DRAWN[found.drawn_as]}",
            _main(found),
        ),
        ("Each expression", _classes(found, wide=wide)),
        ("What was named (columns) when the truth was (rows)", _confusion(found)),
    ]
    if found.people is not None:
        parts.append(("Beside people: agreement with the majority of the other taggers", _people(found)))
    parts += [
        (f"By {table.name} ({table.unit})", _bins(table.views, wide=wide))
        for table in found.bins
        if len(table.views) > 1
    ]
    parts += [
        (f"Groups of '{grouping.column}'", _groups(grouping, COUNTED[found.drawn_as]))
        for grouping in found.groups
    ]
    parts.append(("Could the model have seen this set?", _contamination(found)))
    parts.append(("Left out", _left_out(found)))
    return parts


def _table(*headings: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    for i, heading in enumerate(headings):
        table.add_column(heading, justify="left" if i == 0 else "right")
    return table


def _row(table: Table, name: str, key: str, estimate: Estimate, remark: str = "") -> None:
    table.add_row(
        name,
        Text(number(key, estimate.value), style="bold"),
        interval(key, estimate),
        f"{estimate.n:,}",
        remark,
    )


def _main(found: Evaluation) -> Table:
    table = _table("", "", "95 % interval", "pictures", "")
    table.columns[4].justify = "left"
    chance = found.total.chance
    remarks = {
        "leaning": "above 0: too pleasant",
        "calibration_error": f"{number('calibration_error', chance)} of it would be chance" if chance else "",
        "residual_mean_square": _within(found.total.figures["residual_mean_square"]),
    }
    for key, name in _MAIN:
        estimate = found.total.figures[key]
        if estimate.value is not None:
            _row(table, name, key, estimate, remarks.get(key, ""))
    _row(table, "Accuracy, unfound faces wrong", "accuracy", found.end_to_end)
    if found.as_came is not None:
        _row(
            table,
            "Accuracy, unfound faces read as they came",
            "accuracy",
            found.as_came.figures["accuracy"],
        )
    for key, name in (("accuracy", "Accuracy"), ("balanced_accuracy", "Balanced accuracy")):
        if found.among_all is not None:
            _row(table, f"{name}, any of 8 expressions allowed", key, found.among_all[key])
    return table


def _within(residual: Estimate) -> str:
    if residual.value is None:
        return ""
    if RESIDUAL_LOW <= residual.value <= RESIDUAL_HIGH:
        return "errors as predicted"
    low, high = residual.low, residual.high
    near = low is None or high is None or (low <= RESIDUAL_HIGH and high >= RESIDUAL_LOW)
    way = "larger than predicted" if residual.value > 1 else "smaller than predicted"
    return f"errors perhaps {way}" if near else f"errors {way}"


def _classes(found: Evaluation, *, wide: bool) -> Table:
    spread = ("95 % interval",) if wide else ()
    table = _table("", "pictures", *(c for name in ("recall", "precision", "F1") for c in (name, *spread)))
    for row in found.classes:
        cells = [
            cell
            for key, estimate in (("recall", row.recall), ("precision", row.precision), ("f1", row.f1))
            for cell in (
                Text(number(key, estimate.value), style="bold"),
                *((interval(key, estimate),) if wide else ()),
            )
        ]
        table.add_row(row.name, f"{row.true:,}", *cells)
    return table


def _confusion(found: Evaluation) -> Table:
    shown = found.selection.classes
    table = _table("", *(_SHORT.get(EXPRESSIONS[k], EXPRESSIONS[k]) for k in shown))
    for i in shown:
        counts = found.confusion[i]
        table.add_row(
            EXPRESSIONS[i],
            *(Text(f"{counts[j]:,}", style="bold" if i == j else "" if counts[j] else "dim") for j in shown),
        )
    return table


def _people(found: Evaluation) -> Table:
    table = _table(
        "", f"{len(found.selection.classes)} expressions", "95 % interval", "3 levels", "95 % interval"
    )
    people = found.people
    if people is not None:
        for name, one, levels in (
            ("one tagger", people.tagger, people.tagger_levels),
            ("the reader", people.reader, people.reader_levels),
        ):
            table.add_row(
                name,
                Text(number("accuracy", one.value), style="bold"),
                interval("accuracy", one),
                Text(number("accuracy", levels.value), style="bold"),
                interval("accuracy", levels),
            )
        table.caption = f"on the same {people.pictures:,} pictures"
        table.caption_justify = "left"
    return table


def _bins(views: tuple[View, ...], *, wide: bool) -> Table:
    """Intervals only where there is room and they decide something; the page and the document have all."""
    with_interval = _WITH_INTERVAL if wide else frozenset()
    known = [
        (key, name)
        for key, name in _BINS
        if any(view.figures and view.figures[key].value is not None for view in views)
    ]
    headings = [
        cell for key, name in known for cell in ((name, "95 % interval") if key in with_interval else (name,))
    ]
    table = _table("", "pictures", *headings)
    for view in views:
        if not view.figures:
            table.add_row(view.name, f"{view.pictures:,}", Text("too few", style="dim"))
            continue
        cells = []
        for key, _ in known:
            cells.append(Text(number(key, view.figures[key].value), style="bold"))
            if key in with_interval:
                cells.append(Text(interval(key, view.figures[key]), style="dim"))
        table.add_row(view.name, f"{view.pictures:,}", *cells)
    return table


def _groups(grouping: Grouping, unit: str) -> RenderableType:
    groups = _table("", unit, "accuracy", "95 % interval", "3 levels", "95 % interval")
    for group in grouping.groups:
        accuracy, levels = group.figures["accuracy"], group.figures["three_levels"]
        groups.add_row(
            group.name, f"{group.persons:,}", f"{group.pictures:,}",
            Text(number("accuracy", accuracy.value), style="bold"), interval("accuracy", accuracy),
            Text(number("accuracy", levels.value), style="bold"), interval("accuracy", levels),
        )  # fmt: skip
    apart = _table("difference", "", "95 % interval", "")
    for d in grouping.differences:
        sure = d.estimate.excludes_zero
        apart.add_row(
            f"{d.name}: {d.group} minus {d.other}",
            Text(number(d.key, d.estimate.value, difference=True), style="bold yellow" if sure else ""),
            interval(d.key, d.estimate, difference=True) or MISSING,
            Text("! excludes 0" if sure else "no difference shown", style="yellow" if sure else "dim"),
        )
    return Group(groups, Text(""), apart) if grouping.differences else groups


def _contamination(found: Evaluation) -> RenderableType:
    seen = found.contamination
    lines: list[RenderableType] = [
        Text.assemble(
            (f"{seen.verdict}", "bold"), f" ({seen.copies:,} of {seen.checked:,})" if seen.copies else ""
        ),
        Text(seen.why, style="dim"),
    ]
    if seen.without is not None and seen.without.figures:
        table = _table("", "all", "without copies", "95 % interval")
        for key, name in _MAIN:
            one, other = found.total.figures[key], seen.without.figures[key]
            if one.value is not None:
                table.add_row(name, number(key, one.value), number(key, other.value), interval(key, other))
        lines.append(table)
    told = seen.card.training if seen.card is not None and seen.card.training else "Its model has no card."
    lines.append(Text(told, style="dim"))
    return Group(*lines)


def _left_out(found: Evaluation) -> RenderableType:
    table = _table("", "pictures", "of", "")
    table.columns[3].justify = "left"
    for reason, count, base, names in left_out(found):
        table.add_row(reason, f"{count:,}", f"{base:,}", Text(", ".join(names), style="dim"))
    return table if table.row_count else Text("nothing", style="dim")
