"""Rosters: who works in which shift, from a CSV file as a spreadsheet saves it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from mien.errors import SettingError
from mien.marking import N_, Said
from mien.site.csv_rows import CsvRows
from mien.site.hours import WEEKDAYS, Span
from mien.site.part import listed, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mien.site.model import Site
    from mien.site.problems import Problem

REQUIRED: Final = ("date", "shift", "person")
COLUMNS: Final = (*REQUIRED, "service_point", "protocol")
"""What the columns of a roster may be called."""

_NONE_OF: Final = {
    "shift": N_("there is no shift '%(name)s'; %(meant)s[shifts] of the site file has %(known)s"),
    "service_point": N_(
        "there is no service point '%(name)s'; %(meant)s[service_points] of the site file has %(known)s"
    ),
    "protocol": N_("there is no protocol '%(name)s'; %(meant)s[protocols] of the site file has %(known)s"),
}
"""What is said of a name that the site file does not have, by column."""

_MOST_MB: Final = 20
_LONGEST_WORD: Final = 80


@dataclass(frozen=True, slots=True)
class RosterEntry:
    """One person in one shift of one day.

    Attributes:
        line: Where it stands in the file, from 1.
        date: The day on which the shift begins, on the clock of the site.
        shift: Name of the shift.
        person: Whom it means: best a number or a short sign, since names are not needed.
        service_point: Till or desk; `None` where it is not told.
        protocol: Way of serving under test; `None` where it is not told.
        span: When it is.
    """

    line: int
    date: date
    shift: str
    person: str
    service_point: str | None
    protocol: str | None
    span: Span


@dataclass(frozen=True, slots=True)
class LoadedRoster:
    """The rows of a roster.

    Attributes:
        entries: In the order of the file.
    """

    entries: tuple[RosterEntry, ...] = ()

    def at(self, moment: datetime, service_point: str | None = None) -> tuple[RosterEntry, ...]:
        """Who works at a moment (with its zone), at one service point or anywhere."""
        return tuple(
            entry
            for entry in self.entries
            if entry.span.holds(moment) and service_point in {None, entry.service_point}
        )

    def on(self, day: date) -> tuple[RosterEntry, ...]:
        """The rows of a day."""
        return tuple(entry for entry in self.entries if entry.date == day)


def load_roster(site: Site) -> LoadedRoster:
    """The roster of a site; empty where it has none.

    Raises:
        SettingError: It cannot be opened, or a row is wrong; the message names it and what is allowed.
    """
    roster, problems = read_roster(site)
    if problems:
        more = f" ({len(problems) - 1} more are wrong)" if len(problems) > 1 else ""
        raise SettingError(f"{problems[0]}{more}")
    return roster


def read_roster(site: Site) -> tuple[LoadedRoster, list[Problem]]:
    """The roster of a site as far as it is right, and all that is wrong with it."""
    if site.roster is None:
        return LoadedRoster(), []
    file = site.roster.file
    return _Reading(
        site, CsvRows(file, Said("the roster"), most_mb=_MOST_MB, required=REQUIRED, known=COLUMNS)
    ).read()


class _Reading:
    def __init__(self, site: Site, rows: CsvRows) -> None:
        self._site = site
        self._rows = rows
        self._problems = rows.problems
        self._say = rows.say

    def read(self) -> tuple[LoadedRoster, list[Problem]]:
        if self._problems:
            return LoadedRoster(), self._problems
        found = [
            entry for line, cells in self._rows.cells() if (entry := self._entry(cells, line)) is not None
        ]
        self._check_overlaps(found)
        self._problems.sort(key=lambda problem: problem.line or 0)
        return LoadedRoster(tuple(found)), self._problems

    def _entry(self, cells: dict[str, str], line: int) -> RosterEntry | None:
        before = len(self._problems)
        for name, word in cells.items():
            if name in REQUIRED and not word:
                self._say(line, Said("%(column)s is empty; give one", column=name))
            elif len(word) > _LONGEST_WORD:
                said = Said(
                    "%(column)s has %(count)s characters; use at most %(most)s",
                    column=name,
                    count=len(word),
                    most=_LONGEST_WORD,
                )
                self._say(line, said)
        day = self._day(cells["date"], line)
        for name, known in (
            ("shift", self._site.shifts),
            ("service_point", self._site.service_points),
            ("protocol", self._site.protocols),
        ):
            self._check_known(name, cells.get(name, ""), known, line)
        if day is None or len(self._problems) > before:
            return None
        shift = self._site.shifts[cells["shift"]]
        span = shift.span(day, self._site.zone)
        if span is None:
            self._say(
                line,
                Said(
                    "shift '%(shift)s' is not held on %(weekday)s, %(day)s; its days are %(days)s",
                    shift=cells["shift"],
                    weekday=WEEKDAYS[day.weekday()],
                    day=day,
                    days=", ".join(shift.days),
                ),
            )
            return None
        return RosterEntry(
            line,
            day,
            cells["shift"],
            cells["person"],
            cells.get("service_point") or None,
            cells.get("protocol") or None,
            span,
        )

    def _day(self, word: str, line: int) -> date | None:
        try:
            return date.fromisoformat(word) if word else None
        except ValueError:
            self._say(
                line, Said("%(column)s is '%(word)s'; write a day as 2026-05-04", column="date", word=word)
            )
            return None

    def _check_known(self, name: str, word: str, known: Mapping[str, object], line: int) -> None:
        if word and word not in known:
            said = Said(_NONE_OF[name], name=word, meant=nearest(word, known), known=listed(known))
            self._say(line, said)

    def _check_overlaps(self, entries: Iterable[RosterEntry]) -> None:
        """Nobody is in two shifts at once."""
        busy: dict[str, list[tuple[datetime, datetime, RosterEntry]]] = {}
        for entry in entries:
            hours = self._site.shifts[entry.shift].hours
            # By the clock on the wall: in the night in which an hour comes twice, shifts that touch do not overlap.
            midnight = datetime.combine(entry.date, datetime.min.time())
            begin, end = (midnight + timedelta(minutes=minutes) for minutes in (hours.begin, hours.end))
            busy.setdefault(entry.person, []).append((begin, end, entry))
        for times in busy.values():
            times.sort(key=lambda one: (one[0], one[2].line))
            latest = times[0]
            for one in times[1:]:
                if one[0] < latest[1]:
                    self._say_overlap(*sorted((latest[2], one[2]), key=lambda entry: entry.line))
                latest = max(latest, one, key=lambda two: two[1])

    def _say_overlap(self, first: RosterEntry, second: RosterEntry) -> None:
        if (first.date, first.shift) == (second.date, second.shift):
            said = Said(
                "'%(person)s' stands in shift '%(shift)s' of %(day)s already, in line %(line)s; keep one",
                person=second.person,
                shift=second.shift,
                day=second.date,
                line=first.line,
            )
        else:
            said = Said(
                "'%(person)s' is in shift '%(shift)s' of %(day)s and in shift '%(other)s' of %(other_day)s (line "
                "%(line)s), which overlap; nobody can be in both",
                person=second.person,
                shift=second.shift,
                day=second.date,
                other=first.shift,
                other_day=first.date,
                line=first.line,
            )
        self._say(second.line, said)
