"""Site files that are saved from pages: nothing is lost, nothing half written, nothing overwritten unseen."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from mien.errors import InputError, SettingError
from mien.runtime import site_history
from mien.runtime.site_file import Refused, Saved
from mien.runtime.site_files import SiteFiles
from support.site_editing import SITE

if TYPE_CHECKING:
    from pathlib import Path

    from mien.site import Site

TEXT = SITE.replace("FILM", "door.mp4")


class Shop:
    """A site file, the files that know it, and what was told of the sites last."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "shop.toml"
        self.path.write_text(TEXT)
        self.told: tuple[Site, ...] = ()
        self.files = SiteFiles((self.path,), folder / "sites", self.tell)

    def tell(self, sites: tuple[Site, ...]) -> None:
        self.told = sites

    def save(self, text: str, **given: object) -> Saved | Refused:
        (file,) = self.files.entries()
        return self.files.save(file, text, file.digest, "anna", **given)  # type: ignore[arg-type]


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


def test_a_saved_text_is_known_at_once_and_the_one_before_is_kept(shop: Shop) -> None:
    done = shop.save(TEXT.replace("09:00-12:30", "09:00-13:00"))
    assert isinstance(done, Saved)
    assert (done.added, done.removed) == (1, 1)
    assert str(shop.told[0].opening_hours.monday[0]) == "09:00-13:00"
    (version,) = site_history.versions(shop.path)
    assert version.who == "anna"
    assert site_history.content_of(shop.path, version.key).decode() == TEXT


def test_what_has_problems_is_not_saved(shop: Shop) -> None:
    refused = shop.save(TEXT.replace('"checkout"', '"till"'))
    assert isinstance(refused, Refused)
    assert refused.problems[0].line == 13
    assert shop.path.read_text() == TEXT
    assert site_history.versions(shop.path) == []
    locked = shop.save(TEXT + '[rules.tension]\nenabled = true\npassed = "nothing.json"\n')
    assert isinstance(locked, Refused)
    assert "stays locked" in locked.problems[0].text
    assert locked.problems[0].line == TEXT.count("\n") + 3


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\0",
        "x" * 5_000_000,
        TEXT + "\0",
        "name = [" * 5000,
        TEXT.replace("Lyon 2", "../Lyon"),
        "[" * 100_000,
    ],
)
def test_nonsense_is_refused_and_nothing_changes(shop: Shop, text: str) -> None:
    refused = shop.save(text)
    assert isinstance(refused, Refused)
    assert refused.problems
    assert shop.path.read_text() == TEXT


def test_of_two_who_save_at_once_the_second_is_told(shop: Shop) -> None:
    (file,) = shop.files.entries()
    done: list[Saved | Refused] = []

    def one(number: int) -> None:
        text = TEXT.replace("# rate = 5", f"rate = {number}")
        done.append(shop.files.save(file, text, file.digest, f"user{number}"))

    both = [threading.Thread(target=one, args=(number,)) for number in range(2, 8)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert sum(isinstance(one, Saved) for one in done) == 1
    assert {one.why for one in done if isinstance(one, Refused)} == {"changed"}
    assert len(site_history.versions(shop.path)) == 1


def test_a_change_in_an_editor_is_known_and_not_overwritten(shop: Shop) -> None:
    (before,) = shop.files.entries()
    shop.path.write_text(TEXT.replace("# rate = 5", "rate = 7"))
    refused = shop.files.save(before, TEXT, before.digest, "anna")
    assert isinstance(refused, Refused)
    assert refused.why == "changed"
    shop.files.entries()
    assert shop.told[0].cameras["door"].rate == 7


def test_secrets_of_the_machine_are_not_named_from_a_page(shop: Shop) -> None:
    for name in ("AWS_SECRET_ACCESS_KEY", "MIEN_STORE"):
        refused = shop.save(TEXT.replace("anna:geheim@", "${" + name + "}@"))
        assert isinstance(refused, Refused)
        assert name in refused.problems[0].text
    assert isinstance(shop.save(TEXT.replace("anna:geheim@", "${MIEN_TILLS}@")), Saved)
    shop.path.write_text(TEXT.replace("anna:geheim@", "${TILLS}@"))  # in an editor
    assert isinstance(shop.save(shop.path.read_text().replace("# rate = 5", "rate = 7")), Saved)


def test_line_ends_permissions_and_a_mark_at_the_beginning(shop: Shop) -> None:
    shop.path.write_bytes(b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode())
    shop.path.chmod(0o640)
    assert isinstance(shop.save(TEXT.replace("# rate = 5", "rate = 7")), Saved)
    content = shop.path.read_bytes()
    assert content.count(b"\r\n") == content.count(b"\n") > 10
    assert shop.path.stat().st_mode & 0o777 == 0o640
    (version,) = site_history.folder_of(shop.path).iterdir()
    assert version.stat().st_mode & 0o777 == 0o640


def test_a_password_is_kept_though_it_is_never_shown(shop: Shop) -> None:
    (file,) = shop.files.entries()
    shown = shop.files.hidden.hide(file.text or "")
    assert "geheim" not in shown
    assert isinstance(shop.save(shown.replace("# rate = 5", "rate = 7")), Saved)
    assert "anna:geheim@127" in shop.path.read_text()


def test_a_new_name_must_be_meant_and_no_two_sites_have_one(shop: Shop) -> None:
    renamed = TEXT.replace('"Lyon 2"', '"Lyon 3"')
    refused = shop.save(renamed)
    assert isinstance(refused, Refused)
    assert refused.why == "confirmed"
    assert "stays under 'Lyon 2'" in str(refused.said)
    assert isinstance(shop.save(renamed, renamed=True), Saved)
    assert [site.name for site in shop.told] == ["Lyon 3"]
    made = shop.files.make("North", "Europe/Paris")
    taken = shop.files.save(
        made, (made.text or "").replace('"North"', '"lyon 3"'), made.digest, "anna", renamed=True
    )
    assert isinstance(taken, Refused)
    assert "two sites cannot have one name" in taken.problems[0].text


def test_a_site_is_made_in_the_folder_and_found_again(shop: Shop, tmp_path: Path) -> None:
    made = shop.files.make("Österreich 1. Bezirk", "Europe/Vienna")
    assert made.path == tmp_path.resolve() / "sites" / "österreich-1-bezirk.toml"
    assert [site.name for site in shop.told] == ["Lyon 2", "Österreich 1. Bezirk"]
    again = SiteFiles((), tmp_path / "sites", shop.tell)
    assert [site.name for site in again.sites] == ["Österreich 1. Bezirk"]


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("../../etc/passwd", "UTC"), ("a/b", "UTC"), ('a"b', "UTC"), ("😀", "UTC"), ("", "UTC"), ("a\0", "UTC"),
        ("x" * 41, "UTC"), ("North", "Europe/Pars"), ("North", "../UTC"), ("lyon 2", "UTC"),
    ],
)  # fmt: skip
def test_names_and_zones_that_are_none_make_no_file(shop: Shop, tmp_path: Path, name: str, zone: str) -> None:
    with pytest.raises(SettingError):
        shop.files.make(name, zone)
    assert sorted(one.name for one in tmp_path.rglob("*")) == ["shop.toml"]


