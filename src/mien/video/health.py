"""Whether a camera still sees what it was put up to see, from its pictures alone.

Pictures are measured and forgotten: nothing is kept of them but the edges of the scene, and these in memory only.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from mien.video.live_clock import Pace
from mien.video.views import View, agreement, median_edges, shift_between, view_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

Fault = Literal["black", "covered", "frozen", "out of focus", "moved"]

# Of each pair the camera is at fault beyond the first and well beyond the second; between them nothing changes.
_BLACK: Final = (24.0, 32.0)
"""Grey level that 99 % of the picture stay below."""
_FLAT: Final = (0.9, 0.7)
"""Share of the picture without structure."""
_CHANGE: Final = 0.02
"""Mean change from look to look, grey levels: noise and coding alone make more of a picture that is not the same."""
_BLUR: Final = (2.0, 1.5)
"""Width of edges against that of the reference."""
_LEAST_BLUR_PX, _MOST_BLUR_PX = 3.0, 10.0
"""Narrower edges are never a fault; wider ones always, even where they were no better at the start."""
_VIEW: Final = (0.5, 0.6)
"""Median correlation of the edges with those of the reference."""

_TOLD_AFTER_S: Final[Mapping[Fault, float]] = {
    "black": 10.0,
    "covered": 10.0,
    "frozen": 60.0,
    "out of focus": 60.0,
    "moved": 60.0,
}
_WELL_AFTER_S: Final = 5.0
# A place hidden longer than this is gone, not passed by.
_PASSING_S: Final = 60.0
_LOOKS_PER_S: Final = 1.0
# Looks further apart than this say nothing of the time between them.
_GAP_S: Final = 10.0
_LEARNING: Final = 30
# The reference follows slow changes of a scene that agrees with it: new posters, moved shelves.
_KEEPING_S: Final = 3600.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault of a camera.

    Attributes:
        fault: Which.
        since_s: When it began, seconds on the time line of the pictures.
        reason: What was measured last, as one sentence.
    """

    fault: Fault
    since_s: float
    reason: str


@dataclass(frozen=True, slots=True)
class HealthReport:
    """How a camera sees.

    Attributes:
        t_s: Time of the picture looked at, seconds.
        findings: Faults that are told at present; none is good.
        learning: Whether the reference is still being made, so that `moved` cannot be told.
        brightness: Mean grey level, 0..255.
        flat: Share of the picture without structure, 0..1.
        change: Mean change since the look before, grey levels; `None` where there was none shortly before.
        blur_px: Width of edges, pixels at a width of 640; `None` where there are too few to tell.
        view: Median correlation with the edges of the reference, -1..1; `None` where it cannot be told.
    """

    t_s: float
    findings: tuple[Finding, ...]
    learning: bool
    brightness: float
    flat: float
    change: float | None
    blur_px: float | None
    view: float | None


