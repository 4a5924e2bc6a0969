"""A wrong manifest ends in one sentence that names the key and what is allowed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pytest

from mien.errors import SettingError
from mien.runtime.readers import open_reader
from mien.vision.readers.manifest import load_manifest
from support.networks import LABELS, manifest, to_toml, write_reader

if TYPE_CHECKING:
    from pathlib import Path

DIGEST = "0" * 64
SERVER = {"file": None, "sha256": None}
ERROR = {"measured_on": "x", "balance": 0.1, "circumplex": 0.1, "strongest": 0.1}
WORDS = "neutral, happiness, surprise, sadness, anger, disgust, fear, contempt"


def complaint(folder: Path, **changes: Any) -> str:
    path = folder / "net.toml"
    path.write_text(to_toml(manifest(**{"file": "net.onnx", "sha256": DIGEST, **changes})), encoding="utf-8")
    with pytest.raises(SettingError) as refused:
        load_manifest(path)
    said = str(refused.value)
    assert "\n" not in said
    assert str(path) in said
    return said


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"nmae": "x"}, "the key 'nmae' is not known; a manifest may have name, version, file, sha256, engine"),
        ({"input__sise": 48}, "the key 'input.sise' is not known; [input] may have name, size, channels, layout"),
        ({"output__labels": None, "output__label": ["a"]}, "the key 'output.label' is not known; [output] may have"),
        ({"name": None}, "the key 'name' is missing; give small letters, digits"),
        ({"name": "Shop Net"}, "the key 'name' is 'Shop Net'; give small letters"),
        ({"version": "2 beta"}, "the key 'version' is '2 beta'"),
        ({"version": 2}, "the key 'version' is 2; give letters, digits"),
        ({"sha256": "abc"}, "the key 'sha256' is 'abc'; give 64 hex digits"),
        ({"sha256": None}, "'file' and 'sha256' belong together"),
        ({"file": None}, "give either 'file' with 'sha256', or the table [engine]"),
        ({"engine": {"url": "http://10.0.0.1", "model": "m"}}, "and not both"),
        ({"terms": None}, "the key 'terms' is missing; give licence, copyright and origin"),
        ({"terms__licence": ""}, "the key 'terms.licence' is ''; give the SPDX name"),
        ({"terms__origin": None}, "the key 'terms.origin' is missing; give where the network comes from"),
        ({"terms": "MIT"}, "the key 'terms' is 'MIT'; give licence, copyright and origin"),
        ({"face__cut": "circle"}, "the key 'face.cut' is 'circle'; give 'mien' for the alignment"),
        ({"face__margin": 9}, "the key 'face.margin' is 9; give side of the square over the longer side"),
        ({"face": {"cut": "mien", "margin": 1.2}}, "face.margin and face.level belong to cut = 'box'"),
        ({"input__size": 4}, "the key 'input.size' is 4; give side of the square it takes in pixels, 16 to 512"),
        ({"input__size": [48, 64]}, "the key 'input.size' is [48, 64]"),
        ({"input__channels": "yuv"}, "the key 'input.channels' is 'yuv'; give 'grey', 'grey3'"),
        ({"input__layout": "chw"}, "the key 'input.layout' is 'chw'; give 'nchw'"),
        ({"input__divide_by": 0}, "the key 'input.divide_by' is 0"),
        ({"input__mean": math.nan}, "the key 'input.mean.0' is nan; give what is then subtracted"),
        ({"input__mean": [1, 2]}, "input.mean has 2 numbers; give one, or one for each of 3 channels"),
        ({"input__std": 0}, "input.std has 0; every number must be above 0"),
        ({"input__type": "uint8"}, "input.type 'uint8' takes pixels as they are"),
        ({"output__gives": "?"}, "the key 'output.gives' is '?'; give 'logits' or 'probabilities'"),
        ({"output__labels": ["happy", "sadness"]}, f"output.labels has 'happy'; use {WORDS}, or name it"),
        ({"output__labels": ["fear", "anger", "fear"]}, "output.labels has 'fear' twice"),
        ({"output__labels": ["fear", "calm"], "output__drop": ["calm"]}, "keeps 1 expressions"),
        ({"output__drop": ["calm"]}, "output.drop names 'calm', which is not among output.labels"),
        ({"calibration__temperature": 0}, "the key 'calibration.temperature' is 0; give what divides logits"),
        ({"calibration__offset": {"joy": 1.0}}, f"calibration.offset has 'joy'; use {WORDS}"),
        ({"calibration__offset": {"fear": "much"}}, "the key 'calibration.offset.fear' is 'much'; give what"),
        ({"error": {"measured_on": "x", "balance": 0.1, "strongest": 0.1}}, "the key 'error.circumplex' is missing"),
        ({"error": {"balance": 0.1, "circumplex": 0.1, "strongest": 0.1}}, "the key 'error.measured_on' is missing"),
        ({"error": {**ERROR, "balance": -1}}, "'error.balance.0' is -1"),
        (
            {"error": {**ERROR, "confidence": [0.5]}},
            "error.balance has 1 variances; 1 edges of error.confidence make 2 steps",
        ),
        (
            {"error": {**ERROR, "confidence": [0.6, 0.5]}},
            "error.confidence must rise",
        ),
        ({**SERVER, "engine": {"url": "10.0.0.1:8000", "model": "m"}}, "'engine.url' is '10.0.0.1"),
        ({**SERVER, "engine": {"url": "ftp://10.0.0.1", "model": "m"}}, "'engine.url' is 'ftp:"),
        ({**SERVER, "engine": {"url": "http://a:b@10.0.0.1", "model": "m"}}, "'engine.url' is"),
        ({**SERVER, "engine": {"url": "http://10.0.0.1"}}, "the key 'engine.model' is missing"),
        ({**SERVER, "engine": {"url": "http://10.0.0.1", "model": "../x"}}, "'engine.model' is"),
        ({**SERVER, "engine": "http://10.0.0.1"}, "the key 'engine' is 'http://10.0.0.1'; give url"),
    ],
)  # fmt: skip
def test_a_wrong_key_is_named_with_what_is_allowed(
    tmp_path: Path, changes: dict[str, Any], words: str
) -> None:
    assert words in complaint(tmp_path, **changes)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"name = ", "is no manifest in TOML (Invalid value (at end of document))"),
        (b"\xff\xfe\x00", "is no manifest in TOML"),
        (b"", "the key 'name' is missing"),
        (b"\x89PNG\r\n", "is no manifest in TOML"),
    ],
)
def test_what_is_no_manifest_is_said_to_be_none(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "net.toml"
    path.write_bytes(content)
    with pytest.raises(SettingError) as refused:
        open_reader(str(path))
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)


def test_other_choices_are_told_what_a_reader_can_be(tmp_path: Path) -> None:
    with pytest.raises(
        SettingError, match="no expression reader 'psychic'; choose one of mien, or give the path of"
    ):
        open_reader("psychic")
    with pytest.raises(
        SettingError, match="is a network without its manifest; write one with: mien reader new"
    ):
        open_reader(str(tmp_path / "net.onnx"))
    with pytest.raises(SettingError, match="cannot be opened: No such file"):
        open_reader(str(tmp_path / "net.toml"))
    with pytest.raises(SettingError, match="cannot be opened: Is a directory"):
        (tmp_path / "folder.toml").mkdir()
        open_reader(str(tmp_path / "folder.toml"))
    with pytest.raises(SettingError, match="the name is 'mien', which is a reader of Mien's own"):
        open_reader(str(write_reader(tmp_path, name="mien")))


def test_a_whole_manifest_is_read_as_it_stands(tmp_path: Path) -> None:
    path = write_reader(tmp_path, calibration={"temperature": 2, "offset": {"fear": 1}}, input__mean=0.5)
    found = load_manifest(path)
    assert found.output.labels == LABELS
    assert found.calibration.temperature == 2.0
    assert found.input.mean == (0.5,)
    assert found.kind == "onnx"
