"""`mien show` tells what `mien analyze` told."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import av
import jsonschema
import pytest

from mien.report.document import json_schema
from mien.runtime.analysis import analyze
from mien.store import RecordingKey, Source, Store
from support.clips import cut, write_clip
from support.command import SAMPLES, read_picture

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from support.command import Ran


def document(ran: Ran) -> dict[str, Any]:
    """The JSON document on standard output, valid by its published schema."""
    told: dict[str, Any] = json.loads(ran.out)
    jsonschema.validate(told, json_schema())
    return told


def one(ran: Ran) -> dict[str, Any]:
    """Its only video, without the path, which the store does not keep."""
    (video,) = document(ran)["videos"]
    return {key: value for key, value in video.items() if key != "video"}


def truncated(folder: Path, _picture: Path) -> Path:
    with av.open(str(SAMPLES / "crying_to_smiling.mp4")) as source:
        frames = [f.to_ndarray(format="bgr24") for i, f in enumerate(source.decode(video=0)) if i < 100]
    height, width = frames[0].shape[:2]
    times = [i / 25 for i in range(100)]
    clip = write_clip(folder / "cut.mkv", times, size=(width, height), draw=lambda n: frames[n])
    return cut(clip, 0.6)


def single(folder: Path, picture: Path) -> Path:
    image = read_picture(picture)
    return write_clip(folder / "one.mp4", [0.0], size=(260, 260), draw=lambda _: image)


def faceless(_folder: Path, _picture: Path) -> Path:
    return SAMPLES / "no_face.mp4"


@pytest.mark.parametrize("make", [truncated, single, faceless])
def test_show_tells_what_analyze_told(
    mien: Callable[..., Ran], tmp_path: Path, face_picture: Path, make: Callable[[Path, Path], Path]
) -> None:
    options = ("--type", "a sale", "--touchpoint", "checkout", "--scale", "circumplex", "--rate", "5")
    ran = mien("analyze", make(tmp_path, face_picture), "--json", "-", *options)
    told, asked = one(ran), document(ran)["scale"]
    assert bool(told["interactions"]) == (make is truncated)
    assert any("scored to the cut" in warning for warning in told["warnings"]) == (make is truncated)
    shown = mien("show", "1", "--json")
    assert one(shown) == told
    assert document(shown)["scale"] == asked == "circumplex"
    text = mien("show", "1").out
    assert all(warning in text for warning in told["warnings"])
    assert told["reason"] is None or told["reason"] in text


def test_an_empty_store_is_a_document_without_videos(mien, store):
    Store.open(store).close()
    for filters in ((), ("--site", "Lyon 2")):
        ran = mien("show", "--json", *filters)
        assert ran.code == 0
        assert document(ran)["videos"] == []
        assert "Nothing is stored" in ran.complaint


def test_no_nought_has_a_sign(mien, store):
    clip = SAMPLES / "neutral_to_smiling.mp4"
    with Store.open(store) as opened:
        (found,) = analyze(clip, rate=5).interactions
        barely = replace(
            found.score, eps=-0.3, eps_low=-1.4, eps_high=0.2, initial_valence=0.00001, final_valence=-0.00001
        )
        known = Source(clip.name), RecordingKey("print")
        with opened.recordings.begin(known[1], "s", reader=found.reader, source=known[0]) as run:
            run.commit([replace(found, score=barely)], {}, 1.0, {})
            run.finish({})
    assert "0 (−1 to 0)" in mien("show").out
    ran = mien("show", "--json")
    assert "-0.0," not in ran.out
    assert '"final_valence": 0.0' in ran.out
