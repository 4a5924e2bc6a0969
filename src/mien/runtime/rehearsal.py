"""What the rules of a site file would have found on a day, before they go live: nothing is stored or sent."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from mien.action.health import HealthWatch, LastingTrouble
from mien.action.rehearsal import Tried, tried
from mien.action.types import RuleName
from mien.action.watches import FITS, Watches, looks_at
from mien.action.watching import Customer, Moment
from mien.errors import SettingError
from mien.journey.live_face import LiveReading
from mien.journey.now import NowBook
from mien.runtime.live import Supervisor, plan_of
from mien.runtime.tension_lock import check_tension
from mien.site.crm import Crm
from mien.site.delivery import Delivery
from mien.site.hours import check_day
from mien.site.matching import Matching
from mien.site.rules import Rules, active
from mien.site.segments import Segments
from mien.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date, datetime

    from mien.action import Signal
    from mien.journey.types import Interaction, SecondRecord
    from mien.runtime.live import Board, Plan
    from mien.site import Site
    from mien.store import RecordingSummary

STAFFED_HOURS: Final = 8.0
"""Hours to which numbers of alerts are brought."""
BY_SECONDS: Final = (
    "Of a stored day there is one mean a second: times are a few seconds off from those live.",
    "Whether faces looked tired, yawned, or were under way is not stored: nothing of it is tested.",
    "Who was mostly read by the eyes alone is taken to have been so all the time.",
)
"""What cannot be tested by the seconds of a stored day."""


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What would have become of a day.

    Attributes:
        hours: Hours that were looked at.
        tried: What would have become of the signals of each rule, by its name.
        untested: Rules that are on and cannot be tested so.
        remarks: What else must be known, one sentence each.
    """

    hours: float
    tried: Mapping[str, Tried]
    untested: tuple[str, ...]
    remarks: tuple[str, ...]

    def per_shift(self, name: str) -> float | None:
        """Alerts of a rule per eight staffed hours; `None` where nothing was looked at."""
        return self.tried[name].alerts * STAFFED_HOURS / self.hours if self.hours > 0 else None


def check_rules(site: Site) -> None:
    """Refuse a site file without rules.

    Raises:
        SettingError: No rule is on.
    """
    if not dict(site.rules.on()):
        raise SettingError(
            f"No rule of site '{site.name}' is on; add a table such as [rules.checkout] to its site file."
        )


def by_day(site: Site, site_file: Path, store: Store, day: date) -> Rehearsal:
    """Try the rules on what is stored of a day.

    Args:
        site: The site, with its rules.
        site_file: Where it stands.
        store: Where its interactions are.
        day: On the clock of the site.

    Raises:
        SettingError: No rule is on, or nothing is stored of the day.
        StoreError: The store cannot be read.
    """
    check_rules(site)
    check_tension(site, site_file)
    check_day(day)
    begin, end = site.midnight(day), site.midnight(day + timedelta(days=1))
    found: list[Signal] = []
    spans: list[tuple[datetime, datetime]] = []
    for recording in store.recordings.list_recordings():
        begins = recording.source.recorded_at
        if recording.key.site != site.name or begins is None or not begins < end:
            continue
        seen = store.recordings.interactions(recording=recording.id, since=begin, until=end)
        if any(one.seconds for one in seen):
            found += _seen(site, recording, begins, seen)
            first, last = min(one.start_s for one in seen), max(one.end_s for one in seen)
            spans.append((begins + timedelta(seconds=first), begins + timedelta(seconds=last)))
        found += [one for one in _troubles(site, recording, begins) if begin <= one.at < end]
    if not spans:
        raise SettingError(
            f"Of {day} at site '{site.name}' no seconds are stored (curves are kept for "
            f"{site.retention.readings_days} days); choose another day, or take --replay."
        )
    return _rehearsed(site, found, _hours(spans), BY_SECONDS)


def _seen(
    site: Site, recording: RecordingSummary, begins: datetime, seen: Iterable[Interaction]
) -> list[Signal]:
    """What rules find among the seconds of a recording."""
    touchpoint = recording.key.touchpoint or ""
    watches = Watches(site.rules, touchpoint, site.role_at(touchpoint))
    if not watches:
        return []
    people = {number: one for number, one in enumerate(seen) if one.seconds}
    seconds: defaultdict[int, list[tuple[int, SecondRecord]]] = defaultdict(list)
    for number, one in people.items():
        for second in one.seconds:
            seconds[second.t_s].append((number, second))
    ends = {number: one.seconds[-1].t_s for number, one in people.items()}
    book = NowBook(watched=True)
    found: list[Signal] = []
    for t_s in sorted({*seconds, *(end + 1 for end in ends.values())}):
        for number, second in seconds.get(t_s, ()):
            if second.valence is not None and second.variance is not None:
                by_eyes = 2 * people[number].by_eyes > people[number].score.n
                reading = LiveReading(t_s + 0.5, second.valence, second.variance, by_eyes, second.n)
                book.take_reading(number, reading, second.expressions)
        left = [number for number, end in ends.items() if end == t_s - 1]
        book.take([], left)
        there = tuple(
            Customer(people[one.track_id].id, one, people[one.track_id].context.service_point)
            for one in book.watched(t_s + 1.0)
        )
        found += watches.look(Moment(t_s + 1.0, begins, touchpoint, there), left)
    return found


