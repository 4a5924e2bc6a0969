"""Site files in which something is wrong or worth a warning: one for every sentence that Mien has for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mien.site import Checked, check_site
from mien.site.load import MOST_BYTES
from support.whole_site import ROSTER, WHOLE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_WEBCAM: Final = "webcam = 0"
_URL: Final = 'url = "rtsp://192.168.1.20:554/stream1"'
_CREDENTIALS: Final = 'user = "mien"\npassword = { env = "DOOR_PASSWORD" }\n'
_DESK: Final = "corners = [[0, 0], [0.25, 0], [0.25, 1], [0, 1]]"
_ENDS: Final = "ends = [[0.3, 0.8], [0.9, 0.8]]"
_DECIDED: Final = 'legal_basis = "consent"\ndecided_on = 2026-05-04\ndecided_by = "B."\n'
_MAIL: Final = '[delivery.email]\nhost = "mail.example"\nsender = "a@b.example"\nto = ["c@d.example"]\n'
_TRAVEL: Final = '[[matching.travel]]\nleaving = "entrance"\nreaching = "tills"\n'
_NOTICE: Final = 'shown_on = 2026-05-04\ntext_version = "4"\nput_up_by = "B."\n'
_ALL: Final = "[[0, 0], [1, 0], [1, 1], [0, 1]]"

CHANGES: Final = (
    ('name = "Lyon 2"', 'nmae = "Lyon 2"'),
    ('name = "Lyon 2"', 'name = "Lyon/2"'),
    ('name = "Lyon 2"', "name = { a = 1 }"),
    ("Europe/Paris", "Europe/Pariss"),
    ('["purchase", "return"]', '["purchase", "purchase"]'),
    ("shown_on = 2026-05-04", "shown_on = 20260504"),
    ("shown_on = 2026-05-04", "shown_on = 2026-05-04\nwithdrawn_on = 2026-05-01"),
    ('put_up_by = "A. Martin"', 'put_up_by = "A. Martin"\ncamera = "dor"'),
    ('role = "entrance"', ""),
    ('role = "entrance"', 'role = "entrance"\nroster = 1'),
    ('role = "entrance"', 'role = "entrance"\ntime_zone = "UTC"'),
    ('role = "entrance"', 'role = "entrance"\nrole2 = 1'),
    ('role = "entrance"', 'role = "entrance"\nopening_hours = 1'),
    ("[touchpoints.entrance]", f"[[notices]]\n{_NOTICE}[[notices]]\n{_NOTICE}[touchpoints.entrance]"),
    (_URL, 'url = "rtsp://[1.2]/x"'),
    ('interaction_type = "purchase"', 'interaction_type = "buy"'),
    ('touchpoint = "tills"', 'touchpoint = "till"'),
    ('touchpoint = "tills"', 'touchpoint = "entrance"'),
    ("[cameras.tills]", '[cameras."a/b"]\ntouchpoint = "tills"\nwebcam = 1\n[cameras.tills]'),
    ("[cameras.tills]", '[cameras.Door]\ntouchpoint = "tills"\nwebcam = 3\n[cameras.tills]'),
    (_WEBCAM, ""),
    (_WEBCAM, 'webcam = 0\nfile = "x.mp4"'),
    (_WEBCAM, 'webcam = 0\nuser = "x"'),
    (_WEBCAM, 'webcam = 0\ntransport = "udp"'),
    (_WEBCAM, "webcam = 0\nbegins_at = 2026-05-04T09:30:00Z"),
    (_WEBCAM, 'file = "x.mp4"\nbegins_at = 2026-05-04T09:30:00'),
    (_WEBCAM, 'file = "a\\u0000b"'),
    (_WEBCAM, "webcam = 0\nrate = 900"),
    (f"{_URL}\n{_CREDENTIALS}", f"{_WEBCAM}\n"),
    (_URL, 'url = "ftp://10.0.0.1/x"'),
    (_URL, 'url = "10.0.0.1/x"'),
    (_URL, 'url = "rtsp://10.0.0.1:port/x"'),
    (_URL, 'url = "rtsp://10.0.0.1/a b"'),
    (_URL, 'url = "rtsp://a/b@10.0.0.1/x"'),
    (_URL, 'url = "rtsp://[::1:554/x"'),
    (_URL, 'url = "http://[::g]/x"'),
    (_URL, 'url = "rtsp://u@10.0.0.1/x"'),
    ('user = "mien"\n', ""),
    ('user = "mien"', "user = {}"),
    ('user = "mien"', 'user = { env = "1" }'),
    (
        _WEBCAM,
        'webcam = 0\nflow = true\n[cameras.tills.zones.x]\nkind = "staff"\ncorners = [[0, 0], [0.1, 0], [0, 0.1]]',
    ),
    (
        '[cameras.tills.zones."customer 1"]\nkind = "read"',
        '[cameras.tills.zones."customer 1"]\nkind = "staff"',
    ),
    (_DESK, "corners = [[0, 0], [0.25, 0]]"),
    (_DESK, "corners = [[0, 0], [300, 0], [300, 200]]"),
    (_DESK, "corners = [[0, 0], [0.5, 0.5], [1, 1]]"),
    (_DESK, "corners = [[0, 0], [1, 1], [1, 0], [0, 1]]"),
    (_DESK, f'{_DESK}\nservice_points = ["till 1"]'),
    (_DESK, f"corners = {_ALL}"),
    (_DESK, f'{_DESK}\n[cameras.door.zones.q]\nkind = "queue"\n{_DESK}\nservice_points = ["till 9"]'),
    (
        _DESK,
        f'corners = [[0, 0], [1, 0], [1, 0.9], [0, 0.9]]\n[cameras.door.zones.b]\nkind = "staff"\n{_DESK}',
    ),
    (_ENDS, "ends = [[0.3, 0.8], [0.31, 0.8]]"),
    (_ENDS, "ends = [[0.3, 0.8], [3, 0.8]]"),
    ("inside = [0.6, 0.95]", "inside = [0.6, 0.8]"),
    ('camera = "tills"\nzone = "customer 1"', 'camera = "till"\nzone = "customer 1"'),
    ('zone = "customer 1"', 'zone = "customer"'),
    ('zone = "customer 2"\n', ""),
    ('zone = "customer 2"', 'zone = "customer 1"'),
    ('till = "POS-02"', 'till = "POS-01"'),
    ('description = "Greet every customer within ten seconds"', 'description = "x"\ntouchpoints = ["exit"]'),
    ('["09:00-12:30", "14:00-19:00"]', '["09:00-12:30", "12:00-19:00"]'),
    ('["09:00-12:30", "14:00-19:00"]', '["9 to 5"]'),
    ('["09:00-12:30", "14:00-19:00"]', "[9]"),
    ('sunday = ["10:00-18:00"]', 'sunday = ["01:00-18:00"]'),
    ('hours = "08:30-14:00"', 'hours = "08:30-08:30"'),
    ("hours = []", "hours = []\n[[opening_hours.special]]\ndate = 2026-12-25\nhours = []"),
    ("[roster]", "[matching]\nenabled = true\n[roster]"),
    ("[roster]", f"[segments]\nenabled = true\n{_DECIDED}[roster]"),
    ("[roster]", f"{_TRAVEL}least_s = 600\nmost_s = 60\n[roster]"),
    ("[roster]", f"{_TRAVEL}{_TRAVEL}[roster]"),
    ("[roster]", "[rules.tension]\nenabled = true\n[roster]"),
    ("[roster]", "[rules.checkout]\nescalate_s = 300\n[roster]"),
    ("[roster]", '[rules.queue]\ntouchpoints = ["line"]\n[touchpoints.line]\nrole = "call"\n[roster]'),
    ("[roster]", "[badges]\nstaff = [35]\n[roster]"),
    ("[roster]", "[badges]\nstaff = [1, 1]\n[roster]"),
    ("[roster]", "[badges]\nstaff = [1]\nno_reading = [1]\n[roster]"),
    ("[roster]", "[retention]\nreadings_days = 500\n[roster]"),
    ("[roster]", '[contact]\ncontroller = "X"\n[roster]'),
    ("[roster]", '[contact]\ncontroller = "X"\nemail = "x"\n[roster]'),
    ("[roster]", '[receipts]\nfile = "r.csv"\ntime_format = "%H"\n[roster]'),
    ("[roster]", '[delivery.mqtt]\nhost = "a:b"\n[roster]'),
    ("[roster]", '[delivery.mqtt]\nhost = "a/b"\n[roster]'),
    ("[roster]", '[delivery.mqtt]\nhost = "a"\npassword = "b"\n[roster]'),
    ("[roster]", '[delivery.mqtt]\nhost = "a"\nca_file = "b"\n[roster]'),
    ("[roster]", f'{_MAIL}user = "u"\n[roster]'),
    ("[roster]", f'{_MAIL}user = "u"\npassword = {{ env = "P" }}\nsecurity = "none"\n[roster]'),
    ("[roster]", f'{_MAIL}ca_file = "b"\nsecurity = "none"\n[roster]'),
    ("[roster]", '[crm.webhook]\nurl = "x"\nsecret = "b"\n[roster]'),
    ("[roster]", '[crm.webhook]\nurl = "https://u:p@x"\nsecret = { env = "B" }\n[roster]'),
    ("[roster]", '[crm.webhook]\nurl = "http://x"\nsecret = { env = "B" }\n[roster]'),
    ("[roster]", '[crm.dataverse]\nurl = "https://x/y"\n[roster]'),
    ("[roster]", f"[matching]\nenabled = true\n{_DECIDED}[cameras.tills2]\n[roster]"),
)
"""Each text of the whole file with what stands in its place."""

_PAIRS: Final = (
    (
        (_WEBCAM, "webcam = 0\nenabled = false"),
        ("[roster]", f"[matching]\nenabled = true\n{_DECIDED}[roster]"),
    ),
    (
        ('till = "POS-01"\n', ""),
        ('till = "POS-02"\n', ""),
        ("[roster]", '[receipts]\nfile = "r.csv"\n[roster]'),
    ),
)
_TEXTS: Final = (
    'name = "x"\ntime_zone = "UTC"\n[touchpoints.a]\nrole = "exit"\ninteraction_type = "x"\n[cameras.a]\n'
    'touchpoint = "a"\nwebcam = 0\nflow = false\n',
    'name = "x"\ntime_zone = "UTC"\n[touchpoints.a]\nrole = "exit"\n[cameras.a]\ntouchpoint = "a"\nwebcam = 0\n'
    "flow = true\n",
    'name = "x"\ntime_zone = "UTC"\n[opening_hours]\n[touchpoints.a]\nrole = "exit"\n[cameras.a]\ntouchpoint = "a"\n'
    "webcam = 0\n",
    'name = "x"\ntime_zone = "UTC"\n[roster]\nfile = "r.csv"\n[touchpoints.a]\nrole = "exit"\n[cameras.a]\n'
    'touchpoint = "a"\nwebcam = 0\n',
    'name = "x"\ntime_zone = "UTC"\n[rules.arrival]\n[touchpoints.a]\nrole = "exit"\n[cameras.a]\ntouchpoint = "a"\n'
    "webcam = 0\n",
    # What is worth a warning.
    'name = "x"\ntime_zone = "UTC"\n[touchpoints.a]\nrole = "exit"\n[cameras.a]\ntouchpoint = "a"\n'
    'url = "rtsp://u:${SECRET}@10.0.0.1/x"\n[cameras.b]\ntouchpoint = "a"\nurl = "rtsp://u:v@10.0.0.2/x"\n'
    '[cameras.c]\ntouchpoint = "a"\nfile = "none.mp4"\nenabled = false\n[cameras.d]\ntouchpoint = "a"\n'
    'url = "rtsp://10.0.0.3/x"\nuser = "u"\npassword = "clear"\n[cameras.e]\ntouchpoint = "a"\n'
    'url = "rtsp://10.0.0.4/x"\nuser = "u"\npassword = { env = "SECRET" }\n'
    '[delivery.mqtt]\nhost = "broker"\nuser = "u"\npassword = "clear"\n'
    '[crm.webhook]\nurl = "https://x"\nsecret = { env = "SECRET" }\nca_file = "none.pem"\n',
    'name = "x"\ntime_zone = "UTC"\n[touchpoints.a]\nrole = "exit"\n[cameras.a]\ntouchpoint = "a"\nwebcam = 0\n'
    '[delivery.mqtt]\nhost = "broker"\nuser = "u"\npassword = { env = "SECRET" }\ntls = true\nca_file = "none.pem"\n'
    '[delivery.webhook]\nurl = "https://x"\nsecret = { env = "SECRET" }\n',
    # What is no TOML.
    "name = Lyon\n",
    'a = 1\nfile = "C:\\videos"\n',
    'name = "x"\nname = "y"\n',
    'name = "x"\n[cameras.door]\n[cameras.door]\n',
    "[cameras.front door]\n",
    "[[cameras.front door]]\n",
    "front door = 1\n",
    "= 1\n",
    "a = 1 b = 2\n",
    '"a" = "x\n',
    'name = "x',
    "a = [1",
    "a = {b = 1",
    "a = {b = 1, b = 2}\n",
    "a = {b = 1}\n[a.c]\n",
    "a = [1]\n[[a]]\n",
    "[a]\nb.c = 1\n[a.b]\n",
    "a = 2026-13-01\n",
    "a = 2026-02-30\n",
    "[a.b]\n[a]\nb.c = 1\n",
    "[a.]\n",
    "a = 'x\n",
    'a = "\\uD800"\n',
    'a = "\\xZZ"\n',
    'a = "\\uZZZZ"\n',
    "a = 1 # \u0001\n",
    "x = " + "[" * 5000,
)
ROSTERS: Final = (
    ROSTER.replace("2026-05-04,early", "4.5.26,early"),
    ROSTER.replace(",17,", ",,"),
    ROSTER.replace(",17,", f",{'x' * 90},"),
    ROSTER.replace("early", "erly"),
    ROSTER.replace("till 1", "till 9"),
    ROSTER.replace("greeting", "greting"),
    ROSTER.replace("early", "after"),
    ROSTER + "2026-05-04,early,17,,\n",
    ROSTER + "2026-05-04,late,17,,\n",
    ROSTER.replace("date,", "day,date,"),
    ROSTER.replace("person", "who"),
    ROSTER.replace("protocol\n", "date\n"),
    ROSTER + "2026-05-04,early\n",
    ROSTER + '2026-05-04,"early\n',
    ROSTER + '2026-05-04,"ea"rly,1,,\n',
    ROSTER + f"2026-05-04,{'x' * 140_000},1,,\n",
)


def wrong_sites(folder: Path) -> Iterator[Checked]:
    """Each of them, written into a folder and checked."""
    file, roster = folder / "shop.toml", folder / "roster.csv"

    def checked(content: str | bytes, rows: str | bytes | None = ROSTER) -> Checked:
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        roster.unlink(missing_ok=True)
        if rows is not None:
            roster.write_bytes(rows if isinstance(rows, bytes) else rows.encode())
        return check_site(file)

    for old, new in CHANGES:
        assert old in WHOLE, old
        yield checked(WHOLE.replace(old, new))
    for changes in _PAIRS:
        text = WHOLE
        for old, new in changes:
            text = text.replace(old, new)
        yield checked(text)
    for text in _TEXTS:
        yield checked(text)
    for rows in ROSTERS:
        yield checked(WHOLE, rows)
    yield checked(WHOLE, None)
    yield checked(WHOLE, b"\xff\xfe")
    yield checked(WHOLE, b"x" * 20_000_001)
    yield checked(b"\x89PNG")
    yield checked(b"#" * (MOST_BYTES + 1))
    yield check_site(folder)
