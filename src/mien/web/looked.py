"""What stands in the log of looks, in the language of the reader: the log itself is kept in English."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from mien.marking import N_
from mien.web.words import RIGHT_WORDS, ROLE_WORDS

if TYPE_CHECKING:
    from mien.web.texts import Language

_EVERY_SITE: Final = N_("every site")
_TEXTS: Final[dict[str, tuple[str, ...]]] = {
    "subject": (
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
    ),
    "way": (N_("password"), N_("one-time link")),
    "what": (
        N_("%(new)s lines new, %(gone)s gone"),
        N_("notice %(number)s written"),
        N_("zones of camera %(camera)s"),
        N_("an earlier version restored"),
    ),
    "purpose": (N_("first admin"), N_("sign in"), N_("set password")),
    "role": (N_("%(duty)s at every site"), N_("%(duty)s at %(site)s"), N_("without a role")),
    "site": (_EVERY_SITE,),
}
"""All that is noted, and what is named in it, by the name of the value; the narrower first."""
_WORDS: Final[dict[str, dict[str, str]]] = {
    "duty": {str(role): words for role, words in ROLE_WORDS.items()},
    "right": {str(right): words for right, words in RIGHT_WORDS.items()},
}
"""What single words of the log are called, by the name of the value."""
_LISTS: Final = {"roles": "role", "rights": "right"}
"""Values that are several of a kind, parted by commas."""
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
    return _told("subject", subject, spoken)


def _told(kind: str, said: str, spoken: Language) -> str:
    """What the log says, or a value in it, in a language; what is not known stays as it is."""
    if kind in _LISTS:
        return ", ".join(_told(_LISTS[kind], one, spoken) for one in said.split(", "))
    if said in _WORDS.get(kind, {}):
        return spoken.text(_WORDS[kind][said])
    for text, pattern in _patterns(kind):
        found = pattern.fullmatch(said)
        if found is not None:
            values = {name: _told(name, value, spoken) for name, value in found.groupdict().items()}
            return spoken.text(text, **values)
    return said


@cache
def _patterns(kind: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Each text with what recognises it: anything may stand where it names a value."""
    texts = _TEXTS.get(kind, ())
    return tuple((text, re.compile(_VALUE.sub(r"(?P<\1>.+)", re.escape(text)))) for text in texts)
