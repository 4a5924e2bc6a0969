"""Pages are shown on one Python, since they take long; on the other, what reads sources or walks every route."""

from pathlib import Path

import pytest

ON_BOTH = {"test_texts.py", "test_looked.py", "test_every_route.py"}


def pytest_collection_modifyitems(items):
    here = Path(__file__).parent
    for item in items:
        if item.path.parent == here and item.path.name not in ON_BOTH:
            item.add_marker(pytest.mark.once)
