"""Segments while a site is read: in memory while the day lasts, k-anonymous in the store, lost with a killed writer."""

from __future__ import annotations

import logging
import re
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest

from mien.insight import Scored
from mien.runtime.live import plan_of
from mien.runtime.live.book import Book
from mien.runtime.live.messages import End, Tick
from mien.runtime.live.segmenting import LATE, SegmentBook
from mien.segments import Age, Gender, Segment
from mien.site import load_site
from mien.site.roster import load_roster
from mien.store import PartState, Store
from support.site_words import DAY, face, hello, tick, told, writing
from support.sites import HEAD
from support.waiting import until

if TYPE_CHECKING:
    from pathlib import Path

    from mien.runtime.live import Plan
    from mien.store import SegmentPart

ON = """
[segments]
enabled = true
attributes = ["age", "gender"]
legal_basis = "assessment 4"
decided_on = 2026-05-04
decided_by = "B."
"""
SITE = (
    HEAD
    + """\
[touchpoints.tills]
role = "checkout"

[cameras.till]
touchpoint = "tills"
url = "rtsp://192.0.2.1/cam"
"""
)
WOMAN, MAN, OTHER = (
    Segment(Age.YOUNG, Gender.WOMAN),
    Segment(Age.MIDDLE, Gender.MAN),
    Segment(Age.OLDER, Gender.MAN),
)
LAST = 13
"""Pictures of a crowd: twelve with them, and the one when they are gone."""
TRACES = (b"woman", b"18-29", b"45-59")
"""What must not be found of people who were too few."""


def planned(folder: Path, text: str = SITE + ON) -> Plan:
    file = folder / "shop.toml"
    file.write_text(text)
    return plan_of(load_site(file), file, store=str(folder / "s.sqlite"))


def crowd(people: list[Segment], *, first: int = 1, at_s: float = 0.0, number: int = 0) -> list[Tick]:
    """People who are all in view for a little more than a second and leave together, each with another smile."""
    tracks = range(first, first + len(people))
    ticks = [
        tick(
            number + n,
            at_s + n / 10,
            tuple(face(at_s + n / 10, track=t, smile=0.9 * (t - first) / len(people)) for t in tracks),
        )
        for n in range(1, LAST)
    ]
    gone = tick(number + LAST, at_s + LAST / 10, (), ended=tuple(tracks))
    apparent = {t: one for t, one in zip(tracks, people, strict=True) if one != Segment()}
    return [*ticks, gone.model_copy(update={"apparent": apparent})]


def parts(plan: Plan) -> list[SegmentPart]:
    with Store.open(plan.store, create=False) as store:
        return store.segments.parts("Lyon 2", DAY - timedelta(days=1), DAY + timedelta(days=2))


def cells(plan: Plan) -> list[tuple[str, int]]:
    return [(str(cell.segment), cell.interactions) for part in parts(plan) for cell in part.cells]


def stored(plan: Plan) -> int:
    with Store.open(plan.store, create=False) as store:
        return len(store.recordings.interactions())


def left_in(folder: Path) -> bytes:
    """All that stands in the files of a folder, without ids made by chance, in which any digits may stand."""
    files = (one for one in sorted(folder.rglob("*")) if one.is_file() and one.suffix != ".toml")
    return re.sub(
        rb"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", b"", b"".join(file.read_bytes() for file in files)
    )


