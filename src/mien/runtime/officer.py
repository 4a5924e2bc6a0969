"""What a data-protection officer sees and does: what hangs for which camera, what is kept for how long, notices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mien.errors import NoticeError
from mien.privacy import check_notice
from mien.privacy.roles import Right
from mien.runtime.call.keeping import CAMERA
from mien.store.looks import KEPT_DAYS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from mien.privacy import KeepDays, Notice
    from mien.store import RecordedNotice, Store
    from mien.store.due import NextDue


@dataclass(frozen=True, slots=True)
class CameraNotice:
    """A camera, and what hangs for it on a day.

    Attributes:
        name: Its name.
        covered: The notice that covers it; `None` where none does, so that it is not read.
    """

    name: str
    covered: Notice | None


@dataclass(frozen=True, slots=True)
class Kept:
    """A kind of what is kept of a site.

    Attributes:
        days: For how long; `None` where nobody has said so, or it goes with something else.
        due: What of it goes next.
    """

    days: int | None
    due: NextDue


def cameras_covered(store: Store, site: str, names: Iterable[str], on: date) -> tuple[CameraNotice, ...]:
    """What hangs for each camera of a site on a day.

    Args:
        store: The open store.
        site: The site.
        names: Its cameras.
        on: The day.

    Raises:
        StoreError: The database says no.
    """
    hung = [entry.notice for entry in store.notices.entries(site, but=CAMERA)]
    return tuple(CameraNotice(name, _covering(hung, site, name, on)) for name in names)


def kept_of(store: Store, site: str) -> tuple[Kept, ...]:
    """For how long what is kept of a site, and what of it goes next; with the log of looks, which is of all sites.

    Raises:
        StoreError: The database says no.
    """
    days = _days(store.retention.of(site))
    return tuple(Kept(days.get(due.kind), due) for due in (*store.due.of_site(site), store.due.looks()))


def record_notice(store: Store, who: str, notice: Notice) -> RecordedNotice:
    """Record that a notice hangs, and who said so.

    Args:
        store: The open store.
        who: A user's name or `key NAME`, for the log.
        notice: What hangs where, since when.

    Raises:
        StoreError: The database says no.
    """
    entered = store.notices.record(notice)
    store.looks.note(who, Right.PRIVACY, f"notice {entered.id} recorded", notice.site)
    return entered


def withdraw_notice(store: Store, who: str, known: RecordedNotice, on: date) -> RecordedNotice:
    """Record that a notice hangs no more, and who said so.

    Args:
        store: The open store.
        who: A user's name or `key NAME`, for the log.
        known: The notice.
        on: First day on which it no longer hung.

    Raises:
        StoreError: It was withdrawn before.
        NoticeError: The day is before the one on which it was put up.
    """
    changed = store.notices.withdraw(known.id, on)
    store.looks.note(who, Right.PRIVACY, f"notice {known.id} withdrawn", known.notice.site)
    return changed


def _covering(hung: list[Notice], site: str, camera: str, on: date) -> Notice | None:
    try:
        return check_notice(hung, site, camera, on=on)
    except NoticeError:
        return None


def _days(keep: KeepDays | None) -> dict[str, int | None]:
    told: dict[str, int | None] = {"looks": KEPT_DAYS}
    if keep is not None:
        told |= {
            "curves": keep.readings,
            "interactions": keep.interactions,
            "counts": keep.interactions,
            "receipts": keep.receipts,
        }
    return told
