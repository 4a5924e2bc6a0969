"""People are found, followed at two pictures a second, and staff are black before anybody is looked for."""

from __future__ import annotations

import json

import cv2
import numpy as np
import pytest

from mien.errors import ImageError, SettingError
from mien.video.types import Frame
from mien.vision.geometry import overlap
from mien.vision.people.track import PeopleTracker
from mien.vision.people.types import Person
from mien.vision.people.watch import PeopleWatch
from mien.vision.registry import PERSON_DETECTORS
from support.facemesh import SAMPLES

# Read off the picture by eye: the three people in front, head to the picture's lower edge.
IN_FRONT = np.array([(200, 205, 490, 667), (455, 280, 755, 667), (660, 250, 985, 667)], np.float32)


@pytest.fixture(scope="module")
def group() -> np.ndarray:
    return cv2.imread(str(SAMPLES / "multi_face.jpg"))


@pytest.mark.parametrize("name", PERSON_DETECTORS.names)
class TestDetector:
    def test_finds_people_with_boxes_in_pixels_of_the_picture(self, name: str, group: np.ndarray) -> None:
        detector = PERSON_DETECTORS.make(name)
        assert detector.name == name
        for size in (1.0, 2.0):
            found = detector.detect(cv2.resize(group, None, fx=size, fy=size))
            alike = overlap(IN_FRONT * size, np.stack([person.box for person in found]))
            assert alike.max(axis=1).min() > 0.7
            assert [p.score for p in found] == sorted((p.score for p in found), reverse=True)

    @pytest.mark.parametrize("size", [(1, 1), (7, 900), (641, 363)])
    def test_takes_any_size_and_finds_nobody_in_grey(self, name: str, size: tuple[int, int]) -> None:
        assert PERSON_DETECTORS.make(name).detect(np.full((*size, 3), 127, np.uint8)) == []

    def test_refuses_what_it_cannot_use(self, name: str) -> None:
        with pytest.raises(ImageError, match="uint8"):
            PERSON_DETECTORS.make(name).detect(np.zeros((9, 9), np.uint8))
        with pytest.raises(SettingError):
            PERSON_DETECTORS.make(name, long_side=10)


def person(x: float, feet: float, height: float, score: float = 0.8) -> Person:
    """Somebody whose feet are at x, feet (pixels)."""
    half = 0.18 * height
    return Person(np.array([x - half, feet - height, x + half, feet], np.float32), score)


def follow(ways, end_s: float, rate: float = 2.0, jitter: float = 0.02, tracker: PeopleTracker | None = None):
    """Ids by person over time; `ways` give (x, feet, height, score) or None at a time."""
    tracker = tracker or PeopleTracker()
    chance = np.random.default_rng(5)
    ids: list[list[int]] = [[] for _ in ways]
    for t_s in np.arange(0.0, end_s, 1.0 / rate):
        tracker.expire(t_s)
        people = {}
        for number, one in enumerate(ways):
            if (place := one(t_s)) is not None:
                made = person(*place)
                height = float(made.box[3] - made.box[1])
                made.box[:] += chance.normal(0.0, jitter * height, 4).astype(np.float32)
                people[number] = made
        pairs = tracker.assign(list(people.values()), t_s)
        for number, made in people.items():
            ids[number] += [track.id for track, seen in pairs if seen is made]
    return ids


