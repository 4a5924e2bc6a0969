"""Where commands write: results to standard output, progress and errors to standard error."""

from __future__ import annotations

import shlex
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

out: Final = Console(emoji=False)
"""Standard output: results only, so that it can be piped."""
errors: Final = Console(emoji=False, stderr=True)
"""Standard error: progress, warnings, errors."""


def say(text: str) -> None:
    """Print a line of plain text to standard output, as it is."""
    out.print(text, markup=False, highlight=False, soft_wrap=True)


def warn(text: str) -> None:
    """Print a warning line to standard error."""
    errors.print(f"mien: {text}", style="yellow", markup=False, highlight=False, soft_wrap=True)


def complain(message: object) -> None:
    """Print the one line that says what cannot be done to standard error."""
    errors.print(f"mien: {message}", style="bold red", markup=False, highlight=False, soft_wrap=True)


def table_of(*headings: str) -> Table:
    """A table without rows, whose cells fold."""
    table = Table()
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table


def add_row(table: Table, *cells: str, style: str | None = None) -> None:
    """Add a row. Its cells are plain text: what stands in a file is no markup."""
    table.add_row(*map(Text, cells), style=style)


def as_typed() -> str:
    """The command of this process, as one would type it."""
    return shlex.join(["mien", *sys.argv[1:]])


@contextmanager
def progress_bar(name: str, *, counted: bool = False) -> Iterator[Callable[[float, float | None], None]]:
    """A bar with the time left on standard error; nothing where that is no terminal.

    Args:
        name: Of what is done.
        counted: Whether it has pieces to count; else it has seconds.

    Yields:
        What to call with how much is done and how much there is (`None` where not known).
    """
    done = (MofNCompleteColumn(),) if counted else (TextColumn("{task.completed:.0f} s"),)
    columns = (
        *(() if counted else (SpinnerColumn(),)),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        *done,
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as bar:
        task = bar.add_task(name, total=None)
        yield lambda position_s, length_s: bar.update(task, completed=position_s, total=length_s)
