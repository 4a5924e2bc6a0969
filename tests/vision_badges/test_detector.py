"""Badges found on torsos, given to who wears them, and not found where there are none."""

from __future__ import annotations

from typing import get_args

import cv2
import numpy as np
import pytest
from benchmarks.badges import Badge, false_finds, found, portrait
from shop import Person, scene, wears

from mien.vision.align import align_face
from mien.vision.badges import FAMILIES, BadgeDetector, Family, cut_out
from mien.vision.badges.torso import search_region, wearer
from mien.vision.detect import YuNet
from mien.vision.landmarks import MediaPipeLandmarker
from support.command import SAMPLES, read_picture


def numbers(look: object) -> list[int]:
    return [marker.number for marker in look.markers]  # type: ignore[attr-defined]


def test_the_families_are_those_of_the_site_file() -> None:
    assert FAMILIES == {"apriltag-25h9": 35, "aruco-4x4": 50}


@pytest.mark.parametrize("family", get_args(Family))
@pytest.mark.parametrize(
    ("side_px", "badge", "blur", "least"),
    [
        (24, Badge(), 0.6, 0.9),
        (24, Badge(turn=40), 0.6, 0.9),
        (24, Badge(), 1.0, 0.9),
        (20, Badge(lean=50), 0.6, 0.6),
        (60, Badge(turn=40), 1.5, 0.9),
    ],
)
def test_badges_are_found_as_often_as_is_said(
    family: Family, side_px: float, badge: Badge, blur: float, least: float
) -> None:
    share, _ = found(family, 10, side_px, badge, blur)
    assert float(share.split()[0]) >= least


@pytest.mark.parametrize("family", get_args(Family))
def test_clothes_wear_no_badge_and_random_codes_hardly_ever(family: Family) -> None:
    clothes, shelves, noise = (wrong for _, _, wrong in false_finds(family, 20))
    assert clothes == 0
    assert shelves + noise <= 1


@pytest.mark.parametrize("family", get_args(Family))
def test_real_clothes_wear_no_badge(family: Family) -> None:
    image = read_picture(SAMPLES / "multi_face.jpg")
    boxes = {number: face.box for number, face in enumerate(YuNet(long_side=None).detect(image))}
    assert len(boxes) >= 4
    assert all(not look.markers for look in BadgeDetector(family).search(image, boxes).values())


def test_corners_are_told_in_pixels_of_the_picture() -> None:
    image, face = portrait(60, Badge(across=0.4, below=1.0), np.random.default_rng(0), blur=0.6)
    [marker] = BadgeDetector().search(image, {1: face})[1].markers
    middle = marker.corners.mean(axis=0)
    assert middle == pytest.approx([face[[0, 2]].mean() + 24, face[3] + 60], abs=1.0)
    assert np.linalg.norm(marker.corners[0] - marker.corners[1]) == pytest.approx(33, abs=2)


@pytest.mark.parametrize("across", [-0.8, -0.3, 0.3, 0.8])
def test_a_badge_belongs_to_who_wears_it_not_to_the_neighbour(across: float) -> None:
    people = [Person(x=220, badge=wears(number=5, across=across)), Person(x=370)]
    image, boxes = scene(people, 0.0)
    looks = BadgeDetector().search(image, boxes)
    assert (numbers(looks[1]), numbers(looks[2])) == ([5], [])


def test_a_badge_just_between_two_people_is_nobodys() -> None:
    image, boxes = scene([Person(x=250, badge=wears(number=5, across=0.9)), Person(x=358)], 0.0)
    looks = BadgeDetector().search(image, boxes)
    assert numbers(looks[1]) == numbers(looks[2]) == []


def test_who_is_hidden_just_now_keeps_the_badge_from_the_neighbour() -> None:
    people = [Person(x=260, badge=wears(number=5, across=0.2), back=lambda _: True), Person(x=310)]
    image, boxes = scene(people, 0.0)
    expected = boxes[2] - np.array([50, 0, 50, 0], np.float32)
    looks = BadgeDetector().search(image, {**boxes, 1: expected}, due=[2])
    assert numbers(looks[2]) == []


def test_of_two_behind_each_other_the_badge_is_of_whom_it_fits_in_size() -> None:
    near, far = np.array([260, 100, 340, 200], np.float32), np.array([285, 60, 325, 110], np.float32)
    square = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]], np.float32)
    assert wearer(square * 55 + (300, 260), [far, near]) == 1
    assert wearer(square * 27 + (305, 215), [far, near]) == 0


def test_a_poster_is_no_badge() -> None:
    image, face = portrait(60, Badge(side=1.6), np.random.default_rng(0), blur=0.6)
    assert numbers(BadgeDetector().search(image, {1: face})[1]) == []


def test_faces_at_the_picture_s_edge_are_searched_as_far_as_it_goes() -> None:
    image, _ = scene([], 0.0)
    height, width = image.shape[:2]
    boxes = {
        1: np.array([-20, -30, 50, 40], np.float32),
        2: np.array([width - 5, height - 5, width + 60, height + 60], np.float32),
        3: np.array([9e3, 9e3, 9.1e3, 9.1e3], np.float32),
        4: np.array([50, 50, 50, 50], np.float32),
    }
    looks = BadgeDetector().search(image, boxes)
    assert [look.in_view for look in looks.values()] == [True, False, False, False]
    assert search_region(boxes[1], height, width)[:2] == (0, 0)


def test_a_torso_cut_off_by_the_picture_is_not_in_view() -> None:
    image, boxes = scene([Person(y=400)], 0.0)
    assert not BadgeDetector().search(image, boxes)[1].in_view


def test_a_reader_sees_the_same_in_a_crop_as_in_the_picture() -> None:
    image = cv2.resize(read_picture(SAMPLES / "multi_face.jpg"), None, fx=1.5, fy=1.5)
    landmarker = MediaPipeLandmarker()
    for found_face in YuNet(long_side=None).detect(image):
        mesh = landmarker.locate(image, found_face)
        crop = cut_out(image, mesh)
        assert crop.image.size < image.size / 4
        assert crop.image.base is None
        for size in (48, 112):
            ours = align_face(crop.image, crop.mesh, size).astype(int)
            theirs = align_face(image, mesh, size).astype(int)
            assert np.abs(ours - theirs).max() <= 1
