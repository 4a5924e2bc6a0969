"""What a network of the user's own answers is worked out by hand: cut, colours, layout, labels, calibration, error."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest

from mien.errors import ModelError, SettingError
from mien.expressions import EXPRESSIONS, valence
from mien.runtime.readers import open_reader, remarks_on, terms_of
from mien.vision.align import align_face
from mien.vision.detect import YuNet
from mien.vision.landmarks import MediaPipeLandmarker
from mien.vision.readers.manifest import load_manifest
from mien.vision.readers.onnx_engine import OnnxEngine
from mien.vision.readers.reader import ManifestReader
from mien.vision.region import region_of
from mien.vision.types import FaceMesh, Visibility
from support.facemesh import PORTRAIT
from support.networks import LABELS, Network, manifest, to_toml, weights, write_reader

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

Seen = tuple[np.ndarray, FaceMesh]


@pytest.fixture(scope="module")
def seen() -> Seen:
    image = np.asarray(cv2.imread(str(PORTRAIT)), np.uint8)
    image = cv2.warpAffine(
        image,
        cv2.getRotationMatrix2D((128, 110), 20, 1.0),
        image.shape[1::-1],
        borderMode=cv2.BORDER_REPLICATE,
    )
    return image, MediaPipeLandmarker().locate(image, YuNet().detect(image)[0])


def aligned(seen: Seen, size: int = 32) -> NDArray[np.float64]:
    """(size, size, 3) BGR: what a network sees whose manifest says cut = 'mien'."""
    return align_face(*seen, size).astype(np.float64)


def softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    e = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def ordered(shares: NDArray[np.float64], labels: tuple[str, ...] = LABELS) -> NDArray[np.float64]:
    out = np.zeros(8)
    out[[EXPRESSIONS.index(label) for label in labels]] = shares
    return out


def read(path: Path, seen: Seen) -> NDArray[np.float64]:
    (reading,) = open_reader(str(path)).read(seen[0], [seen[1]], [Visibility.FULL])
    return reading.probabilities


MIEN: dict[str, Any] = {"face": {"cut": "mien"}}


@pytest.mark.parametrize("layout", ["nchw", "nhwc"])
@pytest.mark.parametrize("channels", ["rgb", "bgr", "grey", "grey3"])
def test_colours_layout_and_scaling_reach_the_network_as_said(
    tmp_path: Path, seen: Seen, layout: str, channels: str
) -> None:
    depth = 1 if channels == "grey" else 3
    net = Network(weights(depth), depth=depth, layout=layout)
    mean, std = ([0.4, 0.5, 0.6], [0.2, 0.3, 0.4]) if depth == 3 else ([0.5], [0.25])
    given = {
        "size": 32, "channels": channels, "layout": layout, "divide_by": 255.0, "mean": mean, "std": std
    }  # fmt: skip
    crop = aligned(seen)
    grey = cv2.cvtColor(crop.astype(np.uint8), cv2.COLOR_BGR2GRAY)[..., None].astype(np.float64)
    pixels = {"bgr": crop, "rgb": crop[..., ::-1], "grey": grey, "grey3": np.repeat(grey, 3, axis=2)}[
        channels
    ]
    expected = ordered(softmax(net.logits(((pixels / 255.0 - mean) / std)[None])[0]))
    found = read(write_reader(tmp_path, net, **MIEN, input=given), seen)
    np.testing.assert_allclose(found, expected, atol=1e-5)
    assert 0.02 < expected.max() < 0.999, "the case tells nothing apart"


def test_a_network_that_takes_bytes_gets_bytes(tmp_path: Path, seen: Seen) -> None:
    net = Network(weights(scale=0.02), kind="uint8")
    given = {"size": 32, "channels": "rgb", "type": "uint8"}
    expected = ordered(softmax(net.logits(aligned(seen)[None, ..., ::-1])[0]))
    np.testing.assert_allclose(
        read(write_reader(tmp_path, net, **MIEN, input=given), seen), expected, atol=1e-5
    )


def test_the_box_is_enlarged_by_the_margin_and_turned_until_the_eyes_are_level(
    tmp_path: Path, seen: Seen
) -> None:
    image, mesh = seen
    place = region_of(mesh)
    assert abs(np.degrees(place.angle)) > 10, "the face must be tilted to show anything"
    side, centre = round(place.side / 1.5 * 1.3), (float(place.x) - 0.5, float(place.y) - 0.5)
    net = Network(weights(scale=2.0))
    found = []
    for level in (True, False):
        turn = cv2.getRotationMatrix2D(centre, np.degrees(place.angle) if level else 0.0, 1.0)
        upright = cv2.warpAffine(image, turn, image.shape[1::-1], borderMode=cv2.BORDER_REPLICATE)
        square = cv2.getRectSubPix(upright, (side, side), centre)
        crop = cv2.resize(square, (32, 32), interpolation=cv2.INTER_AREA).astype(np.float64)
        expected = ordered(softmax(net.logits(crop[None, ..., ::-1] / 255.0)[0]))
        path = write_reader(tmp_path, net, face={"cut": "box", "margin": 1.3, "level": level})
        found.append(read(path, seen))
        np.testing.assert_allclose(found[-1], expected, atol=0.008)
    assert np.abs(found[0] - found[1]).max() > 0.02, "the case does not tell the two apart"


def test_labels_in_any_order_are_put_in_theirs_and_missing_ones_get_nothing(
    tmp_path: Path, seen: Seen
) -> None:
    net = Network(weights(labels=3))
    labels = ("contempt", "neutral", "happiness")
    output = {"gives": "probabilities", "labels": list(labels)}
    shares = softmax(net.logits(aligned(seen)[None, ..., ::-1] / 255.0)[0])
    found = read(write_reader(tmp_path, net, **MIEN, output=output), seen)
    np.testing.assert_allclose(found, ordered(shares, labels), atol=1e-5)
    assert (found[[2, 3, 4, 5, 6]] == 0.0).all()


@pytest.mark.parametrize("gives", ["logits", "probabilities"])
def test_labels_that_mien_does_not_know_are_left_out_by_name_and_the_rest_is_whole_again(
    tmp_path: Path, seen: Seen, gives: str
) -> None:
    net = Network(weights(labels=4), softmax=gives == "probabilities")
    output = {
        "gives": gives, "labels": ["calm", "sadness", "unknown", "happiness"], "drop": ["calm", "unknown"]
    }  # fmt: skip
    shares = softmax(net.logits(aligned(seen)[None, ..., ::-1] / 255.0)[0])[[1, 3]]
    found = read(write_reader(tmp_path, net, **MIEN, output=output), seen)
    np.testing.assert_allclose(found, ordered(shares / shares.sum(), ("sadness", "happiness")), atol=1e-5)


def test_a_face_that_the_network_calls_none_of_all_gets_what_is_known_of_any(
    tmp_path: Path, seen: Seen
) -> None:
    strong = weights(labels=3, scale=0.0)
    strong[:, 1] = 60.0
    output = {"gives": "logits", "labels": ["happiness", "noface", "sadness"], "drop": ["noface"]}
    path = write_reader(tmp_path, Network(strong, softmax=False), **MIEN, output=output)
    found = read(path, seen)
    assert found.sum() == pytest.approx(1.0)
    assert found[0] == pytest.approx(0.32, abs=0.02), "a neutral face is the likeliest of all"


@pytest.mark.parametrize("gives", ["logits", "probabilities"])
def test_temperature_and_offset_are_applied_to_logits_and_shares_alike(
    tmp_path: Path, seen: Seen, gives: str
) -> None:
    net = Network(weights(), softmax=gives == "probabilities")
    logits = net.logits(aligned(seen)[None, ..., ::-1] / 255.0)[0]
    shift = np.array([0.7 if label == "fear" else 0.0 for label in LABELS])
    calibration = {"temperature": 2.5, "offset": {"fear": 0.7}}
    path = write_reader(
        tmp_path, net, **MIEN, output={"gives": gives, "labels": list(LABELS)}, calibration=calibration
    )
    np.testing.assert_allclose(read(path, seen), ordered(softmax(logits / 2.5 + shift)), atol=1e-5)


@pytest.mark.parametrize("batch", [1, 3])
def test_a_network_of_a_fixed_batch_reads_any_number_of_faces(tmp_path: Path, seen: Seen, batch: int) -> None:
    net = Network(weights(), batch=batch)
    reader = open_reader(str(write_reader(tmp_path, net, **MIEN)))
    found = reader.read(seen[0], [seen[1]] * 4, [Visibility.FULL] * 4)
    expected = ordered(softmax(net.logits(aligned(seen)[None, ..., ::-1] / 255.0)[0]))
    for one in found:
        np.testing.assert_allclose(one.probabilities, expected, atol=1e-5)


def test_covered_faces_are_not_shown_to_a_network_that_did_not_learn_them(tmp_path: Path, seen: Seen) -> None:
    path = write_reader(tmp_path)
    reader = ManifestReader(load_manifest(path), OnnxEngine(load_manifest(path), tmp_path))
    assert reader.reads == {Visibility.FULL}
    full, eyes = reader.read(seen[0], [seen[1]] * 2, [Visibility.FULL, Visibility.EYES])
    assert eyes.visibility is Visibility.EYES
    assert np.abs(full.probabilities - eyes.probabilities).max() > 0.05
    assert (eyes.variances >= (0.3, 0.15, 0.3)).all()


def test_the_stated_error_goes_by_confidence_and_an_unmeasured_one_is_large_and_said(
    tmp_path: Path, seen: Seen
) -> None:
    unmeasured = open_reader(str(write_reader(tmp_path)))
    (reading,) = unmeasured.read(seen[0], [seen[1]], [Visibility.FULL])
    assert (reading.variances >= (0.5, 0.25, 0.5)).all()
    (remark,) = remarks_on(unmeasured)
    assert "was not measured" in remark
    sure = float(reading.probabilities.max())
    steps = {"balance": [0.3, 0.1], "circumplex": [0.2, 0.05], "strongest": [0.25, 0.08]}
    for edge, expected in ((sure + 0.01, (0.3, 0.2, 0.25)), (sure - 0.01, (0.1, 0.05, 0.08))):
        error = {"measured_on": "our set", "confidence": [edge], **steps}
        reader = open_reader(str(write_reader(tmp_path, error=error)))
        assert remarks_on(reader) == ()
        (reading,) = reader.read(seen[0], [seen[1]], [Visibility.FULL])
        np.testing.assert_allclose(reading.variances, expected)
    one = {"measured_on": "our set", "balance": 0.2, "circumplex": 0.1, "strongest": 0.15}
    (reading,) = open_reader(str(write_reader(tmp_path, error=one))).read(
        seen[0], [seen[1]], [Visibility.FULL]
    )
    np.testing.assert_allclose(reading.variances, (0.2, 0.1, 0.15))
    assert -1.0 <= valence(reading.probabilities) <= 1.0


def test_the_version_changes_with_the_network_and_with_how_it_is_used_but_not_with_its_terms_or_place(
    tmp_path: Path,
) -> None:
    def version(net: Network, folder: str = "a", **changes: Any) -> str:
        (tmp_path / folder).mkdir(exist_ok=True)
        return open_reader(str(write_reader(tmp_path / folder, net, **changes))).version

    net = Network(weights())
    first = version(net)
    assert first.startswith("2.1+")
    same = [version(net, "b"), version(net, terms={"licence": "own", "copyright": "B", "origin": "x"})]
    assert same == [first, first]
    others = [
        version(Network(weights(seed=1))),
        version(net, face__margin=1.3),
        version(net, calibration__temperature=1.5),
        version(net, error={"measured_on": "x", "balance": 0.1, "circumplex": 0.1, "strongest": 0.1}),
        version(net, output__labels=[*LABELS[1:], LABELS[0]]),
        version(net, version="2.2"),
    ]
    assert len({first, *others}) == 1 + len(others)


def test_terms_are_told_in_one_line(tmp_path: Path) -> None:
    told = terms_of(open_reader(str(write_reader(tmp_path))))
    assert told is not None
    assert "MIT, A. Martin; from our own training" in told
    assert "\n" not in told


def test_an_altered_network_is_refused_and_its_hash_said(tmp_path: Path) -> None:
    path = write_reader(tmp_path)
    digest = Network(weights(seed=5)).write(tmp_path / "net.onnx")
    with pytest.raises(ModelError, match=f"has sha256 {digest}, the manifest of 'shop-net' says"):
        open_reader(str(path))


@pytest.mark.parametrize(
    ("network", "changes", "words"),
    [
        ({}, {"input__size": 48}, "takes 'picture' (float32: any, 3, 32, 32), its manifest says float32: any, 3, 48"),
        ({}, {"input__layout": "nhwc"}, "its manifest says float32: any, 32, 32, 3"),
        ({}, {"input__channels": "grey"}, "its manifest says float32: any, 1, 32, 32"),
        ({"kind": "uint8"}, {}, "takes 'picture' (uint8: any, 3, 32, 32)"),
        ({}, {"input__name": "face"}, "has no input 'face' but 'picture'"),
        ({}, {"output__name": "logits"}, "has no output 'logits' but 'prob'"),
        ({"outputs": ("p", "q")}, {}, "has 2 outputs, 'p' (float32: any, 7), 'q' (float32: any, 7); write one"),
        ({}, {"output__labels": list(LABELS[:6])}, "gives 'prob' (float32: any, 7), its manifest has 6 labels"),
        ({"softmax": False}, {}, "which are no probabilities; say output.gives = 'logits'"),
        ({}, {"output__gives": "logits"}, "which are probabilities already; say output.gives = 'probabilities'"),
        ({"weights": np.full((6, 7), np.nan, np.float32)}, {}, "gave nan for a picture"),
    ],
)  # fmt: skip
def test_a_network_that_is_not_as_its_manifest_says_is_refused_before_anything_is_read(
    tmp_path: Path, network: dict[str, Any], changes: dict[str, Any], words: str
) -> None:
    net = Network(**{"weights": weights(), **network})
    with pytest.raises(ModelError) as refused:
        open_reader(str(write_reader(tmp_path, net, **changes)))
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_file_that_is_no_network_or_is_missing_is_refused(tmp_path: Path) -> None:
    path = write_reader(tmp_path)
    (tmp_path / "net.onnx").write_bytes(b"no network")
    with pytest.raises(ModelError, match="has sha256"):
        open_reader(str(path))
    digest = hashlib.sha256(b"no network").hexdigest()
    path.write_text(to_toml(manifest(file="net.onnx", sha256=digest)), encoding="utf-8")
    with pytest.raises(ModelError, match="cannot be loaded"):
        open_reader(str(path))
    (tmp_path / "net.onnx").unlink()
    with pytest.raises(SettingError, match="cannot be opened: No such file or directory"):
        open_reader(str(path))