def test_a_running_day_is_in_memory_only_and_its_end_leaves_no_trace_of_who_were_too_few(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    plan = planned(tmp_path)
    with writing(plan) as lines:
        told(plan, lines, crowd([WOMAN] * 5 + [MAN] * 12 + [OTHER] * 6 + [Segment()] * 6))
        until(lambda: [one.state for one in parts(plan)] == [PartState.HELD], "something is held")
        assert stored(plan) == 29
        assert [(one.seen, one.cells) for one in parts(plan)] == [({}, ())]
        running = left_in(tmp_path)
        assert [word for word in (*TRACES, b"30-44") if word in running] == []
    assert cells(plan) == [("man, 30-44", 12)]
    (part,) = parts(plan)
    assert (part.state, part.seen) == (PartState.WRITTEN, {Scored.INDEX: 29})
    assert part.begins_at == part.ends_at == datetime.combine(DAY, time(8), UTC) + timedelta(seconds=1.2)
    out, err = capfd.readouterr()
    said = left_in(tmp_path) + caplog.text.encode() + out.encode() + err.encode()
    assert b"30-44" in said
    assert b"segments of a day" in said
    assert [word for word in TRACES if word in said] == []


def test_where_segments_are_off_nothing_is_counted_whatever_a_worker_says(tmp_path: Path) -> None:
    plan = planned(tmp_path, SITE)
    assert plan.cameras[0].segments is None
    with writing(plan) as lines:
        told(plan, lines, crowd([WOMAN] * 12 + [MAN] * 12))
    assert stored(plan) == 24
    assert parts(plan) == []


def test_a_writer_that_is_killed_loses_what_it_held_once_and_the_next_counts_the_rest_alone(
    tmp_path: Path,
) -> None:
    plan = planned(tmp_path)
    words = crowd([WOMAN] * 12 + [MAN] * 12)
    with Store.open(plan.store) as store:
        book, counts = (
            Book(plan.site, load_roster(plan.site), store, hello(plan)),
            SegmentBook(plan.site, store),
        )
        for word in words:
            book.take(word)
        book.commit()
        counts.count(book.hello, book.apparent.take())
        book.close()
    # Its memory is gone with it. The worker, which heard of nothing stored, says it all again, and goes on.
    more = crowd([WOMAN] * 11 + [MAN] * 13, first=50, at_s=60.0, number=LAST)
    with writing(plan) as lines:
        told(plan, lines, [*words, *more], after=2 * LAST + 1)
    lost, written = parts(plan)
    assert (lost.state, lost.seen) == (PartState.LOST, {})
    assert f"{lost.begins_at:%H:%M:%S}" == "08:00:01"
    assert written.seen == {Scored.INDEX: 24}
    assert cells(plan) == [("man, 30-44", 13), ("woman, 18-29", 11)]
    assert stored(plan) == 48


def test_an_orderly_stop_writes_a_part_and_what_comes_later_is_another(tmp_path: Path) -> None:
    plan = planned(tmp_path)
    with writing(plan) as lines:
        told(plan, lines, crowd([WOMAN] * 12 + [MAN] * 12))
    with writing(plan) as lines:
        told(
            plan, lines, crowd([WOMAN] * 3 + [MAN] * 14, first=50, at_s=60.0, number=LAST), after=2 * LAST + 1
        )
    assert [(one.state, sum(one.seen.values())) for one in parts(plan)] == [
        (PartState.WRITTEN, 24),
        (PartState.WRITTEN, 17),
    ]
    # Three women beside fourteen men are nobody: neither they nor what would tell of them.
    assert cells(plan) == [("man, 30-44", 12), ("woman, 18-29", 12)]


def test_a_day_is_written_when_every_stream_is_past_its_end(tmp_path: Path) -> None:
    plan = planned(tmp_path)
    midnight_s = (
        plan.site.midnight(DAY + timedelta(days=1)) - datetime.combine(DAY, time(8), UTC)
    ).total_seconds()
    past_s = midnight_s + LATE.total_seconds()
    evening = crowd([WOMAN] * 12 + [MAN] * 12)
    night = crowd([WOMAN] * 12 + [MAN] * 12, first=50, at_s=midnight_s + 1.0, number=LAST)
    with Store.open(plan.store) as store:
        counts = SegmentBook(plan.site, store)
        assert not counts.is_over(DAY, datetime.combine(DAY, time(8), UTC) + timedelta(seconds=past_s - 1))
    with writing(plan) as lines:
        last = tick(2 * LAST + 1, past_s + 1.0, ())
        told(plan, lines, [*evening, *night, last], after=2 * LAST + 2)
        until(lambda: PartState.WRITTEN in {one.state for one in parts(plan)}, "the first day is written")
        first, second = parts(plan)
        assert (first.key.day, first.state, sum(first.seen.values())) == (DAY, PartState.WRITTEN, 24)
        assert (second.key.day, second.state) == (DAY + timedelta(days=1), PartState.HELD)
    assert [one.state for one in parts(plan)] == [PartState.WRITTEN] * 2


def test_who_is_in_view_at_the_end_of_the_stream_is_counted_with_what_the_end_tells(tmp_path: Path) -> None:
    plan = planned(tmp_path)
    words = crowd([WOMAN] * 12 + [MAN] * 12)
    with Store.open(plan.store) as store:
        book = Book(plan.site, load_roster(plan.site), store, hello(plan))
        for word in words[:-1]:
            book.take(word)
        book.take(End(number=LAST, end_s=1.2, warnings=(), apparent=words[-1].apparent))
        book.commit()
        found = [segment for _, segment in book.apparent.take()]
        assert book.apparent.take() == []
        book.close()
    assert (found.count(WOMAN), found.count(MAN)) == (12, 12)


def test_who_was_erased_is_not_counted_when_a_recording_is_read_again(tmp_path: Path) -> None:
    plan = planned(tmp_path)
    with Store.open(plan.store) as store:
        book = Book(plan.site, load_roster(plan.site), store, hello(plan))
        for word in crowd([WOMAN] * 12 + [MAN] * 12):
            book.take(word)
        book.commit()
        found = book.apparent.take()
        store.erasures.forget([found[0][0].id], "testers")
        counts = SegmentBook(plan.site, store)
        counts.count(book.hello, found)
        counts.close()
        book.close()
    assert [sum(one.seen.values()) for one in parts(plan)] == [23]
