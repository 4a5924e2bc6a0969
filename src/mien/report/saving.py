"""Write a text where somebody asked for it."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from mien.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator


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


@contextmanager
def whole_file(path: Path, *, what: str, option: str) -> Iterator[Path]:
    """A file that is there as a whole or not at all: it is made under another name beside, and then takes its place.

    A pipe or a device is written as it is.

    Args:
        path: Where to; an existing file is replaced.
        what: What it is called in a message, such as "report".
        option: The option that names the place.

    Yields:
        Where to write.

    Raises:
        InputError: It cannot be written there, as where the disk is full; then what was there is left.
    """
    beside: Path | None = None
    try:
        # The place that a link leads to, so that the link stays.
        real = Path(os.path.realpath(path))
        if real.exists() and not real.is_file():  # a pipe or a device, which nothing can take the place of
            yield real
            return
        handle, name = tempfile.mkstemp(prefix=f".{real.name[:40]}.", dir=real.parent)
        os.close(handle)
        beside = Path(name)
        yield beside
        mask = os.umask(0)
        os.umask(mask)
        beside.chmod(0o666 & ~mask)
        beside.replace(real)
    except OSError as error:
        raise InputError(
            f"The {what} cannot be written to '{path}' ({error.strerror or error}); give {option} another place."
        ) from error
    finally:
        if beside is not None:
            beside.unlink(missing_ok=True)
