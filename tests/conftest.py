"""Its place puts `tests/` on the import path, so that tests can share `support/`.

`tools` and `benchmarks` are no part of the installed package: they are found from the repository's root.
"""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))


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
