"""Passwords of cameras: where they are kept, and how they are got at the moment of use."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any, Final, Self, cast

import keyring
from keyring.errors import KeyringError
from pydantic import Field, SecretStr, model_validator

from mien.errors import SettingError
from mien.marking import N_, Said
from mien.site.part import Part, WrongValue

if TYPE_CHECKING:
    from collections.abc import Mapping

KEYRING_SERVICE: Final = "mien"
"""Under which service entries of the keyring are looked up: `keyring set mien ENTRY` makes one."""

VARIABLE: Final = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
"""`${NAME}`, the way to name an environment variable inside a text."""


class Secret(Part):
    """Where a secret is kept. It is looked up when it is used, and never shown."""

    env: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z_][A-Za-z0-9_]*$",
        description=N_('the name of an environment variable, such as "MIEN_DOOR_PASSWORD"'),
    )
    keyring: str | None = Field(
        default=None,
        min_length=1,
        description=N_("the entry of the system's keyring under the service 'mien'"),
    )
    clear: SecretStr | None = Field(
        default=None,
        min_length=1,
        description=N_("the secret itself, which env or keyring would keep better"),
    )

    @model_validator(mode="before")
    @classmethod
    def _written_short(cls, value: Any) -> Any:  # noqa: ANN401  (whatever the file holds)
        if not isinstance(value, str):
            return value
        variable = VARIABLE.fullmatch(value)
        return {"clear": value} if variable is None else {"env": variable[1]}

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if sum(one is not None for one in (self.env, self.keyring, self.clear)) != 1:
            raise WrongValue(
                'names no place, or several; write either { env = "NAME" } or { keyring = "ENTRY" }'
            )
        return self

    @property
    def place(self) -> Said:
        """Where it is kept, in words; never what it is."""
        if self.env is not None:
            return Said("from %(variable)s", variable=f"${self.env}")
        if self.keyring is not None:
            return Said("from the keyring (%(entry)s)", entry=self.keyring)
        return Said("written in the file")

    def reveal(self, environ: Mapping[str, str] | None = None) -> str:
        """The secret itself. Whoever calls this must not log it.

        Args:
            environ: Environment variables; those of the process where left out.

        Raises:
            SettingError: The variable is not set, or the keyring has no such entry or cannot be used.
        """
        if self.clear is not None:
            return self.clear.get_secret_value()
        if self.env is not None:
            return variable(self.env, environ)
        return kept(cast("str", self.keyring))


def variable(name: str, environ: Mapping[str, str] | None = None) -> str:
    """The value of an environment variable.

    Raises:
        SettingError: It is not set, or empty.
    """
    found = (os.environ if environ is None else environ).get(name)
    if not found:
        raise SettingError(
            "The environment variable %(name)s is not set; set it for the user who runs Mien, or name another.",
            name=name,
        )
    return found


def kept(entry: str) -> str:
    """What the keyring of the system (Windows' vault, macOS' keychain, a desktop's Secret Service) has for an entry.

    Raises:
        SettingError: There is no such entry, or the keyring cannot be used.
    """
    try:
        found = keyring.get_password(KEYRING_SERVICE, entry)
    except KeyringError as error:
        raise SettingError(
            "The keyring cannot be used for the entry '%(entry)s' (%(why)s); unlock it, or name an environment "
            "variable with env.",
            entry=entry,
            why=type(error).__name__,
        ) from error
    if not found:
        raise SettingError(
            "The keyring has no entry '%(entry)s'; make it with: keyring set %(service)s %(entry)s",
            entry=entry,
            service=KEYRING_SERVICE,
        )
    return found
