"""What is true of the scene, and the site file that goes with it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal
from zoneinfo import ZoneInfo

import numpy as np
from pydantic import AwareDatetime, BaseModel, ConfigDict

from tools.scene.body import FAMILY, NUMBER
from tools.scene.people import Shows
from tools.scene.script import CAMERAS, PLAY, RATE, STAFF, WIDTH, CameraName

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tools.scene.people import Person
    from tools.scene.script import Appearance

ZONE: Final = "Europe/Paris"
_PLEASANT: Final[tuple[Shows, ...]] = ("tearful", "plain", "smiling")
_EDGE: Final = 0.45  # half a face's width and what turning adds, face heights


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class AppearanceTruth(_Part):
    """One walk past one camera.

    Attributes:
        person: Who.
        camera: Where.
        from_s: Seconds in the recording from which the whole face is in the picture.
        to_s: Until when.
        from_utc: The same as UTC.
        to_utc: Likewise.
        shows: What the face shows, the whole time.
        badge_from_s: Seconds in the recording from which the whole badge shows; `None` without one.
    """

    person: str
    camera: CameraName
    from_s: float
    to_s: float
    from_utc: AwareDatetime
    to_utc: AwareDatetime
    shows: Shows
    badge_from_s: float | None


class PersonTruth(_Part):
    """Somebody of the scene.

    Attributes:
        person: Name.
        made_from: Where the face comes from.
        staff: Whether they wear a staff badge, so that nothing of them may remain.
        covered: Whether a mask hides the mouth, so that they have no template.
        at: Which cameras see them.
        first: What the face shows at the first of these.
        last: What it shows at the last.
        valence: To which side that moves valence from the first to the last.
        visit: Whether matching can join what both cameras saw: a bare face, no staff, seen at both.
    """

    person: str
    made_from: str
    staff: bool
    covered: bool
    at: tuple[CameraName, ...]
    first: Shows
    last: Shows
    valence: Literal["up", "down", "same"]
    visit: bool


class Similar(_Part):
    """Two people who look alike.

    Attributes:
        persons: Who.
        distance: Of their templates across the two cameras, the smaller of both ways, as measured with seed 0.
    """

    persons: tuple[str, str]
    distance: float


SIMILAR: Final = (
    Similar(persons=("dark-hair", "like-dark-hair"), distance=0.60),
    Similar(persons=("clip", "like-clip"), distance=0.59),
)
"""The pairs that were made to look alike."""


class Truth(_Part):
    """What is true of both recordings.

    Attributes:
        simulated: Always true: nobody walked there.
        seed: What they were made with.
        appearances: By camera and time.
        people: Everybody.
        similar: Pairs who look alike.
    """

    simulated: Literal[True] = True
    seed: int
    appearances: tuple[AppearanceTruth, ...]
    people: tuple[PersonTruth, ...]
    similar: tuple[Similar, ...] = SIMILAR


def truth(people: Mapping[str, Person], begins: datetime, seed: int, rhythm: Callable[[str], float]) -> Truth:
    """Everything that is true.

    Args:
        people: By name.
        begins: When the recording of the entrance begins, with its zone.
        seed: What the scene is made with.
        rhythm: Of a person.
    """
    seen = [
        _appearance(one, camera, begins, rhythm(one.person)) for camera in CAMERAS for one in PLAY[camera]
    ]
    return Truth(
        seed=seed, appearances=tuple(seen), people=tuple(_person(one, seen) for one in people.values())
    )


def _appearance(one: Appearance, name: CameraName, begins: datetime, rhythm: float) -> AppearanceTruth:
    camera = CAMERAS[name]
    times = np.arange(round(one.begin_s * RATE), round(one.end_s * RATE)) / RATE
    stances = [one.stance(camera, t_s, rhythm) for t_s in times]
    whole = [
        t
        for t, at in zip(times, stances, strict=True)
        if _EDGE * at.height <= at.x <= WIDTH - _EDGE * at.height
    ]
    start = begins.astimezone(ZoneInfo("UTC")) + timedelta(seconds=camera.after_s)
    from_s, to_s = float(whole[0]), float(whole[-1])
    return AppearanceTruth(
        person=one.person,
        camera=name,
        from_s=from_s,
        to_s=to_s,
        from_utc=start + timedelta(seconds=from_s),
        to_utc=start + timedelta(seconds=to_s),
        shows=one.shows,
        badge_from_s=one.badge_from_s,
    )


def _person(person: Person, seen: list[AppearanceTruth]) -> PersonTruth:
    own = [one for one in seen if one.person == person.name]
    first, last = own[0].shows, own[-1].shows
    side = int(np.sign(_PLEASANT.index(last) - _PLEASANT.index(first)))
    staff = person.name == STAFF
    return PersonTruth(
        person=person.name,
        made_from=person.made_from,
        staff=staff,
        covered=person.covered,
        at=tuple(one.camera for one in own),
        first=first,
        last=last,
        valence=("same", "up", "down")[side],
        visit=len(own) == 2 and not staff and not person.covered,
    )


def site_file(begins: datetime) -> str:
    """A site file (TOML) with both cameras, beside which the recordings lie.

    Args:
        begins: When the recording of the entrance begins, with its zone.
    """
    cameras = "".join(
        f"""
[touchpoints.{name}]
role = "{name}"

[cameras.{name}]
touchpoint = "{name}"
file = "{name}.mp4"
begins_at = {(begins + timedelta(seconds=camera.after_s)).isoformat()}
rate = 5
"""
        for name, camera in CAMERAS.items()
    )
    return f"""\
# A simulated shop: nobody walked there.
name = "Simulated shop"
time_zone = "{ZONE}"

[[notices]]
shown_on = {begins.astimezone(ZoneInfo(ZONE)).date().isoformat()}
text_version = "simulated"
put_up_by = "tools/scene"

[badges]
enabled = true
family = "{FAMILY}"
staff = [{NUMBER}]

[matching]
enabled = true
legal_basis = "simulated people"
decided_on = {begins.astimezone(ZoneInfo(ZONE)).date().isoformat()}
decided_by = "tools/scene"
{cameras}"""
