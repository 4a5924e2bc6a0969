"""The form that adds a camera to a site file."""

from __future__ import annotations

from typing import Any, Final, Literal, Self
from urllib.parse import unquote, urlsplit

from pydantic import BaseModel, ConfigDict, Field

from mien.errors import SettingError
from mien.marking import N_
from mien.site.address import CameraUrl
from mien.site.credentials import VARIABLE
from mien.site.edit import NewCamera
from mien.vision.gate import Role

SOURCES: Final = {
    "url": N_("Network camera"),
    "webcam": N_("Webcam at this machine"),
    "file": N_("Recording"),
}
"""Keys of a camera that say where its pictures come from, as they are shown."""
SECRETS: Final = {
    "": N_("it needs none"),
    "env": N_("environment variable"),
    "keyring": N_("keyring of this machine"),
}
"""Where its password may be kept: never in the file."""

_MOST_DIGITS: Final = 2


class Adding(BaseModel):
    """The form as somebody filled it in.

    Attributes:
        digest: Of the file that was opened.
        name: Name of the camera.
        kind: Where its pictures come from, one of `SOURCES`.
        source: Address, number or file.
        user: User name at the camera.
        kept: Where its password is kept, one of `SECRETS`.
        secret: Name of the variable, or entry of the keyring.
        touchpoint: What it watches, of those that the file has; empty for a new one.
        fresh: Name of the new one.
        role: Role of the new one.
    """

    model_config = ConfigDict(frozen=True, str_strip_whitespace=True, hide_input_in_errors=True)

    digest: str = Field("", max_length=64)
    name: str = Field("", max_length=80)
    kind: Literal["url", "webcam", "file"] = "url"
    source: str = Field("", max_length=2000)
    user: str = Field("", max_length=200)
    kept: Literal["", "env", "keyring"] = ""
    secret: str = Field("", max_length=200)
    touchpoint: str = Field("", max_length=80)
    fresh: str = Field("", max_length=80)
    role: Role = "entrance"

    def bare(self) -> tuple[Self, bool]:
        """The form without the credentials that stand in its address.

        Returns:
            The form, with the user in its place; and whether a password was taken out that nothing keeps now.
        """
        if self.kind != "url":
            return self, False
        nothing = self.model_copy(update={"source": ""})
        try:
            parts = urlsplit(self.source)
            password = parts.password
        except ValueError:
            return nothing, True
        # In the path or the query, or in what is no address: it cannot be told from the rest.
        if CameraUrl(parts._replace(netloc="").geturl()).in_clear or "@" in parts.path:
            return nothing, True
        before, at, host = parts.netloc.rpartition("@")
        if not at:
            return self, False
        user, _, _ = before.partition(":")
        variable = VARIABLE.fullmatch(password or "")
        found = {"source": parts._replace(netloc=host).geturl(), "user": self.user or unquote(user)}
        if variable is not None:
            found |= {"kept": "env", "secret": variable[1]}
        elif password and not self.kept:
            found["kept"] = "env"
        return self.model_copy(update=found), bool(password) and variable is None

    def camera(self) -> NewCamera:
        """What the file is to hold.

        Raises:
            SettingError: Something is missing.
        """
        watched = self.touchpoint or self.fresh
        if not (self.name and self.source and watched):
            raise SettingError(
                "Give the camera a name, say where its pictures come from, and name the touchpoint that it watches."
            )
        values: dict[str, Any] = {"touchpoint": watched, self.kind: self.source}
        if self.kind == "webcam":
            if not (self.source.isdecimal() and len(self.source) <= _MOST_DIGITS):
                raise SettingError("Webcams have numbers: 0 is the first at this machine, 1 the second.")
            values["webcam"] = int(self.source)
        if self.kind == "url" and self.user:
            values["user"] = self.user
        if self.kind == "url" and self.kept:
            values["password"] = {self.kept: self.secret}
        return NewCamera(self.name, values, None if self.touchpoint else self.role)
