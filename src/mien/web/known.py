"""The sites that these pages know: those of the store, and those whose files are served."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mien.runtime.call.keeping import CAMERA

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection

    from mien.runtime.live import Reading
    from mien.runtime.site_files import SiteFiles
    from mien.site import Site
    from mien.store import Store


def site_files_of(connection: HTTPConnection) -> SiteFiles:
    """The site files that are served, and what changes them."""
    found: SiteFiles = connection.app.state.site_files
    return found


def reading_of(connection: HTTPConnection) -> Reading | None:
    """What reads cameras in this process; `None` where nothing does."""
    found: Reading | None = connection.app.state.reading
    return found


def store_of(connection: HTTPConnection) -> Store:
    """The open store."""
    found: Store = connection.app.state.store
    return found


def site_names(connection: HTTPConnection) -> tuple[str, ...]:
    """Names of the sites, each once: those of site files first, in their order."""
    files = (site.name for site in connection.app.state.sites)
    return tuple(dict.fromkeys((*files, *store_of(connection).sites.entries())))


def site_cameras(connection: HTTPConnection) -> dict[str, tuple[str, ...]]:
    """Sites with their cameras: of the store, and of the site files, which may not have been read yet.

    What calls are stored under is no camera.
    """
    stored = store_of(connection).sites.entries()
    known = {name: tuple(one for one in cameras if one != CAMERA) for name, cameras in stored.items()}
    for file in connection.app.state.sites:
        known[file.name] = tuple(dict.fromkeys((*known.get(file.name, ()), *file.cameras)))
    return known


def site_file(connection: HTTPConnection, name: str | None) -> Site | None:
    """The site file of a site; `None` where none is served here."""
    found: Site | None = next((site for site in connection.app.state.sites if site.name == name), None)
    return found
