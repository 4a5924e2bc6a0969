"""What was counted in a recording, as tables in the terminal, with the self-checks beside the numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich import box
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from rich.console import Console

    from mien.journey.flow import Balance, Durations, FlowCounts, FlowSettings, Quantile, Share
    from mien.report.flow import Counted, FlowReport

_PATHS: Final = 8
"""Paths that are printed; the JSON document has all."""

_SHADES: Final = " ░▒▓█"


def print_flow(console: Console, report: FlowReport) -> None:
    """Print counts at doors, stays, waits, paths, and what speaks against them.

    Args:
        console: Where to print.
        report: What was counted.
    """
    until = report.clock(report.length_s)
    console.print(
        Text(f"{report.site}, camera {report.camera}: {report.clock(0.0)} to {until}", style="bold")
    )
    console.print(Text(f"{report.video}, {report.rate:g} pictures a second"))
    print_tables(console, report, report.settings)
    for sentence in checks(report):
        console.print(Text(f"• {sentence}"))


def print_tables(console: Console, counted: Counted, settings: FlowSettings, *, periods: bool = True) -> None:
    """Print what was counted at one camera.

    Args:
        console: Where to print.
        counted: What was counted.
        settings: How.
        periods: Whether to print the single periods.
    """
    tables = [_lines(counted), _queues(counted), _zones(counted), _paths(counted)]
    for table in [*tables, *([_quarters(counted)] if periods else [])]:
        if table.row_count:
            console.print(table)
    if any(counted.total.heat.values()):
        console.print(Text("Where people stood"))
        for row in heat_rows(counted.total, settings):
            console.print(Text(f"  {row}", no_wrap=True))


def heat_rows(counts: FlowCounts, settings: FlowSettings) -> list[str]:
    """The heat map in five shades, darker where people stood longer; the darkest is the longest."""
    shades = counts.heat_shades(settings.rows, settings.columns, len(_SHADES) - 1)
    return ["".join(_SHADES[shade] for shade in row) for row in shades]


def checks(report: FlowReport) -> list[str]:
    """What must be known to believe the numbers, one sentence each."""
    found = door_checks(report.balance) if report.plan.lines else []
    found += seen_checks(report)
    if not report.complete:
        found.append("It was stopped before the end of the recording.")
    return [*found, *report.warnings]


def seen_checks(counted: Counted) -> list[str]:
    """What must be known of what one camera saw, one sentence each."""
    found = []
    total = counted.total
    if total.gap_s:
        found.append(
            f"The camera saw nothing for {_time(total.gap_s)} in {total.gaps} gap{'s' * (total.gaps != 1)}; nothing is "
            "filled in."
        )
    found += [
        f"In {name} the feet were not in the picture for {zone.feetless_s / zone.person_s:.0%} of the time, so the "
        "place is where the picture's edge cuts the person."
        for name, zone in total.zones.items()
        if zone.person_s and zone.feetless_s > 0.1 * zone.person_s
    ]
    if total.faces_s and any(zone.kind == "shelf" for zone in counted.plan.zones):
        found.append(
            f"Faces were seen for {_time(total.faces_s)}, {total.facing_s / total.faces_s:.0%} of it turned to the "
            "camera, which tells no shelf. Turned to a shelf means to the side on which it lies in the picture."
        )
    if total.excluded:
        found.append(f"People were found in blacked-out zones {total.excluded} times; they are not counted.")
    return found


def door_checks(balance: Balance, *, unjudged: str = "") -> list[str]:
    """How well what was counted at the doors fits together, one sentence each.

    Args:
        balance: The self-checks.
        unjudged: Why they say nothing of errors, where that is known.
    """
    net = f"In minus out is {balance.net:+d}" if balance.net else "In minus out is 0"
    if balance.wrong is None:
        why = unjudged or "the place is not known to be empty before and after"
        found = [f"{net}. Whether that is right cannot be told: {why}."]
    elif balance.share is None:
        found = [f"{net}: nobody crossed a line."]
    else:
        lowest = f", and went down to {balance.lowest} in between" if balance.lowest < 0 else ""
        crossings = balance.came_in + balance.went_out
        found = [
            f"{net}{lowest}, and should be 0 from opening to closing: at least {balance.wrong} of {crossings} "
            f"crossings ({balance.share:.1%}) are wrong. Nothing was corrected."
        ]
    if balance.unclear:
        found.append(
            f"Of {balance.unclear} more {'person' if balance.unclear == 1 else 'people'} it cannot be told whether "
            "they crossed: they came into sight or were lost on a line."
        )
    if balance.gaps:
        found.append(
            f"Not seen as a whole: {balance.gaps} of {balance.periods} period{'s' * (balance.periods != 1)}. Who "
            "crossed unseen is missing."
        )
    return found


def _lines(report: Counted) -> Table:
    table = table_of("Doors", "line", "in", "out", "unclear")
    for name, line in report.total.lines.items():
        table.add_row(name, str(line.came_in), str(line.went_out), str(line.unclear))
    return table


def _queues(report: Counted) -> Table:
    table = table_of("Queues", "queue", "joined", "median wait", "gave up", "mean length", "longest")
    for name, queue in report.total.queues.items():
        zones = [zone for zone in report.plan.zones if zone.name == name]
        # A queue that the site file knows no more tells by its counts.
        told = any(zone.leads_to for zone in zones) if zones else bool(queue.served.n + queue.gave_up.n)
        mean = queue.mean_length
        table.add_row(
            name,
            str(queue.joined),
            _median(queue.served if told else queue.left),
            share_words(queue.share_given_up) if told else "not told apart",
            f"{mean:.1f}" if mean is not None else "–",
            str(queue.longest),
        )
    return table


def _zones(report: Counted) -> Table:
    table = table_of(
        "Zones", "zone", "kind", "stays", "not seen to end", "median stay", "together", "turned to it"
    )
    kinds = {zone.name: zone.kind for zone in report.plan.zones}
    for name, zone in report.total.zones.items():
        kind = kinds.get(name, "not in the site file")
        table.add_row(
            name,
            kind,
            str(zone.stays.n + zone.stays.n_cut),
            str(zone.stays.n_cut),
            _median(zone.stays),
            _time(zone.person_s),
            _time(zone.turned_s) if kind == "shelf" else "",
        )
    return table


def _paths(report: Counted) -> Table:
    table = table_of("Paths", "from", "to", "people")
    for one, other, n in report.total.steps[:_PATHS]:
        table.add_row(one, other, str(n))
    return table


def _quarters(report: Counted) -> Table:
    lines = bool(report.total.lines)
    queues = list(report.total.queues)
    heads = [*(("in", "out") if lines else ()), *(f"{name} waiting" for name in queues)]
    table = table_of("Periods", "from", *heads, "seen")
    if len(report.quarters) < 2:
        return table
    for quarter in report.quarters:
        counts = quarter.counts
        crossed = [
            str(sum(line.came_in for line in counts.lines.values())),
            str(sum(line.went_out for line in counts.lines.values())),
        ]
        means = [counts.queues[name].mean_length if name in counts.queues else None for name in queues]
        seen = counts.watched_s / (quarter.end_s - quarter.begin_s)
        table.add_row(
            report.clock(quarter.begin_s),
            *(crossed if lines else ()),
            *(f"{mean:.1f}" if mean is not None else "–" for mean in means),
            "all" if quarter.whole else f"{seen:.0%}{', with a gap' if counts.gap_s else ''}",
        )
    return table


def table_of(title: str, *columns: str) -> Table:
    """An empty table; the first column holds words, the others numbers."""
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for number, column in enumerate(columns):
        table.add_column(column, justify="left" if number == 0 else "right", overflow="fold")
    return table


def quantile_words(quantile: Quantile) -> str:
    """A duration with its interval, or why there is none."""
    if quantile.value_s is None:
        return str(quantile.reason)
    low = _time(quantile.low_s) if quantile.low_s is not None else "?"
    high = _time(quantile.high_s) if quantile.high_s is not None else "?"
    return f"{_time(quantile.value_s)} ({low} to {high})"


def _median(durations: Durations) -> str:
    return quantile_words(durations.quantile())


def share_words(share: Share | None) -> str:
    """A share with its interval; a dash where there is none."""
    return "–" if share is None else f"{share.value:.0%} ({share.low:.0%} to {share.high:.0%})"


def _time(seconds: float) -> str:
    if seconds < 60.0:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02d} h" if minutes >= 60 else f"{minutes}:{rest:02d} min"
