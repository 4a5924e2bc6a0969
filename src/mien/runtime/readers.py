"""From what a user gives as `--reader` to a reader: the one place where names and manifests are looked up."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from mien.errors import SettingError
from mien.registry import Registry
from mien.runtime.http_engine import HttpEngine
from mien.vision.expression import MODEL, ExpressionReader
from mien.vision.models import entry
from mien.vision.readers.manifest import SUFFIX, load_manifest
from mien.vision.readers.onnx_engine import OnnxEngine
from mien.vision.readers.reader import ManifestReader
from mien.vision.registry import READERS

if TYPE_CHECKING:
    from mien.vision.protocols import Engine, Reader

ENGINES: Final[Registry[Engine]] = Registry("engine", {"onnx": OnnxEngine, "http": HttpEngine})
"""What runs the networks of manifests: `manifest` and `folder` are their arguments, `threads` their option."""


def open_reader(choice: str, *, threads: int = 1) -> Reader:
    """The expression reader of a name, or of a manifest.

    Args:
        choice: A name in `READERS`, or the path of a manifest.
        threads: Threads inside one operation.

    Raises:
        SettingError: There is no such reader, the manifest is wrong, or its engine is outside the local network.
        ModelError: The network is missing, altered, or not what the manifest says.
        EngineError: The engine does not answer.
    """
    if choice in READERS.factories:
        return READERS.make(choice, threads=threads)
    path = Path(choice)
    if path.suffix.lower() == ".onnx":
        raise SettingError(
            f"'{choice}' is a network without its manifest; write one with: mien reader new {choice}"
        )
    if path.suffix.lower() != SUFFIX:
        raise SettingError(
            f"There is no expression reader '{choice}'; choose one of {', '.join(READERS.names)}, or give the path of "
            f"a manifest that ends in {SUFFIX}."
        )
    manifest = load_manifest(path)
    if manifest.name in READERS.factories:
        raise SettingError(
            f"In the manifest '{path}' the name is '{manifest.name}', which is a reader of Mien's own; choose another."
        )
    engine = ENGINES.make(manifest.kind, manifest=manifest, folder=path.parent, threads=threads)
    return ManifestReader(manifest, engine)


def version_of(reader: Reader) -> str:
    """Name and version of a reader, as they are stored with every score."""
    return f"{reader.name} {reader.version}"


def own_version() -> str:
    """Name and version of the reader of this Mien, as `version_of`, without loading it."""
    return f"{ExpressionReader.name} {entry(MODEL).version}"


def remarks_on(reader: Reader) -> tuple[str, ...]:
    """What must be known of a reader's readings, one sentence each."""
    return reader.remarks if isinstance(reader, ManifestReader) else ()


def terms_of(reader: Reader) -> str | None:
    """On whose terms a reader of the user's own is used, in one line; `None` of Mien's own, see `mien models`."""
    if not isinstance(reader, ManifestReader):
        return None
    terms = reader.terms
    return f"Reader {version_of(reader)}: {terms.licence}, {terms.copyright}; from {terms.origin}."
