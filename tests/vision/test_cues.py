"""Cues of single pictures follow what is done to a face, with the signs that are promised."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

import mien
from mien.video.types import Frame
from mien.vision.gate import GateSettings
from mien.vision.pipeline import FacePipeline
from mien.vision.settings import PipelineSettings
from mien.vision.types import LeftOut, Visibility
from support.facemesh import Actor, Stance, background, faces, picture
from support.lids import cues_of, drawn, lowered_brows, lowered_lids, mirrored

SAMPLES = Path(__file__).parents[2] / "samples"


def ends_of(name: str) -> tuple[np.ndarray, np.ndarray]:
    capture = cv2.VideoCapture(str(SAMPLES / name))
    frames = []
    while (read := capture.read())[0]:
        frames.append(read[1])
    return frames[0], frames[-2]


def test_a_smile_is_told_and_under_a_cover_it_is_not() -> None:
    first, last = ends_of("neutral_to_smiling.mp4")
    before, after = cues_of(first), cues_of(last)
    assert before.smile is not None and after.smile is not None
    assert after.smile > before.smile + 0.3
    hidden = cues_of(last, Visibility.EYES)
    assert hidden.smile is None
    assert (hidden.brow_raising, hidden.lid_closure) == (after.brow_raising, after.lid_closure)


def test_single_pictures_tell_cues_too() -> None:
    smiles = [
        face.cues.smile for face in mien.read_faces(SAMPLES / "multi_face.jpg") if face.cues is not None
    ]
    assert len(smiles) == 5
    assert sum(smile is not None and smile > 0.4 for smile in smiles) >= 3


def test_lids_go_from_open_to_shut() -> None:
    face = faces()[5]
    closures = [cues_of(drawn(face, lowered_lids(face, share))).lid_closure for share in (0.0, 0.7, 1.0)]
    assert closures[0] is not None and closures[1] is not None and closures[2] is not None
    assert closures[0] < 0.15 < closures[1] < 0.65 < closures[2]


def test_a_wink_has_the_sign_of_the_eye_that_shuts() -> None:
    face = faces()[5]
    image = drawn(face, lowered_lids(face, 1.0, ("left",)))
    there, back = cues_of(image).wink, cues_of(mirrored(image)).wink
    assert there is not None and back is not None
    assert there > 0.2
    assert back < -0.2


def test_brows_are_told_lowered_or_raised() -> None:
    face = faces()[5]
    down, level, up = (cues_of(drawn(face, lowered_brows(face, way))) for way in (0.03, 0.0, -0.05))
    assert down.brow_lowering > level.brow_lowering + 0.2
    assert up.brow_lowering == 0.0
    assert up.brow_raising > level.brow_raising + 0.2


def test_eyes_too_small_to_tell_have_no_lids() -> None:
    cues = cues_of(drawn(faces()[1], height=36.0))
    assert (cues.lid_closure, cues.lid_opening, cues.wink, cues.gaze) == (None, None, None, None)


def test_the_head_droops_against_what_is_usual_at_the_camera() -> None:
    settings = PipelineSettings(gate=GateSettings(usual_pitch=12.0))  # it hangs high
    droops = []
    for pitch in (12.0, 24.0):
        face = Actor(faces()[1], lambda _, pitch=pitch: Stance(x=320, y=180, height=130, pitch=pitch))
        (one,) = (
            FacePipeline(settings)
            .process(Frame(picture(background(640, 360), [face], 0.0), 0.0, 0))
            .observations
        )
        assert one.cues is not None and one.cues.droop is not None
        droops.append(one.cues.droop)
    assert abs(droops[0]) < 6.0
    assert 8.0 < droops[1] - droops[0] < 16.0


@pytest.mark.parametrize("pitch", [0.0, 40.0])
def test_faces_that_do_not_count_have_no_cues(pitch: float) -> None:
    face = Actor(faces()[1], lambda _: Stance(x=320, y=180, height=130, pitch=pitch))
    (one,) = FacePipeline().process(Frame(picture(background(640, 360), [face], 0.0), 0.0, 0)).observations
    assert (one.left_out is LeftOut.LOOKING_DOWN) == (pitch > 30.0)
    assert (one.cues is None) == (one.tired is None) == (one.left_out is not None)
