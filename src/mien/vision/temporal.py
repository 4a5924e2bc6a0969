"""What a track shows, over a little time: one picture lies.

In the middle of a blink, of a word or of a turn of the head a face looks like something it does not show. The *temporal
reading* follows the expression shares of a track with a local-level model (Kalman & Bucy 1961, "New results in linear
filtering and prediction theory"): what a face shows wanders, readings are noise around it. Readings are noisier the
larger the error that the reader predicts for them, and the more the landmarks say that a blink, speech or a movement of
the head is going on. Where all is calm the filter's time constant is `CALM_S`; nothing makes it longer than
`sqrt(MOST_CAUTION)` times that, so a change that lasts is shown within half a second.

A reading is evidence in proportion to the time since the one before, because noise lingers: more readings a second make
the temporal reading finer, not faster. It is causal, so that live views and recordings are told the same.

It is meant for what people are shown as *the expression*. The curve of an interaction has its own model of noise
(`mien.journey`) and takes the readings themselves; smoothed twice it would understate its errors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from mien.expressions import SCALES
from mien.vision.memory import TrackMemory
from mien.vision.pose import EYES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mien.vision.types import ExpressionReading, FaceMesh, HeadPose

CALM_S: Final = 0.2
"""Time constant of the temporal reading where nothing happens and the reader predicts small errors, seconds."""

MOST_CAUTION: Final = 4.0
"""A reading counts as at most this many times as noisy as a good one of a calm face."""

# How much noisier readings are, from how far they lie from the median of the second around them, on labelled clips
# (docs/experiments.md, "Temporal reading").
_USUAL_VARIANCE: Final = 0.03  # of valence on `balance`, as the reader predicts it for a good reading
_BLINK: Final = 3.0  # more, with the eyes fully shut
_SPEECH: Final = 15.0  # more, per eye distance of mouth movement to and fro within `_SPEECH_S`
_TURN: Final = 0.02  # more, per degree a second of head movement

_SPEECH_S: Final = 0.7
_MOUTH_S: Final = 0.08  # mouth movements faster than this are jitter of landmarks
_EYES_USUAL_S: Final = 5.0  # eyes shut for longer than this are no blink
_GAP_S: Final = 0.5  # movement between readings further apart is not known
_FIRST_S: Final = 0.1  # what the first reading of a track is evidence for
_LONGEST_S: Final = 0.25  # what one reading is evidence for at most
_SHORTEST_S: Final = 0.001

_LIPS: Final = (13, 14)  # middle of the inner edge, upper and lower
_LEAST_PX: Final = 1.0
_BALANCE: Final = SCALES.index("balance")


class TrackShown(BaseModel):
    """What is remembered of one track; JSON can hold it.

    Attributes:
        t_s: When it was last read, seconds in the stream.
        shares: Expression shares as they are shown.
        doubt: Their variance, in units in which what a face shows wanders by 1 per `CALM_S`.
        eyes: How far its eyes are usually open, in widths of an eye.
        mouth: How far its mouth is open, in distances of the eyes.
        moved: Way that the mouth went lately, likewise.
        gained: By how much the mouth opened lately, likewise.
        yaw: Turn of the head, degrees.
        pitch: Lowering of the head, degrees.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    t_s: float
    shares: tuple[float, ...] = Field(min_length=8, max_length=8)
    doubt: float = Field(gt=0.0)
    eyes: float = Field(ge=0.0)
    mouth: float
    moved: float
    gained: float
    yaw: float
    pitch: float


class TemporalReading(TrackMemory[TrackShown]):
    """Follows what each track of one camera shows.

    Example:
        >>> TemporalReading().state()
        {}
    """

    def take(
        self, track_id: int, t_s: float, reading: ExpressionReading, mesh: FaceMesh, pose: HeadPose
    ) -> NDArray[np.float64]:
        """Take in one reading of a track.

        Args:
            track_id: Number of the track.
            t_s: Seconds in the stream, not before the track's last reading.
            reading: What its face shows in this picture.
            mesh: Its landmarks there.
            pose: Its head pose there.

        Returns:
            (8,) float64 expression shares as they are to be shown, sum to 1.
        """
        eyes, mouth = _openings(mesh)
        error = float(reading.variances[_BALANCE]) / _USUAL_VARIANCE
        before = self._tracks.get(track_id)
        if before is None:
            now = TrackShown(
                t_s=t_s,
                shares=tuple(reading.probabilities.tolist()),
                doubt=_noise(error, 1.0) * CALM_S / _FIRST_S,
                eyes=eyes,
                mouth=mouth,
                moved=0.0,
                gained=0.0,
                yaw=pose.yaw,
                pitch=pose.pitch,
            )
        else:
            past_s = t_s - before.t_s
            now, moment = _moved_on(before, t_s, eyes, mouth, pose)
            wandered = before.doubt + past_s / CALM_S
            evidence_s = min(max(past_s, _SHORTEST_S), _LONGEST_S)
            gain = wandered / (wandered + _noise(error, moment) * CALM_S / evidence_s)
            known = np.array(before.shares)
            shares = known + gain * (reading.probabilities - known)
            now = now.model_copy(update={"shares": tuple(shares.tolist()), "doubt": wandered * (1.0 - gain)})
        self._tracks[track_id] = now
        return np.array(now.shares)


def _noise(error: float, moment: float) -> float:
    """How many times as noisy as a good reading of a calm face one is taken to be."""
    return min(max(error, 1.0) * moment, MOST_CAUTION)


def _moved_on(
    before: TrackShown, t_s: float, eyes: float, mouth: float, pose: HeadPose
) -> tuple[TrackShown, float]:
    """What is remembered of eyes, mouth and head, and how much noisier blink, speech and turn make a reading."""
    past_s = t_s - before.t_s
    usual = before.eyes + (eyes - before.eyes) * _share(past_s, _EYES_USUAL_S)
    step = (mouth - before.mouth) * _share(past_s, _MOUTH_S)
    kept = 1.0 - _share(past_s, _SPEECH_S)
    moved, gained = before.moved * kept + abs(step), before.gained * kept + step
    shut = max(1.0 - eyes / usual, 0.0) if usual > 0.0 else 0.0
    # Opening for a laugh or a gasp goes one way; speech goes to and fro.
    speech = moved - abs(gained)
    turn = float(np.hypot(pose.yaw - before.yaw, pose.pitch - before.pitch))
    speed = turn / max(past_s, _SHORTEST_S) if past_s <= _GAP_S else 0.0
    update = {
        "t_s": t_s,
        "eyes": usual,
        "mouth": before.mouth + step,
        "moved": moved,
        "gained": gained,
        "yaw": pose.yaw,
        "pitch": pose.pitch,
    }
    moment = (1.0 + _BLINK * shut) * (1.0 + _SPEECH * speech) * (1.0 + _TURN * speed)
    return before.model_copy(update=update), moment


def _share(past_s: float, constant_s: float) -> float:
    """How much of a difference a first-order follower makes up for in some time."""
    return float(-np.expm1(-past_s / constant_s))


def _openings(mesh: FaceMesh) -> tuple[float, float]:
    """How far eyes (in widths of an eye) and mouth (in distances of the eyes' outer corners) are open."""
    points = mesh.points.astype(np.float64)

    def far(a: int, b: int) -> float:
        return float(np.linalg.norm(points[a] - points[b]))

    eyes = [far(upper, lower) / max(far(outer, inner), _LEAST_PX) for outer, inner, upper, lower, _ in EYES]
    return float(np.mean(eyes)), far(*_LIPS) / max(far(EYES[0][0], EYES[1][0]), _LEAST_PX)
