"""The networks of calls, loaded once for all tests of this folder."""

from __future__ import annotations

import struct

import cv2
import pytest

from mien.runtime.call.models import CallModels


@pytest.fixture(scope="session")
def models():
    return CallModels.load()


@pytest.fixture(scope="session")
def message():
    """A message as a browser sends it: the time in milliseconds, then the picture."""

    def make(ms: float, image, suffix: str = ".png") -> bytes:
        return struct.pack(">d", ms) + cv2.imencode(suffix, image)[1].tobytes()

    return make
