"""What the page of calls says while it lives, and what the other side is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mien.journey.live_face import Untold
from mien.marking import N_
from mien.runtime.call.live import NOT_CLEAR
from mien.runtime.call.types import Hint, StopReason
from mien.spoken import languages
from mien.vision.types import LeftOut

if TYPE_CHECKING:
    from mien.spoken import Language

_BANNER: Final = N_(
    "May I have the expression of your face read during this call? A program on my side (Mien) then tells me whether "
    "your video shows a pleasant or an unpleasant expression, so that I can serve you better. It keeps no picture and "
    "no sound, and it does not find out who you are. You may say no, now or later, and nothing changes for you."
)
_KEPT: Final = N_(
    "Figures about this call are kept without your name, for as long as our privacy notice says."
)

_STOPPED: Final = {
    StopReason.LAYOUT: N_("The window changed, so reading stopped. Check the rectangle, and mark it again."),
    StopReason.ROOM: N_("Something else is in the rectangle now, so reading stopped. Mark their tile again."),
    StopReason.FACE: N_(
        "This may be another face, so reading stopped. Is it who was told? Mark the tile again."
    ),
    StopReason.SECOND: N_(
        "A second face is in the rectangle, so reading stopped. Mark theirs alone; hide your own picture."
    ),
    StopReason.NOBODY: N_("No face was found in the rectangle. Mark the tile in which theirs is."),
    StopReason.STILL: N_("This face never moves: it is a picture. What was read of it is deleted."),
    StopReason.SIZE: N_("The tile changed its size, so reading stopped. Mark it again."),
    StopReason.GAP: N_("No pictures came for a while, so reading stopped. Mark the tile again."),
}
_WHY: Final = {
    Untold.TOO_FEW.value: N_("too few readings yet"),
    Untold.TOO_WIDE.value: N_("the readings do not agree enough"),
    Untold.NO_FACE.value: N_("no face is seen"),
    NOT_CLEAR: N_("no expression stands out"),
    LeftOut.TOO_SMALL.value: N_("the face is too small; make the call's window larger"),
    LeftOut.BLURRED.value: N_("the picture is not sharp"),
    LeftOut.TOO_DARK.value: N_("the picture is too dark or too bright"),
    LeftOut.CUT_OFF.value: N_("the face is cut off by the rectangle"),
    LeftOut.TURNED_AWAY.value: N_("the face is turned away"),
    LeftOut.LOOKING_DOWN.value: N_("they look down"),
    LeftOut.PHONE.value: N_("they look at a phone"),
    LeftOut.UNUSABLE.value: N_("the face cannot be read"),
    LeftOut.COVERED.value: N_("the face is covered"),
    LeftOut.STILL.value: N_("this is a picture of a face"),
    LeftOut.AFTER_HOURS.value: N_("no face is seen"),
}
_HINTS: Final = {
    Hint.FELL: N_(
        "The face shows a less pleasant expression than some seconds ago. You might ask whether something is unclear."
    ),
    Hint.ROSE: N_(
        "The face shows a more pleasant expression than some seconds ago. Perhaps what you just did helped."
    ),
    Hint.UNPLEASANT: N_(
        "The face has shown an unpleasant expression for a while. You might ask what is missing."
    ),
    Hint.SURPRISED: N_("The face shows surprise. You might ask whether this was expected."),
    Hint.PLEASANT: N_("The face shows a pleasant expression. Go on like this."),
}
_SAID: Final = {
    "green": N_("pleasant"),
    "amber": N_("neutral"),
    "red": N_("unpleasant"),
    "shows": N_("The face shows"),
    "cannot": N_("cannot tell"),
    "waits": N_("Reading begins …"),
    "paused": N_("Paused. Nothing leaves this page."),
    "marking": N_("Draw a rectangle around their face, inside their tile. Then let it be read."),
    "unreadable": N_("This browser cannot play that file. Try an MP4 or WebM recording."),
    "refused": N_("No window was shared. Choose the window of the call."),
    "unable": N_("This browser cannot share a window. Use a computer with Chrome, Edge, Firefox or Safari."),
    "lost": N_("The line to Mien was lost, and with it this call. Nothing of it was kept."),
    "barred": N_(
        "You are signed out, or may have no calls read any more, so this call ended. Nothing of it was kept."
    ),
    "over": N_("The picture ended, so reading stopped. End the call to see its summary."),
    "readings": N_("readings"),
    "left_out": N_("left out"),
    "same": N_("The same person: read on"),
    "copied": N_("Copied"),
    "interval": N_("95 %% interval %(low)s to %(high)s"),
    "from": N_("from %(count)s readings"),
    "points": N_("points"),
    "improved": N_("improved"),
    "worsened": N_("worsened"),
    "unchanged": N_("unchanged"),
    "unclear": N_("unclear"),
    "person": N_("Person %(n)s"),
    "rise": N_("rise"),
    "fall": N_("fall"),
    "none": N_("Nobody was read for long enough."),
    "kept": N_("The figures are kept at %(place)s."),
    "not_kept": N_("Nothing of this call is kept."),
    "stops": N_("Reading stopped"),
    "valence": N_("valence"),
    "time": N_("time"),
}


def banners() -> dict[str, dict[str, str]]:
    """The text for the other side, by language: `plain`, and `kept` where figures are kept."""
    return {
        one.code: {"plain": one.text(_BANNER), "kept": f"{one.text(_BANNER)} {one.text(_KEPT)}"}
        for one in languages()
    }


def wording(spoken: Language) -> dict[str, dict[str, str]]:
    """All that the page's script says, in the language of the page, by what it is about."""
    return {
        "stopped": {reason.value: spoken.text(said) for reason, said in _STOPPED.items()},
        "why": {reason: spoken.text(said) for reason, said in _WHY.items()},
        "hint": {hint.value: spoken.text(said) for hint, said in _HINTS.items()},
        "said": {name: spoken.text(said) for name, said in _SAID.items()},
    }
