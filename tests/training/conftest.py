"""Tests of the recipe need the extra `train`: `uv run --extra train pytest tests/training`."""

from importlib.util import find_spec

collect_ignore = [] if find_spec("torch") else ["test_recipe.py"]
