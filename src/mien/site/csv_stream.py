"""CSV files of any length, row by row: what is kept in memory does not grow with the file."""

from __future__ import annotations

import io
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from typing import TYPE_CHECKING, Final, Self

from mien.marking import Said
from mien.site.csv_rows import CsvForm, CsvRows
from mien.site.foreign import of_system

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from types import TracebackType

_LONGEST_LINE: Final = 1_000_000
_MARKS: Final = ((BOM_UTF8, "utf-8-sig"), (BOM_UTF16_LE, "utf-16"), (BOM_UTF16_BE, "utf-16"))


class CsvStream(CsvRows):
    """The rows of a CSV file of any length, and what is wrong with it; to be used in a `with` block.

    A mark at the beginning tells UTF-8 or UTF-16. Bytes that are no text become U+FFFD, so that they spoil no more
    than the cell in which they stand. After text that is no row, reading goes on with the next line; where such text
    spans several lines, all of them count as wrong.

    Attributes:
        problems: The first `most_told` of what is wrong.
        wrong: Lines that are wrong, told or not.
    """

    def __init__(
        self,
        path: Path,
        what: Said,
        *,
        required: Sequence[str],
        optional: Sequence[str] = (),
        form: CsvForm = CsvForm(),  # noqa: B008  (frozen)
        encoding: str = "utf-8",
        most_told: int = 20,
    ) -> None:
        """Open the file and read to the line that names the columns.

        Args:
            path: The file.
            what: What it is called in messages.
            required: Columns that must be there; others are of no concern.
            optional: Columns that are taken where they are there.
            form: How it is written.
            encoding: How its letters are written, where no mark says so.
            most_told: How many problems are kept.
        """
        self.wrong = 0
        self._most_told = most_told
        self._encoding = encoding
        self._file: io.BufferedReader | None = None
        self._text: io.TextIOWrapper | None = None
        super().__init__(path, what, most_mb=0, required=required, optional=optional, form=form)

    @property
    def position(self) -> int:
        """Bytes of the file that were taken in."""
        return 0 if self._file is None or self._file.closed else self._file.tell()

    def say(self, line: int | None, said: Said) -> None:
        """As `CsvRows.say`; what comes after the first `most_told` is counted only."""
        self.wrong += 1
        if len(self.problems) < self._most_told:
            super().say(line, said)

    def close(self) -> None:
        """Close the file."""
        for opened in (self._text, self._file):
            if opened is not None:
                opened.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _lose(self, lines: int) -> bool:
        self.wrong += max(lines - 1, 0)
        return True

    def _lines(self, what: Said, most_mb: int) -> Iterator[str] | None:  # noqa: ARG002  (of any length)
        try:
            self._file = self._path.open("rb")
            mark = self._file.peek(4)[:4]
        except (OSError, ValueError) as error:
            self.say(None, Said("%(what)s cannot be opened: %(why)s", what=what, why=of_system(error)))
            return None
        encoding = next((name for start, name in _MARKS if mark.startswith(start)), self._encoding)
        if b"\0" in mark and encoding == self._encoding and "16" not in encoding:
            self.say(None, Said("%(what)s is no text that Mien knows; save it as UTF-8", what=what))
            return None
        self._text = io.TextIOWrapper(self._file, encoding, errors="replace", newline="")
        return self._bounded(self._text, what)

    def _bounded(self, text: io.TextIOWrapper, what: Said) -> Iterator[str]:
        while line := text.readline(_LONGEST_LINE):
            if len(line) == _LONGEST_LINE:
                said = Said(
                    "%(what)s has a line of over %(most)s letters; it is no such file",
                    what=what,
                    most=f"{_LONGEST_LINE:,}",
                )
                self.say(None, said)
                return
            yield line
