r"""Records as rows of CSV files that only grow, each there once by its key, even across a kill.

One file per kind. A row is one write that ends with CR LF (RFC 4180); within cells lines end with LF alone. So what a
kill left of a row has no CR LF at its end and is cut off when the file is opened again; its record was not confirmed,
and comes again. Which keys are there is read from the files themselves: nothing else is remembered.
"""

from __future__ import annotations

import csv
import errno
import fcntl
import io
import json
import os
from dataclasses import fields
from typing import IO, TYPE_CHECKING, Any, Final

from mien.crm.plain import KINDS, kind_of, plain
from mien.crm.records import SegmentRecord, TaskRecord, VisitRecord, Withdrawal
from mien.crm.results import Again, Done, Finding, Parked, Step

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from mien.crm.records import Record
    from mien.crm.results import Closing, Result
    from mien.site.crm import CsvCrm

FILES: Final = {
    "visit": "visits.csv",
    "task": "tasks.csv",
    "note": "notes.csv",
    "segment": "segments.csv",
    "withdrawal": "withdrawals.csv",
}
"""The files by kind."""

END: Final = b"\r\n"
"""How a row ends, and nothing within one."""

_NEWEST: Final = (VisitRecord, TaskRecord, SegmentRecord, Withdrawal)
"""Kinds of which a later version takes the place of an earlier one; of the others the first is all."""
_FORMULA: Final = ("=", "+", "-", "@", "\t")


class CsvConnector:
    """A connector to a folder.

    Args:
        settings: The table of the site file.
        environ: Not used; the folder has no secret.
        answer_s: Not used; files answer at once.
    """

    name: Final = "csv"
    reads_back: Final = False

    def __init__(
        self,
        settings: CsvCrm,
        environ: Mapping[str, str] | None = None,  # noqa: ARG002  (as every connector is made)
        *,
        answer_s: float = 0.0,  # noqa: ARG002  (likewise)
    ) -> None:
        self._settings = settings
        self._files: dict[str, _File] = {}

    @property
    def shown(self) -> str:
        """Where it is, for people to read."""
        return self._settings.shown

    def send(self, record: Record) -> Result:
        """Append a row, unless one of this key and sequence, or a later one, is there."""
        kind = kind_of(record)
        try:
            return self._file(kind).append(record)
        except BlockingIOError:
            return Again("%(where)s is written by another process.", {"where": str(self._path(kind))})
        except _Foreign as foreign:
            return Parked(
                "%(where)s has other columns than Mien writes (%(columns)s); move it away, and a new one is begun.",
                {"where": str(self._path(kind)), "columns": str(foreign)},
            )
        except OSError as error:
            return Again(
                "%(where)s cannot be written (%(why)s).",
                {"where": str(self._path(kind)), "why": error.strerror or type(error).__name__},
            )

    def closings(self, keys: Sequence[str]) -> list[Closing] | Parked | Again:  # noqa: ARG002  (of the protocol)
        """Nothing: files go one way."""
        return []

    def check(self) -> list[Finding]:
        """Whether the folder is there and can be written to; nothing is."""
        folder = self._settings.folder
        where = {"where": str(folder)}
        if not folder.is_dir():
            return [
                Finding(
                    "folder",
                    False,
                    "There is no folder %(where)s; 'mien crm setup FILE.toml' makes it.",
                    where,
                )
            ]
        if not os.access(folder, os.W_OK | os.X_OK):
            text = "%(where)s cannot be written to; let the user who runs Mien do so."
            return [Finding("folder", False, text, where)]
        return [Finding("folder", True, "%(where)s can be written to.", where), *self._columns()]

    def missing(self) -> list[Step] | Parked | Again:
        """The folder, where it is not there."""
        folder = self._settings.folder
        return [] if folder.is_dir() else [Step("folder", f"folder {folder}")]

    def make(self, step: Step) -> Result:
        """Make the folder."""
        try:
            self._settings.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            why = error.strerror or type(error).__name__
            return Parked("The %(what)s cannot be made (%(why)s).", {"what": step.text, "why": why})
        return Done(str(self._settings.folder))

    def close(self) -> None:
        """Close the files."""
        for one in self._files.values():
            one.close()
        self._files.clear()

    def _path(self, kind: str) -> Path:
        return self._settings.folder / FILES[kind]

    def _file(self, kind: str) -> _File:
        if kind in self._files and not self._files[kind].same_as(self._path(kind)):
            # Somebody moved it away: a new one is begun.
            self._files.pop(kind).close()
        if kind not in self._files:
            self._settings.folder.mkdir(parents=True, exist_ok=True)
            self._files[kind] = _File(self._path(kind), _columns_of(kind))
        return self._files[kind]

    def _columns(self) -> list[Finding]:
        found = []
        for kind in FILES:
            path = self._path(kind)
            if path.is_file():
                with path.open("rb") as opened:
                    first = next(csv.reader([opened.readline().decode("utf-8", "replace")]), [])
                same = first == _columns_of(kind)
                text = (
                    "It has the columns that are written." if same else "It has other columns; move it away."
                )
                found.append(Finding(FILES[kind], same, text))
        return found


