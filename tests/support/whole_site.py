"""A whole site file and its roster, which nothing is wrong with."""

from typing import Final

WHOLE: Final = """\
name = "Lyon 2"
time_zone = "Europe/Paris"
interaction_types = ["purchase", "return"]

[[notices]]
shown_on = 2026-05-04
text_version = "3"
put_up_by = "A. Martin"

[touchpoints.entrance]
role = "entrance"

[touchpoints.tills]
role = "checkout"
interaction_type = "purchase"

[cameras.door]
touchpoint = "entrance"
url = "rtsp://192.168.1.20:554/stream1"
user = "mien"
password = { env = "DOOR_PASSWORD" }

[cameras.door.zones.desk]
kind = "staff"
corners = [[0, 0], [0.25, 0], [0.25, 1], [0, 1]]

[cameras.door.door_lines.sill]
ends = [[0.3, 0.8], [0.9, 0.8]]
inside = [0.6, 0.95]

[cameras.tills]
touchpoint = "tills"
webcam = 0

[cameras.tills.zones."customer 1"]
kind = "read"
corners = [[0.1, 0.1], [0.4, 0.1], [0.4, 0.9], [0.1, 0.9]]

[cameras.tills.zones."customer 2"]
kind = "read"
corners = [[0.5, 0.1], [0.9, 0.1], [0.9, 0.9], [0.5, 0.9]]

[service_points."till 1"]
camera = "tills"
zone = "customer 1"
till = "POS-01"

[service_points."till 2"]
camera = "tills"
zone = "customer 2"
till = "POS-02"

[opening_hours]
monday = ["09:00-12:30", "14:00-19:00"]
saturday = ["20:00-02:00"]
sunday = ["10:00-18:00"]

[[opening_hours.special]]
date = 2026-12-25
hours = []
name = "Christmas"

[shifts.early]
hours = "08:30-14:00"

[shifts.late]
hours = "13:30-19:30"

[shifts.night]
hours = "22:00-02:30"

[shifts.after]
hours = "02:30-06:00"
days = ["sunday"]

[roster]
file = "roster.csv"

[protocols.greeting]
description = "Greet every customer within ten seconds"
"""

ROSTER: Final = """\
date,shift,person,service_point,protocol
2026-05-04,early,17,till 1,greeting
2026-05-04,late,23,,
"""
