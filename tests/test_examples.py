"""The examples in docstrings do what they say."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import mien

# These run inside alembic, start the command, or need torch.
ELSEWHERE = ("mien.store.migrations", "mien.__main__", "mien.training")

MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages(mien.__path__, "mien.")
    if not module.name.startswith(ELSEWHERE)
)


def test_there_are_examples_at_all():
    finder = doctest.DocTestFinder()
    found = [test for name in MODULES for test in finder.find(importlib.import_module(name)) if test.examples]
    assert len(found) > 10


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_hold(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0
