"""Who may do what: roles, the rights that each carries, and grants of roles at sites.

A right is what one has to do; a role is who does it. Routes and commands ask for rights, never for roles, so that this
table is the one place where it is decided.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable


class Role(StrEnum):
    """Who somebody is at a site."""

    STAFF = "staff"
    MANAGER = "manager"
    ANALYST = "analyst"
    OFFICER = "officer"
    ADMIN = "admin"


class Right(StrEnum):
    """What may be done."""

    LIVE = "live"
    """See the state at each touchpoint now, and whether the cameras are well."""
    ACT = "act"
    """Acknowledge alerts, and say whether they were right."""
    ADVICE = "advice"
    """Write what staff are advised to do."""
    CALL = "call"
    """Have a call of one's own read, after the other side was told."""
    VISITS = "visits"
    """See single visits, without name or attributes; each look is noted."""
    FIGURES = "figures"
    """See means of at least ten, compared."""
    EXPORT = "export"
    """Take figures and interactions away as tables."""
    SALES = "sales"
    """Hand in receipts of tills."""
    PRIVACY = "privacy"
    """See and record notices, retention, and who looked at what."""
    SETTINGS = "settings"
    """Change the site file: cameras, zones, hours."""
    USERS = "users"
    """Make users and keys, and grant roles."""


RIGHTS: Final[dict[Role, frozenset[Right]]] = {
    Role.STAFF: frozenset({Right.LIVE, Right.ACT, Right.CALL}),
    Role.MANAGER: frozenset(
        {
            Right.LIVE,
            Right.ACT,
            Right.ADVICE,
            Right.CALL,
            Right.VISITS,
            Right.FIGURES,
            Right.EXPORT,
            Right.SALES,
        }
    ),
    Role.ANALYST: frozenset({Right.FIGURES, Right.EXPORT}),
    Role.OFFICER: frozenset({Right.FIGURES, Right.PRIVACY}),
    Role.ADMIN: frozenset({Right.LIVE, Right.ACT, Right.ADVICE, Right.SETTINGS, Right.USERS, Right.SALES}),
}
"""What each role carries. Only managers see single visits: they act on them. Who makes users sees no visit."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A role at a site.

    Attributes:
        role: The role.
        site: The site's name; `None` for every site, those to come as well.
    """

    role: Role
    site: str | None = None


def may(grants: Iterable[Grant], right: Right, site: str | None) -> bool:
    """Whether grants carry a right at a site.

    Args:
        grants: What somebody was given.
        right: What they want to do.
        site: Where; `None` for what belongs to no site (users, the whole installation), which only a grant for every
            site allows.

    Example:
        >>> may([Grant(Role.MANAGER, "North")], Right.VISITS, "North")
        True
        >>> may([Grant(Role.MANAGER, "North")], Right.VISITS, "South")
        False
    """
    return any(right in RIGHTS[grant.role] and grant.site in {None, site} for grant in grants)
