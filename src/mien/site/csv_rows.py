"""CSV files as spreadsheets, till systems and other tools save them.

UTF-8, with or without a mark at the beginning, parted by commas, semicolons or tabs; the first line names the columns.
What is otherwise is told by a `CsvForm`. `mien.site.csv_stream` reads files of any length.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Final

from mien.marking import Said
from mien.site.foreign import of_csv, of_system
from mien.site.part import NOTHING, listed, nearest
from mien.site.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

DELIMITERS: Final = ",;\t"
"""What may part the columns: spreadsheets write semicolons where numbers have commas."""

_MEGABYTE: Final = 1_000_000
_MOST_LISTED: Final = 12


@dataclass(frozen=True, slots=True)
class CsvForm:
    """How a CSV file is written, where it is not as most are.

    Attributes:
        delimiter: What parts the columns; found among `DELIMITERS` where left out.
        skip_lines: Lines before the one that names the columns.
        header_begins: With what the line that names the columns begins; lines before it are skipped.
    """

    delimiter: str | None = None
    skip_lines: int = 0
    header_begins: str | None = None


class CsvRows:
    """The rows of a CSV file, and all that is wrong with it.

    Attributes:
        header: Names of the columns, in small letters; empty where the file cannot be read.
        problems: What is wrong, in the order in which it was found; whoever takes rows adds to it by `say`.
    """

    def __init__(
        self,
        path: Path,
        what: Said,
        *,
        most_mb: int,
        required: Sequence[str],
        known: Sequence[str] | None = None,
        optional: Sequence[str] = (),
        form: CsvForm = CsvForm(),
    ) -> None:
        """Open the file and read its first line.

        Args:
            path: The file.
            what: What it is called in messages: the roster.
            most_mb: How long it may be, megabytes.
            required: Columns that must be there.
            known: All columns that may be there; where left out, others are of no concern.
            optional: Columns that are taken where they are there; of no use beside `known`.
            form: How it is written.
        """
        self.problems: list[Problem] = []
        self.header: list[str] = []
        self._path = path
        lines = self._lines(what, most_mb)
        if lines is not None:
            self._begin(lines, form, required, known, optional)

    def _begin(
        self,
        lines: Iterator[str],
        form: CsvForm,
        required: Sequence[str],
        known: Sequence[str] | None,
        optional: Sequence[str],
    ) -> None:
        self._before, first = _preamble(lines, form)
        if first is None and form.header_begins is not None:
            self.say(
                None,
                Said(
                    "has no line that begins with '%(begin)s' and names the columns", begin=form.header_begins
                ),
            )
            return
        delimiter = form.delimiter or _delimiter(first or "", required)
        rows = csv.reader(
            chain([first] if first is not None else [], lines), delimiter=delimiter, strict=True
        )
        try:
            header = [word.strip().lower() for word in next(rows, [])]
        except csv.Error as error:
            self._say_csv(self._before + rows.line_num, error)
            return
        self._rows = rows
        taken = None if known is not None else {name.lower() for name in (*required, *optional)}
        self._places = [(n, i) for i, n in enumerate(header) if taken is None or n in taken]
        self._check(header, required, known)
        self.header = header

    @property
    def line(self) -> int:
        """The line of the row that was taken last, from 1; of a row of several lines the last of them."""
        return self._before + self._rows.line_num

    def _check(self, header: list[str], required: Sequence[str], known: Sequence[str] | None) -> None:
        taken = {name for name, _ in self._places}
        for name in dict.fromkeys(header):
            if known is not None and name not in known:
                said = Said(
                    "the column '%(name)s' is not known; %(meant)suse %(known)s",
                    name=name,
                    meant=nearest(name, known),
                    known=", ".join(known),
                )
                self.say(1, said)
            elif name in taken and name and header.count(name) > 1:
                self.say(self.line, Said("the column '%(name)s' stands there twice; keep one", name=name))
        for name in required:
            if name.lower() in header:
                continue
            way_out = (
                self._others(name, header)
                if known is None
                else Said("the first line names the columns: %(known)s", known=",".join(known))
            )
            said = Said("the column '%(name)s' is missing; %(way_out)s", name=name, way_out=way_out)
            self.say(max(self.line, 1), said)

    def _others(self, name: str, header: list[str]) -> Said:
        """Which columns there are instead of one that is missing."""
        meant, known = nearest(name, header), listed(header[:_MOST_LISTED])
        others = len(header) - _MOST_LISTED
        more = Said(" and %(count)s more", count=others) if others > 0 else NOTHING
        if self.line <= 1:
            return Said(
                "%(meant)sthe first line names %(known)s%(more)s", meant=meant, known=known, more=more
            )
        return Said("%(meant)sthe line names %(known)s%(more)s", meant=meant, known=known, more=more)

    def cells(self) -> Iterator[tuple[int, dict[str, str]]]:
        """The rows with something in them: their line from 1, and their cells by column, blanks around them gone.

        A row that is wrong is told among the problems and left out. Empty cells at its end that no column is for are
        of no concern.
        """
        if not self.header:
            return
        while True:
            before = self.line
            try:
                row = next(self._rows, None)
            except csv.Error as error:
                self._say_csv(self.line, error)
                if not self._lose(self.line - before):
                    return
                continue
            if row is None:
                return
            if not any(word.strip() for word in row):
                continue
            while len(row) > len(self.header) and not row[-1].strip():
                row.pop()
            if len(row) == len(self.header):
                yield self.line, {name: row[place].strip() for name, place in self._places}
            else:
                self.say(
                    self.line,
                    Said(
                        "has %(cells)s cells, the first line names %(columns)s columns; give one cell for each",
                        cells=len(row),
                        columns=len(self.header),
                    ),
                )
                self._lose(self.line - before)

    def say(self, line: int | None, said: Said) -> None:
        """Tell something wrong.

        Args:
            line: Where, from 1; `None` where it concerns the whole file.
            said: What is wrong and what is allowed.
        """
        self.problems.append(Problem(self._path, line, said))

    def _lose(self, lines: int) -> bool:  # noqa: ARG002  (who counts lines needs it)
        """So many lines hold no row, which was told as one problem; whether reading goes on after text that is none."""
        return False

    def _say_csv(self, line: int, error: csv.Error) -> None:
        self.say(line, Said("is no row of a CSV file (%(why)s); check its quotes", why=of_csv(error)))

    def _lines(self, what: Said, most_mb: int) -> Iterator[str] | None:
        """The lines of the file with their ends, or `None` where that is told among the problems."""
        try:
            with self._path.open("rb") as file:
                content = file.read(most_mb * _MEGABYTE + 1)
        except OSError as error:
            self.say(None, Said("%(what)s cannot be opened: %(why)s", what=what, why=of_system(error)))
            return None
        if len(content) > most_mb * _MEGABYTE:
            self.say(
                None,
                Said("%(what)s has over %(most)s MB; keep what is needed of it", what=what, most=most_mb),
            )
            return None
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            self.say(
                None, Said("%(what)s is no UTF-8; save it from the spreadsheet as 'CSV UTF-8'", what=what)
            )
            return None
        return iter(io.StringIO(text, newline=""))


def _preamble(lines: Iterator[str], form: CsvForm) -> tuple[int, str | None]:
    """How many lines stand before the one that names the columns, and that line, if there is one."""
    skipped = 0
    for line in lines:
        begins = form.header_begins is None or line.lstrip('" ').startswith(form.header_begins)
        if skipped >= form.skip_lines and begins:
            return skipped, line
        skipped += 1
    return skipped, None


def _delimiter(first: str, required: Sequence[str]) -> str:
    """What parts the columns: what makes the most of the columns that must be there, then the most columns."""

    def fit(delimiter: str) -> tuple[int, int]:
        names = {word.strip(' "\r\n').lower() for word in first.split(delimiter)}
        return sum(name.lower() in names for name in required), first.count(delimiter)

    return max(DELIMITERS, key=fit)
