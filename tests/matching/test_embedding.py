"""A face has a template where it is big, bare and frontal enough, and only on a legal basis."""

import math
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from mien.errors import SettingError
from mien.vision.detect import YuNet
from mien.vision.landmarks import MediaPipeLandmarker
from mien.vision.matching import FaceEmbedder, Template
from mien.vision.models import entry, weights_in_use
from mien.vision.pose import head_pose
from mien.vision.types import LeftOut, Visibility

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def embedder():
    return FaceEmbedder(legal_basis="consent at the door, record 12")


@pytest.fixture(scope="module")
def landmarker():
    return MediaPipeLandmarker()


@pytest.fixture(scope="module")
def group():
    return cv2.imread(str(ROOT / "samples" / "multi_face.jpg"))


@pytest.fixture(scope="module")
def faces(group, landmarker):
    """Landmarks of five people."""
    return [landmarker.locate(group, found) for found in YuNet(long_side=None).detect(group)]


def smaller(image, mesh, height_px):
    """The picture with the face `height_px` high, and its landmarks."""
    scale = height_px / float(np.ptp(mesh.points[:468, 1]))
    size = (round(image.shape[1] * scale), round(image.shape[0] * scale))
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA), replace(
        mesh, points=(mesh.points * scale).astype(np.float32)
    )


def made(embedder, image, mesh):
    template = embedder.embed(image, mesh, Visibility.FULL)
    assert isinstance(template, Template)
    return template


def test_the_same_face_in_another_light_and_size_is_nearer_than_any_other(embedder, group, faces):
    assert len(faces) == 5
    darker = (group * 0.7).astype(np.uint8)
    known = [made(embedder, group, mesh) for mesh in faces]
    for number, mesh in enumerate(faces):
        image, small = smaller(darker, mesh, 60.0)
        with made(embedder, image, small) as seen:
            distances = [seen.distance(template) for template in known]
        assert int(np.argmin(distances)) == number
        assert distances[number] < 0.45 < sorted(distances)[1]
    for template in known:
        template.close()


def test_the_height_is_that_of_the_face_in_the_picture(embedder, group, faces):
    image, mesh = smaller(group, faces[0], 60.0)
    with made(embedder, image, mesh) as template:
        assert template.height_px == pytest.approx(60.0, abs=0.1)
        assert template.pictures == 1


def test_small_covered_unusable_and_cut_faces_are_refused_with_the_reason(embedder, group, faces):
    image, mesh = smaller(group, faces[0], 60.0)
    assert embedder.embed(*smaller(group, faces[0], 47.0), Visibility.FULL) is LeftOut.TOO_SMALL
    assert embedder.embed(image, mesh, Visibility.EYES) is LeftOut.COVERED
    assert embedder.embed(image, mesh, Visibility.UNUSABLE) is LeftOut.UNUSABLE
    assert embedder.embed(image, replace(mesh, presence=0.2), Visibility.FULL) is LeftOut.UNUSABLE
    middle = int(mesh.points[:468, 0].mean())
    assert embedder.embed(image[:, :middle].copy(), mesh, Visibility.FULL) is LeftOut.CUT_OFF


@pytest.mark.parametrize(("yaw", "pitch"), [(50.0, 0.0), (-50.0, 0.0), (0.0, 45.0)])
def test_turned_faces_are_refused(embedder, group, faces, yaw, pitch):
    turned = rotated(faces[0], yaw, pitch)
    pose = head_pose(turned)
    assert max(abs(pose.yaw), abs(pose.pitch)) > 30.0
    assert embedder.embed(group, turned, Visibility.FULL) is LeftOut.TURNED_AWAY


def rotated(mesh, yaw, pitch):
    """Landmarks of the same head, turned further."""
    y, p = math.radians(yaw), math.radians(pitch)
    about_y = np.array([[math.cos(y), 0, -math.sin(y)], [0, 1, 0], [math.sin(y), 0, math.cos(y)]])
    about_x = np.array([[1, 0, 0], [0, math.cos(p), -math.sin(p)], [0, math.sin(p), math.cos(p)]])
    middle = mesh.points.mean(axis=0)
    points = (mesh.points - middle) @ (about_y @ about_x).T + middle
    return replace(mesh, points=points.astype(np.float32))


@pytest.mark.parametrize("basis", ["", "  "])
def test_without_a_legal_basis_there_is_no_embedder(basis):
    with pytest.raises(SettingError, match="legal basis"):
        FaceEmbedder(legal_basis=basis)


def test_an_analysis_that_does_not_match_is_the_same_with_and_without_the_network():
    assert entry("face_embedding_128").sha256 not in weights_in_use()
    assert entry("face_landmarks_478").sha256 in weights_in_use()


def test_a_face_and_its_mirror_image_have_one_template(embedder, group, faces):
    mirrored = np.ascontiguousarray(group[:, ::-1])
    points = MediaPipeLandmarker().locate(mirrored, YuNet(long_side=None).detect(mirrored)[0])
    with made(embedder, mirrored, points) as seen:
        distances = []
        for mesh in faces:
            with made(embedder, group, mesh) as template:
                distances.append(seen.distance(template))
    assert min(distances) < 0.2
