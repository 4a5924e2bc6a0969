"""A whole site file, and one to change."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from mien.site import check_site
from support.whole_site import ROSTER, WHOLE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mien.site import Checked


@pytest.fixture
def whole() -> str:
    return WHOLE


@pytest.fixture
def check(tmp_path: Path) -> Callable[..., Checked]:
    """Check the whole site file with some of its text replaced."""

    def checked(
        *changes: tuple[str, str],
        more: str = "",
        text: str | bytes | None = None,
        roster: str | bytes = ROSTER,
    ) -> Checked:
        content = WHOLE if text is None else text
        if isinstance(content, str):
            for old, new in changes:
                assert content.count(old) == 1, old
                content = content.replace(old, new)
            content = (content + more).encode()
        (tmp_path / "shop.toml").write_bytes(content)
        rows = roster if isinstance(roster, bytes) else roster.encode()
        (tmp_path / "roster.csv").write_bytes(rows)
        return check_site(tmp_path / "shop.toml")

    return checked


@pytest.fixture
def day() -> date:
    """A day on which the notice hangs."""
    return date(2026, 5, 4)
