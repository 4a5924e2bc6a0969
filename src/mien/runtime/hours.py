"""Entrance and exit of a site, compared per hour from what is stored."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from mien import __version__
from mien.errors import InputError, SettingError
from mien.insight import compare_hours
from mien.report.hours import HoursReport
from mien.runtime.coverage import watched_cameras
from mien.site.hours import check_day

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from mien.site import Site
    from mien.store import Store

DAYS: Final = 7
"""Days that are compared where none are asked for: up to the last that something is stored of."""


def hours_of_site(
    store: Store,
    site: Site,
    *,
    first: date | None = None,
    last: date | None = None,
    entrance: Sequence[str] = (),
    exit_: Sequence[str] = (),
    now: datetime | None = None,
) -> HoursReport:
    """Compare the states at the entrance and at the exit of a site, hour by hour.

    Args:
        store: The open store.
        site: The site.
        first: First day on the clock of the site; else the week that ends with `last`.
        last: Last day; else the last one that something is stored of.
        entrance: Touchpoints that are the entrance; else all with that role.
        exit_: Touchpoints that are the exit; else all with that role.
        now: When this is made, with zone; else the moment. What is not over by then is not missing.

    Returns:
        The comparison. Too little data is an answer, with its reasons.

    Raises:
        SettingError: A touchpoint does not exist or is on both sides, the site has none of a role, or the days are in
            the wrong order or far off.
        InputError: The store holds nothing of the site, or of these touchpoints.
        StoreError: The database says no.
    """
    for day in (first, last):
        if day is not None:
            check_day(day)
    came, went = _touchpoints(site, "entrance", entrance), _touchpoints(site, "exit", exit_)
    both = [name for name in came if name in went]
    if both:
        raise SettingError(
            f"Touchpoint '{both[0]}' is given as entrance and as exit, and cannot be compared with itself; "
            "name another."
        )
    undated = store.states.undated(site.name, (*came, *went))
    newest = store.states.last(site.name, (*came, *went))
    if newest is None:
        raise InputError(_nothing(store, site, (*came, *went), undated))
    until = last or max(site.day(newest), first or site.day(newest))
    since = first or until - timedelta(days=DAYS - 1)
    if since > until:
        raise SettingError(f"The first day, {since}, is after the last, {until}; exchange them.")
    records = store.states.between(
        site.name,
        (*came, *went),
        since=site.midnight(since),
        until=site.midnight(until + timedelta(days=1)),
    )
    moment = now or datetime.now(UTC)
    watched = watched_cameras(store, site, {"entrance": came, "exit": went}, (since, until), moment)
    return HoursReport(
        site=site.name,
        time_zone=site.time_zone,
        first=since,
        last=until,
        entrance=came,
        exit=went,
        found=compare_hours(
            records, site.zone, came, store.pairs.entries(site.name), also=watched.missed.hours
        ),
        watched=watched,
        undated=undated,
        made_at=moment,
        mien_version=__version__,
    )


def _touchpoints(site: Site, role: str, named: Sequence[str]) -> tuple[str, ...]:
    for name in named:
        if name not in site.touchpoints:
            raise SettingError(
                f"Site '{site.name}' has no touchpoint '{name}'; it has {', '.join(site.touchpoints)}."
            )
    found = tuple(dict.fromkeys(named)) or tuple(
        name for name, touchpoint in site.touchpoints.items() if touchpoint.role == role
    )
    if not found:
        raise SettingError(
            f"Site '{site.name}' has no touchpoint with the role '{role}'; give one that role in the site file, or "
            f"name one of {', '.join(site.touchpoints)} with --{role}."
        )
    return found


def _nothing(store: Store, site: Site, touchpoints: Sequence[str], undated: int) -> str:
    places = ", ".join(f"'{name}'" for name in touchpoints)
    known = store.sites.entries()
    if undated:
        return (
            f"Nobody knows the time of day of the {undated} interactions stored at {places} of site '{site.name}'; "
            "analyse their recordings anew with --recorded-at."
        )
    if site.name in known:
        return f"Nothing is stored at {places} of site '{site.name}' yet; read its cameras with mien run."
    held = f"holds {', '.join(f'{name!r}' for name in known)}" if known else "holds no site yet"
    return f"The store {store.address} knows no site '{site.name}', it {held}; give the store of this site."
