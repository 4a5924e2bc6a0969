"""The site files that pages know: looked up, checked, saved, made. The one place that changes one."""

from __future__ import annotations

import os
import re
import threading
import tomllib
from collections import Counter
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from mien.errors import InputError, SettingError
from mien.marking import N_, Said
from mien.runtime import site_history
from mien.runtime.site_file import Refused, Saved, SiteFile
from mien.runtime.tension_lock import if_unlocked
from mien.site import Checked, Site, check_text, load_site, template
from mien.site.foreign import of_system
from mien.site.hidden import Hidden
from mien.site.load import MOST_BYTES, cannot_be_opened, decoded
from mien.store.address import SETTING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from pathlib import Path

_NOT_IN_NAMES: Final = re.compile(r"[^\w-]+")
_CHANGED: Final = N_("The file was changed on disk since it was opened here.")
_RENAMED: Final = N_(
    "This names the site '%(new)s' instead of '%(old)s'. What was stored so far stays under '%(old)s', and whoever has "
    "a role at '%(old)s' alone does not see the new one."
)
_TAKEN: Final = frozenset({"users", "keys"})
"""Pages that stand beside those of sites."""


class SiteFiles:
    """The site files of these pages.

    Args:
        files: Those that were named at the start.
        folder: Where others are, and new ones go; `None` for nowhere.
        changed: Takes the sites that are known now, whenever they are others.

    Raises:
        SettingError: One of `files` cannot be used. Those of the folder are shown with their problems.
    """

    def __init__(
        self, files: Sequence[Path], folder: Path | None, changed: Callable[[tuple[Site, ...]], None]
    ) -> None:
        self.folder = folder
        self.hidden = Hidden()
        self._lock = threading.RLock()
        self._changed = changed
        self._known: dict[Path, Site | None] = {}
        for file in files:
            self._known[file.resolve()] = load_site(file)
        self.entries()
        self._tell()

    def entries(self) -> tuple[SiteFile, ...]:
        """All site files as they are on disk; what is right in them is what pages know from here on."""
        with self._lock:
            for file in self._in_folder():
                self._known.setdefault(file, None)
            before, taken = self.sites, set(_TAKEN)
            found = []
            for path in self._known:
                one = self._look(path, taken)
                taken.add(one.key)
                if one.site is not None and one.site != one.in_force:
                    self._known[path] = one.site
                    one = replace(one, in_force=one.site)
                found.append(one)
            if self.sites != before:
                self._tell()
            return tuple(found)

    @property
    def sites(self) -> tuple[Site, ...]:
        """The sites that are known, in the order of their files."""
        return tuple(site for site in self._known.values() if site is not None)

    def get(self, key: str) -> SiteFile | None:
        """The file of a site; `None` where there is none."""
        return next((one for one in self.entries() if one.key == key), None)

    def check(self, file: SiteFile, text: str) -> Checked:
        """Tell what is wrong with a text that is to be saved, as it is shown: with signs for its credentials."""
        return self._judged(file, text)[1]

    def save(
        self, file: SiteFile, text: str, digest: str, by: str, *, renamed: bool = False
    ) -> Saved | Refused:
        """Save a text, if nothing stands against it.

        Args:
            file: Where.
            text: As it was shown and changed.
            digest: Of the file that was opened.
            by: Who saves.
            renamed: Whether a new name of the site is meant.

        Raises:
            InputError: The file cannot be written.
        """
        with self._lock:
            now = self._look(file.path, _TAKEN)
            if now.read_only is not None:
                raise now.read_only
            if now.digest != digest:
                return Refused("changed", said=InputError(_CHANGED))
            whole, checked = self._judged(now, text)
            if checked.site is None:
                return Refused("problems", checked.problems)
            if checked.site.name != now.name and now.in_force is not None and not renamed:
                return Refused(
                    "confirmed",
                    said=InputError(_RENAMED, new=checked.site.name, old=now.name),
                )
            return self._write(now, whole, by)

    def make(self, name: str, time_zone: str) -> SiteFile:
        """Make a site file in which every part is explained.

        Args:
            name: Name of the site.
            time_zone: Its time zone.

        Raises:
            InputError: There is no folder for it, the name or the zone is wrong, or it is taken.
        """
        if self.folder is None:
            raise SettingError("These pages have no folder for site files; start them with --sites FOLDER.")
        text = template(name.strip(), time_zone.strip())
        with self._lock:
            self._check_free(name.strip())
            stem = _NOT_IN_NAMES.sub("-", name.strip().casefold()).strip("-") or "site"
            path = self.folder.resolve() / f"{stem}.toml"
            if problems := check_text(text, path).problems:
                raise SettingError("%(what)s.", what=problems[0].said)
            try:
                self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                with path.open("xb") as file:
                    file.write(text.encode())
            except FileExistsError:
                raise SettingError(
                    "There is a file '%(path)s' already, which is not replaced; choose another name.",
                    path=path,
                ) from None
            except OSError as error:
                raise InputError(
                    "'%(path)s' cannot be written: %(strerror)s.", path=path, strerror=of_system(error)
                ) from error
            return next(one for one in self.entries() if one.path == path)

    def _write(self, now: SiteFile, text: str, by: str) -> Saved | Refused:
        content = (text.replace("\n", "\r\n") if now.crlf else text).encode()
        try:
            before = now.path.read_bytes()
            if sha256(before).hexdigest() != now.digest:
                return Refused("changed", said=InputError(_CHANGED))
            if content != before:
                site_history.keep(now.path, before, by)
                site_history.write_whole(now.path, content, like=now.path)
        except OSError as error:
            raise InputError(
                "'%(path)s' cannot be written: %(strerror)s.", path=now.path, strerror=of_system(error)
            ) from error
        added, removed = _counted(now.text or "", text)
        saved = next(one for one in self.entries() if one.path == now.path)
        return Saved(saved, added, removed)

    def _judged(self, file: SiteFile, text: str) -> tuple[str, Checked]:
        """The whole text of what is to be saved, and what was found about it."""
        whole = self._whole(file, text)
        if isinstance(whole, Checked):
            return "", whole
        checked = self._checked(file.path, whole)
        if checked.site is None:
            return whole, checked
        # Whoever may change the file may have what it names sent anywhere: of the secrets of the machine only those
        # that are Mien's own, and of these not the store.
        named = _variables(checked.site) - (set() if file.site is None else _variables(file.site))
        wrong = sorted(one for one in named if not one.startswith("MIEN_") or one == SETTING)
        if wrong:
            said = Said(
                "names the environment variable %(variable)s; on the pages only such can be named that begin with "
                "MIEN_, others in an editor at the machine",
                variable=wrong[0],
            )
            return whole, Checked.refused(file.path, None, said)
        return whole, checked

    def _whole(self, file: SiteFile, text: str) -> str | Checked:
        """The text with its credentials and lines as they are kept; or what stands against it already."""
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        found = decoded(text.encode("utf-8", "replace"), file.path)
        if isinstance(found, Checked):
            return found
        try:
            return self.hidden.put_back(found, file.text or "")
        except SettingError as error:
            return Checked.refused(file.path, None, error.said)

    def _checked(self, path: Path, text: str) -> Checked:
        checked = check_text(text, path)
        if checked.site is None:
            return checked
        try:
            self._check_free(checked.site.name, but=path)
        except SettingError as error:
            return Checked.refused(path, checked.lines.get(("name",)), error.said)
        return if_unlocked(checked)

    def _check_free(self, name: str, *, but: Path | None = None) -> None:
        for path, site in self._known.items():
            if site is not None and path != but and site.name.casefold() == name.casefold():
                raise SettingError(
                    "There is a site '%(name)s' already, in '%(path)s'; two sites cannot have one name.",
                    name=site.name,
                    path=path,
                )

    def _in_folder(self) -> list[Path]:
        if self.folder is None:
            return []
        try:
            return sorted(one for one in self.folder.resolve().glob("*.toml") if one.is_file())
        except OSError:
            return []

    def _look(self, path: Path, taken: Collection[str]) -> SiteFile:
        """A file as it is on disk now."""
        known, content = self._known.get(path), b""
        try:
            with path.open("rb") as file:
                content = file.read(MOST_BYTES + 1)
            found = decoded(content, path)
        except OSError as error:
            found = cannot_be_opened(path, error)
        text = None if isinstance(found, Checked) else found.replace("\r\n", "\n")
        checked = found if isinstance(found, Checked) else self._checked(path, found)
        name = (
            checked.site.name
            if checked.site is not None
            else known.name
            if known is not None
            else _named(text)
        )
        name = name or path.stem
        key, number = name, 2
        while key in taken:
            key, number = f"{name}~{number}", number + 1
        digest = sha256(content).hexdigest()
        return SiteFile(
            path, name, key, text, digest, checked, known, _read_only(path, text), b"\r\n" in content
        )

    def _tell(self) -> None:
        self._changed(self.sites)


