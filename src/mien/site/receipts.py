"""Receipts: what was paid when at which till, from the CSV file of the till system."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from mien.errors import SettingError
from mien.marking import Said
from mien.privacy.consent import LONGEST_REFERENCE
from mien.site.csv_rows import CsvRows
from mien.site.local_times import COMES_TWICE, comes_twice, leapt_over, written_time
from mien.site.part import listed, nearest

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from mien.site.measures import Receipts
    from mien.site.model import Site
    from mien.site.problems import Problem

_MOST_MB: Final = 100
_FUTURE: Final = timedelta(hours=1)
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    """One receipt as the till system tells it.

    Attributes:
        line: Where it stands in the file, from 1.
        till: What the till system calls the till.
        number: Its number.
        printed_at: When, by the clock of the till, UTC.
        service_point: The service point of that till.
        type: What it was about; `None` where it is not told.
        reference: The loyalty or CRM reference on it; `None` where there is none. Whether it may be kept is not decided
            here.
    """

    line: int
    till: str
    number: str
    printed_at: datetime
    service_point: str
    type: str | None
    reference: str | None

    def __repr__(self) -> str:
        # Who prints or logs a row does not spread what it says of a person.
        return f"ReceiptRow(line={self.line}, till={self.till!r}, printed_at={self.printed_at.isoformat()})"


@dataclass(frozen=True, slots=True)
class ReceiptFile:
    """The receipts of a file.

    Attributes:
        rows: In the order of the file; the same receipt twice is there once.
        other_tills: Rows of tills that no service point of the site has, by till.
        problems: What is wrong; such rows are left out.
    """

    rows: tuple[ReceiptRow, ...]
    other_tills: Counter[str]
    problems: tuple[Problem, ...]


def read_receipts(site: Site, now: datetime) -> ReceiptFile:
    """Read the receipts of a site.

    Args:
        site: With `[receipts]`.
        now: The time of day, with zone; receipts from after it are wrong.

    Returns:
        The receipts that are right, and what is wrong with the others.

    Raises:
        SettingError: The site file names no receipts.
    """
    if site.receipts is None:
        raise SettingError(
            "The site file of '%(site)s' names no receipts; add [receipts] with the file of the till system.",
            site=site.name,
        )
    return _Reading(site, site.receipts, now).read()


class _Reading:
    def __init__(self, site: Site, receipts: Receipts, now: datetime) -> None:
        self._site = site
        self._format = receipts.time_format
        self._columns = {
            key: name.strip().lower()
            for key, name in receipts.columns.model_dump().items()
            if name is not None
        }
        self._points = {point.till: name for name, point in site.service_points.items() if point.till}
        self._latest = now + _FUTURE
        self._rows = CsvRows(
            receipts.file,
            Said("the file of receipts"),
            most_mb=_MOST_MB,
            required=list(self._columns.values()),
        )
        self._twice: defaultdict[str, list[ReceiptRow]] = defaultdict(list)

    def read(self) -> ReceiptFile:
        if self._rows.problems:
            return ReceiptFile((), Counter(), tuple(self._rows.problems))
        others: Counter[str] = Counter()
        local: list[tuple[ReceiptRow, datetime]] = []
        for line, cells in self._rows.cells():
            words = {key: cells[name] for key, name in self._columns.items()}
            if not self._sound(line, words):
                continue
            if words["till"] not in self._points:
                others[words["till"]] += 1
                continue
            moment = self._moment(line, words["time"])
            if moment is not None:
                row = ReceiptRow(
                    line,
                    words["till"],
                    words["receipt"],
                    moment,
                    self._points[words["till"]],
                    words.get("type") or None,
                    words.get("reference") or None,
                )
                local.append((row, moment))
        rows = self._settled(local)
        problems = sorted(self._rows.problems, key=lambda problem: problem.line or 0)
        return ReceiptFile(rows, others, tuple(problems))

    def _sound(self, line: int, words: dict[str, str]) -> bool:
        before = len(self._rows.problems)
        for key in ("receipt", "time", "till"):
            if not words[key]:
                self._rows.say(line, Said("%(column)s is empty; give one", column=self._columns[key]))
        for key, word in words.items():
            if len(word) > LONGEST_REFERENCE:
                said = Said(
                    "%(column)s has %(count)s characters; use at most %(most)s",
                    column=self._columns[key],
                    count=len(word),
                    most=LONGEST_REFERENCE,
                )
                self._rows.say(line, said)
            elif _CONTROL.search(word):
                said = Said(
                    "%(column)s holds a character that cannot be printed; take it out",
                    column=self._columns[key],
                )
                self._rows.say(line, said)
        kind, known = words.get("type"), self._site.interaction_types
        if kind and known and kind not in known:
            self._rows.say(
                line,
                Said(
                    "%(column)s is '%(word)s'; %(meant)sinteraction_types of the site file has %(known)s",
                    column=self._columns["type"],
                    word=kind,
                    meant=nearest(kind, known),
                    known=listed(known),
                ),
            )
        return len(self._rows.problems) == before

    def _moment(self, line: int, word: str) -> datetime | None:
        """The time as it is written, with its zone or on the clock of the site."""
        if self._format is None:
            written = written_time(word)
        else:
            try:
                written = datetime.strptime(word, self._format)
            except ValueError:
                written = None
        if written is not None:
            return written
        column = self._columns["time"]
        said = (
            Said(
                "%(column)s is '%(word)s'; write a time as %(form)s",
                column=column,
                word=word,
                form=self._format,
            )
            if self._format
            else Said(
                "%(column)s is '%(word)s'; write a time as 2026-05-04 09:30:00, or give its time_format",
                column=column,
                word=word,
            )
        )
        self._rows.say(line, said)
        return None

    def _settled(self, local: Sequence[tuple[ReceiptRow, datetime]]) -> tuple[ReceiptRow, ...]:
        """Rows with their times in UTC."""
        second = _second_time(local, self._site.zone)
        found: dict[tuple[str, str, datetime], ReceiptRow] = {}
        for row, written in local:
            moment: datetime | None = written
            if written.tzinfo is None:
                moment = self._in_zone(row, written, second.get(row.line))
            if moment is None:
                continue
            utc = moment.astimezone(UTC)
            if utc > self._latest:
                self._rows.say(
                    row.line,
                    Said(
                        "%(column)s is '%(word)s', in the future; check the clock of the till",
                        column=self._columns["time"],
                        word=written,
                    ),
                )
                continue
            settled = replace(row, printed_at=utc)
            first = found.setdefault((row.till, row.number, utc), settled)
            if (first.type, first.reference) != (row.type, row.reference):
                self._rows.say(
                    row.line,
                    Said(
                        "is the receipt of line %(line)s again, but with other words; keep one",
                        line=first.line,
                    ),
                )
        return tuple(found.values())

    def _in_zone(self, row: ReceiptRow, written: datetime, second: bool | None) -> datetime | None:
        zone = self._site.zone
        why = leapt_over(written, zone)
        if why is None:
            if not comes_twice(written, zone):
                return written.replace(tzinfo=zone)
            if second is not None:
                return written.replace(tzinfo=zone, fold=int(second))
            why = COMES_TWICE
        said = Said(
            "%(column)s is '%(word)s', which %(why)s", column=self._columns["time"], word=written, why=why
        )
        self._rows.say(row.line, said)
        return None


def _second_time(local: Sequence[tuple[ReceiptRow, datetime]], zone: ZoneInfo) -> dict[int, bool]:
    """For times that come twice in a night, by line: whether it is the second, where the order of a till's rows tells.

    It tells where a till's rows of that day rise but for exactly one step back in the hour that comes twice, or fall
    but for exactly one step up.
    """
    by_till: defaultdict[tuple[str, object], list[tuple[int, datetime]]] = defaultdict(list)
    for row, written in local:
        if written.tzinfo is None:
            by_till[row.till, written.date()].append((row.line, written))
    found: dict[int, bool] = {}
    for rows in by_till.values():
        twice = [one for one in rows if comes_twice(one[1], zone)]
        once = [one for one in rows if one not in twice]
        if not twice:
            continue
        rising = [b > a for (_, a), (_, b) in pairwise(once) if a != b]
        if rising and any(rising) != all(rising):
            continue
        ordered = twice[::-1] if rising and not any(rising) else twice
        backs = [place for place, (a, b) in enumerate(pairwise(ordered), start=1) if b[1] < a[1]]
        if len(backs) == 1 and rising:
            found |= {line: place >= backs[0] for place, (line, _) in enumerate(ordered)}
    return found
