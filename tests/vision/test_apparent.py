"""Apparent age and gender of tracks: of a few good pictures, told once, and of nobody who may be under 18."""

from __future__ import annotations

import json

import cv2
import numpy as np
import pytest

from mien.errors import SettingError
from mien.segments import ATTRIBUTES, UNTOLD, Age, Gender, Segment
from mien.video.types import Frame
from mien.vision.detect import YuNet
from mien.vision.landmarks import MediaPipeLandmarker
from mien.vision.pipeline import FacePipeline
from mien.vision.segments import AgeGenderNetwork, Guess, TrackSegments, told_age, told_gender
from mien.vision.segments.network import AGE_HEIGHT_PX, MIN_HEIGHT_PX
from mien.vision.types import Dropped, DropReason, FaceMesh, Visibility
from support.command import read_picture
from support.facemesh import PORTRAIT


@pytest.fixture(scope="module")
def portrait():
    """A woman of about forty."""
    image = read_picture(PORTRAIT)
    return image, MediaPipeLandmarker().locate(image, YuNet().detect(image)[0])


@pytest.fixture
def tracks():
    return TrackSegments(ATTRIBUTES, legal_basis="assessment 4")


def smaller(portrait, height):
    image, mesh = portrait
    tall = float(np.ptp(mesh.points[:468, 1]))
    scale = height / tall
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return small, FaceMesh((mesh.points * scale).astype(np.float32), mesh.presence)


def look(tracks, picture, times=(0.0, 0.6, 1.2), visibility=Visibility.FULL, track=1):
    for t_s in times:
        tracks.look(track, t_s, *picture, visibility)


def test_the_network_takes_the_bundled_face_for_a_woman_in_her_thirties(portrait):
    guess = AgeGenderNetwork().guess(*portrait)
    assert 28 < guess.age < 42
    assert guess.man < 0.1


def test_a_mirror_image_is_the_same_to_it(portrait):
    image, mesh = portrait
    points = mesh.points.copy()
    points[:, 0] = image.shape[1] - points[:, 0]
    straight, mirrored = (
        AgeGenderNetwork().guess(picture, FaceMesh(where, 1.0))
        for picture, where in ((image, mesh.points), (np.ascontiguousarray(image[:, ::-1]), points))
    )
    assert mirrored.age == pytest.approx(straight.age, abs=1.0)
    assert mirrored.man == pytest.approx(straight.man, abs=0.02)


@pytest.mark.parametrize(
    ("age", "band"),
    [
        (12.0, None), (18.5, None), (19.9, None), (20.0, Age.YOUNG), (27.9, Age.YOUNG), (29.0, None), (31.9, None),
        (32.0, Age.MIDDLE), (44.0, None), (47.0, Age.OLDER), (59.0, None), (62.0, Age.OLD), (90.0, Age.OLD),
    ],
)  # fmt: skip
def test_an_age_near_the_edge_of_a_band_or_of_a_minor_is_not_told(age, band):
    assert told_age(Guess(age, 0.5)) is band


@pytest.mark.parametrize(
    ("age", "man", "gender"),
    [
        (40.0, 0.71, Gender.MAN), (40.0, 0.69, None), (40.0, 0.31, None), (40.0, 0.29, Gender.WOMAN),
        (19.0, 0.99, None), (8.0, 0.01, None),
    ],
)  # fmt: skip
def test_a_gender_that_is_not_sure_or_of_a_minor_is_not_told(age, man, gender):
    assert told_gender(Guess(age, man)) is gender


def test_a_track_is_told_once_and_then_forgotten(tracks, portrait):
    look(tracks, portrait)
    assert tracks.take(1) == Segment(Age.MIDDLE, Gender.WOMAN)
    assert tracks.take(1) == UNTOLD


@pytest.mark.parametrize(
    ("attributes", "segment"),
    [(("age",), Segment(Age.MIDDLE)), (("gender",), Segment(None, Gender.WOMAN)), ((), UNTOLD)],
)
def test_what_the_site_did_not_ask_for_is_not_told(portrait, attributes, segment):
    tracks = TrackSegments(attributes, legal_basis="assessment 4")
    look(tracks, portrait)
    assert tracks.take(1) == segment


@pytest.mark.parametrize(
    ("height", "segment"),
    [
        (MIN_HEIGHT_PX - 2, UNTOLD),
        (MIN_HEIGHT_PX + 4, Segment(None, Gender.WOMAN)),
        (AGE_HEIGHT_PX + 5, Segment(Age.MIDDLE, Gender.WOMAN)),
    ],
)
def test_a_small_face_has_no_age_and_a_smaller_one_nothing(tracks, portrait, height, segment):
    look(tracks, smaller(portrait, height))
    found = tracks.take(1)
    assert found.gender is segment.gender
    assert (found.age is None) or segment.age is not None


def test_one_picture_a_covered_face_and_one_that_is_turned_decide_nothing(tracks, portrait):
    look(tracks, portrait, times=(0.0, 0.2, 0.4))
    look(tracks, portrait, visibility=Visibility.EYES, track=2)
    image, mesh = portrait
    middle, angle = mesh.points.mean(axis=0), np.radians(45.0)
    cos, sin = np.cos(angle), np.sin(angle)
    turned = (mesh.points - middle) @ np.array([[cos, 0, -sin], [0, 1, 0], [sin, 0, cos]]) + middle
    look(tracks, (image, FaceMesh(turned.astype(np.float32), mesh.presence)), track=3)
    assert [tracks.take(track) for track in (1, 2, 3)] == [UNTOLD] * 3


def test_without_a_legal_basis_nothing_is_guessed():
    with pytest.raises(SettingError, match=r"record it in \[segments\]"):
        TrackSegments(ATTRIBUTES, legal_basis=" ")


def test_a_pipeline_shows_its_faces_and_its_state_has_nothing_of_them(tracks, portrait):
    image = cv2.copyMakeBorder(portrait[0], 100, 100, 200, 200, cv2.BORDER_REPLICATE)
    pipeline = FacePipeline(beside=[tracks])
    for number in range(14):
        moved = np.roll(image, number % 3, axis=1)
        pipeline.process(Frame(moved, number / 10, number))
    state = json.dumps(pipeline.state())
    (track,) = pipeline.finish()
    assert '"tracks"' in state
    assert not [word for word in ("age", "woman", "gender", "segment") if f'"{word}"' in state]
    assert tracks.take(track).gender is Gender.WOMAN


def test_who_is_dropped_is_forgotten(tracks, portrait):
    look(tracks, portrait)
    tracks.forget(one.track_id for one in [Dropped(1, DropReason.STAFF)])
    assert tracks.take(1) == UNTOLD
