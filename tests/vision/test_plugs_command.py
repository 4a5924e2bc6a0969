"""A reader of one's own from the command line: written, tried, measured, used, and never mixed with another."""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from mien.errors import InputError
from mien.evaluation.measured import as_toml, measure_error
from mien.evaluation.types import Scored
from mien.expressions import EXPRESSIONS, SCALES, valence
from mien.runtime.analysis import analyze
from mien.runtime.readers import open_reader
from mien.store import Store
from mien.vision.readers.manifest import load_manifest
from support.clips import noise, steady, write_clip
from support.command import Ran, runner
from support.facemesh import PORTRAIT
from support.networks import LABELS, Network, weights, write_reader

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def mien(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Ran]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MIEN_STORE", str(tmp_path / "store.sqlite"))
    return runner(capsys, monkeypatch, 160)


@pytest.fixture
def portrait(tmp_path: Path) -> Path:
    """Two seconds of a still portrait."""
    image = cv2.resize(np.asarray(cv2.imread(str(PORTRAIT)), np.uint8), (256, 256))
    return write_clip(tmp_path / "portrait.mp4", steady(5, 2), size=(256, 256), draw=lambda _: image)


def test_from_a_network_to_a_reader_that_works(mien: Callable[..., Ran], tmp_path: Path) -> None:
    Network(weights()).write(tmp_path / "My Net.onnx")
    told = mien("reader", "check", "My Net.onnx")
    assert "takes 'picture' (float32: any, 3, 32, 32)" in told.out
    assert "gives 'prob' (float32: any, 7)" in told.out
    made = mien("reader", "new", "My Net.onnx")
    assert made.code == 0, made.err
    assert "mien reader check 'My Net.toml'" in made.out
    path = tmp_path / "My Net.toml"
    assert told.out.splitlines()[0] in path.read_text(encoding="utf-8")
    assert mien("reader", "new", "My Net.onnx").complaint.endswith("give another place with --to.")
    assert "the key 'terms.licence' is ''" in mien("reader", "check", path).complaint
    text = (
        path.read_text(encoding="utf-8").replace('= ""', '= "own"').replace('gives = "?"', 'gives = "logits"')
    )
    path.write_text(text.replace('["?", "?", "?", "?", "?", "?", "?"]', json.dumps(LABELS)), encoding="utf-8")
    assert "say output.gives = 'probabilities'" in mien("reader", "check", path).complaint
    text = path.read_text(encoding="utf-8").replace('"logits"', '"probabilities"')
    path.write_text(text, encoding="utf-8")
    checked = mien("reader", "check", path)
    assert checked.code == 0, checked.err
    assert "Reader my-net 1+" in checked.out
    assert "A smiling portrait was found at" in checked.out
    assert "was not measured" in checked.complaint


@pytest.mark.parametrize(
    "network", [{"layout": "nhwc", "kind": "uint8"}, {"outputs": ("p", "q")}, {"depth": 1}]
)
def test_a_new_manifest_holds_what_the_network_tells_and_asks_for_the_rest(
    mien: Callable[..., Ran], tmp_path: Path, network: dict[str, object]
) -> None:
    depth = int(str(network.get("depth", 3)))
    net = Network(**{"weights": weights(depth), **network})
    (tmp_path / "nets").mkdir()
    digest = net.write(tmp_path / "nets" / "n.onnx")
    assert mien("reader", "new", "nets/n.onnx", "--to", "mine.toml").code == 0
    found = tomllib.loads((tmp_path / "mine.toml").read_text(encoding="utf-8"))
    assert (found["file"], found["sha256"]) == ("nets/n.onnx", digest)
    wanted = (net.size, net.layout, net.kind, "grey" if net.depth == 1 else "rgb")
    assert tuple(found["input"][key] for key in ("size", "layout", "type", "channels")) == wanted
    assert found["output"]["gives"] == "?"
    assert found["output"]["name"] == ("?" if len(net.outputs) > 1 else "prob")
    with pytest.raises(InputError):
        load_manifest(tmp_path / "mine.toml")


def test_an_analysis_says_whose_reader_it_used_on_what_terms_and_what_is_not_known_of_it(
    mien: Callable[..., Ran], tmp_path: Path, portrait: Path
) -> None:
    manifest = write_reader(tmp_path)
    version = f"shop-net {open_reader(str(manifest)).version}"
    ran = mien("analyze", portrait, "--reader", manifest, "--json", "-", "--report", "page.html", "--rate", 5)
    assert ran.code == 0, ran.err
    assert f"Reader {version}: MIT, A. Martin; from our own training." in ran.err
    found = json.loads(ran.out)
    assert found["reader"] == version
    assert any("was not measured" in warning for warning in found["videos"][0]["warnings"])
    assert version in (tmp_path / "page.html").read_text(encoding="utf-8")
    shown = json.loads(mien("show", 1, "--json").out)
    assert shown["reader"] == version
    assert any("was not measured" in warning for warning in shown["videos"][0]["warnings"])


