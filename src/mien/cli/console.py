"""Where commands write: results to standard output, progress and errors to standard error."""

from __future__ import annotations

from typing import Final

from rich.console import Console

out: Final = Console()
"""Standard output: results only, so that it can be piped."""
errors: Final = Console(stderr=True)
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
