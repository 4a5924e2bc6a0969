"""Write a text where somebody asked for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mien.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path


def save_text(text: str, path: Path, *, what: str, option: str) -> Path:
    """Write a text as UTF-8; an existing file is replaced.

    Args:
        text: The text.
        path: Where to.
        what: What it is called in a message, such as "report".
        option: The option that names the place.

    Returns:
        `path`.

    Raises:
        InputError: It cannot be written there.
    """
    return save_bytes(text.encode(), path, what=what, option=option)


def save_bytes(content: bytes, path: Path, *, what: str, option: str) -> Path:
    """Write bytes; as `save_text`."""
    try:
        path.write_bytes(content)
    except OSError as error:
        raise InputError(
            f"The {what} cannot be written to '{path}' ({error.strerror}); give {option} another place."
        ) from error
    return path
