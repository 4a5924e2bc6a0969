"""A site file to begin with, in which every part is explained."""

from __future__ import annotations

import json
from typing import Final

_TEXT: Final = """\
# A site file for Mien: what it must know of a shop, branch or centre. docs/sites.md explains every key.
# Lines that begin with # are remarks; take the # away to use them. After each change: mien site check FILE

name = {name}
time_zone = {time_zone}  # decides what is "today" and "after hours", through summer and winter time
# interaction_types = ["purchase", "advice", "return"]


# --- The notice -----------------------------------------------------------------------------------------------
# No camera is read before a notice tells people that their facial expression is read, and it stands here.
# [[notices]]
# shown_on = 2026-05-04         # first day on which it hung
# text_version = "3"            # which version of its text
# put_up_by = "A. Martin"       # who put it up and answers for it
# camera = "door"               # only where it speaks of one camera; else it is for the whole site
# withdrawn_on = 2027-01-01     # first day on which it no longer hung


# --- Touchpoints: the places of the journey -------------------------------------------------------------------
# The role is one of entrance, department, counter, checkout, exit, call; it decides how far down people may look.
[touchpoints.entrance]
role = "entrance"

# [touchpoints.tills]
# role = "checkout"
# interaction_type = "purchase"


# --- Cameras --------------------------------------------------------------------------------------------------
# One of: url = "rtsp://..." (or "http://..." for motion JPEG), webcam = 0, file = "recording.mp4".
# Keep passwords out of this file: set an environment variable, and name it here. They are never shown.
[cameras.door]
touchpoint = "entrance"
url = "rtsp://192.168.1.20:554/stream1"
user = "mien"
password = {{ env = "MIEN_DOOR_PASSWORD" }}   # or {{ keyring = "door" }} after: keyring set mien door
# rate = 10                # readings per second
# transport = "udp"        # for RTSP cameras that know no TCP
# enabled = false          # leave it out for now
# flow = false             # do not count who crosses its door lines and is in its zones

# Zones are outlines in the picture, in shares of its width and height: [0, 0] is the upper left corner, [1, 1] the
# lower right one. Divide pixels by the picture's width and height.
# "staff" and "no-reading" are blacked out before anything is looked for: whoever stands there is never read.
# [cameras.door.zones.desk]
# kind = "staff"                # read, staff, no-reading, shelf or queue
# corners = [[0, 0], [0.25, 0], [0.25, 1], [0, 1]]
#
# Where there are zones of kind "read", only faces in them are read; else the whole picture is.
# [cameras.door.zones.hall]
# kind = "read"
# corners = [[0.3, 0.2], [1, 0.2], [1, 1], [0.3, 1]]
#
# A door line counts who comes in and goes out.
# [cameras.door.door_lines.sill]
# ends = [[0.3, 0.8], [0.9, 0.8]]
# inside = [0.6, 0.95]          # any point on the inner side
#
# A second camera, here a webcam at this machine:
# [cameras.tills]
# touchpoint = "tills"
# webcam = 0
#
# [cameras.tills.zones."customer 1"]
# kind = "read"
# corners = [[0.1, 0.1], [0.5, 0.1], [0.5, 0.9], [0.1, 0.9]]
#
# [cameras.tills.zones.waiting]
# kind = "queue"
# corners = [[0.6, 0.1], [0.9, 0.1], [0.9, 0.9], [0.6, 0.9]]
# service_points = ["till 1"]   # to which the queue leads


# --- Service points and tills ---------------------------------------------------------------------------------
# [service_points."till 1"]
# camera = "tills"
# zone = "customer 1"           # a zone of kind "read", needed where the camera sees more than one service point
# till = "POS-01"               # what the till system calls it on receipts


# --- Hours ----------------------------------------------------------------------------------------------------
# A day that is left out is closed. "22:00-02:00" ends the next day.
# [opening_hours]
# monday = ["09:00-12:30", "14:00-19:00"]
# tuesday = ["09:00-19:00"]
# wednesday = ["09:00-19:00"]
# thursday = ["09:00-19:00"]
# friday = ["09:00-19:00"]
# saturday = ["10:00-18:00"]
#
# [[opening_hours.special]]
# date = 2026-12-25
# hours = []
# name = "Christmas"


# --- Shifts and roster ----------------------------------------------------------------------------------------
# [shifts.early]
# hours = "08:30-14:00"
# days = ["monday", "tuesday", "wednesday", "thursday", "friday"]    # every day where left out
#
# [shifts.late]
# hours = "13:30-19:30"
#
# The roster is a CSV file with the columns date, shift, person and, if you like, service_point, protocol.
# [roster]
# file = "roster.csv"


# --- Ways of serving that are put to the test ------------------------------------------------------------------
# [protocols.greeting]
# description = "Greet every customer within ten seconds"
# touchpoints = ["entrance"]    # everywhere where left out


# --- Staff badges ---------------------------------------------------------------------------------------------
# [badges]
# enabled = true
# family = "apriltag-25h9"      # or aruco-4x4
# staff = [0, 1, 2]             # all markers where left out
# no_reading = [30]             # for customers who do not wish to be read


# --- Joining the interactions of one visit ---------------------------------------------------------------------
# Off. To switch it on, the legal basis must be recorded.
[matching]
enabled = false
# legal_basis = "..."
# decided_on = 2026-05-04
# decided_by = "..."
# [[matching.travel]]           # how long customers are on the way; up to an hour where left out
# leaving = "entrance"
# reaching = "tills"
# least_s = 20
# most_s = 2400


# --- Segments ---------------------------------------------------------------------------------------------------
# Off. Apparent age band and gender, guessed by a network, kept only as counts and sums of at least 10 interactions.
[segments]
enabled = false
# attributes = ["age", "gender"]   # what you need and no more
# legal_basis = "..."
# decided_on = 2026-05-04
# decided_by = "..."


# --- Receipts -------------------------------------------------------------------------------------------------
# [receipts]
# file = "receipts.csv"
# within_s = 120                # seconds between receipt and interaction at most
# time_format = "%d/%m/%Y %H:%M:%S"   # as 2026-05-04 09:30:00 where left out
# columns = {{ receipt = "receipt", time = "time", till = "till", type = "kind", reference = "loyalty" }}


# --- How long what is stored is kept, in days -------------------------------------------------------------------
[retention]
readings_days = 30
interactions_days = 400
receipts_days = 90


# --- Who answers for it -----------------------------------------------------------------------------------------
# The public page of the site tells it to customers: docs/pages.md.
# [contact]
# controller = "Example Shops Ltd, 1 High Street, Example"
# email = "privacy@shop.example"
# phone = "+33 1 23 45 67 89"
# authority = "..."             # where people can complain


# --- Who is told ----------------------------------------------------------------------------------------------
# Each interaction goes out as an event to an MQTT broker: docs/events.md. It is sent by: mien deliver FILE
# [delivery.mqtt]
# host = "broker.example"
# port = 8883                   # 1883 where left out, with TLS 8883
# tls = true
# ca_file = "broker-ca.pem"     # where this machine does not know who signed the broker's certificate
# user = "mien"
# password = {{ env = "MIEN_MQTT_PASSWORD" }}   # or {{ keyring = "mqtt" }}
# topic_prefix = "mien"         # topics are PREFIX/SITE/TOUCHPOINT/interaction
# [delivery.webhook]            # every event, signed: docs/delivery.md
# url = "https://events.example/mien"
# secret = {{ env = "MIEN_EVENTS_SECRET" }}
# [delivery.email]              # alerts and tasks, to people
# host = "mail.example"
# user = "mien"
# password = {{ env = "MIEN_MAIL_PASSWORD" }}
# sender = "mien@shop.example"
# to = ["manager@shop.example"]
# raised = ["health", "queue"]  # told at once; what nobody acknowledged is told anyway
# pages_url = "https://mien.example"
# [delivery.apprise]            # the same, by chat or phone: pip install 'mien[apprise]'
# urls = [{{ env = "MIEN_CHAT" }}]


# --- Into which customer system is written ----------------------------------------------------------------------
# Visits, tasks, notes and segments: docs/crm.md. It is tried by: mien crm check FILE
# [crm.dataverse]               # Microsoft Dynamics 365
# url = "https://contoso.crm4.dynamics.com"
# tenant = "contoso.onmicrosoft.com"
# client_id = "11111111-2222-3333-4444-555555555555"
# client_secret = {{ env = "MIEN_CRM_SECRET" }}   # or {{ keyring = "crm" }}; never in this file
# language = "fr"               # of tasks and notes: en, fr, es, ru, uk
# [crm.webhook]
# url = "https://crm.example/hooks/mien"
# secret = {{ env = "MIEN_HOOK_SECRET" }}
# [crm.csv]
# folder = "crm"
"""


def template(name: str, time_zone: str) -> str:
    """The text of a site file in which every part is explained.

    Args:
        name: Name of the site.
        time_zone: Its time zone, such as `Europe/Paris`.
    """
    return _TEXT.format(
        name=json.dumps(name, ensure_ascii=False), time_zone=json.dumps(time_zone, ensure_ascii=False)
    )
