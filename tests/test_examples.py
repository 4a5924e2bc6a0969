"""The examples in docstrings do what they say."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
from pathlib import Path

import pytest

import mien

# These run inside alembic, start the command, or need torch.
ELSEWHERE = ("mien.store.migrations", "mien.__main__", "mien.training")

MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages(mien.__path__, "mien.")
    if not module.name.startswith(ELSEWHERE)
)


def has_examples(name: str) -> bool:
    """Whether examples stand in the source of a module; looking for them in what it loaded takes long."""
    path = Path(mien.__file__).parents[1].joinpath(*name.split("."))
    source = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    return ">>>" in source.read_text(encoding="utf-8")


WITH_EXAMPLES = [name for name in MODULES if has_examples(name)]


def test_every_module_is_loaded_without_a_warning():
    for name in MODULES:
        importlib.import_module(name)


def test_there_are_examples_at_all():
    finder = doctest.DocTestFinder()
    found = [test for name in WITH_EXAMPLES for test in finder.find(importlib.import_module(name))]
    assert len([test for test in found if test.examples]) > 10


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_the_examples_of_a_module_hold(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0
