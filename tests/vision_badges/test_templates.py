"""Where visits are joined, who is read gets a template of some pictures, and who wears a badge none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from benchmarks.badges import Badge
from shop import Person, scene, until, wears

from mien.video.types import Frame
from mien.vision.badges import BadgeSettings
from mien.vision.matching import FaceEmbedder, Template, TrackTemplates, no_core_dumps
from mien.vision.matching.tracks import MOST_PICTURES
from mien.vision.pipeline import FacePipeline
from mien.vision.settings import CameraView

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from mien.vision.types import FaceMesh, LeftOut, Visibility


class Watched(FaceEmbedder):
    """Mien's own, keeping hold of what it made."""

    def __init__(self) -> None:
        super().__init__(legal_basis="consent at the door, record 12")
        self.made: list[Template | LeftOut] = []

    def embed(self, image: NDArray[np.uint8], mesh: FaceMesh, visibility: Visibility) -> Template | LeftOut:
        made = super().embed(image, mesh, visibility)
        self.made.append(made)
        return made


@pytest.fixture
def embedder() -> Iterator[Watched]:
    with no_core_dumps():
        yield Watched()


@pytest.fixture
def templates(embedder: Watched) -> Iterator[TrackTemplates]:
    with no_core_dumps():
        made = TrackTemplates(embedder)
        yield made
        made.close()


def play(pipeline: FacePipeline, people: Sequence[Person], seconds: float) -> list[int]:
    """Tracks that were dropped."""
    dropped = []
    for number, t_s in enumerate(until(seconds)):
        result = pipeline.process(Frame(scene(people, t_s)[0], t_s, number))
        dropped += [one.track_id for one in result.dropped]
    return dropped


def test_a_track_has_a_template_of_a_few_pictures_and_it_is_handed_out_once(
    templates: TrackTemplates,
) -> None:
    pipeline = FacePipeline(beside=[templates])
    play(pipeline, [Person(height=90)], 6.0)
    (track,) = pipeline.finish()
    template = templates.take(track)
    assert template is not None
    assert template.pictures == MOST_PICTURES
    assert 80 < template.height_px < 110
    assert templates.take(track) is None


def test_a_small_face_has_none(templates: TrackTemplates) -> None:
    pipeline = FacePipeline(beside=[templates])
    play(pipeline, [Person(height=40)], 2.0)
    (track,) = pipeline.finish()
    assert templates.take(track) is None


def test_who_wears_a_badge_from_the_beginning_never_has_one(
    embedder: Watched, templates: TrackTemplates
) -> None:
    pipeline = FacePipeline(view=CameraView(badges=BadgeSettings()), beside=[templates])
    assert play(pipeline, [Person(height=90, badge=wears(number=7))], 4.0)
    assert embedder.made == []


def test_a_badge_seen_later_zeroes_what_there_is(embedder: Watched, templates: TrackTemplates) -> None:
    late = Person(height=90, badge=lambda t_s: Badge(number=7) if t_s > 4.0 else None)
    pipeline = FacePipeline(view=CameraView(badges=BadgeSettings()), beside=[templates])
    (track,) = play(pipeline, [late], 6.0)
    assert embedder.made
    assert all(isinstance(one, Template) and one.closed for one in embedder.made)
    assert templates.take(track) is None
