"""Badges and reading zones in the whole chain of a camera, real parts all through, with a reader that is watched."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from benchmarks.badges import Badge
from shop import Person, scene, until, wears

from mien.video.types import Frame
from mien.vision.badges import BadgeSettings
from mien.vision.pipeline import FacePipeline, FrameResult
from mien.vision.registry import READERS
from mien.vision.settings import CameraView
from mien.vision.types import Visibility

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from mien.vision.types import ExpressionReading, FaceMesh

RIGHT = ((0.5, 0.0), (1.0, 0.0), (1.0, 1.0), (0.5, 1.0))


class Watched:
    """Mien's own reader, counting what it is given."""

    reads = frozenset({Visibility.FULL, Visibility.EYES})

    def __init__(self) -> None:
        self._reader = READERS.make("mien")
        self.name, self.version = self._reader.name, self._reader.version
        self.images: list[tuple[int, ...]] = []
        self.faces = 0

    def read(
        self, image: NDArray[np.uint8], faces: Sequence[FaceMesh], visibility: Sequence[Visibility]
    ) -> list[ExpressionReading]:
        self.faces += len(faces)
        self.images += [image.shape] * bool(faces)
        return self._reader.read(image, faces, visibility)


def play(pipeline: FacePipeline, people: Sequence[Person], times_s: Iterable[float]) -> list[FrameResult]:
    return [pipeline.process(Frame(scene(people, t)[0], t, i)) for i, t in enumerate(times_s)]


def times(results: Sequence[FrameResult], track: int) -> list[float]:
    return [seen.t_s for r in results for seen in r.observations if seen.track_id == track]


@pytest.fixture
def reader() -> Watched:
    return Watched()


@pytest.fixture
def watching(reader: Watched) -> FacePipeline:
    return FacePipeline(view=CameraView(badges=BadgeSettings()), reader=reader)


def test_who_wears_a_badge_from_the_first_picture_never_reaches_the_reader(
    watching: FacePipeline, reader: Watched
) -> None:
    results = play(watching, [Person(height=90, badge=wears(number=7))], until(2.5))
    assert reader.faces == 0
    assert [d.marker for r in results for d in r.dropped] == [7]
    assert not any(r.observations for r in results)
    account = watching.badge_account
    assert account is not None
    assert (account.staff, account.readings) == (1, 0)


def test_a_customer_is_told_from_the_first_picture_on_two_seconds_late_and_in_order(
    watching: FacePipeline, reader: Watched
) -> None:
    results = play(watching, [Person(height=90)], until(2.5))
    assert not any(r.observations for r in results[:20])
    assert times(results, 1) == pytest.approx(until(2.5))
    assert all(seen.reading is not None for r in results for seen in r.observations)
    assert len(reader.images) == len(until(2.5))
    assert reader.images[0] < reader.images[-1] == (480, 640, 3), "crops wait, pictures do not"


def test_what_waited_is_read_as_it_would_have_been_at_once(watching: FacePipeline) -> None:
    person = [Person(height=90)]
    late = play(watching, person, until(2.2))
    at_once = play(FacePipeline(), person, until(2.2))
    said = [seen for r in late for seen in r.observations]
    meant = [seen for r in at_once for seen in r.observations]
    for one, other in zip(said, meant, strict=True):
        assert one.box == pytest.approx(other.box)
        assert one.reading is not None
        assert other.reading is not None
        assert one.reading.probabilities == pytest.approx(other.reading.probabilities, abs=0.02)


def test_a_badge_first_seen_after_four_seconds_drops_the_whole_track(
    watching: FacePipeline, reader: Watched
) -> None:
    late = Person(height=90, badge=lambda t_s: Badge(number=3) if t_s >= 4.0 else None)
    results = play(watching, [late], until(5.5))
    [order] = [d for r in results for d in r.dropped]
    assert order.track_id == 1
    assert order.readings == reader.faces == len(times(results, 1)) >= 35
    assert max(times(results, 1)) < 4.6
    # A stop and a start in between forget neither the badge nor what it cost.
    again = FacePipeline(view=CameraView(badges=BadgeSettings()), reader=reader)
    again.restore(watching.state())
    read = reader.faces
    assert not any(r.observations or r.dropped for r in play(again, [late], [5.6, 5.7]))
    assert reader.faces == read
    assert again.badge_account == watching.badge_account


def test_faces_outside_the_zones_to_read_are_seen_and_not_read(reader: Watched) -> None:
    people = [Person(x=150, height=90), Person(x=480, height=90)]
    pipeline = FacePipeline(view=CameraView(read=(RIGHT,)), reader=reader)
    results = play(pipeline, people, until(1.0))
    assert {seen.track_id for r in results for seen in r.observations} == {1}
    assert all(seen.box[0] > 320 for r in results for seen in r.observations)
    assert [r.excluded for r in results] == [1] * len(results)
    assert reader.faces == len(results)


def test_who_walks_out_of_the_zone_to_read_is_read_only_while_inside(reader: Watched) -> None:
    pipeline = FacePipeline(view=CameraView(read=(RIGHT,)), reader=reader)
    seen = []
    for i, t_s in enumerate(until(2.0)):
        x = 420 - 100 * t_s
        for found in pipeline.process(Frame(scene([Person(x=x, height=90)], t_s)[0], t_s, i)).observations:
            seen.append(x)
            assert found.box[0] + found.box[2] >= 640
    assert min(seen) >= 318
    assert reader.faces == len(seen) >= 9
