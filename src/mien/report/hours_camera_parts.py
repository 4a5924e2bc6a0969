"""What the JSON document of `mien hours` says of the cameras."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AwareDatetime, Field

from mien.insight.allowance import Allowance
from mien.insight.coverage import Side
from mien.journey.parts import Count, Part, round_

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mien.insight.allowance import Cameras
    from mien.insight.coverage import Missing
    from mien.report.hours import WatchedCameras

Minutes = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class OffsetPart(Part):
    """How one camera differs from another, as testers measured it."""

    from_camera: str
    to_camera: str
    offset: Annotated[
        float, Field(description="Valence at the second minus that at the first, of the same people.")
    ]
    offset_sd: Annotated[float, Field(ge=0, description="Its standard error.")]
    testers: Annotated[int, Field(ge=2)]
    measured_at: AwareDatetime


class CamerasPart(Part):
    """The cameras that the states come from. One that nobody knows stands with its touchpoint, in brackets."""

    allowance: Allowance
    entrance: list[str]
    exit: list[str]
    reference: Annotated[
        str | None, Field(description="To which states are brought; null where not calibrated.")
    ]
    measured: list[OffsetPart]
    unmeasured: Annotated[list[tuple[str, str]], Field(description="Pairs that would have to be measured.")]
    assumed_sd: Annotated[
        float,
        Field(
            ge=0, description="What two cameras are assumed to differ by in common for all people, valence."
        ),
    ]


class GapPart(Part):
    """What a camera missed in a period."""

    camera: str
    side: Side
    missing_min: Minutes
    open_min: Annotated[Minutes, Field(description="How long it was to be read.")]
    reasons: Annotated[list[str], Field(description="Why, that which took longest first.")]


class WatchedPart(Part):
    """From what it is known when cameras were not read."""

    by: Annotated[
        Literal["opening hours", "streams"],
        Field(description="Of which time minutes are missing: of the opening hours, or of that from the first to the "
                          "last moment of a day at which a camera was read."),
    ]  # fmt: skip
    entrance: Annotated[list[str], Field(description="Cameras that were looked at.")]
    exit: list[str]
    recordings: Annotated[
        Count, Field(description="Recordings among what was read; nobody watched their pictures.")
    ]
    unnamed: Annotated[Count, Field(description="Those of which nobody knows the camera.")]


def cameras_part(cameras: Cameras) -> CamerasPart:
    """How cameras are allowed for."""
    return CamerasPart(
        allowance=cameras.allowance,
        entrance=list(cameras.entrance),
        exit=list(cameras.exit),
        reference=cameras.reference,
        measured=[
            OffsetPart(
                from_camera=one.from_camera,
                to_camera=one.to_camera,
                offset=round_(one.pair.offset),
                offset_sd=round_(one.pair.offset_variance**0.5),
                testers=one.pair.testers,
                measured_at=one.measured_at,
            )
            for one in cameras.measured
        ],
        unmeasured=list(cameras.unmeasured),
        assumed_sd=cameras.assumed_sd,
    )


def gap_parts(missing: Sequence[Missing]) -> list[GapPart]:
    """What cameras missed, minutes to one decimal."""
    return [
        GapPart(
            camera=one.camera,
            side=one.side,
            missing_min=round_(one.missing_s / 60, 1),
            open_min=round_(one.expected_s / 60, 1),
            reasons=list(one.reasons),
        )
        for one in missing
    ]


def watched_part(watched: WatchedCameras) -> WatchedPart:
    """From what gaps are known."""
    cameras = watched.missed.cameras
    return WatchedPart(
        by="opening hours" if watched.opening_hours else "streams",
        entrance=[name for name, side in cameras if side == "entrance"],
        exit=[name for name, side in cameras if side == "exit"],
        recordings=watched.recordings,
        unnamed=watched.unnamed,
    )
