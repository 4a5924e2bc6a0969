"""CSV files as spreadsheets and till systems save them.

UTF-8, with or without a mark at the beginning, parted by commas, semicolons or tabs; the first line names the columns.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final

from mien.site.part import listed, nearest
from mien.site.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

DELIMITERS: Final = ",;\t"
"""What may part the columns: spreadsheets write semicolons where numbers have commas."""

_MEGABYTE: Final = 1_000_000


class CsvRows:
    """The rows of a CSV file, and all that is wrong with it.

    Attributes:
        header: Names of the columns, in small letters; empty where the file cannot be read.
        problems: What is wrong, in the order in which it was found; whoever takes rows adds to it by `say`.
    """

    def __init__(
        self,
        path: Path,
        what: str,
        *,
        most_mb: int,
        required: Sequence[str],
        known: Sequence[str] | None = None,
    ) -> None:
        """Open the file and read its first line.

        Args:
            path: The file.
            what: What it is called in messages: `the roster`.
            most_mb: How long it may be, megabytes.
            required: Columns that must be there.
            known: All columns that may be there; where left out, others are of no concern.
        """
        self.problems: list[Problem] = []
        self.header: list[str] = []
        self._path = path
        text = self._text(what, most_mb)
        if text is None:
            return
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text, required), strict=True)
        try:
            header = [word.strip().lower() for word in next(rows, [])]
        except csv.Error as error:
            self._say_csv(rows.line_num, error)
            return
        self._rows = rows
        self._check(header, required, known)
        self.header = header

    def _check(self, header: list[str], required: Sequence[str], known: Sequence[str] | None) -> None:
        for name in dict.fromkeys(header):
            if known is not None and name not in known:
                self.say(1, f"the column '{name}' is not known; {nearest(name, known)}use {', '.join(known)}")
            elif name and header.count(name) > 1:
                self.say(1, f"the column '{name}' stands there twice; keep one")
        for name in required:
            if name.lower() in header:
                continue
            if known is not None:
                way_out = f"the first line names the columns: {','.join(known)}"
            else:
                way_out = f"{nearest(name, header)}the first line names {listed(header)}"
            self.say(1, f"the column '{name}' is missing; {way_out}")

    def cells(self) -> Iterator[tuple[int, dict[str, str]]]:
        """The rows with something in them: their line from 1, and their cells by column, blanks around them gone.

        A row that is wrong is told among the problems and left out.
        """
        if not self.header:
            return
        try:
            for row in self._rows:
                if not any(word.strip() for word in row):
                    continue
                if len(row) == len(self.header):
                    yield (
                        self._rows.line_num,
                        {n: word.strip() for n, word in zip(self.header, row, strict=True)},
                    )
                else:
                    self.say(
                        self._rows.line_num,
                        f"has {len(row)} cells, the first line names {len(self.header)} columns; give one cell for "
                        "each",
                    )
        except csv.Error as error:
            self._say_csv(self._rows.line_num, error)

    def say(self, line: int | None, text: str) -> None:
        """Tell something wrong.

        Args:
            line: Where, from 1; `None` where it concerns the whole file.
            text: What is wrong and what is allowed.
        """
        self.problems.append(Problem(self._path, line, text))

    def _say_csv(self, line: int, error: csv.Error) -> None:
        self.say(line, f"is no row of a CSV file ({error}); check its quotes")

    def _text(self, what: str, most_mb: int) -> str | None:
        try:
            with self._path.open("rb") as file:
                content = file.read(most_mb * _MEGABYTE + 1)
        except OSError as error:
            self.say(None, f"{what} cannot be opened: {error.strerror}")
            return None
        if len(content) > most_mb * _MEGABYTE:
            self.say(None, f"{what} has over {most_mb} MB; keep what is needed of it")
            return None
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError:
            self.say(None, f"{what} is no UTF-8; save it from the spreadsheet as 'CSV UTF-8'")
            return None


def _delimiter(text: str, required: Sequence[str]) -> str:
    """What parts the columns: what makes the most of the columns that must be there, then the most columns."""
    first = text.partition("\n")[0]

    def fit(delimiter: str) -> tuple[int, int]:
        names = {word.strip(' "\r').lower() for word in first.split(delimiter)}
        return sum(name.lower() in names for name in required), first.count(delimiter)

    return max(DELIMITERS, key=fit)
