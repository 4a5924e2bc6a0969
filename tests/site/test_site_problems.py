"""A wrong site file is told with the line, what is wrong and what is allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mien.errors import SettingError
from mien.site import load_site

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mien.site import Checked

ROLE = 'role = "entrance"'
WEBCAM = "webcam = 0"
TOUCH = 'touchpoint = "tills"'
URL = 'url = "rtsp://192.168.1.20:554/stream1"'
TRAVEL = '[[matching.travel]]\nleaving = "entrance"\nreaching = "tills"\n'
CREDENTIALS = 'user = "mien"\npassword = { env = "DOOR_PASSWORD" }\n'


def test_a_whole_site_file_has_no_problem(check: Callable[..., Checked]) -> None:
    checked = check()
    assert not checked.problems
    assert checked.site is not None
    assert list(checked.site.cameras) == ["door", "tills"]


@pytest.mark.parametrize(
    ("old", "new", "marker", "words"),
    [
        # keys
        (
            'name = "Lyon 2"',
            'nmae = "Lyon 2"',
            "nmae",
            "nmae: is not known; did you mean 'name'? a site file may have",
        ),
        (
            WEBCAM,
            "webcm = 0",
            "webcm",
            "cameras.tills.webcm: is not known; did you mean 'webcam'? [cameras.tills] may have",
        ),
        (
            ROLE,
            "",
            "[touchpoints.entrance]",
            "touchpoints.entrance.role is missing; give what it is in the journey",
        ),
        (
            ROLE,
            'role = "till"',
            'role = "till"',
            "touchpoints.entrance.role is 'till'; give what it is in the journey: entrance",
        ),
        (ROLE, "role = 3", "role = 3", "touchpoints.entrance.role is 3; give"),
        (
            "[roster]",
            'time_zone = "UTC"\n[roster]',
            'time_zone = "UTC"',
            "the key 'time_zone' belongs to the top of the file",
        ),
        (
            'kind = "staff"',
            'kind = "stuff"',
            '"stuff"',
            "cameras.door.zones.desk.kind is 'stuff'; give 'read'",
        ),
        (
            'kind = "staff"',
            "",
            "[cameras.door.zones.desk]",
            "cameras.door.zones.desk.kind is missing; give 'read'",
        ),
        ("Europe/Paris", "Europe/Pariss", "Pariss", "is no time zone; did you mean 'Europe/Paris'? give one"),
        ("Europe/Paris", "../../etc/passwd", "passwd", "is no time zone"),
        ('name = "Lyon 2"', 'name = "Lyon/2"', "Lyon/2", "name is 'Lyon/2'; give up to 40 letters"),
        (
            "[cameras.tills]",
            '[cameras."a/b"]\ntouchpoint = "tills"\nwebcam = 1\n[cameras.tills]',
            "a/b",
            "the name 'a/b' is not allowed; give up to 40",
        ),
        (
            '["purchase", "return"]',
            '["purchase", "purchase", "return"]',
            "interaction_types",
            "'purchase' stands in it twice",
        ),
        # cameras
        (WEBCAM, "", "[cameras.tills]", "cameras.tills: has no source; give one of url, webcam and file"),
        (WEBCAM, 'webcam = 0\nfile = "x.mp4"', "[cameras.tills]", "has webcam and file; give one of"),
        (
            WEBCAM,
            "webcam = true",
            "webcam = true",
            "cameras.tills.webcam is True; give the number of a webcam",
        ),
        (
            WEBCAM,
            "webcam = 0\nrate = 900",
            "rate = 900",
            "cameras.tills.rate is 900; give readings per second, 1 to 60",
        ),
        (WEBCAM, 'webcam = 0\nuser = "x"', "[cameras.tills]", "user and password belong to url"),
        (
            WEBCAM,
            'webcam = 0\ntransport = "udp"',
            "[cameras.tills]",
            "belongs to addresses that begin with rtsp://",
        ),
        (
            WEBCAM,
            "webcam = 0\nbegins_at = 2026-05-04T09:30:00Z",
            "[cameras.tills]",
            "has begins_at; that belongs to a file",
        ),
        (
            WEBCAM,
            'file = "x.mp4"\nbegins_at = 2026-05-04T09:30:00',
            "begins_at",
            "is no moment with its offset; write one as",
        ),
        (URL, 'url = "ftp://10.0.0.1/x"', "ftp", "begins with 'ftp://'; give rtsp://HOST:PORT/PATH"),
        (URL, 'url = "10.0.0.1/x"', "10.0.0.1", "cameras.door.url: is no address; give rtsp://"),
        (
            URL,
            'url = "rtsp://10.0.0.1:port/x"',
            "10.0.0.1",
            "has no valid host and port; in a password write @ as %40",
        ),
        (URL, 'url = "rtsp://u@10.0.0.1/x"', "[cameras.door]", "has a user in its url and as a key"),
        ('user = "mien"\n', "", "[cameras.door]", "has a password and no user; give both"),
        (
            TOUCH,
            'touchpoint = "till"',
            'touchpoint = "till"',
            "which is no touchpoint of this file; did you mean 'tills'? [touchpoints] has 'entrance', 'tills'",
        ),
        (
            TOUCH,
            'touchpoint = "entrance"',
            "[touchpoints.tills]",
            'touchpoints.tills has no camera; add touchpoint = "tills" to one',
        ),
        (
            f"{URL}\n{CREDENTIALS}",
            WEBCAM + "\n",
            "webcam = 0",
            "cameras.tills has the same webcam as camera 'door'",
        ),
        (
            "[cameras.tills]",
            '[cameras.Door]\ntouchpoint = "tills"\nwebcam = 3\n[cameras.tills]',
            "[cameras.Door]",
            "cameras.Door: its name is taken by cameras.door already",
        ),
        # what refers to something
        (
            'interaction_type = "purchase"',
            'interaction_type = "buy"',
            '"buy"',
            "interaction_types has 'purchase', 'return'",
        ),
        (
            'camera = "tills"\nzone = "customer 1"',
            'camera = "till"\nzone = "customer 1"',
            'camera = "till"',
            "which is no camera of this file; did you mean 'tills'?",
        ),
        (
            'zone = "customer 1"',
            'zone = "customer"',
            'zone = "customer"',
            "its zones of kind 'read' are 'customer 1', 'customer 2'",
        ),
        (
            'zone = "customer 2"\n',
            "",
            '[service_points."till 2"]',
            "which cannot tell them apart; give each a zone",
        ),
        ('zone = "customer 2"', 'zone = "customer 1"', "zone = ", "overlaps with the zone of 'till 1'"),
        ('till = "POS-02"', 'till = "POS-01"', "POS-01", "till 2.till is 'POS-01', as of 'till 1'"),
        (
            'put_up_by = "A. Martin"',
            'put_up_by = "A. Martin"\ncamera = "dor"',
            'camera = "dor"',
            "notices[1].camera is 'dor', which is no camera of this file; did you mean 'door'?",
        ),
        (
            'description = "Greet every customer within ten seconds"',
            'description = "x"\ntouchpoints = ["entrance", "exit"]',
            "touchpoints =",
            "protocols.greeting.touchpoints[2] is 'exit', which is no touchpoint",
        ),
        (
            'description = "Greet every customer within ten seconds"',
            'description = "x"\n\n[rules.queue]\ntouchpoints = ["till"]',
            "touchpoints =",
            "rules.queue.touchpoints[1] is 'till', which is no touchpoint",
        ),
        # rules that could never do anything
        (
            "[roster]",
            "[rules.arrival]\nescalate_s = 120\n[roster]",
            "escalate_s",
            "rules.arrival.escalate_s is 120, but the alert is over after 120 s (expires_s), so the manager",
        ),
        (
            "[roster]",
            '[rules.checkout]\ntouchpoints = ["tills", "line"]\n[touchpoints.line]\nrole = "call"\n[roster]',
            'touchpoints = ["tills", "line"]',
            "rules.checkout.touchpoints[2] is 'line', which no camera watches",
        ),
        (
            'role = "entrance"',
            'role = "exit"\n[rules.arrival]',
            "[rules.arrival]",
            "rules.arrival looks at touchpoints of the roles 'entrance', of which this file has none",
        ),
        # the notice
        (
            "shown_on = 2026-05-04",
            "shown_on = 20260504",
            "shown_on",
            "notices[1].shown_on: is no day; write one as 2026-05-04",
        ),
        (
            "shown_on = 2026-05-04",
            "shown_on = 2026-05-04\nwithdrawn_on = 2026-05-01",
            "[[notices]]",
            "cannot be withdrawn on 2026-05-01, before it hung",
        ),
        (
            'put_up_by = "A. Martin"',
            'put_up_by = "  "',
            "put_up_by",
            "notices[1].put_up_by is '  '; give who put it up",
        ),
        ('put_up_by = "A. Martin"', "", "[[notices]]", "notices[1].put_up_by is missing; give who put it up"),
        # hours
        (
            '["09:00-12:30", "14:00-19:00"]',
            '["09:00-12:30", "12:00-19:00"]',
            "monday",
            "09:00-12:30 and 12:00-19:00 overlap",
        ),
        (
            '["09:00-12:30", "14:00-19:00"]',
            '["9 to 5"]',
            "monday",
            "'9 to 5' are no hours; write hours as \"09:00-18:30\"",
        ),
        (
            '["09:00-12:30", "14:00-19:00"]',
            '"09:00-19:00"',
            "monday",
            "opening_hours.monday is '09:00-19:00'; give a list of hours",
        ),
        (
            'sunday = ["10:00-18:00"]',
            'sunday = ["01:00-18:00"]',
            "[opening_hours]",
            "20:00-02:00 of saturday overlaps with 01:00-18:00 of sunday",
        ),
        ('hours = "08:30-14:00"', 'hours = "08:30-25:00"', "25:00", "'08:30-25:00' are no hours"),
        ('hours = "08:30-14:00"', 'hours = "08:30-08:30"', "08:30-08:30", "holds no time"),
        ('hours = "08:30-14:00"', "hours = 08:30:00", "hours = 08", "are no hours; write hours as"),
        (
            'days = ["sunday"]',
            'days = ["sun"]',
            "days",
            "shifts.after.days[1] is 'sun'; give days of the week",
        ),
        # later parts
        (
            "[roster]",
            "[matching]\nenabled = true\n[roster]",
            "[matching]",
            "enabled is true without legal_basis, decided_on, decided_by",
        ),
        (
            "[roster]",
            '[segments]\nenabled = true\nattributes = ["age"]\nlegal_basis = "assessment 4"\n[roster]',
            "[segments]",
            "enabled is true without decided_on, decided_by; record them, or leave segments off",
        ),
        (
            "[roster]",
            '[segments]\nenabled = true\nlegal_basis = "a"\ndecided_on = 2026-05-04\ndecided_by = "B."\n[roster]',
            "[segments]",
            "enabled is true without attributes; name what you need and no more",
        ),
        (
            "[roster]",
            '[segments]\nattributes = ["age", "age"]\n[roster]',
            "attributes",
            "segments.attributes: 'age' stands in it twice; name each once",
        ),
        (
            "[roster]",
            '[segments]\nattributes = ["height"]\n[roster]',
            "attributes",
            "segments.attributes[1] is 'height'",
        ),
        (
            "[roster]",
            TRAVEL + "least_s = 600\nmost_s = 60\n[roster]",
            "[[matching.travel]]",
            "most_s is 60, under least_s, 600; give at least as many",
        ),
        (
            "[roster]",
            TRAVEL.replace("tills", "till") + "[roster]",
            'reaching = "till"',
            "is 'till', which is no touchpoint of this file; did you mean 'tills'?",
        ),
        (
            "[roster]",
            TRAVEL + TRAVEL + "[roster]",
            "[[matching.travel]]",
            "matching.travel[2] is about the way of matching.travel[1]; keep one",
        ),
        (
            "[roster]",
            "[badges]\nstaff = [35]\n[roster]",
            "[badges]",
            "staff has the marker 35; apriltag-25h9 has 0 to 34",
        ),
        (
            "[roster]",
            "[badges]\nstaff = [1]\nno_reading = [1]\n[roster]",
            "[badges]",
            "marker 1 is in staff and in no_reading",
        ),
        (
            "[roster]",
            "[retention]\nreadings_days = 500\n[roster]",
            "[retention]",
            "readings_days is 500, longer than interactions_days, 400",
        ),
        (
            "[roster]",
            "[retention]\nreadings_days = 0\n[roster]",
            "readings_days",
            "retention.readings_days is 0; give days",
        ),
    ],
)
def test_a_wrong_key_is_told_with_its_line_and_what_is_allowed(
    check: Callable[..., Checked], whole: str, old: str, new: str, marker: str, words: str
) -> None:
    checked = check((old, new))
    assert checked.site is None
    told = [problem for problem in checked.problems if words in problem.text]
    assert told, [str(problem) for problem in checked.problems]
    line = told[0].line
    assert line is not None
    assert marker in whole.replace(old, new).split("\n")[line - 1]
    assert all("\n" not in problem.text for problem in checked.problems)


def test_parts_that_need_others_are_refused_without_them(check: Callable[..., Checked]) -> None:
    receipts = '[receipts]\nfile = "r.csv"\n'
    assert not check(more=receipts).problems
    told = check(('till = "POS-01"\n', ""), ('till = "POS-02"\n', ""), more=receipts).problems[0]
    assert "receipts could never be joined to anything" in told.text

    basis = (
        '[matching]\nenabled = true\nlegal_basis = "consent"\ndecided_on = 2026-05-04\ndecided_by = "B."\n'
    )
    assert not check(more=basis).problems
    told = check((WEBCAM, "webcam = 0\nenabled = false"), more=basis).problems[0]
    assert "there are not two enabled cameras" in told.text


@pytest.mark.parametrize("name", ["zones", "file", "door_lines", "notices"])
def test_a_camera_may_be_named_like_a_key(check: Callable[..., Checked], name: str) -> None:
    text = (
        f'name = "x"\ntime_zone = "UTC"\n[touchpoints.a]\nrole = "exit"\n[cameras.{name}]\ntouchpoint = "a"\n'
    )
    assert not check(text=text + "webcam = 0\n").problems
    (problem,) = check(text=text + "webcam = 0\nrate = 0\n").problems
    assert f":8: cameras.{name}.rate is 0; give readings per second" in str(problem)
    (problem,) = check(text=text + "webcam = 0\nkind = 'read'\n").problems
    assert f"[cameras.{name}] may have touchpoint, url" in problem.text


def test_everything_wrong_is_told_at_once_by_line(check: Callable[..., Checked], tmp_path: Path) -> None:
    checked = check((ROLE, 'role = "x"'), (WEBCAM, "webcam = 99"), ('hours = "13:30-19:30"', "hours = 3"))
    lines = [problem.line for problem in checked.problems]
    assert len(lines) == 3
    assert lines == sorted(line for line in lines if line is not None)
    with pytest.raises(
        SettingError, match=r"shop\.toml:11: touchpoints\.entrance\.role is 'x'.* \(2 more; mien site"
    ):
        load_site(tmp_path / "shop.toml")


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("name = Lyon\n", 1, "is no valid TOML (Invalid value); put texts and hours in quotes"),
        (
            'name = "x"\n[cameras.door]\n[cameras.door]\n',
            3,
            "the table [cameras.door] stands here a second time",
        ),
        ('name = "x"\nname = "y"\n', 2, "keep one"),
        ('a = 1\nfile = "C:\\videos"\n', 2, "write '/' in paths, or put them in 'single quotes'"),
        ("[cameras.front door]\n", 1, "names with spaces need quotes"),
        ('name = "x', 1, "is no valid TOML"),
        (b"name = 'x'\ncity = 'L\xefle'\n", 2, "is no UTF-8 text; save the file as UTF-8"),
        (b"\x89PNG\r\n", 1, "is no UTF-8"),
        ("x = " + "[" * 5000, None, "lists within lists"),
        ("", None, "name is missing; give up to 40 letters"),
    ],
)
def test_what_is_no_site_file_is_said_to_be_none(
    check: Callable[..., Checked], text: Any, line: int | None, words: str
) -> None:
    problem = check(text=text).problems[0]
    assert words in problem.text
    assert problem.line == line


def test_a_file_that_a_windows_editor_saved_is_read(check: Callable[..., Checked], whole: str) -> None:
    checked = check(text=b"\xef\xbb\xbf" + whole.replace("\n", "\r\n").encode())
    assert not checked.problems
    broken = check(
        text=("\ufeff" + whole.replace("webcam = 0", "webcam = 99").replace("\n", "\r\n")).encode()
    )
    assert broken.problems[0].line == whole.split("\n").index("webcam = 0") + 1


def test_what_cannot_be_opened_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="cannot be opened: No such file"):
        load_site(tmp_path / "missing.toml")
    with pytest.raises(SettingError, match="cannot be opened: Is a directory"):
        load_site(tmp_path)


@pytest.mark.parametrize(
    "more",
    [
        "[rules.arrival]\nescalate_s = 119",
        "[rules.arrival]\nenabled = false\nescalate_s = 600",
        '[rules.checkout]\ntouchpoints = ["entrance"]',
        '[rules.left_unhappy]\ntouchpoints = ["line"]\n[touchpoints.line]\nrole = "call"',
    ],
)
def test_a_rule_looks_wherever_its_table_says_as_long_as_that_can_be(
    check: Callable[..., Checked], more: str
) -> None:
    assert not check(("[roster]", f"{more}\n[roster]")).problems
