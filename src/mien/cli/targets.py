"""What a command will write: checked before hours are spent, so that nothing is lost and nothing fails at the end."""

from __future__ import annotations

import os
import tempfile
from itertools import chain, combinations, product
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from mien.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class _Use(NamedTuple):
    what: str
    path: Path


def check_targets(
    targets: Mapping[str, Path], kept: Mapping[str, Iterable[Path]], *, beside: Iterable[str] = ()
) -> None:
    """Refuse outputs that would replace what is read, what is stored or each other, or that cannot be written.

    Files are compared as the system does, through links and whatever their names. Nothing is changed.

    Args:
        targets: Where each output goes, by what it is called.
        kept: Files that nothing may replace, made or not, by what they are.
        beside: Those of `targets` that are made under another name in the same folder first.

    Raises:
        InputError: One clear sentence names the file.
    """
    written = [_Use(what, path) for what, path in targets.items()]
    groups = [[_Use(what, path) for path in paths] for what, paths in kept.items()]
    pairs = chain(
        combinations(written, 2),
        *(product(written, group) for group in groups),
        *(product(*two) for two in combinations(groups, 2)),
    )
    for one, other in pairs:
        if _same(one.path, other.path):
            told = (
                f"is given twice, as {one.what} and as {other.what}"
                if other in written
                else f"is given as {one.what} and is {other.what} too"
            )
            raise InputError(f"'{one.path}' {told}, and only one of them would be left: choose another name.")
    for what, path in written:
        _check_writable(what, path, beside=what in beside)


def _same(one: Path, other: Path) -> bool:
    if os.path.realpath(one) == os.path.realpath(other):
        # A terminal, a pipe or /dev/null takes several outputs and loses nothing.
        return not one.exists() or one.is_file()
    try:
        return one.is_file() and one.samefile(other)  # two names of one file, which no path tells
    except OSError:
        return False


def _check_writable(what: str, path: Path, *, beside: bool) -> None:
    """Try it: rights, full lists of files and file systems that take none are found in no other way."""
    # Where a link leads to nothing yet, the file is made there; a pipe behind /dev/stdout has no other name.
    real = path if path.exists() else Path(os.path.realpath(path))
    if real.is_dir():
        raise InputError(f"{what} cannot be written to '{path}': it is a folder; name a file in it.")
    if not real.absolute().parent.is_dir():
        raise InputError(f"{what} cannot be written to '{path}': its folder does not exist; make it first.")
    try:
        if beside:
            with tempfile.TemporaryFile(dir=path.absolute().parent):
                pass
        elif real.is_file():
            with real.open("ab"):
                pass
        elif not real.exists():
            os.close(os.open(real, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            real.unlink()
        elif not os.access(real, os.W_OK):
            raise PermissionError(None, "Permission denied")
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise InputError(f"{what} cannot be written to '{path}' ({why}); give another place.") from error