class _Foreign(Exception):  # noqa: N818  (no error: it becomes a result)
    """A file is not one of ours."""


class _File:
    """One file, open and locked, with the latest sequence of each key in it."""

    def __init__(self, path: Path, columns: list[str]) -> None:
        self._columns = columns
        self._latest: dict[str, str] = {}
        self._handle: IO[bytes] = path.open("a+b", buffering=0)
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._read()
        except BaseException:
            self._handle.close()
            raise

    def append(self, record: Record) -> Done:
        """Append a row and wait until it is on the disk."""
        there = self._latest.get(record.key)
        if there is None or (isinstance(record, _NEWEST) and there < record.version):
            self._write([_cell(value) for value in _cells(record, self._columns)])
            self._latest[record.key] = record.version
        return Done(record.key)

    def same_as(self, path: Path) -> bool:
        """Whether the file of that name is this one."""
        try:
            return os.path.samestat(path.stat(), os.fstat(self._handle.fileno()))
        except FileNotFoundError:
            return False

    def close(self) -> None:
        """Let it go."""
        self._handle.close()

    def _read(self) -> None:
        self._handle.seek(0)
        data = self._handle.read()
        whole = data.rfind(END) + len(END) if END in data else 0
        if whole < len(data):
            os.ftruncate(self._handle.fileno(), whole)
        rows = csv.reader(io.StringIO(data[:whole].decode("utf-8"), newline=""))
        first = next(rows, None)
        if first is None:
            self._write(self._columns)
            return
        if first != self._columns:
            raise _Foreign(", ".join(first)[:200])
        for key, sequence, *_ in rows:
            self._latest[key] = max(sequence, self._latest.get(key, ""))

    def _write(self, cells: list[str]) -> None:
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\r\n").writerow(cells)
        data, size = text.getvalue().encode(), os.fstat(self._handle.fileno()).st_size
        written = os.write(self._handle.fileno(), data)
        if written < len(data):
            # The disk is full: as if it had not been.
            os.ftruncate(self._handle.fileno(), size)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        os.fsync(self._handle.fileno())


def _columns_of(kind: str) -> list[str]:
    made = next(one for one, name in KINDS.items() if name == kind)
    return [one.name for one in fields(made)]


def _cells(record: Record, columns: list[str]) -> list[Any]:
    found = plain(record)
    if (customer := found.get("customer")) is not None:
        found["customer"] = customer["reference"]
    return [found[name] for name in columns]


def _cell(value: Any) -> str:  # noqa: ANN401  (a value of JSON)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return json.dumps(value, ensure_ascii=False)
    text = str(value).replace("\r\n", "\n").replace("\r", "\n") if isinstance(value, str) else str(value)
    # A spreadsheet takes such a text for a formula. Numbers are none.
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA) else text
