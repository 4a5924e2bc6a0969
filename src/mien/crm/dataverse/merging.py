"""What is ours in a task that people work on: only that is ever written anew, and nothing of theirs is lost.

A task carries digests of what was written last (column `mien_written`): of its subject, of its description, and of
each line. What stands there with the same digest is ours; all else is people's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from mien.crm.dataverse.rows import task_text
from mien.crm.dataverse.solution import solution

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mien.crm.records import TaskRecord

COLUMN: Final = "mien_written"
"""The column of tasks that holds the digests."""

_WHOLE, _LINE = 32, 8


@dataclass(frozen=True, slots=True)
class Written:
    """What was written of a task last.

    Attributes:
        version: The sequence, 19 digits; `-`, before all of them, where nothing is known.
        subject: Digest of the subject that was written; `-` likewise.
        text: Digest of the description.
        lines: Digests of the lines that were told, in the description or in a note beside it.
    """

    version: str = "-"
    subject: str = "-"
    text: str = "-"
    lines: frozenset[str] = frozenset()

    @classmethod
    def of(cls, record: TaskRecord) -> Written:
        """What is written when a record is made: lines for which there was no room were not told."""
        row = task_text(record)
        lines = _digests(record.evidence) & _digests(row["description"])
        return cls(record.version, digest(row["subject"]), digest(row["description"]), lines)

    @classmethod
    def read(cls, value: object) -> Written:
        """What the column says; where it says nothing that can be understood, all that stands there is people's."""
        match str(value or "").split():
            case [version, subject, text, *lines]:
                return cls(version, subject, text, frozenset(lines))
            case _:
                return cls()

    def __str__(self) -> str:
        """What stands in the column; of more lines than it holds, some are left out and may be told twice."""
        longest = next(one.length for one in solution().task.columns if one.schema_ == COLUMN)
        whole = " ".join([self.version, self.subject, self.text, *sorted(self.lines)])
        return whole if len(whole) <= longest else whole[:longest].rpartition(" ")[0]


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of a task that is there.

    Attributes:
        row: Columns to write; empty where nothing is to be done.
        news: Lines to tell beside it: people have changed its description, or it has no room for them.
        gone: Digests of lines that were told and are to be forgotten, wherever they stand.
    """

    row: Mapping[str, Any]
    news: tuple[str, ...] = ()
    gone: frozenset[str] = frozenset()


def change_of(there: Mapping[str, Any], record: TaskRecord, *, open_: bool) -> Change:
    """What a record changes in a task.

    Args:
        there: Its subject, description and digests as they are now.
        record: The record.
        open_: Whether it is open; one that is closed stays as it is but for what is to be forgotten.
    """
    before, now = Written.read(there.get(COLUMN)), Written.of(record)
    wanted, lines = task_text(record), _digests(record.evidence)
    gone = before.lines - lines
    if before.version > record.version or not (open_ or gone):
        return Change({})
    subject, text = str(there.get("subject") or ""), str(there.get("description") or "")
    ours = digest(text) == before.text
    if not open_ or digest(subject) != before.subject:
        wanted["subject"], now = subject, replace(now, subject=before.subject)
    if not open_ or not ours:
        # What was ours stays ours where it lost a line of its own.
        wanted["description"] = left = without(text, gone)
        now = replace(now, text=digest(left) if ours else before.text)
    told = before.lines | _digests(wanted["description"])
    news = tuple(one for one in lines_of(record.evidence) if digest(one, _LINE) not in told) if open_ else ()
    wanted[COLUMN] = str(replace(now, lines=lines if open_ else lines & told))
    return Change({name: one for name, one in wanted.items() if one != there.get(name)}, news, gone)


def without(text: str, gone: Iterable[str]) -> str:
    """A text without the lines of these digests; all else stays as it is."""
    left_out = frozenset(gone)
    return "".join(
        one for one in text.splitlines(keepends=True) if digest(one, _LINE) not in left_out or not one.strip()
    )


def lines_of(text: str) -> list[str]:
    """The lines of a text that say something."""
    return [one for one in text.splitlines() if one.strip()]


def _digests(text: str) -> frozenset[str]:
    return frozenset(digest(one, _LINE) for one in lines_of(text))


def digest(text: str, length: int = _WHOLE) -> str:
    r"""A digest of a text, whatever ends its lines and stands at their ends.

    Example:
        >>> digest("one\r\ntwo  \n") == digest("one\ntwo") != digest("one two")
        True
    """
    plain = "\n".join(one.rstrip() for one in text.splitlines()).strip()
    return sha256(plain.encode("utf-8", "ignore")).hexdigest()[:length]
