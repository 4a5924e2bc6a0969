"""Maps by their names, or from the files of users."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from mien.errors import SettingError
from mien.logs.map import LogMap
from mien.vision.readers.wrong import told

BUNDLED: Final = ("py-feat", "py-feat-2", "openface", "generic-shares", "generic-valence")
"""Maps that come with Mien."""
SUFFIX: Final = ".toml"
"""How the name of a map's file ends."""

_MOST_BYTES: Final = 1_000_000


def load_map(choice: str) -> LogMap:
    """A bundled map by its name, or one of the user's own by its path.

    Raises:
        SettingError: There is no such map; or its file cannot be opened, is no TOML, or has a key that is missing, not
            known or of a wrong value, which the message names with what is allowed.
    """
    if choice in BUNDLED:
        text = (files("mien.logs") / "maps" / f"{choice}{SUFFIX}").read_text(encoding="utf-8")
        return LogMap.model_validate(tomllib.loads(text))
    path = Path(choice)
    if path.suffix.lower() != SUFFIX:
        raise SettingError(
            f"There is no map '{choice}'; choose one of {', '.join(BUNDLED)}, or give the path of a map that ends in "
            f"{SUFFIX}."
        )
    found = _read(path)
    if found.name in BUNDLED:
        raise SettingError(
            f"In the map '{path}' the name is '{found.name}', which is a map of Mien's own; choose another."
        )
    return found


def _read(path: Path) -> LogMap:
    try:
        with path.open("rb") as file:
            text = file.read(_MOST_BYTES).decode("utf-8-sig")
        return LogMap.model_validate(tomllib.loads(text))
    except OSError as error:
        raise SettingError(f"The map '{path}' cannot be opened: {error.strerror}.") from error
    except ValidationError as error:
        raise SettingError(f"In the map '{path}' {told(error, LogMap, 'a map')}.") from error
    except ValueError as error:
        raise SettingError(
            f"'{path}' is no map in TOML ({error}); docs/importing.md explains every key."
        ) from error