def test_a_file_that_is_there_is_never_replaced(shop: Shop, tmp_path: Path) -> None:
    (tmp_path / "sites").mkdir()
    (tmp_path / "sites" / "north.toml").write_text("mine")
    with pytest.raises(SettingError, match="not replaced"):
        shop.files.make("North", "UTC")
    assert (tmp_path / "sites" / "north.toml").read_text() == "mine"


def test_files_of_the_folder_in_which_something_is_wrong_are_shown_with_it(
    shop: Shop, tmp_path: Path
) -> None:
    folder = tmp_path / "sites"
    folder.mkdir()
    (folder / "a.toml").write_text('name = "Nantes"\n')
    (folder / "b.toml").write_bytes(b"\xff\xfe\0")
    (folder / "c.toml").write_text(TEXT)
    (folder / "d.toml").write_text('name = "users"\n')
    found = {file.key: file for file in shop.files.entries()}
    assert list(found) == ["Lyon 2", "Nantes", "b", "Lyon 2~2", "users~2"]
    assert found["b"].text is None
    assert found["b"].read_only is not None
    assert "two sites" in found["Lyon 2~2"].checked.problems[0].text
    assert [site.name for site in shop.told] == ["Lyon 2"]


def test_a_read_only_file_stays_as_it_is(shop: Shop) -> None:
    shop.path.chmod(0o444)
    with pytest.raises(InputError, match="read-only"):
        shop.save(TEXT.replace("# rate = 5", "rate = 7"))
    assert shop.path.read_text() == TEXT


def test_the_last_twenty_versions_are_kept(shop: Shop) -> None:
    for number in range(1, site_history.KEPT + 4):
        assert isinstance(shop.save(TEXT.replace("# rate = 5", f"rate = {number}")), Saved)
    kept = site_history.versions(shop.path)
    assert len(kept) == site_history.KEPT
    assert b"rate = 22" in site_history.content_of(shop.path, kept[0].key)
    assert b"rate = 3\n" in site_history.content_of(shop.path, kept[-1].key)
    with pytest.raises(InputError):
        site_history.content_of(shop.path, "../shop")


def test_a_process_that_is_killed_while_it_saves_leaves_a_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "shop.toml"
    path.write_text("a" * 1_000_000)
    script = (
        "import sys; from pathlib import Path\nfrom mien.runtime.site_history import write_whole\n"
        "path = Path(sys.argv[1]); print('ready', flush=True)\n"
        "while True:\n    for sign in 'ba': write_whole(path, sign.encode() * 1_000_000, like=path)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", script, str(path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    seen = {path.read_text() for _ in range(50)}
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert {*seen, path.read_text()} <= {"a" * 1_000_000, "b" * 1_000_000}
