"""Badge markers: who wears one is not read. `sheets` prints them, `detector` finds them, `watch` decides.

A marker is a printed square of 10 cm (`SIDE_MM`) worn on the chest. Nothing here is told "never": only excluded zones
(`mien.vision.exclude`) are blacked out before anything is looked for. What badges are worth is measured
(`benchmarks/badges.py`) and counted while it runs (`BadgeAccount`).
"""

from mien.vision.badges.detector import BadgeDetector, Marker, TorsoLook
from mien.vision.badges.families import FAMILIES, SIDE_MM, Family
from mien.vision.badges.screen import BadgeScreen, Readable
from mien.vision.badges.settings import BadgeSettings, Decision
from mien.vision.badges.state import BadgeAccount, BadgeState, TrackBadge
from mien.vision.badges.watch import Answer, BadgeDropped, BadgeWatch, FaceCrop, Held, Seen, cut_out

__all__ = [
    "FAMILIES",
    "SIDE_MM",
    "Answer",
    "BadgeAccount",
    "BadgeDetector",
    "BadgeDropped",
    "BadgeScreen",
    "BadgeSettings",
    "BadgeState",
    "BadgeWatch",
    "Decision",
    "FaceCrop",
    "Family",
    "Held",
    "Marker",
    "Readable",
    "Seen",
    "TorsoLook",
    "TrackBadge",
    "cut_out",
]
