"""Random secrets that programs pass on: links, sessions, keys. Of each only a hash is stored.

SHA-256 suffices for these, where passwords need Argon2: a token has 256 bits from the system's source of randomness,
so nobody finds it by trying, whatever the hash costs, and there is nothing to be guessed first. So a copy of the store
signs nobody in, and a look-up takes microseconds.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import Final

_BYTES: Final = 32


def new_token() -> str:
    """A new secret: 43 characters that are safe in addresses, headers and cookies."""
    return secrets.token_urlsafe(_BYTES)


def digest(token: str) -> str:
    """What is stored of a token: its SHA-256, as 64 hexadecimal digits."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
