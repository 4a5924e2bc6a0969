"""What was counted in a recording, as tables in the terminal, with the self-checks beside the numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich import box
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from rich.console import Console

    from mien.journey.flow import Balance, Durations, Share
    from mien.report.flow import FlowReport

_PATHS: Final = 8
"""Paths that are printed; the JSON document has all."""


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
    for table in (_lines(report), _queues(report), _zones(report), _paths(report), _quarters(report)):
        if table.row_count:
            console.print(table)
    for sentence in checks(report):
        console.print(Text(f"• {sentence}"))


def checks(report: FlowReport) -> list[str]:
    """What must be known to believe the numbers, one sentence each."""
    found = _door_checks(report.balance) if report.plan.lines else []
    total = report.total
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
    if total.faces_s and any(zone.kind == "shelf" for zone in report.plan.zones):
        found.append(
            f"Faces were seen for {_time(total.faces_s)}, {total.facing_s / total.faces_s:.0%} of it turned to the "
            "camera, which tells no shelf. Turned to a shelf means to the side on which it lies in the picture."
        )
    if total.excluded:
        found.append(f"People were found in blacked-out zones {total.excluded} times; they are not counted.")
    if not report.complete:
        found.append("It was stopped before the end of the recording.")
    return [*found, *report.warnings]


def _door_checks(balance: Balance) -> list[str]:
    net = f"In minus out is {balance.net:+d}" if balance.net else "In minus out is 0"
    if balance.wrong is None:
        found = [
            f"{net}. Whether that is right cannot be told: the place is not known to be empty before and after."
        ]
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


def _lines(report: FlowReport) -> Table:
    table = _table("Doors", "line", "in", "out", "unclear")
    for name, line in report.total.lines.items():
        table.add_row(name, str(line.came_in), str(line.went_out), str(line.unclear))
    return table


def _queues(report: FlowReport) -> Table:
    table = _table("Queues", "queue", "joined", "median wait", "gave up", "mean length", "longest")
    for name, queue in report.total.queues.items():
        told = any(zone.leads_to for zone in report.plan.zones if zone.name == name)
        mean = queue.mean_length
        table.add_row(
            name,
            str(queue.joined),
            _median(queue.served if told else queue.left),
            _share(queue.share_given_up) if told else "not told apart",
            f"{mean:.1f}" if mean is not None else "–",
            str(queue.longest),
        )
    return table


def _zones(report: FlowReport) -> Table:
    table = _table(
        "Zones", "zone", "kind", "stays", "not seen to end", "median stay", "together", "turned to it"
    )
    kinds = {zone.name: zone.kind for zone in report.plan.zones}
    for name, zone in report.total.zones.items():
        shelf = kinds[name] == "shelf"
        table.add_row(
            name,
            kinds[name],
            str(zone.stays.n + zone.stays.n_cut),
            str(zone.stays.n_cut),
            _median(zone.stays),
            _time(zone.person_s),
            _time(zone.turned_s) if shelf else "",
        )
    return table


def _paths(report: FlowReport) -> Table:
    table = _table("Paths", "from", "to", "people")
    steps = [(n, one, other) for one, after in report.total.paths.items() for other, n in after.items()]
    for n, one, other in sorted(steps, key=lambda step: (-step[0], *step[1:]))[:_PATHS]:
        table.add_row(one, other, str(n))
    return table


def _quarters(report: FlowReport) -> Table:
    lines = bool(report.plan.lines)
    queues = [zone.name for zone in report.plan.zones if zone.kind == "queue"]
    heads = [*(("in", "out") if lines else ()), *(f"{name} waiting" for name in queues)]
    table = _table("Periods", "from", *heads, "seen")
    if len(report.quarters) < 2:
        return table
    for quarter in report.quarters:
        counts = quarter.counts
        crossed = [
            str(sum(line.came_in for line in counts.lines.values())),
            str(sum(line.went_out for line in counts.lines.values())),
        ]
        means = [counts.queues[name].mean_length for name in queues]
        seen = counts.watched_s / (quarter.end_s - quarter.begin_s)
        table.add_row(
            report.clock(quarter.begin_s),
            *(crossed if lines else ()),
            *(f"{mean:.1f}" if mean is not None else "–" for mean in means),
            "all" if quarter.whole else f"{seen:.0%}{', with a gap' if counts.gap_s else ''}",
        )
    return table


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for number, column in enumerate(columns):
        table.add_column(column, justify="left" if number == 0 else "right", overflow="fold")
    return table


def _median(durations: Durations) -> str:
    median = durations.quantile()
    if median.value_s is None:
        return str(median.reason)
    low = _time(median.low_s) if median.low_s is not None else "?"
    high = _time(median.high_s) if median.high_s is not None else "?"
    return f"{_time(median.value_s)} ({low} to {high})"


def _share(share: Share | None) -> str:
    return "–" if share is None else f"{share.value:.0%} ({share.low:.0%} to {share.high:.0%})"


def _time(seconds: float) -> str:
    if seconds < 60.0:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02d} h" if minutes >= 60 else f"{minutes}:{rest:02d} min"
