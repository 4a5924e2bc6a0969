"""A real picture of a face on the wall, from the first picture to the last: nobody is counted for it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import av
import cv2
import jsonschema
import numpy as np
import pytest

from mien.report.document import json_schema
from mien.video.types import Frame
from mien.vision.pipeline import FacePipeline
from mien.vision.registry import READERS
from mien.vision.types import DropReason, LeftOut, Visibility
from support.clips import write_clip
from support.command import SAMPLES, read_picture, runner
from support.facemesh import background

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from mien.vision.pipeline import FrameResult
    from mien.vision.types import ExpressionReading, FaceMesh


pytestmark = pytest.mark.once


def printed(height: int) -> NDArray[np.uint8]:
    """A face of the sample picture with what is around it, so many pixels high and wide."""
    image = read_picture(SAMPLES / "multi_face.jpg")[200:400, 262:462]
    return cv2.resize(image, (height, height), interpolation=cv2.INTER_AREA)


def filmed(image: NDArray[np.uint8], seed: int) -> NDArray[np.uint8]:
    """As a camera shows it: light that changes slowly, sensor noise, JPEG."""
    rng = np.random.default_rng(seed)
    light = 1.0 + 0.15 * np.sin(seed / 60)
    noisy = np.clip(image * light + rng.normal(0.0, 4.0, image.shape), 0, 255).astype(np.uint8)
    return cv2.imdecode(cv2.imencode(".jpg", noisy, [cv2.IMWRITE_JPEG_QUALITY, 70])[1], cv2.IMREAD_COLOR)


class Counted:
    """Mien's own reader, counting what it is given."""

    reads = frozenset({Visibility.FULL, Visibility.EYES})

    def __init__(self) -> None:
        self._reader = READERS.make("mien")
        self.name, self.version = self._reader.name, self._reader.version
        self.faces = 0

    def read(
        self, image: NDArray[np.uint8], faces: Sequence[FaceMesh], visibility: Sequence[Visibility]
    ) -> list[ExpressionReading]:
        self.faces += len(faces)
        return self._reader.read(image, faces, visibility)


def test_a_poster_is_dropped_whole_and_no_longer_reaches_the_reader_even_after_a_stop() -> None:
    wall = background(200, 150, seed=3)
    wall[15:135, 40:160] = printed(120)
    reader = Counted()
    pipeline = FacePipeline(reader=reader)
    results: list[FrameResult] = []
    for t_s in range(0, 318, 2):
        if t_s == 160:
            state = json.loads(json.dumps(pipeline.state()))
            pipeline = FacePipeline(reader=reader)
            pipeline.restore(state)
        passed = 90 <= t_s < 96
        picture = np.full_like(wall, 120) if passed else filmed(wall, t_s)
        results.append(pipeline.process(Frame(picture, float(t_s), t_s)))
        if t_s == 312:
            read = reader.faces
    orders = [order for r in results for order in r.dropped]
    assert {order.reason for order in orders} == {DropReason.STILL}
    seen = {o.track_id for r in results for o in r.observations}
    assert {order.track_id for order in orders} == seen == {1, 2}, "the one before the passer-by as well"
    assert [track for r in results for track in r.ended] == []
    assert reader.faces == read > 140
    assert {o.left_out for r in results[-2:] for o in r.observations} == {LeftOut.STILL}
    assert len(pipeline.still_spots) == 1


def test_an_analysis_counts_the_customer_and_not_the_poster_beside_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with av.open(str(SAMPLES / "crying_to_smiling.mp4")) as container:
        customer = [
            cv2.resize(frame.to_ndarray(format="bgr24"), (214, 120), interpolation=cv2.INTER_AREA)
            for frame in container.decode(video=0)
        ]
    wall = background(480, 180, seed=5)
    wall[:60] //= 4  # what stays the same is most of the picture, or it would be another scene
    wall[60:, 350:470] = printed(120)

    def draw(number: int) -> NDArray[np.uint8]:
        """20 s of the customer from 30 s on; a passer-by hides the poster after 100 s, for 8 s."""
        picture = wall.copy()
        if 30 <= number < 49:
            picture[60:, :214] = customer[(number - 30) * 24]
        if 100 <= number < 108:
            picture[60:, 340:475] = 90
        return filmed(picture, number)

    film = write_clip(tmp_path / "shop.mp4", [float(i) for i in range(322)], size=(480, 180), draw=draw)
    monkeypatch.chdir(tmp_path)
    mien = runner(capsys, monkeypatch, 200)
    ran = mien("analyze", film, "--rate", "1", "--json", "-", "--store", tmp_path / "s.sqlite")
    document = json.loads(ran.out)
    jsonschema.validate(document, json_schema())
    (video,) = document["videos"]
    (interaction,) = video["interactions"]
    assert 28 <= interaction["start_s"] <= 31
    assert 45 <= interaction["end_s"] <= 52
    assert video["left_out"]["poster or screen"] >= 300
    (told,) = [warning for warning in video["warnings"] if "poster" in warning]
    assert told.startswith("A face 85 % from the left and")
    assert "taken for a poster or screen from 0:00, 5:" in told
    shown = mien("show", "1", "--store", tmp_path / "s.sqlite")
    assert told[:60] in shown.out.replace("\n", " ")
