"""A log from its first row to its last: rows become readings, and what is wrong is counted and named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Self

from mien.errors import InputError
from mien.expressions import EXPRESSIONS
from mien.journey.given import GivenReading
from mien.logs.cells import Cells, WrongCell, clock_seconds
from mien.logs.faces import MOST_FACES, Faces, Row
from mien.logs.load import BUNDLED, load_map
from mien.marking import Said
from mien.site.csv_rows import CsvForm
from mien.site.csv_stream import CsvStream
from mien.vision.types import LeftOut

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path
    from types import TracebackType

    from mien.expressions import ScaleName
    from mien.logs.cells import Measure
    from mien.logs.map import LogMap
    from mien.site.problems import Problem

WRONG_ROW: Final = "row of the log wrong"
"""Why a reading is left out whose row is wrong though time and face can be told."""
UNSURE: Final = "tool not sure of the face"
"""Why a reading is left out that the tool itself doubts."""
MOST_WRONG: Final = 0.1
"""Share of wrong rows above which a log is refused: what is left is then no chance sample of what was logged."""

_LONGEST_NAME: Final = 200
_CHECK_SLACK_S: Final = 1.5
"""By how much a time of whole seconds may differ: it is cut, or rounded, and tools clamp the last."""


class LogReader:
    """Reads a log as a map says; to be used in a `with` block.

    Memory does not grow with the file. What is wrong is left out: a row that is none, a cell that is no number or
    outside its range, shares that do not sum to one, a time before the one above, two rows of one face at one time
    (both, since nobody can tell which is right).

    Args:
        path: The log.
        log_map: What its columns mean.
        scale: Valence scale; `None` for the one of the map, or `balance`.
        fps: Pictures per second, for logs that count pictures.

    Attributes:
        scale: Valence scale of every reading.
        silent: Rows so far that say that no face was seen.
        other: Rows of other kinds than readings of faces.
        pictures: Times so far at which there was a row.
        last_s: Latest of them, seconds.
        size: Bytes of the whole log.

    Raises:
        SettingError: The scale cannot be had from such a log, or pictures per second are missing or of no use.
        InputError: It is no file, cannot be opened, or lacks a column.
    """

    def __init__(
        self, path: Path, log_map: LogMap, *, scale: ScaleName | None = None, fps: float | None = None
    ) -> None:
        if path.exists() and not path.is_file():
            raise InputError(f"'{path}' is no file that can be read twice; save the log as one first.")
        self._path = path
        self._map = log_map
        self._cells = Cells(log_map, scale=scale, fps=fps)
        self.scale = self._cells.scale
        self._rows = self._said = self.silent = self.other = self.pictures = 0
        self.last_s = 0.0
        self._now: float | None = None
        self._origin: float | None = None
        self._faces = Faces(log_map.face.away_s)
        self._names = (log_map.face.column or "").lower()
        must, may = log_map.columns
        file = log_map.file
        self._csv = CsvStream(
            path,
            Said("the log"),
            required=must,
            optional=may,
            form=CsvForm(file.delimiter, file.skip_lines, file.header_begins),
            encoding=file.encoding,
        )
        if self._csv.problems:
            self._csv.close()
            raise InputError(f"{self._csv.problems[0]}. {_hint(log_map, self._csv.header)}")
        self._cells.present(self._csv.header)
        self.size = path.stat().st_size

    @property
    def lacks(self) -> tuple[str, ...]:
        """Classes that the log does not tell, in the order of `EXPRESSIONS`; none where it tells no classes."""
        if self._map.shares is None:
            return ()
        columns = {name: column.lower() for name, column in self._map.shares.columns.told.items()}
        rest = {"neutral"} if self._map.shares.sum == "rest neutral" else set()
        return tuple(
            name for name in EXPRESSIONS if name not in rest and columns.get(name) not in self._csv.header
        )

    @property
    def wrong(self) -> int:
        """Rows that are wrong so far."""
        return self._csv.wrong

    @property
    def told(self) -> int:
        """Rows so far that tell of a face, or should."""
        return self._rows - self.silent + self._csv.wrong - self._said

    @property
    def problems(self) -> list[Problem]:
        """The first of them, each with its line."""
        return self._csv.problems

    @property
    def position(self) -> int:
        """Bytes of the log that were taken in."""
        return self._csv.position

    def readings(self) -> Iterator[GivenReading | int]:
        """The readings, in the order of time face by face, and the number of each track when it has ended.

        Raises:
            InputError: The log is of no use: its times disagree with each other, it names too many faces, over
                `MOST_WRONG` of its rows are wrong, or it has none.
        """
        for line, cells in self._csv.cells():
            row = self._row(line, cells)
            if row is None or self._misplaced(row):
                continue
            for track_id, sure in self._faces.take(row):
                yield track_id if sure is None else _given(track_id, sure)
            if self._faces.named > MOST_FACES:
                raise InputError(
                    f"'{self._path}' names over {MOST_FACES:,} faces in the column '{self._map.face.column}'; give the "
                    "map a column that names a face, or none."
                )
        for track_id, sure in self._faces.finish():
            yield track_id if sure is None else _given(track_id, sure)
        self._judge()

    def _row(self, line: int, cells: Mapping[str, str]) -> Row | None:
        kind = self._map.rows
        if kind is not None and kind.holds not in cells[kind.column.lower()]:
            self.other += 1
            return None
        self._rows += 1
        try:
            t_s = self._time(line, cells)
            if self._cells.silent(cells):
                self.silent += 1
                return None
            face = self._face(cells)
        except WrongCell as error:
            self._say(line, str(error))
            return None
        measure, left_out = self._measure(line, cells)
        return Row(line, t_s, face, measure, left_out)

    def _measure(self, line: int, cells: Mapping[str, str]) -> tuple[Measure | None, str | None]:
        """What a row says of its face, or why nothing."""
        if self._cells.unreadable(cells):
            return None, LeftOut.UNUSABLE
        try:
            measure, unsure = self._cells.measure(cells), self._cells.unsure(cells)
        except WrongCell as error:
            self._say(line, str(error))
            return None, WRONG_ROW
        if unsure:
            return None, UNSURE
        return measure, None if measure is not None else LeftOut.UNUSABLE

    def _say(self, line: int, text: str) -> None:
        self._said += 1
        self._csv.say(line, Said(text))

    def _time(self, line: int, cells: Mapping[str, str]) -> float:
        t_s = self._cells.time(cells)
        told = self._map.time
        if told.check is not None and (word := cells.get(told.check.lower())):
            by_clock = clock_seconds(word)
            if by_clock is not None and abs(by_clock + 0.5 - t_s) > _CHECK_SLACK_S:
                raise InputError(
                    f"{self._path}:{line}: {told.column} {cells[told.column.lower()]} would be {t_s:.1f} s, but "
                    f"{told.check} is {word}; give the pictures per second of the video that was read with --fps."
                )
        if told.origin == "first row":
            if self._origin is None:
                self._origin = t_s
            if t_s < self._origin:
                raise WrongCell(f"{told.column} is earlier than in the first row, from which times count")
            t_s -= self._origin
        if t_s != self._now:
            self.pictures += 1
        self._now = t_s
        self.last_s = max(self.last_s, t_s)
        return t_s

    def _face(self, cells: Mapping[str, str]) -> str:
        name = cells.get(self._names, "")
        if self._names in cells and not name:
            raise WrongCell(f"{self._map.face.column} is empty, so nobody can tell whose face it is")
        if len(name) > _LONGEST_NAME:
            raise WrongCell(f"{self._map.face.column} has {len(name)} letters; use at most {_LONGEST_NAME}")
        return name

    def _misplaced(self, row: Row) -> bool:
        # The name of a face may be that of a person, and what is told here is stored.
        of = " of its face" if row.face else ""
        last = self._faces.earlier(row)
        if last is not None:
            self._say(
                row.line, f"is of {row.t_s:g} s, after line {last[1]}{of} of {last[0]:g} s; times must rise"
            )
            return True
        twins = self._faces.twin(row)
        for twin in twins:
            why = "which of the faces is which" if not row.face else "which of them is right"
            self._say(twin.line, f"is not the only row{of} of {row.t_s:g} s, so nobody can tell {why}")
        return bool(twins)

    def _judge(self) -> None:
        if self.told + self.silent == 0:
            holds = self._map.rows
            what = f" with '{holds.holds}' in '{holds.column}'" if holds is not None and self.other else ""
            raise InputError(f"'{self._path}' has no row{what} below the names of its columns.")
        if self.wrong > MOST_WRONG * self.told:
            raise InputError(
                f"'{self._path}' was not taken in, for {self.wrong:,} of {self.told:,} rows with a face are wrong and "
                f"the others would mislead. The first: {self.problems[0]}."
            )

    def close(self) -> None:
        """Close the file."""
        self._csv.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _hint(log_map: LogMap, header: Sequence[str]) -> str:
    """Whether a bundled map would fit better."""
    fitting = [
        name
        for name in BUNDLED
        if name != log_map.name and {one.lower() for one in load_map(name).columns[0]} <= set(header)
    ]
    if fitting:
        return f"Its columns fit --map {fitting[0]}."
    return f"The map '{log_map.name}' is for logs of {log_map.tool}."


def _given(track_id: int, row: Row) -> GivenReading:
    if row.measure is None:
        return GivenReading(track_id, row.t_s, None, None, None, str(row.left_out))
    return GivenReading(track_id, row.t_s, row.measure.valence, row.measure.variance, row.measure.shares)
