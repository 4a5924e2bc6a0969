"""A network that a server on the local network runs: the same numbers, only there, and clear words when it fails."""

from __future__ import annotations

import json
import re
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest

from mien.errors import EngineError, ModelError, SettingError
from mien.runtime import recording
from mien.runtime.analysis import analyze
from mien.runtime.readers import open_reader
from mien.store import Store
from mien.vision.detect import YuNet
from mien.vision.landmarks import MediaPipeLandmarker
from mien.vision.types import FaceMesh, Visibility
from support.clips import steady, write_clip
from support.command import runner
from support.facemesh import PORTRAIT
from support.inference_server import InferenceServer, serving
from support.networks import Network, weights, write_reader

if TYPE_CHECKING:
    from collections.abc import Iterator

SAMPLES = Path(__file__).parents[2] / "samples"
CLIP = SAMPLES / "neutral_to_smiling.mp4"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[InferenceServer]:
    write_reader(tmp_path)
    with serving(tmp_path / "net.onnx") as running:
        yield running


@pytest.fixture(scope="module")
def seen() -> tuple[np.ndarray, list[FaceMesh]]:
    image = np.asarray(cv2.imread(str(SAMPLES / "multi_face.jpg")), np.uint8)
    return image, [MediaPipeLandmarker().locate(image, one) for one in YuNet().detect(image)]


def over_http(folder: Path, url: str, /, *, engine: dict[str, Any] | None = None, **changes: Any) -> Path:
    """The manifest of the network in a folder, run by a server."""
    (folder / "http").mkdir(exist_ok=True)
    given = {"url": url, "model": "net", **(engine or {})}
    return write_reader(folder / "http", file=None, sha256=None, engine=given, **changes)


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


@pytest.mark.parametrize("network", [{}, {"layout": "nhwc"}, {"kind": "uint8"}, {"batch": 2}])
def test_the_numbers_are_those_of_the_same_network_in_this_process(
    tmp_path: Path, seen: tuple[np.ndarray, list[FaceMesh]], network: dict[str, Any]
) -> None:
    net = Network(**{"weights": weights(scale=0.02 if network.get("kind") else 4.0), **network})
    given = {"size": 32, "channels": "rgb", "layout": net.layout, "type": net.kind}
    here = write_reader(tmp_path, net, input=given)
    image, meshes = seen
    full = [Visibility.FULL] * len(meshes)
    with serving(tmp_path / "net.onnx") as running:
        there = open_reader(str(over_http(tmp_path, running.url, input=given)))
        expected = open_reader(str(here)).read(image, meshes, full)
        found = there.read(image, meshes, full)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one.probabilities, other.probabilities, atol=1e-6)
        np.testing.assert_array_equal(one.variances, other.variances)


def test_only_prepared_faces_are_sent_and_covered_ones_not_at_all(
    tmp_path: Path, server: InferenceServer, seen: tuple[np.ndarray, list[FaceMesh]]
) -> None:
    reader = open_reader(str(over_http(tmp_path, server.url)))
    server.bodies.clear()
    image, meshes = seen
    reader.read(image, meshes[:3], [Visibility.FULL, Visibility.EYES, Visibility.FULL])
    (body,) = server.bodies
    assert set(body) == {"inputs", "outputs"}
    (sent,) = body["inputs"]
    assert sent["shape"] == [2, 3, 32, 32]
    assert len(sent["data"]) == 2 * 3 * 32 * 32
    assert set(sent) == {"name", "shape", "datatype", "data"}
    reader.read(image, meshes[:1], [Visibility.UNUSABLE])
    assert len(server.bodies) == 1


def test_a_version_and_a_folder_of_the_server_are_asked_for(tmp_path: Path, server: InferenceServer) -> None:
    open_reader(str(over_http(tmp_path, server.url + "/", engine={"version": "3"})))
    assert server.paths == [
        "/v2/health/ready",
        "/v2/models/net/versions/3",
        "/v2/models/net/versions/3/infer",
    ]


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("500", r"answered 500 to v2/models/net/infer \(out of memory\)"),
        ("garbage", r"answered something that the Open Inference Protocol does not know \(Invalid JSON"),
        ("nan", r"does not know \(outputs\.0\.data.*finite number"),
        (
            "shape",
            r"outputs of shape \(1, 6\) for 1 pictures; with the labels of its manifest it must be \(1, 7\)",
        ),
        ("count", r"gave 6 values and says that their shape is \(1, 7\)"),
        ("other output", r"answered with 'features', where 'prob' was asked for"),
        ("redirect", r"wants to send the pictures elsewhere, which is not followed"),
        ("slow", r"did not answer within 0\.3 s \(engine\.timeout_s\)"),
        ("endless", r"answered with more than 4,000,000 bytes"),
    ],
)
def test_a_server_that_fails_is_told_in_one_sentence_and_asked_once(
    tmp_path: Path, server: InferenceServer, seen: tuple[np.ndarray, list[FaceMesh]], fault: str, words: str
) -> None:
    reader = open_reader(
        str(over_http(tmp_path, server.url, engine={"timeout_s": 0.3 if fault == "slow" else 5}))
    )
    server.bodies.clear()
    with serving(tmp_path / "net.onnx") as elsewhere:
        server.fault, server.redirect_to = fault, elsewhere.url
        with pytest.raises(ModelError) as failed:
            reader.read(seen[0], seen[1][:1], [Visibility.FULL])
        assert elsewhere.paths == []
    said = str(failed.value)
    assert re.search(words, said), said
    assert "\n" not in said
    if fault != "shape":
        assert isinstance(failed.value, EngineError)
        assert said.startswith(f"The engine at {server.url} ")
        assert said.endswith("once it runs as it should, give the same command again.")
    assert len(server.bodies) == 1


