"""What an analysis depends on decides whether an unfinished one is gone on with."""

from __future__ import annotations

import pytest

from mien.journey.types import Context
from mien.runtime import settings
from mien.runtime.settings import AnalysisSettings


def test_other_choices_readers_and_networks_make_another_analysis(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = AnalysisSettings.of()
    one = plain.digest(Context(), "mien 1.0")
    assert one == AnalysisSettings.of().digest(Context(), "mien 1.0")
    assert one != AnalysisSettings.of(rate=5.0).digest(Context(), "mien 1.0")
    assert one != plain.digest(Context(), "mien 1.1")
    assert one == AnalysisSettings.of(reader="./the-same.toml").digest(Context(), "mien 1.0")
    monkeypatch.setattr(settings, "weights_in_use", lambda: "another network that sees covers")
    assert one != plain.digest(Context(), "mien 1.0")
