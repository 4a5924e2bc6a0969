"""`mien rules` as a manager uses it before rules go live."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from mien.evaluation.schema import DifferencePart, EstimatePart, GroupingPart, GroupPart
from mien.runtime.live import plan_of
from mien.runtime.live.book import Book
from mien.runtime.live.messages import Trouble
from mien.runtime.tension_lock import _not_passed
from mien.site import load_site
from mien.site.roster import load_roster
from mien.store import Store
from support.clips import steady, write_clip
from support.site_words import DAY, face, hello, tick
from support.sites import HEAD

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from support.command import Ran

SITE = (
    HEAD
    + """\
[touchpoints.tills]
role = "checkout"

[cameras.till]
touchpoint = "tills"
url = "rtsp://192.0.2.1/cam"
"""
)
RULES = """
[rules.checkout]
quiet = ["10:02-10:03"]

[rules.health]

[rules.left_unhappy]
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A site file beside a store of a day on which two customers turned bad, and a camera was covered."""
    file = tmp_path / "shop.toml"
    file.write_text(SITE)
    site = load_site(file)
    plan = plan_of(site, file, store=str(tmp_path / "s.sqlite"))
    with Store.open(plan.store) as store:
        book = Book(site, load_roster(site), store, hello(plan))
        number = 0
        for track, from_s in enumerate((5.0, 130.0), start=1):
            for n in range(400):
                t_s, number = from_s + n / 10, number + 1
                sad = 0.0 if n < 120 else 0.7
                seen = face(t_s, track=track).model_copy(
                    update={"probabilities": (1.0 - sad, 0.0, 0.0, sad, 0.0, 0.0, 0.0, 0.0)}
                )
                book.take(tick(number, t_s, (seen,)))
            number += 1
            book.take(tick(number, from_s + 41.0, (), ended=(track,)))
        covered = Trouble(number=number + 1, what="covered", since_s=20.0, until_s=100.0, reason="")
        book.take(covered)
        book.commit()
        book.close()
    return file


def test_a_stored_day_says_when_and_why_staff_would_have_been_told(
    shop: Path, mien: Callable[..., Ran]
) -> None:
    shop.write_text(SITE + RULES)
    store = shop.with_name("s.sqlite")
    before = store.read_bytes()
    ran = mien("rules", "test", shop, "--day", DAY, "--store", store, "--json", "-")
    assert ran.code == 0, ran.err
    found: dict[str, Any] = json.loads(ran.out)
    checkout, health = found["rules"]["checkout"], found["rules"]["health"]
    # In Paris it was ten o'clock: the second customer turned bad in quiet hours.
    assert (checkout["signals"], checkout["alerts"], checkout["held"]) == (2, 1, {"quiet hours": 1})
    assert "first seconds" in checkout["told"][0]["why"]
    assert checkout["alerts_per_8_hours"] == pytest.approx(8 / found["hours"], rel=1e-3)
    assert [one["why"] for one in health["told"]] == ["Camera 'till' is covered; it has been so for 60 s."]
    assert found["untested"] == ["left_unhappy"]
    shown = mien("rules", "test", shop, "--day", DAY, "--store", store)
    assert shown.code == 0
    assert "10:00:2" in shown.out
    assert "left_unhappy" in shown.err
    with Store.open(store) as opened:
        assert opened.alerts.listed(["Lyon 2"]) == []
    assert len(before) == len(store.read_bytes())


@pytest.mark.parametrize(
    ("more", "arguments", "said"),
    [
        ("", ("--day", str(DAY)), "No rule of site 'Lyon 2' is on"),
        (RULES, (), "--replay"),
        (RULES, ("--day", str(DAY), "--replay"), "--day 2026-05-04, or --replay"),
        (RULES, ("--day", "2020-01-01"), "no seconds are stored"),
        (RULES, ("--day", "yesterday"), "yesterday"),
        (RULES, ("--replay",), "is no recording"),
        (
            '\n[rules.tension]\nenabled = true\npassed = "groups.json"\n',
            ("--day", str(DAY)),
            "stays locked",
        ),
    ],
)
def test_what_cannot_be_tried_is_said_in_one_line(
    shop: Path, mien: Callable[..., Ran], more: str, arguments: tuple[str, ...], said: str
) -> None:
    shop.write_text(SITE + more)
    ran = mien("rules", "test", shop, *arguments, "--store", shop.with_name("s.sqlite"))
    assert ran.code == 2
    assert said in ran.complaint


def test_a_replay_says_what_was_looked_at_and_in_one_line_that_a_recording_cannot_be_read(
    tmp_path: Path, mien: Callable[..., Ran]
) -> None:
    camera = '[cameras.{name}]\ntouchpoint = "tills"\nfile = "{name}.mp4"\nbegins_at = 2026-05-05T10:00:00Z\n'
    head = HEAD + '[touchpoints.tills]\nrole = "checkout"\n[rules.checkout]\n'
    write_clip(tmp_path / "empty.mp4", steady(5, 1.0))
    (tmp_path / "broken.mp4").write_bytes((tmp_path / "empty.mp4").read_bytes()[:500])
    file = tmp_path / "shop.toml"
    file.write_text(head + camera.format(name="empty") + camera.format(name="broken"))
    ran = mien("rules", "test", file, "--replay")
    assert ran.code == 0, ran.err
    assert "0:00:01 (h:mm:ss) were looked at" in ran.out
    assert [line for line in ran.err.splitlines() if line] == [
        line for line in ran.err.splitlines() if line.startswith("mien: Camera 'broken': ")
    ]
    file.write_text(head + camera.format(name="broken"))
    ran = mien("rules", "test", file, "--replay")
    assert ran.code == 2
    assert ran.complaint.startswith("mien: No recording of site 'Lyon 2' could be read. Camera 'broken': ")


def test_the_rules_that_are_on_are_shown_with_their_settings(shop: Path, mien: Callable[..., Ran]) -> None:
    shop.write_text(SITE + RULES)
    shown = load_site(shop).rules
    ran = mien("rules", "show", shop)
    assert ran.code == 0
    assert "after_s = 60.0" in ran.out
    assert "arrival" not in ran.out
    # What is shown can stand in a site file, and says the same there.
    shop.write_text(SITE + ran.out)
    assert load_site(shop).rules == shown
    assert "# escalate_s is not set" in ran.out


@pytest.mark.parametrize(
    ("passed", "why"),
    [(None, "groups.json' cannot be read"), ("{}", "groups.json' is not what mien evaluate --json writes")],
)
def test_a_site_file_whose_tension_stays_locked_is_not_fine(
    shop: Path, mien: Callable[..., Ran], passed: str | None, why: str
) -> None:
    text = SITE + '\n[rules.tension]\nenabled = true\npassed = "groups.json"\n'
    shop.write_text(text)
    if passed is not None:
        shop.with_name("groups.json").write_text(passed)
    ran = mien("site", "check", shop)
    assert ran.code == 2
    line = text.split("\n").index('passed = "groups.json"') + 1
    assert f"shop.toml:{line}: [rules.tension] of site 'Lyon 2' stays locked: '" in ran.complaint
    assert why in ran.complaint
    assert "is fine" not in ran.out
    shop.write_text(text.replace("enabled = true", "enabled = false"))
    assert mien("site", "check", shop).code == 0


def test_tension_is_unlocked_by_groups_that_differ_little_for_sure_and_by_nothing_less() -> None:
    def grouping(low: float | None, high: float | None, *, hidden: int = 0, groups: int = 2) -> GroupingPart:
        difference = EstimatePart(value=0.0, low=low, high=high, n=900)
        return GroupingPart(
            column="light",
            groups=[GroupPart(name=str(k), persons=90, pictures=900, figures={}) for k in range(groups)],
            hidden=hidden,
            without=0,
            differences=[
                DifferencePart(
                    group="0", other="1", figure="leaning", difference=difference, excludes_zero=False
                )
            ],
            warnings=[],
        )

    assert _not_passed(grouping(-0.05, 0.08)) is None
    assert _not_passed(grouping(-0.05, 0.12)) is not None
    assert _not_passed(grouping(None, None)) is not None
    assert _not_passed(grouping(-0.05, 0.08, hidden=1)) is not None
    assert _not_passed(grouping(-0.05, 0.08, groups=1)) is not None
