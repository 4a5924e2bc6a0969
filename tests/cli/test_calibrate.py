"""`mien site calibrate` as a shop uses it: testers walk, cameras are compared, and the testers are forgotten."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from mien.journey import Context, Interaction, Outcome, Score
from mien.runtime.readers import own_version
from mien.store import RecordingKey, Source, Store
from support.new_store import ready_made

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from support.command import Ran

SITE = """
name = "Riga"
time_zone = "Europe/Riga"
[touchpoints.entrance]
role = "entrance"
[touchpoints.checkout]
role = "checkout"
[cameras.door]
touchpoint = "entrance"
webcam = 0
[cameras.tills]
touchpoint = "checkout"
webcam = 1
"""
MORNING = datetime(2026, 5, 4, 6, 0, tzinfo=UTC)  # 09:00 in Riga
ROUND = ("door", "tills", "tills", "door")
HIGHER_AT_TILLS = (0.10, 0.20, 0.15, 0.12, 0.18, 0.15)


@dataclass
class Shop:
    """A site file, a file of walks, and what its cameras saw."""

    folder: Path
    rows: list[str] = field(default_factory=lambda: ["tester,agreed_on,camera,from,to"])
    seen: dict[str, list[Interaction]] = field(default_factory=lambda: {"door": [], "tills": []})

    @property
    def files(self) -> tuple[Path, Path]:
        """The site file and the file of walks, as they now are."""
        (self.folder / "shop.toml").write_text(SITE, encoding="utf-8")
        (self.folder / "walks.csv").write_text("\n".join(self.rows) + "\n", encoding="utf-8")
        return self.folder / "shop.toml", self.folder / "walks.csv"

    def row(self, tester: str, camera: str, minute: float) -> None:
        begin = datetime(2026, 5, 4, 9, 0) + timedelta(minutes=minute)
        self.rows.append(f"{tester},2026-05-04,{camera},{begin},{begin + timedelta(seconds=20)}")

    def see(self, camera: str, minute: float, state: float, *, n: int = 80) -> Interaction:
        """Somebody stands there for 15 s."""
        score = Score(
            None, None, None, None, None, None, None, None, Outcome.UNCLEAR, n / 10, n, "simulated",
            hi_mean=50 * (1 + state), hi_sd=1.0,
        )  # fmt: skip
        touchpoint = "entrance" if camera == "door" else "checkout"
        found = Interaction(
            str(uuid.uuid4()), len(self.seen[camera]), Context("Riga", touchpoint), 60 * minute, 60 * minute + 15,
            n, {}, None, score, None, (), "balance", own_version(),
        )  # fmt: skip
        self.seen[camera].append(found)
        return found

    def walk(self, testers: int) -> None:
        """Each tester goes from the door to the tills and back; a customer stands at the door meanwhile."""
        for number in range(testers):
            higher = HIGHER_AT_TILLS[number % len(HIGHER_AT_TILLS)]
            for place, camera in enumerate(ROUND):
                minute = 10 * number + 2 * place
                self.row(f"t{number}", camera, minute)
                self.see(camera, minute + 0.05, -0.1 + (higher if camera == "tills" else 0.0))
            self.see("door", 10 * number + 2.1, 0.9)

    def store(self, path: Path) -> None:
        """Write what was seen as `mien run` writes it."""
        with Store.open(ready_made(path)) as store:
            for camera, found in self.seen.items():
                key = RecordingKey(camera, "Riga", found[0].context.touchpoint)
                source = Source(camera, recorded_at=MORNING, camera=camera)
                with store.recordings.begin(key, "digest", reader=own_version(), source=source) as run:
                    run.commit(found, {}, 3600.0, {})
                    run.finish({})


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


def test_testers_calibrate_two_cameras_and_are_then_forgotten(
    mien: Callable[..., Ran], shop: Shop, store: Path
) -> None:
    shop.walk(6)
    shop.store(store)
    site, walks = shop.files

    tried = mien("site", "calibrate", site, walks, "--dry-run")
    assert tried.code == 0
    assert "Nothing was recorded." in tried.out
    assert "No cameras of 'Riga' are calibrated" in mien("site", "calibrate", site, "--list").out

    done = mien("site", "calibrate", site, walks)
    assert (done.code, done.err) == (0, "")
    assert "+0.15 (+0.11 to +0.19)" in done.out
    assert "Recorded: 1 of 1 pairs." in done.out
    assert "24 interactions of testers count among those of customers" in done.out
    with Store.open(ready_made(store)) as opened:
        pair = opened.pairs.find("Riga", "door", "tills", scale="balance", reader=own_version())
        assert pair is not None
        assert pair.pair.offset == pytest.approx(0.15)
        assert pair.pair.testers == 6
        assert len(opened.recordings.interactions(site="Riga")) == 30

    told = json.loads(mien("site", "calibrate", site, walks, "--json").out)
    assert told["pairs"][0]["measured"]["offset"] == pytest.approx(0.15)
    assert told["recorded"] is True
    listed = json.loads(mien("site", "calibrate", site, "--list", "--json").out)
    assert [one["outdated"] for one in listed["recorded"]] == [None, "measured again"]

    assert (
        "24 interactions of testers would be removed."
        in mien("site", "calibrate", site, walks, "--forget", "--dry-run").out
    )
    gone = mien("site", "calibrate", site, walks, "--forget", "--yes")
    assert gone.code == 0
    assert "24 interactions" in gone.out
    with Store.open(ready_made(store)) as opened:
        left = opened.recordings.interactions(site="Riga")
        assert [one.score.hi_mean for one in left] == [pytest.approx(95.0)] * 6
        assert opened.pairs.find("Riga", "door", "tills", scale="balance", reader=own_version()) is not None
        withdrawn = [one for one in opened.outbox.after(0, limit=500) if one.event.type.endswith("withdrawn")]
        assert len(withdrawn) == 24
    again = mien("site", "calibrate", site, walks)
    assert again.code == 2
    assert "No row of" in again.err
    assert "yes" in mien("site", "calibrate", site, "--list").out
    shop.store(store)  # a replay of the recordings
    with Store.open(ready_made(store)) as opened:
        assert len(opened.recordings.interactions(site="Riga")) == 6


def test_forgetting_asks_first(
    mien: Callable[..., Ran], shop: Shop, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.walk(2)
    shop.store(store)
    monkeypatch.setattr("typer.confirm", lambda _question: False)
    assert "Nothing was removed." in mien("site", "calibrate", *shop.files, "--forget").out
    with Store.open(ready_made(store)) as opened:
        assert len(opened.recordings.interactions(site="Riga")) == 10


def test_rows_without_their_one_interaction_are_told_and_not_used(
    mien: Callable[..., Ran], shop: Shop, store: Path
) -> None:
    shop.walk(6)
    for minute in (2.2, 4.2):
        shop.see("tills", minute, 0.5)  # somebody beside t0, lines 3 and 4
    shop.row("t8", "door", 80)  # nobody was seen then, line 26
    shop.row("t8", "tills", 82)
    shop.see("tills", 82.0, 0.0, n=5)  # hardly seen, line 27
    shop.row("t9", "tills", 52.1)  # that was t5, lines 23 and 28
    shop.rows.append("t10,,door,2026-05-04 11:00,2026-05-04 11:01")  # line 29
    shop.store(store)
    ran = mien("site", "calibrate", *shop.files)
    assert ran.code == 2
    assert "walks.csv:29: agreed_on is empty" in ran.err
    for line in (3, 4):
        assert (
            f"walks.csv:{line}: not used: 2 interactions at 'tills' then; a tester stands there alone"
            in ran.err
        )
    assert "walks.csv:26: not used: no interaction at 'door' then" in ran.err
    assert "walks.csv:27: not used: no state there: 5 usable readings over 0.5 s" in ran.err
    for line in (23, 28):
        assert f"walks.csv:{line}: not used: another row names the same interaction" in ran.err
    assert "5 of 5 testers walked between 'door' and 'tills' in both orders; let 6 or more do so." in ran.err
    with Store.open(ready_made(store)) as opened:
        assert opened.pairs.entries() == []


def test_a_new_reader_makes_cameras_uncalibrated_again(
    mien: Callable[..., Ran], shop: Shop, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.walk(6)
    shop.store(store)
    assert mien("site", "calibrate", *shop.files).code == 0
    monkeypatch.setattr("mien.runtime.calibration.own_version", lambda: "mien 99")
    told = mien("site", "calibrate", shop.files[0], "--list").out
    assert "no: uncalibrated: the reader is mien 99 now" in told


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "WALKS.csv is missing; give the file of walks, or --list"),
        (("walks.csv", "--list"), "--list tells what is recorded and takes no WALKS.csv"),
        (("walks.csv", "--forget", "--json"), "--forget prints no JSON"),
        (("walks.csv",), "There is no store"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    mien: Callable[..., Ran], shop: Shop, arguments: tuple[str, ...], words: str
) -> None:
    ran = mien("site", "calibrate", shop.files[0], *arguments)
    assert ran.code == 2
    assert words in ran.complaint
