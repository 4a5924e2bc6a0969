"""Marks texts that pages say in several languages, for `tools/texts.py` to gather."""

from __future__ import annotations


def N_(message: str) -> str:  # noqa: N802  (gettext's own name)
    """Mark a text that is translated where it is shown."""
    return message