def _troubles(site: Site, recording: RecordingSummary, begins: datetime) -> list[Signal]:
    """What the health rule finds among the troubles that are stored with a recording."""
    rule = active(site.rules.health)
    touchpoint, camera = recording.key.touchpoint or "", recording.source.camera
    if rule is None or camera is None:
        return []
    if not looks_at(RuleName.HEALTH, rule, touchpoint, site.role_at(touchpoint)):
        return []
    found = []
    watch = HealthWatch(rule, camera)
    for one in recording.counters.get("troubles", ()):
        until_s = recording.position_s if one["until_s"] is None else one["until_s"]
        if until_s - one["since_s"] >= rule.after_s:
            at_s = one["since_s"] + rule.after_s
            found += watch.look(
                [LastingTrouble(one["what"], one["since_s"])], Moment(at_s, begins, touchpoint, ())
            )
    return found


def _hours(spans: Iterable[tuple[datetime, datetime]]) -> float:
    """Hours that any of some spans covers."""
    edges = sorted([(begin, 1) for begin, _ in spans] + [(end, -1) for _, end in spans])
    total, open_spans = 0.0, 0
    for (at, change), (following, _) in pairwise(edges):
        open_spans += change
        total += (following - at).total_seconds() if open_spans > 0 else 0.0
    return total / 3600.0


def by_replay(
    site: Site, site_file: Path, progress: Callable[[float, float | None], None] = lambda _done, _all: None
) -> Rehearsal:
    """Try the rules on the recordings of a site file, read anew through the whole pipeline as fast as can be.

    Args:
        site: The site, with its rules.
        site_file: Where it stands.
        progress: Called with how many seconds of the recordings are read, and how many there are.

    Raises:
        SettingError: No rule is on, a camera is no recording, or no recording can be read.
        NoticeError: No notice covers any camera.
    """
    check_rules(site)
    with TemporaryDirectory(prefix="mien-rules-") as folder:
        plan = plan_of(
            _quiet(site), site_file, store=str(Path(folder) / "s.sqlite"), pace="replay", speed=None
        )
        board = Supervisor(plan, logs=False).run(lambda: False, lambda board: progress(*_read_so_far(board)))
        unread = [f"Camera '{row.camera}': {row.ended}" for row in board.rows if row.ended is not None]
        if len(unread) == len(board.rows):
            raise SettingError(f"No recording of site '{site.name}' could be read. {unread[0]}")
        with Store.open(plan.store, create=False) as store:
            found = [alert.signal for _, alert in store.alerts.listed([site.name], limit=1_000_000)]
            hours = _read_hours(plan, store)
    return _rehearsed(site, found, hours, (*plan.not_read, *unread))


def _read_so_far(board: Board) -> tuple[float, float | None]:
    """Seconds read of all recordings, and how many they have; `None` while that is not known."""
    told = [row.status for row in board.rows]
    lengths = [None if one is None else one.length_s for one in told]
    known = [length for length in lengths if length is not None]
    read_s = sum(one.t_s or 0.0 for one in told if one is not None)
    return read_s, sum(known) if len(known) == len(lengths) else None


def _quiet(site: Site) -> Site:
    """The site with rules that hold nothing back, and nothing that leaves the machine or knows people."""
    free = {
        name: rule.model_copy(
            update={"cooldown_s": 0.0, "daily_cap": 10_000, "quiet": (), "escalate_s": None}
        )
        for name, rule in site.rules.on()
    }
    return site.model_copy(
        update={
            "rules": Rules().model_copy(update=free),
            "delivery": Delivery(),
            "crm": Crm(),
            "matching": Matching(),
            "segments": Segments(),
        }
    )


def _read_hours(plan: Plan, store: Store) -> float:
    begins = {camera.stream: camera.begins.utc for camera in plan.cameras}
    return _hours(
        [
            (begin, begin + timedelta(seconds=one.position_s))
            for one in store.recordings.list_recordings()
            if (begin := one.source.recorded_at or begins.get(one.key.fingerprint)) is not None
        ]
    )


def _rehearsed(site: Site, found: Iterable[Signal], hours: float, remarks: tuple[str, ...]) -> Rehearsal:
    rules = dict(site.rules.on())
    tested = {name: rule for name, rule in rules.items() if RuleName(name) in FITS}
    return Rehearsal(
        hours, tried(found, tested, site.zone), tuple(name for name in rules if name not in tested), remarks
    )
