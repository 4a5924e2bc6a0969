"""What guests are told by on its way to the pages: for two minutes, of no staff, and in nothing that is kept."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest

from mien.guests import HELD_S, MADE_S, ArrivalLook, Came, Colour, GuestLook, Place
from mien.runtime.live import plan_of
from mien.runtime.live.guests import GuestBook
from mien.runtime.live.link import Link
from mien.runtime.live.messages import End, Looked
from mien.runtime.live.status import WriterStatus
from mien.site import load_site
from mien.store import Store
from support.site_words import DAY, face, hello, lines_of, tick, ticks, writing
from support.sites import HEAD
from support.waiting import DEADLINE_S

if TYPE_CHECKING:
    from pathlib import Path

    from mien.runtime.live import Plan

SITE = (
    HEAD
    + """\
[touchpoints.door]
role = "entrance"

[touchpoints.tills]
role = "checkout"

[cameras.door]
touchpoint = "door"
url = "rtsp://192.0.2.1/cam"

[cameras.till]
touchpoint = "tills"
url = "rtsp://192.0.2.2/cam"
"""
)
RULE = "[rules.arrival]\n"
LOOK = GuestLook((Colour.PURPLE, Colour.BEIGE), None, (Came.FROM_LEFT, Came.TOWARDS), Place.RIGHT_EDGE)
WORDS = ("purple", "beige", "from the left", "towards the camera", "near the right edge")
LOOKED = Looked(track_id=1, first_s=0.5, guest=LOOK)


def planned(folder: Path, rule: str = RULE) -> Plan:
    file = folder / "shop.toml"
    file.write_text(SITE + rule)
    return plan_of(load_site(file), file, store=str(folder / "s.sqlite"))


@pytest.mark.parametrize(
    ("rule", "looked_at"),
    [
        ("", []),
        (RULE, ["door"]),
        (RULE + "enabled = false\n", []),
        (RULE + 'touchpoints = ["door"]\n', ["door"]),
        (RULE + 'touchpoints = ["tills"]\n', []),
    ],
)
def test_only_who_comes_in_where_there_are_arrival_cards_is_looked_at(
    tmp_path: Path, rule: str, looked_at: list[str]
) -> None:
    assert [camera.name for camera in planned(tmp_path, rule).cameras if camera.guests] == looked_at


def said_of(plan: Plan, words: list[object]) -> list[tuple[str, ...]]:
    """The subjects of the guests that a writer has told the supervisor of, each time that these changed."""
    says: list[dict] = []
    with writing(plan, says) as lines:
        link = Link(lines, hello(plan))
        try:
            assert link.welcome(DEADLINE_S) is not None
            for word in words:
                if isinstance(word, Looked):
                    link.whisper(word)
                else:
                    link.put(word)
            link.put(End(number=100, end_s=9.0, warnings=()))
            assert link.flush(DEADLINE_S)
        finally:
            link.close()
    # The last word, at its end, is of nobody.
    found = [WriterStatus.model_validate(one["status"]).guests for one in says[:-1]]
    assert all(one.look.guest == LOOK for guests in found for one in guests)
    told = [tuple(one.subject for one in guests) for guests in found]
    return [now for before, now in zip([(), *told], told, strict=False) if now != before]


def subject_of(plan: Plan) -> str:
    """The id of the interaction that was stored."""
    with Store.open(plan.store, create=False) as store:
        (one,) = store.recordings.interactions()
        return one.id


def test_the_supervisor_hears_of_a_guest_under_the_id_of_the_interaction_and_nothing_keeps_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    plan = planned(tmp_path)
    *seen, last = ticks(30, ended=(1,))
    told = said_of(plan, [*seen, LOOKED, last])
    assert told == [(subject_of(plan),)]
    out, err = capfd.readouterr()
    kept = b"".join(
        one.read_bytes() for one in tmp_path.rglob("*") if one.is_file() and one.suffix != ".toml"
    )
    everything = kept + caplog.text.encode() + out.encode() + err.encode()
    assert b"mien.interaction" in everything, "events are among it"
    assert [word for word in WORDS if word.encode() in everything] == []


def test_who_turns_out_to_be_staff_is_forgotten_at_once(tmp_path: Path) -> None:
    *seen, last = ticks(30, dropped=(1,))
    first, then = said_of(planned(tmp_path), [*seen, LOOKED, last])
    assert len(first) == 1
    assert then == ()


def test_nobody_is_told_of_whom_the_writer_does_not_know(tmp_path: Path) -> None:
    stranger = LOOKED.model_copy(update={"track_id": 9})
    assert said_of(planned(tmp_path), [*ticks(3), stranger, tick(4, 0.4, (face(0.4),))]) == []


def test_what_is_said_while_the_writer_is_away_is_never_said(tmp_path: Path) -> None:
    plan = planned(tmp_path)
    link = Link(lines_of(plan), hello(plan))
    says: list[dict] = []
    *seen, last = ticks(30, ended=(1,))
    for word in seen:
        link.put(word)
    link.whisper(LOOKED)
    with writing(plan, says):
        link.put(last)
        stored = link.flush(DEADLINE_S)
        link.close()
    assert stored
    assert [one for one in says if one["status"]["guests"]] == []
    assert says


def test_it_is_gone_after_two_minutes(tmp_path: Path) -> None:
    now = [1000.0]
    plan = planned(tmp_path)
    book = GuestBook(lambda: now[0])
    book.take(hello(plan), "the guest", LOOKED)
    (held,) = book.held()
    assert held.look == ArrivalLook(
        "door", datetime.combine(DAY, time(8), UTC) + timedelta(seconds=0.5), LOOK
    )
    now[0] += HELD_S - MADE_S - 1.0
    assert book.held() == (held,)
    now[0] += 1.0
    assert book.held() == ()
    now[0] -= 100.0
    assert book.held() == (), "it is not hidden but forgotten"
