"""How the streams of cameras are named in the store: what is read without `mien.runtime.live` asks for it here."""

from __future__ import annotations

from typing import Final

LIVE: Final = "live:"
"""How the names of streams begin that never come again."""
