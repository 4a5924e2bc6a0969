"""Read a site file: everything that is wrong with it at once, each with its line."""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Self

from pydantic import ValidationError

from mien.errors import NoticeError, SettingError
from mien.site.checks import misfits
from mien.site.model import Site
from mien.site.problems import Problem, all_told
from mien.site.roster import LoadedRoster, read_roster
from mien.site.toml_lines import key_lines, nearest_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date
    from pathlib import Path

    from mien.site.credentials import Secret
    from mien.site.crm import Crm
    from mien.site.delivery import Delivery
    from mien.site.toml_lines import KeyPath

MOST_BYTES: Final = 2_000_000
"""No site file has more."""

_PLACE: Final = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
_TWICE: Final = re.compile(r"Cannot declare \((.+)\) twice")

_HINTS: Final = (
    ("Invalid value", "put texts and hours in quotes, and write true and false small"),
    ("Unescaped '\\'", "write '/' in paths, or put them in 'single quotes'"),
    ("Cannot overwrite a value", "the same key stands there twice; keep one"),
    ("Invalid statement", "each line is a key = value, a [table] or a # comment"),
    ("Expected '='", "each line is a key = value, a [table] or a # comment; names with spaces need quotes"),
    ("Expected ']'", "names with spaces need quotes in a [table]"),
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
    def refused(cls, path: Path, line: int | None, text: str) -> Self:
        """A file that says nothing, for one problem."""
        return cls(path, None, LoadedRoster(), (Problem(path, line, text),), {})

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
        return Checked.refused(path, None, f"the site file cannot be opened: {error.strerror}")
    text = decoded(content, path)
    return text if isinstance(text, Checked) else check_text(text, path)


def decoded(content: bytes, path: Path) -> str | Checked:
    """The text of a site file, or what stands against it being one.

    Args:
        content: Its bytes; the first `MOST_BYTES` and one more are enough.
        path: Where it is.
    """
    if len(content) > MOST_BYTES:
        return Checked.refused(path, None, "has over 2 MB, which no site file needs; is it another file?")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return Checked.refused(path, line, "is no UTF-8 text; save the file as UTF-8")


def check_text(text: str, path: Path) -> Checked:
    """Tell everything that is wrong with the text of a site file.

    Args:
        text: What it holds.
        path: Where it is, or will be; files that it names are seen from its folder.
    """
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return Checked.refused(path, *_syntax(str(error), text))
    except RecursionError:
        return Checked.refused(path, None, "holds lists within lists beyond all measure; is it another file?")
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


def _problems(
    path: Path, lines: Mapping[KeyPath, int], found: Iterator[tuple[KeyPath, str]] | list[tuple[KeyPath, str]]
) -> tuple[Problem, ...]:
    problems = [
        Problem(path, nearest_line(lines, keys), text.replace("\n", " ").rstrip(".")) for keys, text in found
    ]
    return tuple(sorted(problems, key=lambda problem: problem.line or 0))


def _syntax(said: str, text: str) -> tuple[int, str]:
    """Line and sentence for what `tomllib` says; it tells no values, so no credential either."""
    place = _PLACE.search(said)
    line = int(place[1]) if place is not None and place[1] else text.count("\n") + 1
    said = _PLACE.sub("", said)
    twice = _TWICE.search(said)
    if twice is not None:
        table = ".".join(word.strip().strip("'\"") for word in twice[1].strip(",").split(", "))
        return line, f"the table [{table}] stands here a second time; give it another name, or keep one"
    hint = next((f"; {hint}" for begin, hint in _HINTS if said.startswith(begin)), "")
    return line, f"is no valid TOML ({said}){hint}"


def _remarks(site: Site, on: date, environ: Mapping[str, str]) -> Iterator[tuple[KeyPath, str]]:
    for name, camera in site.cameras.items():
        at: KeyPath = ("cameras", name)
        if not camera.enabled:
            yield (*at, "enabled"), f"camera '{name}' is not read: enabled is false"
        else:
            try:
                site.notice_for(name, on)
            except NoticeError as error:
                yield at, str(error)
        if camera.url is not None and camera.url.in_clear:
            yield (
                (*at, "url"),
                f"the url of camera '{name}' holds a password that anybody who sees this file can read; write "
                '${NAME} in its place, or user and password = { env = "NAME" }',
            )
        for variable in camera.url.variables if camera.url is not None else ():
            if not environ.get(variable):
                yield (*at, "url"), _not_set(variable, f"camera '{name}' cannot be opened here")
        secrets = {"user": camera.user, "password": camera.password}
        yield from _kept(at, secrets, f"camera '{name}'", f"camera '{name}' cannot be opened here", environ)
        if camera.file is not None and not camera.file.is_file():
            yield (*at, "file"), f"there is no file '{camera.file}' for camera '{name}' here"
    yield from _delivery(site.delivery, environ)
    yield from _crm(site.crm, environ)
    if site.opening_hours is None:
        yield (), "without [opening_hours] nothing can be told to happen after hours"


def _delivery(delivery: Delivery, environ: Mapping[str, str]) -> Iterator[tuple[KeyPath, str]]:
    """What is worth a warning about those to whom events go out."""
    if delivery.mqtt is not None:
        at, broker = ("delivery", "mqtt"), delivery.mqtt
        secrets: dict[str, Secret | None] = {"user": broker.user, "password": broker.password}
        yield from _kept(at, secrets, "the broker", "events cannot be delivered from here", environ)
        if broker.open_password:
            yield (
                (*at, "password"),
                f"without TLS the password for {broker.shown} crosses the network as it is; write tls = true where the "
                "broker can do it",
            )
        if broker.ca_file is not None and not broker.ca_file.is_file():
            yield (*at, "ca_file"), f"there is no file '{broker.ca_file}' for delivery.mqtt here"
    so = "nothing can be sent to delivery.%s from here"
    if delivery.webhook is not None:
        secrets = {"secret": delivery.webhook.secret}
        yield from _kept(("delivery", "webhook"), secrets, "the webhook", so % "webhook", environ)
    if delivery.email is not None:
        secrets = {"password": delivery.email.password}
        yield from _kept(("delivery", "email"), secrets, "the mail server", so % "email", environ)
    if delivery.apprise is not None:
        for secret in delivery.apprise.urls:
            kept = {"urls": secret}
            yield from _kept(("delivery", "apprise"), kept, "Apprise", so % "apprise", environ)
    for name in ("webhook", "email"):
        file = getattr(getattr(delivery, name), "ca_file", None)
        if file is not None and not file.is_file():
            where = ("delivery", name, "ca_file")
            yield where, f"there is no file '{file}' for delivery.{name}.ca_file here"


def _crm(crm: Crm, environ: Mapping[str, str]) -> Iterator[tuple[KeyPath, str]]:
    """What is worth a warning about the customer systems that are written to."""
    secrets: dict[str, Mapping[str, Secret | None]] = {}
    if crm.dataverse is not None:
        secrets["dataverse"] = {"client_secret": crm.dataverse.client_secret}
    if crm.webhook is not None:
        secrets["webhook"] = {"secret": crm.webhook.secret}
    for name, kept in secrets.items():
        yield from _kept(("crm", name), kept, name, f"nothing can be sent to crm.{name} from here", environ)
    for name, file in (
        ("dataverse", crm.dataverse and crm.dataverse.ca_file),
        ("webhook", crm.webhook and crm.webhook.ca_file),
    ):
        if file and not file.is_file():
            yield ("crm", name, "ca_file"), f"there is no file '{file}' for crm.{name}.ca_file here"


def _kept(
    at: KeyPath, secrets: Mapping[str, Secret | None], whose: str, so: str, environ: Mapping[str, str]
) -> Iterator[tuple[KeyPath, str]]:
    """What is worth a warning about where credentials are kept."""
    for key, secret in secrets.items():
        if secret is not None and secret.clear is not None and key == "password":
            yield (
                (*at, key),
                f"the password of {whose} can be read by anybody who sees this file; write "
                '{ env = "NAME" } or { keyring = "ENTRY" }',
            )
        if secret is not None and secret.env is not None and not environ.get(secret.env):
            yield (*at, key), _not_set(secret.env, so)


def _not_set(variable: str, so: str) -> str:
    return f"the environment variable {variable} is not set here, so {so}"
