"""What happens in the calls: changes of layout at a known time, and calls in which nothing changes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Literal

import cv2
import numpy as np

from tools.calls.people import cast, room
from tools.calls.window import Layout, Rect, draw, gallery, sharing, speaker, with_own_small

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from tools.calls.people import Light, Person

Change = Literal[
    "two tiles swap",
    "two tiles swap, one background",
    "own tile takes the place",
    "speaker view changes",
    "somebody joins",
    "somebody leaves",
    "a share starts",
    "a share ends",
    "the window is resized",
    "the camera goes off",
    "another person takes the seat",
    "a second person comes in",
]
CHANGES: Final[tuple[Change, ...]] = Change.__args__  # type: ignore[attr-defined]
RATE: Final = 5.0
"""Pictures a second."""
ME: Final = 0
OTHER: Final = 1
"""Number of the one whose tile is marked."""


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """A call to be filmed.

    Attributes:
        name: What happens.
        before: The layout until then.
        after: The layout from then on; the same where nothing changes.
        at_s: When it happens, seconds; `None` where nothing does.
        rooms: Seed of what is behind each person.
        people: Who they are, by number in the call.
        seed: Of rhythms and noise.
        light: Of the marked person.
        takes_seat: Who sits down in the marked person's place at `at_s`, by number.
        comes_in: Who steps beside them then.
    """

    name: str
    before: Layout
    after: Layout
    at_s: float | None
    rooms: tuple[int, ...]
    people: tuple[Person, ...]
    seed: int
    light: Light = "steady"
    takes_seat: int | None = None
    comes_in: int | None = None

    @property
    def tile(self) -> Rect:
        """The marked rectangle: the other side's tile, without what one's own tile covers of it."""
        x, y, w, h = self.before.tiles[OTHER]
        own = self.before.tiles.get(ME)
        if own is not None and y < own[1] < y + h and x < own[0] < x + w:
            h = own[1] - y - 2
        return x, y, w, h

    def pictures(self, seconds: float, rate: float = RATE) -> Iterator[tuple[float, NDArray[np.uint8]]]:
        """The window, so many pictures a second: time and (H, W, 3) uint8 BGR."""
        rng = np.random.default_rng([self.seed, 3])
        for n in range(round(seconds * rate)):
            t_s = n / rate
            yield t_s, self._picture(t_s, rng)

    def _picture(self, t_s: float, rng: np.random.Generator) -> NDArray[np.uint8]:
        changed = self.at_s is not None and t_s >= self.at_s
        layout = self.after if changed else self.before
        cameras = {who: self._camera(who, t_s, changed=changed) for who in layout.tiles}
        talks = [who for who in sorted(layout.tiles) if np.sin(0.7 * t_s + 2.1 * who + self.seed) > 0.6]
        image = draw(
            layout,
            cameras,
            speaks=talks[0] if talks else None,
            bar=(t_s + self.seed) % 23.0 < 14.0,
            slide=int(t_s // 9.0),
        )
        grain = rng.normal(0.0, 1.2, (image.shape[0] // 2, image.shape[1] // 2)).astype(np.float32)
        noisy = image + cv2.resize(grain, (image.shape[1], image.shape[0]))[..., None]
        sent = cv2.imencode(".jpg", np.clip(noisy, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 80])[
            1
        ]
        return np.asarray(cv2.imdecode(sent, cv2.IMREAD_COLOR), np.uint8)

    def _camera(self, who: int, t_s: float, *, changed: bool) -> NDArray[np.uint8]:
        place = self.takes_seat if changed and who == OTHER and self.takes_seat is not None else who
        behind = room(self.rooms[who])
        light: Light = self.light if who == OTHER else "steady"
        shot = self.people[place].picture(t_s, behind, seed=self.seed + place, light=light)
        if changed and who == OTHER and self.comes_in is not None:
            shot = _beside(shot, self.people[self.comes_in].picture(t_s, behind, seed=self.seed + 9))
        return shot


def change(what: Change, seed: int) -> Call:
    """A call in which one thing changes, with people, rooms and moment drawn by a seed.

    Args:
        what: What changes.
        seed: Of the draw.
    """
    rng = np.random.default_rng([seed, CHANGES.index(what)])
    everybody = cast()
    people = tuple(everybody[int(n)] for n in rng.permutation(len(everybody)))
    rooms = tuple(int(n) for n in rng.integers(0, 1000, len(people)))
    at_s = 8.0 + float(rng.integers(0, 20)) / 10.0
    four = [1, 2, 3, ME]
    call = Call(what, gallery(four), gallery(four), at_s, rooms, people, seed)
    alike = tuple(
        sorted(people, key=lambda one: one.mask is None)
    )  # those before rooms of one's choice first
    duo, swapped = with_own_small(OTHER), call.before.swapped(OTHER, 2)
    different: dict[Change, dict[str, Any]] = {
        "two tiles swap": {"after": swapped},
        "two tiles swap, one background": {
            "after": swapped,
            "people": alike,
            "rooms": (rooms[0],) * len(people),
        },
        "own tile takes the place": {"before": duo, "after": duo.swapped(OTHER, ME)},
        "speaker view changes": {"before": speaker(OTHER, [ME, 2, 3]), "after": speaker(2, [ME, OTHER, 3])},
        "somebody joins": {"after": gallery([1, 2, 3, 4, ME])},
        "somebody leaves": {"before": gallery([2, 1, 3, 4, ME]), "after": gallery([1, 3, 4, ME])},
        "a share starts": {"after": sharing(four)},
        "a share ends": {"before": sharing(four)},
        "the window is resized": {"after": gallery(four, (1040, 720))},
        "the camera goes off": {"after": replace(call.before, cameras_off=frozenset({OTHER}))},
        "another person takes the seat": {"people": alike, "takes_seat": 2},
        "a second person comes in": {"people": alike, "comes_in": 2},
    }
    return replace(call, **different[what])


def calm(seed: int, people: Sequence[Person] | None = None) -> Call:
    """A call in which nothing changes: people talk, blink and lean, light changes, buttons come and go.

    Args:
        seed: Of people, rooms and layout.
        people: Who may take part, the marked one first; the bundled ones where left out.
    """
    rng = np.random.default_rng([seed, 99])
    everybody = tuple(people) if people is not None else cast()
    others = [everybody[int(n)] for n in rng.permutation(len(everybody))]
    marked = everybody[seed % len(everybody)]
    there = (others[0], marked, *others)
    layouts = (
        gallery([1, 2, 3, ME]),
        with_own_small(OTHER),
        speaker(OTHER, [ME, 2, 3]),
        sharing([1, 2, 3, ME]),
    )
    layout = layouts[seed // len(everybody) % len(layouts)]
    rooms = tuple(int(n) for n in rng.integers(0, 1000, len(there)))
    light: Light = "changing" if seed % 2 else "steady"
    return Call("nothing changes", layout, layout, None, rooms, there, seed, light=light)


def _beside(shot: NDArray[np.uint8], other: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A picture into which somebody has stepped from the left."""
    w = shot.shape[1]
    part = other[:, w // 4 : 3 * w // 4]
    out = shot.copy()
    out[:, : w // 3] = part[:, (part.shape[1] - w // 3) // 2 :][:, : w // 3]
    return out