def test_a_server_that_is_down_or_does_not_know_the_network_is_told_before_anything_is_read(
    tmp_path: Path, server: InferenceServer
) -> None:
    with pytest.raises(EngineError, match=r"cannot be reached \(.*refused"):
        open_reader(str(over_http(tmp_path, f"http://127.0.0.1:{closed_port()}")))
    with pytest.raises(EngineError, match=r"answered 404 to v2/models/other \(Model not found\)"):
        open_reader(str(over_http(tmp_path, server.url, engine={"model": "other"})))
    with pytest.raises(ModelError, match=r"takes 'picture' \(float32: any, 3, 32, 32\), its manifest says"):
        open_reader(str(over_http(tmp_path, server.url, input__size=48)))


@pytest.mark.parametrize(
    "url",
    [
        "http://8.8.8.8:8000", "https://1.1.1.1", "http://[2001:4860:4860::8888]:8000", "http://0.0.0.0:8000",
        "http://[::ffff:8.8.8.8]:8000", "http://172.32.0.1", "http://100.64.0.1", "http://224.0.0.1",
    ],
)  # fmt: skip
def test_no_face_is_sent_outside_the_local_network(
    tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def connect(*_: object) -> None:
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket.socket, "connect", connect)
    with pytest.raises(
        SettingError, match="outside the local network; pictures of faces go only to"
    ) as refused:
        open_reader(str(over_http(tmp_path, url)))
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://192.168.1.300:8000", "engine.url is 'http://192.168.1.300:8000', which is no address"),
        ("http://10.0.0.1:99999", "a port is 1 to 65535"),
        ("http://nowhere.invalid:8000", "The engine's host 'nowhere.invalid' is not known"),
        (f"http://{'a' * 70}:8000", "is not known"),
    ],
)
def test_what_is_no_address_is_said_to_be_none(tmp_path: Path, url: str, words: str) -> None:
    with pytest.raises(SettingError, match=re.escape(words)) as refused:
        open_reader(str(over_http(tmp_path, url)))
    assert "\n" not in str(refused.value)


def test_a_name_is_looked_up_once_and_every_address_of_it_must_be_local(
    tmp_path: Path, server: InferenceServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    addresses: list[str] = []
    real = socket.getaddrinfo

    def look_up(host: str, port: int, *more: Any, **options: Any) -> list[Any]:
        if host not in ("inference.shop", b"inference.shop"):
            return real(host, port, *more, **options)
        asked.append(str(host))
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    named = server.url.replace("127.0.0.1", "inference.shop")
    addresses[:] = ["127.0.0.1", "93.184.216.34"]
    with pytest.raises(SettingError, match=r"host 'inference\.shop' is at 93\.184\.216\.34, outside"):
        open_reader(str(over_http(tmp_path, named)))
    asked.clear()
    addresses[:] = ["127.0.0.1"]
    open_reader(str(over_http(tmp_path, named)))
    assert asked == ["inference.shop"], "a second answer could lead elsewhere"
    assert server.paths[-1] == "/v2/models/net/infer"


def test_a_proxy_of_the_environment_sees_no_face(
    tmp_path: Path, server: InferenceServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(tmp_path / "net.onnx") as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        open_reader(str(over_http(tmp_path, server.url)))
        assert proxy.paths == []
    assert len(server.bodies) == 1


def test_an_analysis_that_lost_its_server_goes_on_where_it_was(
    tmp_path: Path, server: InferenceServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording, "_COMMIT_EVERY_S", 0.0)
    manifest = str(over_http(tmp_path, server.url))
    whole = analyze(CLIP, reader=manifest, rate=5)
    server.fault, server.fails_after = "500", 1 + 6
    with Store.open(str(tmp_path / "store.sqlite")) as store:
        with pytest.raises(EngineError, match="answered 500"):
            analyze(CLIP, reader=manifest, rate=5, store=store)
        server.fault = None
        began: list[float] = []
        found = analyze(CLIP, reader=manifest, rate=5, store=store, progress=lambda t, _: began.append(t))
    assert began[0] > 0.8, "it began anew"
    assert found.complete
    assert (found.report.readings, found.report.frames) == (whole.report.readings, whole.report.frames)
    assert [one.eps for one in found.interactions] == pytest.approx([one.eps for one in whole.interactions])


def test_of_several_videos_those_that_were_finished_are_told_when_the_server_is_lost(
    tmp_path: Path,
    server: InferenceServer,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    image = cv2.resize(np.asarray(cv2.imread(str(PORTRAIT)), np.uint8), (256, 256))
    clips = [
        write_clip(tmp_path / f"{i}.mp4", steady(5, 2 + i), size=(256, 256), draw=lambda _: image)
        for i in range(3)
    ]
    manifest = over_http(tmp_path, server.url)
    server.fault, server.fails_after = "500", 3 + 10 + 3
    ran = runner(capsys, monkeypatch, 160)(
        "analyze",
        *clips,
        "--reader",
        manifest,
        "--rate",
        5,
        "--json",
        "-",
        "--store",
        tmp_path / "store.sqlite",
    )
    assert ran.code == 2
    assert [Path(video["video"]).name for video in json.loads(ran.out)["videos"]] == ["0.mp4"]
    said = [line for line in ran.err.splitlines() if "The engine at" in line]
    assert len(said) == 1
    assert "Traceback" not in ran.err