def _variables(site: Site) -> set[str]:
    """The environment variables that a site file names."""
    kept = [secret for camera in site.cameras.values() for secret in (camera.user, camera.password)]
    if site.delivery.mqtt is not None:
        kept += [site.delivery.mqtt.user, site.delivery.mqtt.password]
    if site.delivery.webhook is not None:
        kept.append(site.delivery.webhook.secret)
    if site.delivery.email is not None:
        kept.append(site.delivery.email.password)
    if site.delivery.apprise is not None:
        kept += site.delivery.apprise.urls
    named = {secret.env for secret in kept if secret is not None and secret.env is not None}
    return named.union(*(camera.url.variables for camera in site.cameras.values() if camera.url is not None))


def _named(text: str | None) -> str:
    """The name in a file in which something else is wrong."""
    try:
        name = tomllib.loads(text or "").get("name")
    except (tomllib.TOMLDecodeError, RecursionError):
        return ""
    return (
        name
        if isinstance(name, str) and 0 < len(name) <= 40 and "/" not in name and name.isprintable()
        else ""
    )


def _read_only(path: Path, text: str | None) -> InputError | None:
    if text is None:
        return InputError("'%(path)s' cannot be changed here, since it cannot be read as text.", path=path)
    try:
        # The superuser may write everywhere; a file that is marked read-only is meant to stay as it is all the same.
        if all(one.stat().st_mode & 0o222 and os.access(one, os.W_OK) for one in (path, path.parent)):
            return None
    except OSError as error:
        return InputError("'%(path)s' cannot be changed here: %(why)s.", path=path, why=of_system(error))
    return InputError(
        "'%(path)s' is read-only, so it cannot be saved here; give this program leave to write it (chmod u+w).",
        path=path,
    )


def _counted(before: str, after: str) -> tuple[int, int]:
    """Lines that are new, and lines that are gone, as far as they are others."""
    old, new = Counter(before.splitlines()), Counter(after.splitlines())
    return (new - old).total(), (old - new).total()
