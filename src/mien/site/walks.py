"""Walks of testers: who stood alone before which camera when, from a CSV file as a spreadsheet saves it."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final

from mien.marking import Said
from mien.site.csv_rows import CsvRows
from mien.site.local_times import COMES_TWICE, comes_twice, leapt_over, written_time
from mien.site.part import listed, nearest

if TYPE_CHECKING:
    from pathlib import Path

    from mien.site.model import Site
    from mien.site.problems import Problem

REQUIRED: Final = ("tester", "agreed_on", "camera", "from", "to")
"""Columns of a file of walks; others are of no concern."""

_MOST_MB: Final = 5
_CODE: Final = re.compile(r"[A-Za-z0-9._-]{1,12}")


@dataclass(frozen=True, slots=True)
class WalkRow:
    """One tester alone before one camera.

    Attributes:
        line: Where it stands in the file, from 1.
        tester: A code; who it is, Mien need not know.
        camera: Name of the camera.
        begin: From when, UTC.
        end: Until when, UTC, later than `begin`.
    """

    line: int
    tester: str
    camera: str
    begin: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class WalkFile:
    """The rows of a file of walks.

    Attributes:
        rows: Those that are right, in order of time.
        problems: What is wrong; such rows are left out.
    """

    rows: tuple[WalkRow, ...]
    problems: tuple[Problem, ...]


def read_walks(site: Site, path: Path, now: datetime) -> WalkFile:
    """Read the walks of the testers of a site.

    Args:
        site: With the cameras, and the clock of times that are written without a zone.
        path: The file.
        now: The time of day, with zone; walks from after it are wrong.

    Returns:
        The rows that are right, and what is wrong with the others.
    """
    rows = CsvRows(path, Said("the file of walks"), most_mb=_MOST_MB, required=REQUIRED)
    if rows.problems:
        return WalkFile((), tuple(rows.problems))
    return _Reading(site, rows, now).read()


class _Reading:
    def __init__(self, site: Site, rows: CsvRows, now: datetime) -> None:
        self._site = site
        self._rows = rows
        self._now = now

    def read(self) -> WalkFile:
        read = [self._row(line, cells) for line, cells in self._rows.cells()]
        found = sorted((row for row in read if row is not None), key=lambda row: (row.begin, row.line))
        twice = self._at_two_places(found)
        problems = sorted(self._rows.problems, key=lambda problem: problem.line or 0)
        return WalkFile(tuple(row for row in found if row.line not in twice), tuple(problems))

    def _row(self, line: int, cells: dict[str, str]) -> WalkRow | None:
        before = len(self._rows.problems)
        for name in REQUIRED:
            if not cells[name]:
                said = Said("%(column)s is empty; give one", column=name)
                if name == "agreed_on":
                    said = Said(
                        "%(column)s is empty; give the day on which the tester agreed in writing", column=name
                    )
                self._rows.say(line, said)
        if len(self._rows.problems) > before:
            return None
        tester, camera = cells["tester"], cells["camera"]
        if _CODE.fullmatch(tester) is None:
            self._rows.say(
                line,
                Said(
                    "tester is '%(tester)s'; give a code of up to 12 letters, digits and . _ - instead of a name",
                    tester=tester,
                ),
            )
        if camera not in self._site.cameras:
            known = self._site.cameras
            self._rows.say(
                line,
                Said(
                    "there is no camera '%(name)s'; %(meant)s[cameras] of the site file has %(known)s",
                    name=camera,
                    meant=nearest(camera, known),
                    known=listed(known),
                ),
            )
        agreed = self._day(line, cells["agreed_on"])
        begin, end = (self._moment(line, name, cells[name]) for name in ("from", "to"))
        if begin is not None and end is not None:
            self._check_times(line, begin, end, agreed)
        if begin is None or end is None or len(self._rows.problems) > before:
            return None
        return WalkRow(line, tester, camera, begin, end)

    def _day(self, line: int, word: str) -> date | None:
        try:
            return date.fromisoformat(word)
        except ValueError:
            said = Said("%(column)s is '%(word)s'; write a day as 2026-05-04", column="agreed_on", word=word)
            self._rows.say(line, said)
            return None

    def _moment(self, line: int, name: str, word: str) -> datetime | None:
        written, zone = written_time(word), self._site.zone
        if written is None:
            said = Said(
                "%(column)s is '%(word)s'; write a time as 2026-05-04 09:30:00", column=name, word=word
            )
            self._rows.say(line, said)
            return None
        if written.tzinfo is None:
            why = leapt_over(written, zone) or (COMES_TWICE if comes_twice(written, zone) else None)
            if why is not None:
                said = Said("%(column)s is '%(word)s', which %(why)s", column=name, word=word, why=why)
                self._rows.say(line, said)
                return None
            written = written.replace(tzinfo=zone)
        return written.astimezone(UTC)

    def _check_times(self, line: int, begin: datetime, end: datetime, agreed: date | None) -> None:
        if end <= begin:
            self._rows.say(line, Said("ends before it begins; write from and to in order of time"))
        elif end > self._now:
            self._rows.say(line, Said("ends in the future; write down walks when they are over"))
        elif agreed is not None and agreed > self._site.day(begin):
            self._rows.say(
                line,
                Said(
                    "tester agreed on %(agreed)s, after standing there on %(day)s; only walks of testers who agreed "
                    "beforehand are used",
                    agreed=agreed,
                    day=self._site.day(begin),
                ),
            )

    def _at_two_places(self, rows: list[WalkRow]) -> set[int]:
        """Lines of testers who would have been at two places at once."""
        wrong: set[int] = set()
        by_tester: defaultdict[str, list[WalkRow]] = defaultdict(list)
        for row in rows:
            by_tester[row.tester].append(row)
        for own in by_tester.values():
            latest = own[0]
            for row in own[1:]:
                if row.begin < latest.end:
                    self._rows.say(
                        row.line,
                        Said(
                            "tester '%(tester)s' stands elsewhere at that time, in line %(line)s; nobody can be at two "
                            "places",
                            tester=row.tester,
                            line=latest.line,
                        ),
                    )
                    wrong |= {latest.line, row.line}
                latest = max(latest, row, key=lambda one: one.end)
        return wrong
