"""What commands print stands there as it is."""

from __future__ import annotations

import pytest

from mien.cli import console


def test_fingerprints_and_names_are_never_taken_for_pictures(capsys: pytest.CaptureFixture[str]) -> None:
    console.say("00:AB:3B and film:smile:.mp4")
    console.warn("E9:AB:01")
    printed = capsys.readouterr()
    assert printed.out.strip() == "00:AB:3B and film:smile:.mp4"
    assert "E9:AB:01" in printed.err
