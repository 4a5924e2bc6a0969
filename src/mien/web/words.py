"""Roles and rights in words."""

from __future__ import annotations

from typing import Final

from mien.marking import N_
from mien.privacy.roles import Right, Role

ROLE_WORDS: Final[dict[Role, str]] = {
    Role.STAFF: N_("Staff"),
    Role.MANAGER: N_("Manager"),
    Role.ANALYST: N_("Analyst"),
    Role.OFFICER: N_("Data-protection officer"),
    Role.ADMIN: N_("Administrator"),
}

RIGHT_WORDS: Final[dict[Right, str]] = {
    Right.LIVE: N_("the state now"),
    Right.ACT: N_("to acknowledge and answer alerts"),
    Right.ADVICE: N_("what staff are advised to do"),
    Right.CALL: N_("own calls"),
    Right.VISITS: N_("single visits"),
    Right.FIGURES: N_("means of at least ten"),
    Right.EXPORT: N_("tables to take away"),
    Right.SALES: N_("receipts of tills"),
    Right.PRIVACY: N_("notices, retention, the log"),
    Right.SETTINGS: N_("the site file"),
    Right.USERS: N_("users, roles and keys"),
}

PASSWORD_WORDS: Final[dict[str, str]] = {
    "short": N_("This password is too short. A few words in a row do well."),
    "long": N_("This password is too long."),
    "usual": N_("This password is among the first that are guessed. Use a few words that belong to nothing."),
    "name": N_("This password is little more than your name. Use a few other words."),
}
"""Why a password is refused, by `PasswordError.why`."""
