"""Read a site file: everything that is wrong with it at once, each with its line."""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Self

from pydantic import ValidationError

from mien.errors import NoticeError, SettingError
from mien.marking import N_, Said
from mien.site.checks import misfits
from mien.site.foreign import of_system, of_toml
from mien.site.model import Site
from mien.site.problems import Problem, all_told
from mien.site.roster import LoadedRoster, read_roster
from mien.site.toml_lines import key_lines, nearest_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date
    from pathlib import Path

    from mien.site.credentials import Secret
    from mien.site.crm import Crm
    from mien.site.delivery import Delivery
    from mien.site.toml_lines import KeyPath

    Found = tuple[KeyPath, Said]

MOST_BYTES: Final = 2_000_000
"""No site file has more."""

_READABLE_OF_CAMERA: Final = N_(
    "the password of camera '%(name)s' can be read by anybody who sees this file; write "
    '{ env = "NAME" } or { keyring = "ENTRY" }'
)
_READABLE_OF_BROKER: Final = N_(
    "the password of the broker can be read by anybody who sees this file; write "
    '{ env = "NAME" } or { keyring = "ENTRY" }'
)
_NOT_SET_FOR_CAMERA: Final = N_(
    "the environment variable %(variable)s is not set here, so camera '%(name)s' cannot be opened here"
)
_NOT_SET_FOR_BROKER: Final = N_(
    "the environment variable %(variable)s is not set here, so events cannot be delivered from here"
)
_NOT_SET_FOR_CHANNEL: Final = N_(
    "the environment variable %(variable)s is not set here, so nothing can be sent to delivery.%(name)s from here"
)
_NOT_SET_FOR_CRM: Final = N_(
    "the environment variable %(variable)s is not set here, so nothing can be sent to crm.%(name)s from here"
)


@dataclass(frozen=True, slots=True)
class Checked:
    """A site file and what was found about it.

    Attributes:
        site: What it says; `None` where a problem stands against it.
        roster: The rows of its roster; empty where there is none.
        problems: What is wrong, by line.
        lines: Where each key stands.
        path: The file.
    """

    path: Path
    site: Site | None
    roster: LoadedRoster
    problems: tuple[Problem, ...]
    lines: Mapping[KeyPath, int]

    @classmethod
    def refused(cls, path: Path, line: int | None, said: Said) -> Self:
        """A file that says nothing, for one problem."""
        return cls(path, None, LoadedRoster(), (Problem(path, line, said),), {})

    def remarks(self, on: date, environ: Mapping[str, str] | None = None) -> tuple[Problem, ...]:
        """What is allowed and yet worth a warning.

        Args:
            on: The day for which notices are looked up, on the clock of the site.
            environ: Environment variables; those of the process where left out.
        """
        if self.site is None:
            return ()
        found = _remarks(self.site, on, os.environ if environ is None else environ)
        return _problems(self.path, self.lines, found)


def load_site(path: Path) -> Site:
    """Read a site file.

    Args:
        path: The file; files that it names are seen from its folder.

    Raises:
        SettingError: It cannot be opened or something in it is wrong: the first by line, with what is allowed.
    """
    checked = check_site(path)
    if checked.site is None:
        more = len(checked.problems) - 1
        told = f" ({more} more; mien site check tells them)" if more else ""
        raise SettingError(f"{checked.problems[0]}{told}")
    return checked.site


def check_site(path: Path) -> Checked:
    """Read a site file and its roster and tell everything that is wrong with them."""
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        return cannot_be_opened(path, error)
    text = decoded(content, path)
    return text if isinstance(text, Checked) else check_text(text, path)


def cannot_be_opened(path: Path, error: OSError) -> Checked:
    """What is found about a site file that the system does not open."""
    return Checked.refused(path, None, Said("the site file cannot be opened: %(why)s", why=of_system(error)))


def decoded(content: bytes, path: Path) -> str | Checked:
    """The text of a site file, or what stands against it being one.

    Args:
        content: Its bytes; the first `MOST_BYTES` and one more are enough.
        path: Where it is.
    """
    if len(content) > MOST_BYTES:
        said = Said("has over 2 MB, which no site file needs; is it another file?")
        return Checked.refused(path, None, said)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return Checked.refused(path, line, Said("is no UTF-8 text; save the file as UTF-8"))


def check_text(text: str, path: Path) -> Checked:
    """Tell everything that is wrong with the text of a site file.

    Args:
        text: What it holds.
        path: Where it is, or will be; files that it names are seen from its folder.
    """
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return Checked.refused(path, *of_toml(str(error), text))
    except RecursionError:
        said = Said("holds lists within lists beyond all measure; is it another file?")
        return Checked.refused(path, None, said)
    return _checked(path, values, key_lines(text))


def _checked(path: Path, values: dict[str, Any], lines: Mapping[KeyPath, int]) -> Checked:
    try:
        site = Site.model_validate(values, context={"folder": path.parent})
    except ValidationError as error:
        return Checked(path, None, LoadedRoster(), _problems(path, lines, all_told(error)), lines)
    problems = _problems(path, lines, misfits(site))
    if problems:
        return Checked(path, None, LoadedRoster(), problems, lines)
    roster, wrong = read_roster(site)
    return Checked(path, None if wrong else site, roster, tuple(wrong), lines)


