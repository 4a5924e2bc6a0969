"""What every table of a site file shares: strictness, names, days, files."""

from __future__ import annotations

from datetime import date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, StringConstraints, ValidationInfo

from mien.marking import N_, Said

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

NAMES_ARE: Final = N_(
    "up to 40 letters, digits, spaces and . _ -, beginning and ending with a letter or digit"
)
"""What a name may be, in words."""

Name = Annotated[str, StringConstraints(pattern=r"^\w(?:[\w .-]{0,38}\w)?$")]
"""A name that can also stand in a topic, a file name and an address."""


NOTHING: Final = Said()
"""A clause that is left out."""

N = TypeVar("N", bound=str)


class Part(BaseModel):
    """A table of the site file. What it does not know is refused, and no error repeats what was given."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, hide_input_in_errors=True)


class WrongValue(ValueError):  # noqa: N818  (named for what is the case)
    """A key or a table holds what is not allowed there.

    Args:
        text: What is wrong and what is allowed, English, without what it is about; values as `%(name)s`.
        **values: What it names.

    Attributes:
        said: The sentence apart from what it names.
    """

    def __init__(self, text: str, /, **values: object) -> None:
        self.said = Said(text, **values)
        super().__init__(str(self.said))


def nearest(name: str, known: Iterable[str]) -> Said:
    """A clause that tells the name that was likely meant, or nothing."""
    found = get_close_matches(name.lower(), {one.lower(): one for one in known}, n=1, cutoff=0.6)
    meant = [one for one in known if found and one.lower() == found[0]]
    return Said("did you mean '%(name)s'? ", name=meant[0]) if meant else NOTHING


def one_name_each(names: tuple[N, ...]) -> tuple[N, ...]:
    """The names, if none stands there twice.

    Raises:
        ValueError: One does.
    """
    for name in names:
        if names.count(name) > 1:
            raise WrongValue("'%(name)s' stands in it twice; name each once", name=name)
    return names


def listed(names: Iterable[str]) -> Said:
    """Names in words; "none" where there are none."""
    told = ", ".join(f"'{name}'" for name in names)
    return Said("%(names)s", names=told) if told else Said("none")


def joined(names: Sequence[str]) -> Said:
    """Names with "and" between them.

    Args:
        names: One at least.
    """
    said = Said("%(names)s", names=names[0])
    for name in names[1:]:
        said = Said("%(names)s and %(name)s", names=said, name=name)
    return said


def _only_a_day(value: object) -> object:
    # A number would be taken for seconds since 1970.
    if isinstance(value, str | date) and not isinstance(value, datetime):
        return value
    raise WrongValue("is no day; write one as 2026-05-04, without quotes")


Day = Annotated[date, BeforeValidator(_only_a_day)]
"""A day, written 2026-05-04."""


def _seen_from_site_file(path: Path, info: ValidationInfo) -> Path:
    if "\0" in str(path):
        raise WrongValue("holds a character that no name of a file has; write it anew")
    folder = (info.context or {}).get("folder")
    return path.expanduser() if folder is None else Path(folder) / path.expanduser()


SeenFromSiteFile = Annotated[Path, AfterValidator(_seen_from_site_file)]
"""A file, seen from the folder of the site file."""