class CameraHealth:
    """Notices when a camera is black, covered, frozen, out of focus or moved.

    | fault | at fault | well again | told after |
    |---|---|---|---|
    | black | 99 % of the picture below grey 24 of 255 | above 32 | 10 s |
    | covered | 90 % of the picture without structure | below 70 % | 10 s |
    | frozen | mean change from look to look below 0.02 grey levels | from there on | 60 s |
    | out of focus | edges twice as wide as at first and above 3 px, or above 10 px | below 3/4 of it | 60 s |
    | moved | edges correlate below 0.5 with the reference | above 0.6 | 60 s after up to 60 s |

    A fault is taken back when the camera has been well for 5 s. The reference is made from the first 30 looks that
    show a scene, and follows slow changes within an hour. People who pass do not count, for a place is compared by
    the best it showed within a minute; nor do dusk and infrared, for only the pattern of edges is compared. A crowd
    that stands still before most of the scene for two minutes is taken for another view. What cannot be told is not
    told: nothing is said of focus and view in the dark.

    Example:
        ```
        health = CameraHealth()
        for frame in camera.frames():
            report = health.look(frame.image, frame.t_s)
            if report is not None:
                for finding in report.findings:
                    print(finding.reason)
        ```
    """

    def __init__(self) -> None:
        self._pace = Pace(_LOOKS_PER_S)
        self._before: tuple[float, View] | None = None
        self._signs = {fault: _Sign(fault) for fault in _TOLD_AFTER_S}
        self._learned: list[View] = []
        self._reference: NDArray[np.float32] | None = None
        self._least_blur_px = _MOST_BLUR_PX
        self._agreed: deque[tuple[float, NDArray[np.float32]]] = deque()

    def learn(self) -> None:
        """Take the present view for the right one: make the reference anew from the next looks."""
        self._learned.clear()
        self._agreed.clear()
        self._reference, self._least_blur_px = None, _MOST_BLUR_PX
        self._signs |= {fault: _Sign(fault) for fault in ("out of focus", "moved")}

    def look(self, image: NDArray[np.uint8], t_s: float) -> HealthReport | None:
        """Look at a picture, once a second; those between are passed over.

        Args:
            image: (H, W, 3) uint8, BGR, of any size.
            t_s: Its time, seconds, increasing.

        Returns:
            How the camera sees; `None` where the picture was passed over.
        """
        if not self._pace.takes(t_s):
            return None
        view = view_of(image)
        passed_s = 0.0 if self._before is None else min(t_s - self._before[0], _GAP_S)
        change = self._change(view, t_s)
        black = _beyond(-view.brightest, *(-limit for limit in _BLACK))
        covered = False if black else _beyond(view.flat, *_FLAT)
        # In the dark, and behind a cap, the picture of a camera that works does not change either.
        lit = black is False and covered is False
        frozen = change < _CHANGE if lit and change is not None else None
        sees = lit and not frozen
        blurred = self._blurred(view) if sees else None
        shown = self._shown(view, t_s) if sees and blurred is not True else None
        moved = None if shown is None else _beyond(-shown, *(-limit for limit in _VIEW))
        self._tell(
            t_s,
            "black",
            black,
            f"The picture is black: 99 % of it is below grey {view.brightest:.0f} of 255.",
        )
        self._tell(
            t_s,
            "covered",
            covered,
            f"The camera is covered: {view.flat:.0%} of the picture is without structure.",
        )
        self._tell(
            t_s,
            "frozen",
            frozen,
            f"The picture is frozen: it changes by {change or 0.0:.3f} grey levels from look to look.",
        )
        self._tell(
            t_s,
            "out of focus",
            blurred,
            f"The picture is out of focus: edges are {view.blur_px or 0.0:.1f} px wide at a width of 640.",
        )
        self._tell(t_s, "moved", moved, self._how_moved(view, shown) if moved else "")
        if sees and not blurred:
            self._keep(view, shown, passed_s)
        return HealthReport(
            t_s=t_s,
            findings=tuple(sign.finding for sign in self._signs.values() if sign.finding is not None),
            learning=self._reference is None,
            brightness=view.brightness,
            flat=view.flat,
            change=change,
            blur_px=view.blur_px,
            view=shown,
        )

    def _tell(self, t_s: float, fault: Fault, bad: bool | None, reason: str) -> None:
        self._signs[fault].take(t_s, bad, reason)

    def _change(self, view: View, t_s: float) -> float | None:
        """Mean change since the look before; what that told is forgotten where it is too long ago."""
        before, self._before = self._before, (t_s, view)
        if before is None or t_s - before[0] > _GAP_S:
            self._agreed.clear()
            for sign in self._signs.values():
                sign.pause()
            return None
        return float(np.abs(view.small - before[1].small).mean())

    def _blurred(self, view: View) -> bool | None:
        if view.blur_px is None:
            return None
        return _beyond(view.blur_px, self._least_blur_px, self._least_blur_px * _BLUR[1] / _BLUR[0])

    def _shown(self, view: View, t_s: float) -> float | None:
        """How well the scene agrees with the reference where it was seen best of late."""
        if self._reference is None:
            return None
        self._agreed.append((t_s, agreement(view.edges, self._reference)))
        while self._agreed[0][0] < t_s - _PASSING_S:
            self._agreed.popleft()
        best = np.max([agreed for _, agreed in self._agreed], axis=0)
        return None if np.isnan(best).all() else float(np.nanmedian(best))

    def _how_moved(self, view: View, shown: float | None) -> str:
        shift = None if self._reference is None else shift_between(view.edges, self._reference)
        if shift is None:
            return (
                f"The camera shows another view: its edges agree by {shown:.2f} with those of the reference."
            )
        right, down = shift
        return f"The camera has moved: the picture lies {right:+.0%} of its width and {down:+.0%} of its height off."

    def _keep(self, view: View, shown: float | None, passed_s: float) -> None:
        """Learn the reference, or have it follow."""
        if self._reference is not None:
            if shown is not None and shown > _VIEW[1]:
                self._reference += (view.edges - self._reference) * (passed_s / _KEEPING_S)
            return
        self._learned.append(view)
        if len(self._learned) < _LEARNING:
            return
        self._reference = median_edges(self._learned)
        widths = [seen.blur_px for seen in self._learned if seen.blur_px is not None]
        if widths:
            twice_px = _BLUR[0] * float(np.median(widths))
            self._least_blur_px = min(max(twice_px, _LEAST_BLUR_PX), _MOST_BLUR_PX)
        self._learned.clear()


class _Sign:
    """One fault: told when it has lasted, taken back when the camera has been well for a while."""

    def __init__(self, fault: Fault) -> None:
        self.finding: Finding | None = None
        self._fault: Fault = fault
        self._bad_s: float | None = None
        self._well_s: float | None = None

    def take(self, t_s: float, bad: bool | None, reason: str) -> None:
        """Whether a look is at fault; `None` where it cannot be told."""
        self._bad_s = None if bad is not True else t_s if self._bad_s is None else self._bad_s
        self._well_s = None if bad is not False else t_s if self._well_s is None else self._well_s
        if self._bad_s is not None and self.finding is not None:
            self.finding = Finding(self._fault, self.finding.since_s, reason)
        elif self._bad_s is not None and t_s - self._bad_s >= _TOLD_AFTER_S[self._fault]:
            self.finding = Finding(self._fault, self._bad_s, reason)
        elif self._well_s is not None and t_s - self._well_s >= _WELL_AFTER_S:
            self.finding = None

    def pause(self) -> None:
        """Nothing was seen for a while: what was told stays, what was not begins anew."""
        self._bad_s = self._well_s = None


def _beyond(value: float, fault: float, well: float) -> bool | None:
    """Whether a value is above the limit of a fault, or not above that of being well; `None` between."""
    return True if value > fault else False if value <= well else None
