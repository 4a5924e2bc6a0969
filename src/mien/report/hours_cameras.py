"""What is said of the cameras behind a comparison: how they are allowed for, and when they were not read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from scipy.special import ndtri

from mien.insight.allowance import Allowance
from mien.report.figures import signed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mien.insight import HourlyComparison
    from mien.insight.allowance import Cameras
    from mien.insight.coverage import Missing
    from mien.report.hours import WatchedCameras


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that must be known to take the numbers for what they are.

    Attributes:
        head: What it is about, a few words.
        text: One or two sentences.
    """

    head: str
    text: str


COMPARED_AMONG_THEMSELVES: Final = Remark(
    "It moves all hours alike",
    "What cameras may differ by is one error in all hours and days, as long as the same cameras see the people. It "
    "does not count when hours are compared among themselves: there narrower intervals hold (the darker band of the "
    "page's chart, valence_alone in the JSON document).",
)


def camera_remark(found: HourlyComparison) -> Remark | None:
    """How the cameras are allowed for; `None` where a side has no states."""
    cameras = found.cameras
    if cameras is None:
        return None
    match cameras.allowance:
        case Allowance.ONE:
            return Remark(
                "One camera",
                f"The same camera, {cameras.entrance[0]}, sees both sides: nothing in a difference is that of cameras.",
            )
        case Allowance.CALIBRATED:
            return Remark("Calibrated", _calibrated(cameras, found))
    return Remark("Uncalibrated", _uncalibrated(cameras, found))


def camera_line(found: HourlyComparison) -> tuple[str, str] | None:
    """How the cameras are allowed for, in a word and a clause; `None` where there is nothing to allow for."""
    cameras, total = found.cameras, found.total.difference
    if cameras is None or cameras.allowance is Allowance.ONE:
        return None
    if cameras.allowance is Allowance.UNCALIBRATED:
        return (
            "Cameras uncalibrated",
            f"intervals of differences hold what two may differ by, {_reach(cameras)}",
        )
    taken = "their offset" if total is None else f"their {signed(50 * total.offset, 1)} points"
    testers = _range(sorted({one.pair.testers for one in cameras.measured}))
    days = _range(sorted({f"{one.measured_at:%Y-%m-%d}" for one in cameras.measured}))
    are = "is" if total is None else "are"
    return "Cameras calibrated", f"{testers} testers, {days}; {taken} {are} taken away from the difference"


def _calibrated(cameras: Cameras, found: HourlyComparison) -> str:
    measured = "; ".join(
        f"{one.from_camera} and {one.to_camera} with {one.pair.testers} testers on {one.measured_at:%Y-%m-%d}"
        for one in cameras.measured
    )
    total = found.total.difference
    taken = "" if total is None else f" (in the whole time {signed(50 * total.offset, 1)} points)"
    return (
        f"The cameras were measured: {measured}. What they differ by for all people alike is taken away from every "
        f"difference{taken}, and the error of that is in every interval{_widened(found)}. The means of each side stay "
        "as they were read."
    )


def _uncalibrated(cameras: Cameras, found: HourlyComparison) -> str:
    told = _joined([camera_name(name) for name in dict.fromkeys((*cameras.entrance, *cameras.exit))])
    way_out = ""
    if cameras.unmeasured:
        pairs = _joined([f"{one} with {other}" for one, other in cameras.unmeasured])
        way_out = f" To measure it, have testers walk {pairs}: mien site calibrate."
    if cameras.unknown:
        way_out += (
            " Recordings that mien analyze read do not say which camera took them; read them with mien run."
        )
    return (
        f"The cameras ({told}) were not measured against each other. So every interval is widened by what two cameras "
        f"may differ by for all people alike, {_reach(cameras)} by itself{_widened(found)}.{way_out}"
    )


def _reach(cameras: Cameras) -> str:
    return f"±{50 * cameras.assumed_sd * float(ndtri(0.975)):.0f} points"


def _widened(found: HourlyComparison) -> str:
    total = found.total.difference
    return (
        ""
        if total is None
        else f"; that of the whole time is {50 * total.widened:.1f} points longer at each end"
    )


def gap_remarks(watched: WatchedCameras) -> Iterator[Remark]:
    """When cameras were not read, from what that is known, and what is not."""
    missed = watched.missed
    when = (
        "while the site was open"
        if watched.opening_hours
        else "between the first and the last moment of each day at which one of them was read (the site file has no "
        "opening_hours, so that nothing is known of the time before and after)"
    )
    if missed.total:
        yield Remark(
            "Not read all the time",
            f"Minutes missing {when}: {gap_text(missed.total, sides=True)}. Hours and days that miss a minute or more "
            "are marked. Nothing is filled in: who came then is in no count and in no average.",
        )
    elif missed.cameras:
        names = _joined([camera_name(camera) for camera, _ in missed.cameras])
        yield Remark("Read all the time", f"{names}: no minute is known to be missing {when}.")
    if watched.recordings:
        unnamed = (
            f" Of {watched.unnamed} nobody knows the camera; they count for each camera of their touchpoint."
            if watched.unnamed
            else ""
        )
        yield Remark(
            "Recordings",
            f"Recordings among what was read: {watched.recordings}. When they ran is known, but nobody watched whether "
            f"their picture was black, covered or frozen.{unnamed}",
        )


def gap_text(missing: Sequence[Missing], *, sides: bool = False) -> str:
    """What cameras missed in a period, in one line.

    Args:
        missing: What each missed.
        sides: Whether to say which side they see.

    Example:
        >>> from mien.insight.coverage import Missing
        >>> gap_text([Missing("front", "entrance", 720.0, 3600.0, ("lost", "worker ended"))])
        'front 12 of 60 min (lost, worker ended)'
    """
    return "; ".join(
        f"{camera_name(one.camera)}{f' ({one.side})' if sides else ''} {one.missing_s / 60:.0f} of "
        f"{one.expected_s / 60:.0f} min ({', '.join(one.reasons)})"
        for one in missing
    )


def camera_name(name: str) -> str:
    """A camera as people call it.

    Example:
        >>> camera_name("front"), camera_name("(at door)")
        ('front', 'an unknown camera at door')
    """
    return f"an unknown camera {name[1:-1]}" if name.startswith("(") else name


def _range(ordered: Sequence[object]) -> str:
    return f"{ordered[0]}" if len(ordered) == 1 else f"{ordered[0]} to {ordered[-1]}"


def _joined(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