class TestFollowing:
    @pytest.mark.parametrize("rate", [1.0, 2.0, 5.0])
    def test_a_walker_whose_boxes_do_not_overlap_is_one_track(self, rate: float) -> None:
        # 0.8 heights a second: at 2 Hz a step is wider than the box.
        (ids,) = follow([lambda t_s: (50 + 160 * t_s, 300, 200, 0.8)], 6.0, rate)
        assert set(ids) == {1}

    def test_two_who_pass_each_other_keep_their_tracks(self) -> None:
        ids = follow([lambda t: (50 + 100 * t, 300, 200, 0.8), lambda t: (650 - 100 * t, 340, 215, 0.8)], 6.0)
        assert [len(set(track)) for track in ids] == [1, 1]
        assert ids[0][0] != ids[1][0]

    def test_one_who_is_hidden_for_two_seconds_is_the_same_when_seen_again(self) -> None:
        (ids,) = follow([lambda t: None if 3.0 < t < 5.0 else (300, 300, 200, 0.8)], 8.0)
        assert set(ids) == {1}

    def test_one_who_comes_after_somebody_left_is_somebody_new(self) -> None:
        ids = follow(
            [
                lambda t: (300, 300, 200, 0.8) if t < 3.0 else None,
                lambda t: (300, 300, 200, 0.8) if t > 8.0 else None,
            ],
            12.0,
        )
        assert set(ids[0]).isdisjoint(ids[1])

    def test_a_weak_detection_goes_on_with_a_track_and_never_begins_one(self) -> None:
        (ids,) = follow([lambda t: (300, 300, 200, 0.8 if t < 1.0 else 0.35)], 6.0)
        assert set(ids) == {1} and len(ids) == 12
        assert follow([lambda _: (300, 300, 200, 0.35)], 6.0) == [[]]

    def test_a_second_box_on_the_upper_half_of_somebody_is_not_counted(self) -> None:
        ids = follow(
            [lambda _: (300, 300, 200, 0.8), lambda t: (300, 190, 90, 0.6) if t > 1.0 else None], 4.0
        )
        assert ids[1] == []

    def test_it_goes_on_after_a_stop(self) -> None:
        first, second = PeopleTracker(), PeopleTracker()
        follow([lambda t: (50 + 100 * t, 300, 200, 0.8)], 3.0, tracker=first)
        state = first.state()
        second.restore(type(state).model_validate(json.loads(state.model_dump_json())))
        pairs = second.assign([person(350, 300, 200)], 3.0)
        assert [track.id for track, _ in pairs] == [1]


class Told:
    """A detector that finds whom it is told of, and keeps what it was shown."""

    name = "told"

    def __init__(self, *people: Person) -> None:
        self.people = list(people)
        self.shown: list[np.ndarray] = []

    def detect(self, image: np.ndarray) -> list[Person]:
        self.shown.append(image.copy())
        return list(self.people)


DESK = ((0.0, 0.0), (0.5, 0.0), (0.5, 0.6), (0.0, 0.6))


class TestWatch:
    def test_the_detector_is_shown_no_pixel_of_a_staff_zone(self) -> None:
        told = Told()
        frame = Frame(np.full((100, 200, 3), 200, np.uint8), 0.0, 0)
        PeopleWatch(exclude=[DESK], detector=told).process(frame)
        assert told.shown[0][:60, :100].max() == 0
        assert told.shown[0][65:].min() == 200
        assert frame.image.min() == 200

    def test_who_stands_in_a_staff_zone_is_not_counted_and_who_stands_before_it_is(self) -> None:
        behind, before = person(50, 55, 40), person(60, 95, 60)
        result = PeopleWatch(exclude=[DESK], detector=Told(behind, before)).process(
            Frame(np.full((100, 200, 3), 200, np.uint8), 0.0, 0)
        )
        assert result.excluded == 1
        assert [round(seen.y, 2) for seen in result.seen] == [0.95]

    def test_feet_below_the_picture_are_told_as_guessed(self) -> None:
        whole, cut = person(50, 90, 60), Person(np.array([120, 50, 160, 101], np.float32), 0.8)
        seen = (
            PeopleWatch(detector=Told(whole, cut))
            .process(Frame(np.full((100, 200, 3), 200, np.uint8), 0.0, 0))
            .seen
        )
        assert [one.feet for one in seen] == [True, False]
        assert seen[0].y == pytest.approx(0.9)
        assert seen[1].y == pytest.approx(0.5 + 2.6 * 0.4)
        assert seen[1].x == pytest.approx(0.7)

    def test_a_state_of_something_else_is_refused(self) -> None:
        watch = PeopleWatch(detector=Told())
        watch.restore(watch.state())
        with pytest.raises(SettingError, match="begin anew"):
            watch.restore({"version": 9})
