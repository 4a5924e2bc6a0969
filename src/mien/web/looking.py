"""The one place where looks at single interactions and visits are noted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mien.privacy.roles import Right

if TYPE_CHECKING:
    from mien.store import Store, StoredVisit
    from mien.store.listing import ListedInteraction
    from mien.web.access import Visitor


def note_look(store: Store, visitor: Visitor, found: ListedInteraction) -> None:
    """Note that somebody looked at a single interaction.

    Args:
        store: The open store.
        visitor: Who.
        found: At what.
    """
    one = found.interaction
    store.looks.note(visitor.name, Right.VISITS, f"interaction {one.id}", one.context.site)


def note_visit_look(store: Store, visitor: Visitor, found: StoredVisit) -> None:
    """Note that somebody looked at a single visit.

    Args:
        store: The open store.
        visitor: Who.
        found: At what.
    """
    store.looks.note(visitor.name, Right.VISITS, f"visit {found.uid}", found.site)
