"""A test for a reader who has seen none of it: does an arrival card name the right one of three guests?

    uv run python -m tools.scene.guests FOLDER [--seed N]

Three simulated people in clothes of different colours come in at an entrance, one after the other and two at a time.
The recording is read as that of a camera is. FOLDER then holds `entrance.mp4`; `card.txt`, the words of the arrival
card of one of them; `guests.png`, the three with numbers, as the camera saw them; and `answer.txt`, who it is.
Somebody who has read neither this nor the answer reads the card, looks at the picture, and says a number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import cv2
import numpy as np
import typer

from mien.guests import ArrivalLook, GuestLook
from mien.video import open_video
from mien.video.writer import VideoWriter
from mien.vision.guests import GuestWatch
from mien.vision.pipeline import FacePipeline
from mien.web.rendering import environment
from tools.scene.clothes import Clothes, draw_dressed
from tools.scene.people import faces_of_pictures
from tools.scene.room import background
from tools.scene.script import ENTRANCE, HEIGHT, RATE, WIDTH, Appearance

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tools.scene.mesh import MeshFace

BEGINS: Final = datetime(2026, 5, 5, 8, tzinfo=UTC)
SECONDS: Final = 17.0
WALKS: Final = (
    Appearance("first", 1.0, 8.0, "left", 260.0, "plain"),
    Appearance("second", 5.0, 12.0, "right", 700.0, "plain"),
    Appearance("third", 9.5, 16.5, "left", 400.0, "plain"),
)
WARDROBE: Final = (
    Clothes((52, 40, 178)),
    Clothes((150, 84, 36)),
    Clothes((70, 112, 48)),
    Clothes((60, 190, 225)),
    Clothes((34, 32, 32)),
    Clothes((232, 234, 236)),
    Clothes((140, 52, 108)),
    Clothes((148, 80, 30), "striped", (238, 238, 238)),
    Clothes((40, 38, 38), "open", (232, 232, 232)),
)
"""Red, blue, green, yellow, black, white, purple; blue and white stripes; a black jacket over white."""

app = typer.Typer(add_completion=False)


@dataclass(frozen=True, slots=True, eq=False)
class Guest:
    """One of the three.

    Attributes:
        number: On the contact sheet.
        walk: When and where.
        face: Whose.
        worn: What they wear.
    """

    number: int
    walk: Appearance
    face: MeshFace
    worn: Clothes


def guests_of(seed: int) -> list[Guest]:
    """Three of the six faces in three garments, with numbers that say nothing of who comes first."""
    rng = np.random.default_rng(seed)
    faces = faces_of_pictures()
    return [
        Guest(int(number) + 1, walk, faces[who], WARDROBE[worn])
        for number, walk, who, worn in zip(
            rng.permutation(3),
            WALKS,
            rng.choice(len(faces), 3, replace=False),
            rng.choice(len(WARDROBE), 3, replace=False),
            strict=True,
        )
    ]


def picture(guests: list[Guest], t_s: float, seed: int) -> NDArray[np.uint8]:
    """What the camera sees: (540, 960, 3) uint8 BGR."""
    canvas = background(WIDTH, HEIGHT, seed)
    for one in guests:
        if one.walk.there(t_s):
            draw_dressed(canvas, one.face, one.walk.stance(ENTRANCE, t_s, one.number / 4.0), one.worn)
    return canvas


def looks_of_film(path: Path) -> list[tuple[float, ArrivalLook]]:
    """What the guests of the recording are told by, with the seconds at which they were first read."""
    pipeline, watch = FacePipeline(), GuestWatch()
    pipeline.watch_guests(watch)
    found: list[tuple[float, GuestLook]] = []
    with open_video(path) as video:
        for frame in video.frames(rate=5.0):
            result = pipeline.process(frame)
            found += watch.news(frame.t_s, result.ended).values()
    return [(at, ArrivalLook("entrance", BEGINS + timedelta(seconds=at), told)) for at, told in found]


def words(look: ArrivalLook, language: str = "en") -> str:
    """What the card says, one line for each thing."""
    said = (
        environment(language)
        .from_string("{% from '_guest.html.j2' import guest %}{{ guest(look) }}")
        .render(look=look)
    )
    lines = (re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", line)).strip() for line in said.splitlines())
    return "\n".join(unescape(line) for line in lines if line)


def sheet(guests: list[Guest], seed: int) -> NDArray[np.uint8]:
    """The three in the order of their numbers: coming in, and two seconds later."""
    rows = []
    for one in sorted(guests, key=lambda guest: guest.number):
        cells = []
        for t_s in (one.walk.begin_s + 1.2, one.walk.begin_s + 3.2):
            seen = picture(guests, t_s, seed)
            stance = one.walk.stance(ENTRANCE, t_s, one.number / 4.0)
            at = (int(np.clip(stance.x, 30, WIDTH - 30)), int(stance.y - 0.85 * stance.height))
            cv2.circle(seen, at, 26, (255, 255, 255), -1, cv2.LINE_AA)
            cv2.putText(
                seen, str(one.number), (at[0] - 12, at[1] + 13), cv2.FONT_HERSHEY_SIMPLEX, 1.2, (0, 0, 0), 3,
                cv2.LINE_AA,
            )  # fmt: skip
            clock = f"{BEGINS + timedelta(seconds=t_s):%H:%M:%S} (simulated)"
            cv2.putText(
                seen, clock, (12, HEIGHT - 14), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (255, 255, 255), 2, cv2.LINE_AA
            )
            cells.append(cv2.resize(seen, (WIDTH * 2 // 3, HEIGHT * 2 // 3), interpolation=cv2.INTER_AREA))
        rows.append(np.hstack(cells))
    return np.asarray(np.vstack(rows), np.uint8)


@app.command()
def run(
    out: Annotated[
        Path, typer.Argument(help="Folder for the recording, the card, the picture and the answer.")
    ],
    seed: Annotated[
        int, typer.Option(min=0, help="Of people, clothes, numbers, and whom the card is about.")
    ] = 0,
) -> None:
    """Make the test, and print the words of the card."""
    out.mkdir(parents=True, exist_ok=True)
    guests = guests_of(seed)
    film = out / "entrance.mp4"
    with VideoWriter(film, WIDTH, HEIGHT, metadata={"title": "entrance, simulated"}) as video:
        for number in range(round(SECONDS * RATE)):
            video.write(picture(guests, number / RATE, seed), number / RATE)
    cv2.imwrite(str(out / "guests.png"), sheet(guests, seed))
    about = guests[int(np.random.default_rng([seed, 1]).integers(3))]
    # Walks begin four seconds apart: who was first read next after its begin is the one.
    first_s, look = min(looks_of_film(film), key=lambda told: abs(told[0] - about.walk.begin_s - 1.0))
    if not 0.0 <= first_s - about.walk.begin_s < 3.5:
        raise typer.Exit(1)
    (out / "card.txt").write_text(words(look) + "\n", encoding="utf-8")
    (out / "answer.txt").write_text(f"{about.number}\n", encoding="utf-8")
    typer.echo(words(look))
    typer.echo(f"Who is it? {out / 'guests.png'} shows three; the answer is in {out / 'answer.txt'}.")


if __name__ == "__main__":
    app()
