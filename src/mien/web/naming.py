"""What several pages name: roles of touchpoints, and why a reading was left out."""

from __future__ import annotations

from typing import Final

from mien.marking import N_

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
    "no face is seen": N_("no face is seen"),
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

TROUBLES: Final = {
    "connecting": N_("The camera is being reached."),
    "lost": N_(
        "The camera does not answer; check its power, its network and its password. Mien keeps trying."
    ),
    "stalled": N_("The camera sends no pictures any more; check its network. Mien keeps trying."),
    "frozen": N_("The picture stands still; start the camera again."),
    "black": N_("The picture is black; check the light and the lens."),
    "covered": N_("Something covers the lens; look at the camera."),
    "moved": N_("The camera looks elsewhere than before; turn it back, or draw its zones anew."),
    "out of focus": N_("The picture is out of focus; clean the lens or focus it."),
    "still place": N_(
        "A face in the picture never moves, such as a poster; it is not counted as a customer."
    ),
    "machine's clock set": N_("The clock of the machine was set; times are told by the clock at the start."),
    "worker ended": N_("Reading ended by itself and could not go on; mien run tells why."),
    "no notice": N_(
        "No notice is recorded any more, so this camera is not read; record it on the page Privacy."
    ),
}
"""What is wrong with a camera and what to do, by `mien.store.live.Health.what`."""
OTHER_TROUBLE: Final = N_("Something is wrong with this camera; mien run tells what.")
"""What is said of a trouble that has no name here."""
