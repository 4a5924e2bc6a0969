"""Its place puts `tests/` on the import path, so that tests can share `support/`.

`tools` and `benchmarks` are no part of the installed package: they are found from the repository's root.
"""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

ON_ONE_PYTHON = {
    "benchmarks", "crm", "evaluation", "matching", "tools", "training", "vision", "vision_badges", "web",
}  # fmt: skip
"""Folders that are shown on one Python, as all that is marked `once`: all checks must fit half an hour."""
ON_BOTH = {
    "test_every_route.py", "test_looked.py", "test_texts.py",
    "test_align.py", "test_apparent.py", "test_faces.py", "test_landmarks.py", "test_models.py",
    "test_person_detector.py", "test_plugs.py", "test_plugs_answers.py", "test_plugs_http.py",
    "test_plugs_manifest.py", "test_pose.py", "test_still.py",
}  # fmt: skip
"""What of these is shown on both: what walks every route or reads sources, what loads each network, and what is told
to readers in other processes. Films that networks read give the same on each."""


def pytest_collection_modifyitems(items):
    here = Path(__file__).parent
    for item in items:
        folder = item.path.relative_to(here).parts[0]
        if folder in ON_ONE_PYTHON and item.path.name not in ON_BOTH:
            item.add_marker(pytest.mark.once)


@pytest.fixture(scope="session")
def postgresql():
    """A PostgreSQL of Debian; a test that stops it starts it again."""
    from support.postgresql import running  # noqa: PLC0415  (its place is on the path from here on only)

    with running() as server:
        yield server


@pytest.fixture(scope="session")
def browser():
    """A Chromium for all pages: there is one for a process, since two are in each other's way."""
    from support.chromium import launched  # noqa: PLC0415  (likewise)

    with launched() as chromium:
        yield chromium
