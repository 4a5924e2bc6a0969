"""What of a call is stored: that the other side was told, and figures at the touchpoint; never a picture."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from mien.errors import NoticeError
from mien.journey.types import Context
from mien.runtime.call.keeping import CAMERA, confirmed, keep
from mien.runtime.call.limits import CallLimits
from mien.runtime.call.session import CallSession
from mien.store import Store
from mien.video import open_video
from support.command import SAMPLES
from support.new_store import ready_made

AT = datetime(2026, 5, 4, 23, 59, 58, tzinfo=UTC)
THERE = Context(site="Hotline", touchpoint="sales calls")


@pytest.fixture(scope="module")
def ended(models):
    """A call of two seconds that began just after midnight."""
    session = CallSession(models, THERE, clock=lambda: datetime(2026, 5, 5, 0, 0, 3, tzinfo=UTC))
    session.told()
    session.mark()
    with open_video(SAMPLES / "neutral_to_smiling.mp4") as video:
        for frame in video.frames(rate=5.0):
            session.take(1000.0 * frame.t_s, frame.image)
    return session.end()


@pytest.fixture
def store(tmp_path):
    with Store.open(ready_made(tmp_path / "mien.sqlite")) as opened:
        yield opened


def test_a_call_is_kept_once_at_its_touchpoint_under_its_own_confirmation(store, ended, tmp_path):
    notice = confirmed(store, "Hotline", ended.id, by="ann", language="fr", at=AT)
    first = keep(store, ended, THERE, notice, CallLimits())
    assert keep(store, ended, THERE, notice, CallLimits()) == first
    (known,) = store.recordings.interactions(site="Hotline", touchpoint="sales calls")
    assert known.id == ended.interactions[0].id
    (recording,) = store.recordings.list_recordings()
    assert recording.complete
    assert (recording.source.camera, recording.source.name) == (CAMERA, "Call of 2026-05-05 00:00 UTC")
    assert {path.name.partition("-")[0] for path in tmp_path.iterdir()} == {"mien.sqlite"}


def test_nothing_is_kept_without_the_confirmation_of_this_call(store, ended):
    notice = confirmed(store, "Hotline", ended.id, by="ann", language="en", at=AT)
    elsewhere = Context(site="Harbour", touchpoint="calls")
    for context, said in ((elsewhere, notice), (THERE, replace(notice, put_up_by="nobody"))):
        with pytest.raises(NoticeError, match="told"):
            keep(store, ended, context, said, CallLimits())
    assert store.recordings.list_recordings() == []


def test_every_call_has_its_own_confirmation_and_none_allows_anything_else(store):
    for call in ("a" * 32, "b" * 32):
        confirmed(store, "Hotline", call, by="ann", language="en", at=AT)
    assert len(store.notices.entries("Hotline")) == 2
    for camera in (None, "door"):
        with pytest.raises(NoticeError):
            store.notices.require("Hotline", camera, on=AT.date())
