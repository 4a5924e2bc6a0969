"""`--json FILE|-`: where a document goes, one rule for all commands."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from mien.cli.console import say
from mien.report.saving import save_text

STDOUT: Final = "-"
"""Stands for standard output."""


def json_target(json: str | None) -> dict[str, Path]:
    """The file that `--json` names, by its option; none where it names none."""
    return {} if json is None or json == STDOUT else {"--json": Path(json)}


def save_json(document: str, json: str | None) -> None:
    """Write a document to the file that `--json` names, if it names one, and tell where it is.

    Raises:
        ReportError: It cannot be written.
    """
    for option, path in json_target(json).items():
        say(f"JSON: {save_text(document + chr(10), path, what='JSON', option=option)}")