def _problems(path: Path, lines: Mapping[KeyPath, int], found: Iterable[Found]) -> tuple[Problem, ...]:
    problems = [Problem(path, nearest_line(lines, keys), said) for keys, said in found]
    return tuple(sorted(problems, key=lambda problem: problem.line or 0))


def _remarks(site: Site, on: date, environ: Mapping[str, str]) -> Iterator[Found]:
    for name, camera in site.cameras.items():
        at: KeyPath = ("cameras", name)
        if not camera.enabled:
            yield (*at, "enabled"), Said("camera '%(camera)s' is not read: enabled is false", camera=name)
        else:
            try:
                site.notice_for(name, on)
            except NoticeError as error:
                yield at, error.said
        if camera.url is not None and camera.url.in_clear:
            yield (
                (*at, "url"),
                Said(
                    "the url of camera '%(camera)s' holds a password that anybody who sees this file can read; write "
                    '${NAME} in its place, or user and password = { env = "NAME" }',
                    camera=name,
                ),
            )
        for variable in camera.url.variables if camera.url is not None else ():
            if not environ.get(variable):
                yield (*at, "url"), Said(_NOT_SET_FOR_CAMERA, variable=variable, name=name)
        secrets = {"user": camera.user, "password": camera.password}
        yield from _kept(
            at, secrets, environ, readable=_READABLE_OF_CAMERA, not_set=_NOT_SET_FOR_CAMERA, name=name
        )
        if camera.file is not None and not camera.file.is_file():
            yield (
                (*at, "file"),
                Said(
                    "there is no file '%(file)s' for camera '%(camera)s' here", file=camera.file, camera=name
                ),
            )
    yield from _delivery(site.delivery, environ)
    yield from _crm(site.crm, environ)
    if site.opening_hours is None:
        yield (), Said("without [opening_hours] nothing can be told to happen after hours")


def _delivery(delivery: Delivery, environ: Mapping[str, str]) -> Iterator[Found]:
    """What is worth a warning about those to whom events go out."""
    if delivery.mqtt is not None:
        at, broker = ("delivery", "mqtt"), delivery.mqtt
        secrets: dict[str, Secret | None] = {"user": broker.user, "password": broker.password}
        yield from _kept(at, secrets, environ, readable=_READABLE_OF_BROKER, not_set=_NOT_SET_FOR_BROKER)
        if broker.open_password:
            yield (
                (*at, "password"),
                Said(
                    "without TLS the password for %(broker)s crosses the network as it is; write tls = true where the "
                    "broker can do it",
                    broker=broker.shown,
                ),
            )
        if broker.ca_file is not None and not broker.ca_file.is_file():
            yield (
                (*at, "ca_file"),
                Said(
                    "there is no file '%(file)s' for %(key)s here", file=broker.ca_file, key="delivery.mqtt"
                ),
            )
    for name, kept in _kept_for(delivery):
        yield from _kept(("delivery", name), kept, environ, not_set=_NOT_SET_FOR_CHANNEL, name=name)
    for name, file in (
        ("webhook", delivery.webhook and delivery.webhook.ca_file),
        ("email", delivery.email and delivery.email.ca_file),
    ):
        if file and not file.is_file():
            key = f"delivery.{name}.ca_file"
            said = Said("there is no file '%(file)s' for %(key)s here", file=file, key=key)
            yield ("delivery", name, "ca_file"), said


def _kept_for(delivery: Delivery) -> Iterator[tuple[str, Mapping[str, Secret | None]]]:
    """Credentials of channels by their names."""
    if delivery.webhook is not None:
        yield "webhook", {"secret": delivery.webhook.secret}
    if delivery.email is not None:
        yield "email", {"password": delivery.email.password}
    if delivery.apprise is not None:
        for secret in delivery.apprise.urls:
            yield "apprise", {"urls": secret}


def _crm(crm: Crm, environ: Mapping[str, str]) -> Iterator[Found]:
    """What is worth a warning about the customer systems that are written to."""
    secrets: dict[str, Mapping[str, Secret | None]] = {}
    if crm.dataverse is not None:
        secrets["dataverse"] = {"client_secret": crm.dataverse.client_secret}
    if crm.webhook is not None:
        secrets["webhook"] = {"secret": crm.webhook.secret}
    for name, kept in secrets.items():
        yield from _kept(("crm", name), kept, environ, not_set=_NOT_SET_FOR_CRM, name=name)
    for name, file in (
        ("dataverse", crm.dataverse and crm.dataverse.ca_file),
        ("webhook", crm.webhook and crm.webhook.ca_file),
    ):
        if file and not file.is_file():
            said = Said("there is no file '%(file)s' for %(key)s here", file=file, key=f"crm.{name}.ca_file")
            yield ("crm", name, "ca_file"), said


def _kept(
    at: KeyPath,
    secrets: Mapping[str, Secret | None],
    environ: Mapping[str, str],
    *,
    readable: str = "",
    not_set: str,
    name: str = "",
) -> Iterator[Found]:
    """What is worth a warning about where credentials are kept.

    Args:
        at: The table that they stand in.
        secrets: By key.
        environ: Environment variables.
        readable: What is said of a password that stands in the file itself.
        not_set: What is said of a variable that is not set.
        name: Whose they are, for both.
    """
    for key, secret in secrets.items():
        if secret is not None and secret.clear is not None and key == "password":
            yield (*at, key), Said(readable, name=name)
        if secret is not None and secret.env is not None and not environ.get(secret.env):
            yield (*at, key), Said(not_set, variable=secret.env, name=name)
