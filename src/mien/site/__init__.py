"""The site file: cameras, touchpoints, zones, hours, shifts and notices of a shop, branch or centre.

`load_site` reads one, `check_site` tells everything that is wrong with it, each with its line. Nothing here opens a
camera.
"""

from mien.masking import Mask, masked
from mien.site.cameras import Camera
from mien.site.crm import Crm, CsvCrm, DataverseCrm, WebhookCrm
from mien.site.delivery import MqttDelivery
from mien.site.load import Checked, check_site, check_text, load_site
from mien.site.model import Site
from mien.site.problems import Problem
from mien.site.receipts import ReceiptFile, ReceiptRow, read_receipts
from mien.site.roster import LoadedRoster, RosterEntry, load_roster
from mien.site.template import template
from mien.site.walks import WalkFile, WalkRow, read_walks

__all__ = [
    "Camera",
    "Checked",
    "Crm",
    "CsvCrm",
    "DataverseCrm",
    "LoadedRoster",
    "Mask",
    "MqttDelivery",
    "Problem",
    "ReceiptFile",
    "ReceiptRow",
    "RosterEntry",
    "Site",
    "WalkFile",
    "WalkRow",
    "WebhookCrm",
    "check_site",
    "check_text",
    "load_roster",
    "load_site",
    "masked",
    "read_receipts",
    "read_walks",
    "template",
]
