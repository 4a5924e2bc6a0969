"""A site file as pages see it, and what came of saving it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from mien.errors import InputError
    from mien.site import Checked, Site
    from mien.site.problems import Problem


@dataclass(frozen=True, slots=True)
class SiteFile:
    r"""A site file as it is on disk now.

    Attributes:
        path: Where it is.
        name: The name of its site: as it says, or as it said when pages read it last, or that of the file.
        key: Names it in addresses; the name but where another file has that too.
        text: What it holds, lines ended by `\n`; `None` where it cannot be read as text.
        digest: SHA-256 of its bytes, hex.
        checked: What was found about it.
        in_force: The site as pages know it; `None` where they know none by this file.
        read_only: Why it cannot be saved here; `None` where it can.
    """

    path: Path
    name: str
    key: str
    text: str | None
    digest: str
    checked: Checked
    in_force: Site | None
    read_only: InputError | None
    crlf: bool = field(default=False, repr=False)

    @property
    def site(self) -> Site | None:
        """What it says now; `None` where something is wrong with it."""
        return self.checked.site


@dataclass(frozen=True, slots=True)
class Saved:
    """A text was saved, and pages know it.

    Attributes:
        file: The file now.
        added: Lines that are new.
        removed: Lines that are gone.
    """

    file: SiteFile
    added: int
    removed: int


@dataclass(frozen=True, slots=True)
class Refused:
    """A text was not saved.

    Attributes:
        why: `problems` stand against it; the file `changed` on disk meanwhile; or the site gets a new name, which is
            to be `confirmed`.
        problems: What is wrong, by line.
        said: The same in one sentence; `None` where `problems` say it.
    """

    why: str
    problems: tuple[Problem, ...] = ()
    said: InputError | None = None
