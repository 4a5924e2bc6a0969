"""Earlier versions of a site file, in a folder beside it: what it said until somebody changed it on the pages."""

from __future__ import annotations

import os
import re
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import time
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, unquote

from mien.errors import InputError
from mien.site.foreign import of_system

if TYPE_CHECKING:
    from collections.abc import Iterator

KEPT: Final = 20
"""Versions that are kept of a file; then the oldest goes."""

_NAME: Final = re.compile(r"(?P<at>\d{8}T\d{6}\.\d{6})Z (?P<who>[^/]{1,240})\.toml")
_FORM: Final = "%Y%m%dT%H%M%S.%f"
_LEFT_OVER_S: Final = 3600.0


@dataclass(frozen=True, slots=True)
class Version:
    """What a site file said until it was changed.

    Attributes:
        key: Names it.
        until: When it was changed, UTC.
        who: Who changed it.
    """

    key: str
    until: datetime
    who: str


def folder_of(file: Path) -> Path:
    """Where the earlier versions of a site file are: `shop.toml.earlier` for `shop.toml`."""
    return file.with_name(f"{file.name}.earlier")


def versions(file: Path) -> list[Version]:
    """The earlier versions of a site file, the latest first."""
    try:
        names = sorted((entry.name for entry in folder_of(file).iterdir()), reverse=True)
    except OSError:
        return []
    return [version for name in names if (version := _parsed(name)) is not None]


def content_of(file: Path, key: str) -> bytes:
    """What an earlier version holds.

    Args:
        file: The site file.
        key: Of one of `versions`.

    Raises:
        InputError: There is none of it any more.
    """
    if all(version.key != key for version in versions(file)):
        raise InputError("There is no such earlier version any more; the oldest goes when a new one comes.")
    try:
        return (folder_of(file) / f"{key}.toml").read_bytes()
    except OSError as error:
        raise InputError(
            "The earlier version cannot be read: %(strerror)s.", strerror=of_system(error)
        ) from error


def keep(file: Path, content: bytes, who: str) -> None:
    """Keep what a file says before it is changed; of more than `KEPT` the oldest go.

    Args:
        file: The site file.
        content: What it holds.
        who: Who changes it.

    Raises:
        OSError: It cannot be written.
    """
    folder = folder_of(file)
    folder.mkdir(mode=0o700, exist_ok=True)
    at = datetime.now(UTC).strftime(_FORM)
    write_whole(folder / f"{at}Z {quote(who, safe='@+ ')[:200]}.toml", content, like=file)
    for old in versions(file)[KEPT:]:
        with suppress(OSError):
            (folder / f"{old.key}.toml").unlink()


def write_whole(path: Path, content: bytes, *, like: Path | None = None) -> None:
    """Write a file so that at every moment it is there whole, as it was or as it is to be, whatever ends the process.

    Args:
        path: Where.
        content: What it is to hold.
        like: Whose owner and permissions it gets; those of a file only its owner may read where left out.

    Raises:
        OSError: It cannot be written; what was there is as it was.
    """
    for old in _left_over(path):
        with suppress(OSError):
            old.unlink()
    number, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".saving", dir=path.parent)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content)
            if like is not None:
                _like(file.fileno(), like)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
    # Windows opens no folders; there a rename is kept by the file system itself.
    with suppress(OSError):
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _like(number: int, like: Path) -> None:
    if not hasattr(os, "fchmod"):
        return
    now = like.stat()
    # Only who may give files away can keep another owner; the permissions are kept by everybody.
    with suppress(OSError):
        os.fchown(number, now.st_uid, now.st_gid)
    os.fchmod(number, now.st_mode & 0o7777)


def _left_over(path: Path) -> Iterator[Path]:
    """What a process that was killed while it saved left behind."""
    for entry in path.parent.iterdir():
        if entry.name.startswith(f".{path.name}.") and entry.name.endswith(".saving"):
            with suppress(OSError):
                if time() - entry.stat().st_mtime > _LEFT_OVER_S:
                    yield entry


def _parsed(name: str) -> Version | None:
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    until = datetime.strptime(found["at"], _FORM).replace(tzinfo=UTC)
    return Version(name.removesuffix(".toml"), until, unquote(found["who"]))
