"""Writing playbooks: what pages and the API check before a version is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mien.action.playbook import LANGUAGES, MOST_CHARACTERS, MOST_ENTRIES, Playbook, subjects
from mien.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from mien.action.playbook import Entry
    from mien.site import Site
    from mien.store import Store


def save_playbook(
    store: Store,
    name: str,
    protocol: str | None,
    entries: Sequence[Entry],
    *,
    by: str,
    opened: int,
    site: Site | None,
) -> Playbook:
    """Save a new version of a playbook, if nothing stands against it.

    What an earlier version holds stands, whatever this Mien knows: another one wrote it, and it hinders nobody.

    Args:
        store: The open store.
        name: Name of the site.
        protocol: The way of serving that it belongs to; `None` for any.
        entries: All its advice.
        by: Who saves it.
        opened: The version that was changed; 0 where there was none.
        site: Its site file; where it is not known here, no new protocol and touchpoint can be named.

    Raises:
        InputError: Something in it cannot be used, or somebody else saved a version meanwhile.
        StoreError: The database says no.
    """
    newest = store.playbooks.newest(name)
    known = [one for book in newest.values() for one in book.entries]
    protocols = {one for one in newest if one is not None} | set(() if site is None else site.protocols)
    if protocol is not None and protocol not in protocols:
        raise SettingError(
            "There is no protocol '%(protocol)s' at %(site)s; there is: %(known)s.",
            protocol=protocol,
            site=name,
            known=_listed(protocols),
        )
    touchpoints = {one.touchpoint for one in known if one.touchpoint is not None}
    standing = {one for book in store.playbooks.versions(name, protocol) for one in book.entries}
    _check(entries, touchpoints | set(() if site is None else site.touchpoints), standing)
    return store.playbooks.save(name, protocol, entries, by, opened=opened)


def _check(entries: Sequence[Entry], touchpoints: Collection[str], standing: Collection[Entry]) -> None:
    if len(entries) > MOST_ENTRIES:
        raise SettingError(
            "This playbook has %(count)s pieces of advice; keep it to %(most)s.",
            count=len(entries),
            most=MOST_ENTRIES,
        )
    places = set()
    for one in entries:
        if one not in standing:
            _check_one(one, touchpoints)
        place = (one.about, one.touchpoint, one.language)
        if place in places:
            raise SettingError(
                "There are two pieces of advice about '%(about)s' for one place and language; keep one.",
                about=one.about,
            )
        places.add(place)


def _check_one(one: Entry, touchpoints: Collection[str]) -> None:
    if one.about not in subjects():
        raise SettingError(
            "There is no situation or mood '%(about)s'; there is: %(known)s.",
            about=one.about,
            known=_listed(subjects()),
        )
    if one.language not in LANGUAGES:
        raise SettingError(
            "There is no language '%(language)s' here; there is: %(known)s.",
            language=one.language,
            known=_listed(LANGUAGES),
        )
    if one.touchpoint is not None and one.touchpoint not in touchpoints:
        raise SettingError(
            "There is no touchpoint '%(touchpoint)s' there; there is: %(known)s.",
            touchpoint=one.touchpoint,
            known=_listed(touchpoints),
        )
    if not 0 < len(one.text) <= MOST_CHARACTERS or not one.text.isprintable() or one.text != one.text.strip():
        raise SettingError(
            "Advice is one line of 1 to %(most)s characters; this has %(count)s: '%(text)s'.",
            most=MOST_CHARACTERS,
            count=len(one.text),
            text=one.text[:40],
        )


def _listed(known: Collection[str]) -> str:
    return ", ".join(sorted(known)) or "–"
