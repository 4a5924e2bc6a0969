"""What of a call goes into the store: that the other side was told, and, where that is wanted, what was found."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from mien.errors import NoticeError
from mien.privacy import Notice
from mien.runtime.account import Account
from mien.runtime.settings import AnalysisSettings
from mien.store import RecordingKey, Source

if TYPE_CHECKING:
    from datetime import datetime

    from mien.journey.types import Context
    from mien.runtime.call.limits import CallLimits
    from mien.runtime.call.types import CallSummary
    from mien.store import Store

CAMERA: Final = "calls"
"""The camera of a site under which its calls are stored. Its notices speak of no other camera."""
BANNER: Final = "call 1"
"""Version of the text that the other side is shown."""


def confirmed(store: Store, site: str, call_id: str, *, by: str, language: str, at: datetime) -> Notice:
    """Record as a notice that the other side of a call was told.

    It speaks of the camera `calls` alone, of that day and the next, for calls over midnight: nothing else may be read
    for it.

    Args:
        store: Where to.
        site: The site that the call belongs to.
        call_id: The call's id.
        by: Who confirmed it.
        language: Of the text that was shown, ISO 639-1.
        at: When it was confirmed, with zone.

    Raises:
        NoticeError: A text is blank.
        StoreError: The database says no.
    """
    said = at.replace(microsecond=0).isoformat()
    version = f"{BANNER} ({language}), confirmed {said} for call {call_id[:12]}"
    notice = Notice(site, CAMERA, at.date(), version, by, at.date() + timedelta(days=2))
    return store.notices.record(notice).notice


def keep(store: Store, summary: CallSummary, context: Context, notice: Notice, limits: CallLimits) -> int:
    """Store what was found in a call, under the touchpoint that it belongs to; twice is once.

    Args:
        store: Where to.
        summary: Of the ended call.
        context: Where it belongs.
        notice: What `confirmed` gave.
        limits: Those of the call.

    Returns:
        Number of the recording in the store.

    Raises:
        NoticeError: The notice is not that of the call's site and day, or is not in the store.
        StoreError: The database says no.
    """
    known = {entry.notice for entry in store.notices.entries(notice.site)}
    day = summary.begun_at.date() if summary.begun_at is not None else notice.shown_on
    if context.site is None or notice not in known or not notice.covers(context.site, CAMERA, day):
        raise NoticeError(
            "Nothing of this call is stored, for it is not recorded that the other side was told; confirm it first."
        )
    key = RecordingKey(f"call:{summary.id}", context.site, context.touchpoint)
    begun = summary.begun_at
    name = "Recorded call" if begun is None else f"Call of {begun:%Y-%m-%d %H:%M} UTC"
    settings = AnalysisSettings(rate=limits.rate, role="call")
    account = Account(
        frames=summary.pictures + summary.dropped,
        readings=sum(found.readings for found in summary.interactions),
        length_s=summary.length_s,
        rate=limits.rate,
        context=context,
        warnings=[f"Reading stopped at {stop.t_s:.1f} s: {stop.reason.value}." for stop in summary.stops],
    )
    account.left_out.update(summary.left_out)
    known_call = store.recordings.find(key)
    if known_call is not None and known_call.complete:
        return known_call.id
    source = Source(name, begun, summary.length_s, CAMERA)
    with store.recordings.begin(
        key, settings.digest(context, summary.reader), reader=summary.reader, source=source
    ) as run:
        run.commit(summary.interactions, {}, summary.length_s, account.as_counters())
        run.finish(account.as_counters())
        return run.recording_id
