"""The file that describes an identity provider."""

from __future__ import annotations

import os
import tomllib
from typing import TYPE_CHECKING, Final

from pydantic import ValidationError

from mien.errors import SettingError
from mien.web.settings import Provider

if TYPE_CHECKING:
    from pathlib import Path

SECRET: Final = "MIEN_PROVIDER_SECRET"
"""The variable of the environment that holds the client's secret, so that it need not stand in the file."""


def load_provider(path: Path) -> Provider:
    """Read the file: TOML, with the fields of `Provider`.

    Args:
        path: Where it is.

    Raises:
        SettingError: It cannot be read, or a field is not what it should be; the message names it, and no secret.
    """
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeError, tomllib.TOMLDecodeError) as error:
        why = getattr(error, "strerror", None) or error
        raise SettingError(f"The identity provider's file {path} cannot be read ({why}).") from error
    if SECRET in os.environ:
        given["client_secret"] = os.environ[SECRET]
    try:
        return Provider.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise SettingError(
            f"The identity provider's file {path}: '{where}': {first['msg'].lower()}."
        ) from error
