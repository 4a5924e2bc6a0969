"""What stands in the log of looks, in the language of the reader: the log itself is kept in English."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from mien.marking import N_

if TYPE_CHECKING:
    from mien.web.texts import Language

_SUBJECTS: Final = (
    N_("interaction %(id)s"),
    N_("visit %(id)s"),
    N_("table of interactions from %(first)s to %(last)s"),
    N_("notice %(number)s recorded"),
    N_("notice %(number)s withdrawn"),
    N_("signed in by %(way)s"),
    N_("signed out"),
    N_("site file made"),
    N_("site file changed: %(what)s"),
    N_("cameras started anew"),
    N_("blurred still of camera %(camera)s"),
    N_("key %(name)s made for %(rights)s at %(site)s"),
    N_("key %(name)s revoked"),
    N_("password of %(name)s set"),
    N_("link to %(purpose)s made for %(name)s"),
    N_("identity at %(issuer)s joined to %(name)s"),
    N_("%(role)s given to %(name)s"),
    N_("%(role)s taken from %(name)s"),
    N_("%(name)s made, %(roles)s"),
    N_("%(name)s disabled"),
    N_("%(name)s enabled"),
)
"""All that is noted, the narrower first."""
_VALUE: Final = re.compile(r"%\\\((\w+)\\\)s")


def subject_of(subject: str, spoken: Language) -> str:
    """What was looked at or done, in a language.

    Args:
        subject: As the log has it.
        spoken: The language.

    Example:
        >>> from mien.web.texts import language
        >>> subject_of("notice 3 recorded", language("fr"))
        'avis 3 enregistré'
    """
    for text, pattern in _patterns():
        found = pattern.fullmatch(subject)
        if found is not None:
            return spoken.text(text, **found.groupdict())
    return subject


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Each text with what recognises it: anything may stand where it names a value."""
    return tuple((text, re.compile(_VALUE.sub(r"(?P<\1>.+)", re.escape(text)))) for text in _SUBJECTS)