def test_a_wrong_reader_ends_the_command_before_anything_is_read_or_stored(
    mien: Callable[..., Ran], tmp_path: Path, portrait: Path
) -> None:
    manifest = write_reader(tmp_path, input__sise=3)
    images = np.stack([noise(64, 64, i) for i in range(20)])
    np.savez(tmp_path / "set.npz", images=images, label=np.array(["happy", "sad"] * 10))
    for arguments in (
        ("analyze", portrait, portrait, "--reader", manifest),
        ("evaluate", "set.npz", "--reader", manifest),
        ("reader", "check", manifest),
    ):
        ran = mien(*arguments)
        assert ran.code == 2
        assert "the key 'input.sise' is not known" in ran.complaint
        assert ran.out == ""
    assert not (tmp_path / "store.sqlite").exists()


def test_another_reader_neither_continues_nor_joins_what_one_has_begun(
    tmp_path: Path, portrait: Path
) -> None:
    (tmp_path / "other").mkdir()
    one = str(write_reader(tmp_path))
    other = str(write_reader(tmp_path / "other", Network(weights(seed=3))))
    elsewhere = tmp_path / "copy"
    elsewhere.mkdir()
    moved = str(write_reader(elsewhere))

    def begin(reader: str, *, upto_s: float | None = None) -> float:
        times: list[float] = []
        found = analyze(
            portrait, reader=reader, store=store, rate=5, progress=lambda t, _: times.append(t),
            stop=lambda: upto_s is not None and bool(times) and times[-1] >= upto_s,
        )  # fmt: skip
        assert found.reader == f"shop-net {open_reader(reader).version}"
        return times[0]

    with Store.open(str(tmp_path / "store.sqlite")) as store:
        begin(one, upto_s=1.0)
        assert begin(other, upto_s=0.6) == 0.0
        assert begin(other, upto_s=1.2) > 0.5
        assert begin(one) == 0.0
        begin(one, upto_s=1.0)
        assert begin(moved) > 0.9, "the same reader at another place goes on"
        stored = store.recordings.interactions()
    assert {found.reader for found in stored} == {f"shop-net {open_reader(one).version}"}


def test_evaluation_measures_the_error_and_its_lines_fit_the_manifest(
    mien: Callable[..., Ran], tmp_path: Path
) -> None:
    manifest = write_reader(tmp_path)
    portrait = cv2.cvtColor(np.asarray(cv2.imread(str(PORTRAIT)), np.uint8), cv2.COLOR_BGR2RGB)[
        30:230, 30:230
    ]
    rng = np.random.default_rng(0)
    images = np.stack(
        [cv2.resize(np.roll(portrait, rng.integers(-6, 6, 2), (0, 1)), (96, 96)) for _ in range(130)]
    )
    lit = np.clip(images * rng.uniform(0.5, 1.2, (130, 1, 1, 1)), 0, 255).astype(np.uint8)
    np.savez(tmp_path / "set.npz", images=lit, label=np.array(["happy", "sad"] * 65))
    ran = mien("evaluate", "set.npz", "--reader", manifest, "--resamples", 200)
    assert ran.code == 0, ran.err
    lines = ran.err[ran.err.index("[error]") :]
    manifest.write_text(manifest.read_text(encoding="utf-8") + "\n" + lines, encoding="utf-8")
    stated = load_manifest(manifest).error
    assert stated is not None
    assert stated.measured_on == "set.npz, labels, 130 pictures"
    few = mien("evaluate", "set.npz", "--reader", manifest, "--resamples", 200, "--limit", 20)
    assert "was not measured" not in few.err
    assert "Fewer than 100 faces with a label were read" in few.err
    assert "[error]" not in few.err


def scored(count: int, seed: int = 0) -> Scored:
    """Readings of which the sure ones miss less."""
    rng = np.random.default_rng(seed)
    p = rng.dirichlet(np.full(8, 0.3), count)
    votes = np.array([rng.multinomial(10, row) for row in p])
    shares = votes / votes.sum(axis=1, keepdims=True)
    return Scored(
        truth=shares.argmax(axis=1), answer=p.argmax(axis=1), classes=tuple(range(8)), probabilities=p,
        variance=np.ones(count), valence=valence(p), shares=shares, tagger_valence=valence(shares),
        taggers=votes.sum(axis=1), found=rng.uniform(size=count) < 0.9,
    )  # fmt: skip


def test_measured_errors_are_the_mean_squared_misses_of_what_was_found_in_steps_of_confidence() -> None:
    world = scored(900)
    found = measure_error(world)
    assert found is not None
    assert found.pictures == world.found.sum()
    assert found.variances.shape == (4, 3)
    p, shares = world.probabilities[world.found], world.shares[world.found]
    step = np.digitize(p.max(axis=1), found.confidence)
    for k, scale in enumerate(SCALES):
        square = (valence(p, scale) - valence(shares, scale)) ** 2
        np.testing.assert_allclose(found.variances[:, k], [square[step == s].mean() for s in range(4)])
    assert found.variances[0, 0] > 1.2 * found.variances[-1, 0]
    counts = np.bincount(step)
    assert counts.min() > 0.8 * counts.max()
    one = measure_error(scored(130))
    assert one is not None
    assert one.variances.shape == (1, 3)
    assert "confidence" not in as_toml(one, "x")
    assert measure_error(scored(99)) is None


def test_a_reader_that_is_always_as_sure_gets_one_step() -> None:
    world = scored(600)
    p = np.eye(len(EXPRESSIONS))[world.answer]
    same = Scored(**{**{name: getattr(world, name) for name in Scored.__slots__}, "probabilities": p})
    found = measure_error(same)
    assert found is not None
    assert found.confidence.size == 0
    assert found.variances.shape == (1, 3)
