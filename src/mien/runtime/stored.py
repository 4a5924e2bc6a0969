"""Reports from the store, without reading a video again."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from mien import __version__
from mien.errors import InputError
from mien.insight import Grouping, Measure
from mien.report.model import Report
from mien.runtime.account import Account
from mien.store import Chosen

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mien.store import RecordingSummary, Store


def check_sites(store: Store, names: Iterable[str]) -> None:
    """Refuse names of sites that the store does not know.

    Raises:
        InputError: It does not know one of them.
        StoreError: The database says no.
    """
    known = store.sites.entries()
    for name in names:
        if name not in known:
            held = f"it holds {', '.join(map(repr, known))}" if known else "it holds no site yet"
            raise InputError(f"The store {store.address} knows no site '{name}'; {held}.")


def busiest_site(store: Store, names: Iterable[str]) -> str | None:
    """The site of which most was stored lately: most interactions in the week up to the last that there is of any.

    Args:
        store: The open store.
        names: Which sites; the first of them where nothing is stored of any, `None` where there are none.

    Raises:
        StoreError: The database says no.
    """
    known = tuple(names)
    span = store.rollups.span(known)
    if span is None:
        return known[0] if known else None
    week = Chosen(known, span[1] - timedelta(days=6), span[1])
    seen = Counter(dict.fromkeys(known, 0))
    for part in store.rollups.days(week, Grouping.SITE, Measure.INDEX):
        seen[part.label or ""] += part.interactions
    return seen.most_common(1)[0][0]


def find_recording(store: Store, what: str) -> RecordingSummary:
    """A recording by its number or name, or by the beginning of the id of one of its interactions.

    Raises:
        InputError: There is none, or several.
    """
    known = store.recordings.list_recordings()
    if what.isdecimal() and any(summary.id == int(what) for summary in known):
        return next(summary for summary in known if summary.id == int(what))
    hits = [
        summary
        for summary in known
        if summary.source.name == what
        or any(
            found.id.startswith(what)
            for found in store.recordings.interactions(recording=summary.id, curves=False)
        )
    ]
    if len(hits) == 1:
        return hits[0]
    if hits:
        raise InputError(f"'{what}' fits {len(hits)} recordings; give the number that mien show lists.")
    raise InputError(f"Nothing stored has the number, name or id '{what}'; mien show lists what there is.")


def stored_report(store: Store, summaries: Sequence[RecordingSummary]) -> Report:
    """Recordings as a report.

    Args:
        store: The open store.
        summaries: Which recordings; at least one.

    Raises:
        InputError: They were read by different readers or on different scales.
    """
    videos, asked, ways = [], [], set()
    for summary in summaries:
        found = store.recordings.interactions(recording=summary.id)
        place = {"site": summary.key.site, "touchpoint": summary.key.touchpoint}
        # What was killed before its first checkpoint has noted nothing of itself.
        account = Account.of({"context": place, **summary.counters})
        asked.append((summary.reader, account.scale))
        if found:
            ways.add(asked[-1])
        videos.append(
            account.report(
                summary.source.name, found, complete=summary.complete, position_s=summary.position_s
            )
        )
    if len(ways) > 1:
        raise InputError(
            "These recordings were read by different readers or on different scales: show one at a time."
        )
    reader, scale = ways.pop() if ways else asked[0]
    return Report(videos, datetime.now(UTC), __version__, reader, scale)
