"""What several pages name: roles of touchpoints, and why a reading was left out."""

from __future__ import annotations

from typing import Final

from mien.web.texts import N_

ROLES: Final = {
    "entrance": N_("Entrance"),
    "department": N_("Department"),
    "counter": N_("Counter"),
    "checkout": N_("Checkout"),
    "exit": N_("Exit"),
    "call": N_("Call"),
}
"""The roles of touchpoints, as they are shown."""

REASONS: Final = {
    "seen too shortly": N_("seen too shortly"),
    "visibility changed": N_("read in two ways"),
    "interval too wide": N_("the interval is too wide"),
    "too small": N_("too small"),
    "blurred": N_("blurred"),
    "too dark or too bright": N_("too dark or too bright"),
    "cut off by the picture's edge": N_("cut off by the picture's edge"),
    "turned away": N_("turned away"),
    "head or gaze down": N_("head or gaze down"),
    "phone": N_("looks at a phone"),
    "face not readable": N_("face not readable"),
    "lower face covered": N_("lower face covered"),
}
"""Why nothing can be told of a face, as it is shown."""
