"""The text of a site file for the screen: what its credentials are stays out of it, and comes back when it is saved.

Each credential is replaced by a sign that only the process that made it understands. Whoever edits the text leaves the
signs where they are, moves them, or writes something else in their place.
"""

from __future__ import annotations

import hmac
import re
import secrets
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from mien.errors import SettingError
from mien.masking import TOLD_VALUE
from mien.site.credentials import VARIABLE

if TYPE_CHECKING:
    from collections.abc import Callable

_SIGN: Final = re.compile(r"•••([0-9a-f]{6})•••")
_QUOTED: Final = r"(?P<value>'''[\s\S]*?'''|\"\"\"[\s\S]*?\"\"\"|'[^'\n]*'|\"(?:\\.|[^\"\\\n])*\")"
# Also in remarks: a password that was commented out is one still.
_NAMED: Final = re.compile(rf"(?P<key>[\"']?\b(?:user|password|clear)\b[\"']?\s*=\s*){_QUOTED}")
_USERINFO: Final = re.compile(r"(?i)(?P<key>\b[a-z][a-z0-9+.-]*://)(?P<value>[^\s\"']*)(?=@)")
_ONLY_VARIABLES: Final = re.compile(rf"(?:{VARIABLE.pattern}|:)*")


class Hidden:
    """Hides credentials in texts of site files, and puts them back.

    Example:
        >>> hidden = Hidden()
        >>> text = 'password = "three herons"'
        >>> shown = hidden.hide(text)
        >>> "herons" in shown, hidden.put_back(shown, text) == text
        (False, True)
    """

    def __init__(self) -> None:
        self._key = secrets.token_bytes(16)

    def hide(self, text: str) -> str:
        """The text with a sign in the place of each credential; what names a variable stays as it is."""
        return _replaced(text, lambda value: f"•••{self._of(value)}•••")

    def put_back(self, shown: str, of: str) -> str:
        """The text with its credentials.

        Args:
            shown: What `hide` gave, changed or not.
            of: The text that holds the credentials.

        Raises:
            SettingError: A sign stands for no credential of `of`.
        """
        known: dict[str, str] = {}

        def note(value: str) -> str:
            known[self._of(value)] = value
            return value

        _replaced(of, note)

        def back(match: re.Match[str]) -> str:
            if match[1] not in known:
                line = shown.count("\n", 0, match.start()) + 1
                raise SettingError(
                    "In line %(line)s, %(sign)s stands for no password that the file holds now; write the password "
                    "anew, or name a variable with env.",
                    line=line,
                    sign=match[0],
                )
            return known[match[1]]

        return _SIGN.sub(back, shown)

    def _of(self, value: str) -> str:
        return hmac.new(self._key, value.encode("utf-8", "surrogatepass"), sha256).hexdigest()[:6]


def hidden(text: str) -> str:
    """The text for reading only, its credentials struck out."""
    return _replaced(text, lambda _: "•••")


def _replaced(text: str, by: Callable[[str], str]) -> str:
    def named(match: re.Match[str]) -> str:
        value = match["value"]
        quote = value[:3] if value[:3] in {"'''", '"""'} else value[:1]
        inner = value[len(quote) : -len(quote)]
        if not inner or VARIABLE.fullmatch(inner) or _SIGN.fullmatch(inner):
            return match[0]
        return f"{match['key']}{quote}{by(inner)}{quote}"

    def in_address(match: re.Match[str]) -> str:
        value = match["value"]
        if not value or _ONLY_VARIABLES.fullmatch(value) or _SIGN.search(value):
            return match[0]
        return f"{match['key']}{by(value)}"

    text = _USERINFO.sub(in_address, _NAMED.sub(named, text))
    return "".join(
        TOLD_VALUE.sub(in_address, part) if "://" in part else part for part in re.split(r"(\s+|['\"])", text)
    )
