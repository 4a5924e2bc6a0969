"""From where people stand, picture by picture, to counts per period."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from mien.errors import InputError
from mien.journey.flow.counts import FlowCounts, FlowQuarter
from mien.journey.flow.crossing import LineWatch
from mien.journey.flow.plan import FlowSettings, Sighting
from mien.journey.flow.state import STATE_VERSION, BookState, Followed, ZoneState
from mien.journey.flow.stays import Outcome, ZoneWatch, left_picture
from mien.journey.flow.tally import Tally
from mien.journey.flow.turning import ShelfWatch

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from mien.journey.flow.crossing import Crossing
    from mien.journey.flow.plan import FlowPlan
    from mien.journey.flow.stays import Stay
    from mien.journey.flow.turning import FaceTurn


class FlowBook:
    """Counts the people of one camera. Memory does not grow with time as long as `closed` is taken from it.

    Args:
        plan: Door lines and zones.
        settings: How people are counted.
        into_period_s: How much of its period had passed when the stream was at 0 s, so that periods begin with the
            quarters of the hour.

    Example:
        >>> from mien.journey.flow import FlowBook, FlowLine, FlowPlan, Sighting
        >>> book = FlowBook(FlowPlan((FlowLine("sill", ((0.2, 0.5), (0.8, 0.5)), (0.5, 0.9)),)))
        >>> for k, y in enumerate((0.3, 0.4, 0.6, 0.7)):
        ...     events = book.take(k / 2, [Sighting(1, 0.5, y, 0.4)])
        >>> book.finish()
        []
        >>> book.total().lines["sill"].came_in
        1
    """

    def __init__(
        self, plan: FlowPlan, settings: FlowSettings | None = None, *, into_period_s: float = 0.0
    ) -> None:
        self.plan = plan
        self.settings = settings if settings is not None else FlowSettings()
        self._into_s = into_period_s
        self._lines = [LineWatch(line, self.settings, plan.aspect) for line in plan.lines]
        self._zones = {zone.name: ZoneWatch(zone, self.settings) for zone in plan.zones}
        self._shelves = [ShelfWatch(zone, plan.aspect) for zone in plan.zones if zone.kind == "shelf"]
        self._followed: dict[int, Followed] = {}
        self._periods: dict[int, Tally] = {}
        self._t_s: float | None = None

    @property
    def last_s(self) -> float | None:
        """Time of the last picture, seconds in the stream; `None` before the first."""
        return self._t_s

    def take(
        self,
        t_s: float,
        people: Sequence[Sighting],
        ended: Iterable[int] = (),
        *,
        faces: Sequence[FaceTurn] = (),
        excluded: int = 0,
    ) -> list[Crossing | Stay]:
        """Take in what one picture showed.

        Args:
            t_s: Its time, seconds in the stream, later than that of the picture before.
            people: Everybody seen in it, once each.
            ended: Tracks that ended since the picture before, none of them among `people`.
            faces: The faces seen in it, where they are looked for.
            excluded: How many people were found in excluded zones.

        Returns:
            Crossings and stays that became certain.

        Raises:
            InputError: The picture is not later than the one before.
        """
        if self._t_s is not None and not t_s > self._t_s:
            raise InputError(
                f"A picture at {t_s} s follows one at {self._t_s} s; give pictures in order of time."
            )
        step_s = self._pass_time(t_s)
        tally = self._tally(t_s)
        events: list[Crossing | Stay] = []
        for track in ended:
            events += self._end(track, tally, still_there=False)
        for seen in people:
            events += self._see(seen, t_s, tally)
        for watch in self._zones.values():
            events += self._leave(watch, t_s)
        self._turn(faces, step_s, tally)
        tally.numbers["excluded", ""] += excluded
        for event in events:
            tally.add(event)
        return events

    def finish(self) -> list[Crossing | Stay]:
        """The stream ended: who was still there is counted as cut.

        Returns:
            What became certain by that.
        """
        if self._t_s is None:
            return []
        tally = self._tally(self._t_s)
        events: list[Crossing | Stay] = []
        for track in list(self._followed):
            events += self._end(track, tally, still_there=True)
        for event in events:
            tally.add(event)
        return events

    def lengths(self) -> dict[str, int]:
        """How many wait in each queue now."""
        return {name: watch.waiting() for name, watch in self._zones.items() if watch.is_queue}

    def quarters(self) -> list[FlowQuarter]:
        """The periods that it still holds, in order; the last may still grow."""
        return [self._quarter(number) for number in sorted(self._periods)]

    def closed(self) -> list[FlowQuarter]:
        """The periods that are over, in order; they are handed over and forgotten."""
        now = self._number(self._t_s) if self._t_s is not None else 0
        over = [number for number in sorted(self._periods) if number < now]
        found = [self._quarter(number) for number in over]
        for number in over:
            del self._periods[number]
        return found

    def total(self) -> FlowCounts:
        """Everything in the periods that it still holds."""
        return sum((quarter.counts for quarter in self.quarters()), FlowCounts())

    def state(self) -> dict[str, Any]:
        """Everything needed to go on later, as JSON can hold it: numbers and names, nothing of a picture."""
        return BookState(
            version=STATE_VERSION,
            t_s=self._t_s,
            followed=self._followed,
            lines={line.name: watch.tracks for line, watch in zip(self.plan.lines, self._lines, strict=True)},
            zones={n: ZoneState(open=w.open, leaving=w.leaving) for n, w in self._zones.items()},
            periods={number: tally.counts() for number, tally in self._periods.items()},
        ).model_dump(mode="json")

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on where the book that gave `state` stopped; it was made for the same plan and settings.

        Raises:
            InputError: It is no such state, or is of another version or plan.
        """
        saved = BookState.of(state)
        names = {line.name for line in self.plan.lines}, set(self._zones)
        if (set(saved.lines), set(saved.zones)) != names:
            raise InputError(
                f"The saved counts have the lines and zones {', '.join([*saved.lines, *saved.zones]) or 'none'}; this "
                f"book has {', '.join(sorted(names[0] | names[1])) or 'none'}: begin the stream anew."
            )
        self._t_s, self._followed = saved.t_s, saved.followed
        for line, watch in zip(self.plan.lines, self._lines, strict=True):
            watch.tracks = saved.lines[line.name]
        for name, zone in saved.zones.items():
            self._zones[name].open, self._zones[name].leaving = zone.open, zone.leaving
        self._periods = {number: Tally(self.plan, before=counts) for number, counts in saved.periods.items()}

    def _see(self, seen: Sighting, t_s: float, tally: Tally) -> list[Crossing | Stay]:
        known = self._followed.get(seen.track_id)
        if known is None:
            tally.numbers["people", ""] += 1
        step_s = t_s - known.t_s if known is not None else 0.0
        step_s = step_s if step_s <= self.settings.max_gap_s else 0.0
        followed = Followed(
            t_s=t_s,
            x=seen.x,
            y=seen.y,
            height=seen.height,
            feet=seen.feet,
            place=known.place if known else None,
        )
        self._followed[seen.track_id] = followed
        tally.heat[self._cell(seen)] += step_s
        events: list[Crossing | Stay] = []
        for line in self._lines:
            crossing = line.see(seen, t_s)
            if crossing is not None:
                events.append(crossing)
                self._step(followed, f"{crossing.line} ({crossing.direction})", tally)
        for name, watch in self._zones.items():
            if watch.see(seen, t_s):
                self._step(followed, name, tally)
                tally.numbers["joined", name] += 1
            stay = watch.open.get(seen.track_id)
            if stay is not None and stay.out_since_s is None:
                tally.seconds["person", name] += step_s
                tally.seconds["feetless", name] += 0.0 if seen.feet else step_s
        return events

    def _leave(self, watch: ZoneWatch, t_s: float) -> list[Stay]:
        """The stays that ended by now in one zone."""
        found: list[Stay | None] = []
        for track, stay in watch.over(t_s):
            if watch.zone.leads_to and stay.told:
                watch.leaving[track] = stay
            else:
                found.append(watch.stay(track, stay, Outcome.LEFT))
        for track, stay in list(watch.leaving.items()):
            if self._served(watch, track):
                del watch.leaving[track]
                found.append(watch.stay(track, stay, Outcome.SERVED))
        found += [watch.stay(track, stay, Outcome.GAVE_UP) for track, stay in watch.late(t_s)]
        return [stay for stay in found if stay is not None]

    def _served(self, watch: ZoneWatch, track: int) -> bool:
        points = (self._zones[name].open.get(track) for name in watch.zone.leads_to)
        return any(stay is not None and stay.told for stay in points)

    def _end(self, track: int, tally: Tally, *, still_there: bool) -> list[Stay]:
        """A track ended: what became of its stays."""
        followed = self._followed.pop(track, None)
        if followed is None:
            return []
        for line, watch in zip(self.plan.lines, self._lines, strict=True):
            tally.numbers["unclear", line.name] += watch.end(track)
        last = Sighting(track, followed.x, followed.y, followed.height)
        gone = not still_there and left_picture(last)
        found: list[Stay | None] = []
        for zone in self._zones.values():
            served = self._served(zone, track)
            stay = zone.open.pop(track, None)
            outside = stay is not None and stay.out_since_s is not None
            stay = stay or zone.leaving.pop(track, None)
            if stay is None:
                continue
            if zone.zone.leads_to:
                outcome = Outcome.SERVED if served else Outcome.GAVE_UP if gone else Outcome.CUT
            else:
                outcome = Outcome.LEFT if gone or outside else Outcome.CUT
            found.append(zone.stay(track, stay, outcome))
        return [stay for stay in found if stay is not None]

    def _turn(self, faces: Sequence[FaceTurn], step_s: float, tally: Tally) -> None:
        for face in faces:
            told = {shelf.name: shelf.turned(face) for shelf in self._shelves}
            tally.seconds["faces", ""] += step_s
            if told and all(turned is None for turned in told.values()):
                tally.seconds["facing", ""] += step_s
            for name, turned in told.items():
                tally.seconds["turned", name] += step_s if turned else 0.0

    def _step(self, followed: Followed, place: str, tally: Tally) -> None:
        if followed.place is not None and followed.place != place:
            tally.paths[followed.place, place] += 1
        followed.place = place

    def _pass_time(self, t_s: float) -> float:
        """Count the time since the picture before, as watched or as a gap.

        Returns:
            Seconds, 0 after a gap.
        """
        before, self._t_s = self._t_s, t_s
        if before is None:
            return 0.0
        blind = t_s - before > self.settings.max_gap_s
        waiting = self.lengths()
        begin = before
        while begin < t_s:
            number = self._number(begin)
            end = min(t_s, self._begin(number + 1))
            tally = self._periods.setdefault(number, Tally(self.plan))
            tally.seconds["gap" if blind else "watched", ""] += end - begin
            for queue, n in waiting.items() if not blind else ():
                tally.lengths[queue, n] += end - begin
            begin = end
        self._tally(t_s).numbers["gap", ""] += blind
        return 0.0 if blind else t_s - before

    def _number(self, t_s: float) -> int:
        return math.floor((t_s + self._into_s) / self.settings.quarter_s)

    def _begin(self, number: int) -> float:
        return number * self.settings.quarter_s - self._into_s

    def _tally(self, t_s: float) -> Tally:
        return self._periods.setdefault(self._number(t_s), Tally(self.plan))

    def _quarter(self, number: int) -> FlowQuarter:
        return FlowQuarter(
            begin_s=self._begin(number), end_s=self._begin(number + 1), counts=self._periods[number].counts()
        )

    def _cell(self, seen: Sighting) -> int:
        x, y = seen.place
        column = min(int(x * self.settings.columns), self.settings.columns - 1)
        row = min(int(y * self.settings.rows), self.settings.rows - 1)
        return row * self.settings.columns + column
