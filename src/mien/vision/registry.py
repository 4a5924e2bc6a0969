"""Every detector, landmarker, expression reader and detector of people by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from mien.errors import SettingError
from mien.vision.detect import RetinaFace, YuNet
from mien.vision.expression import ExpressionReader
from mien.vision.landmarks import MediaPipeLandmarker
from mien.vision.people.nanodet import NanoDet

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mien.vision.people.types import PersonDetector
    from mien.vision.protocols import Detector, Landmarker, Reader

Part = TypeVar("Part")


@dataclass(frozen=True)
class Registry(Generic[Part]):
    """The members of one kind.

    Attributes:
        kind: What they are, in words for a message.
        factories: What makes each, by name. Nothing is loaded before it is called.
    """

    kind: str
    factories: Mapping[str, Callable[..., Part]]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of those that exist, the default first."""
        return tuple(self.factories)

    def check(self, name: str) -> str:
        """Return `name` if there is such a member.

        Raises:
            SettingError: There is none; the message lists those that exist.
        """
        if name not in self.factories:
            raise SettingError(f"There is no {self.kind} '{name}'; choose one of {', '.join(self.names)}.")
        return name

    def make(self, name: str, **options: object) -> Part:
        """A new member of that name.

        Args:
            name: Which one.
            options: Keyword arguments of its class.

        Raises:
            SettingError: There is none; the message lists those that exist.
            ModelError: Its weights are missing or altered.
        """
        return self.factories[self.check(name)](**options)


DETECTORS: Final[Registry[Detector]] = Registry("face detector", {"yunet": YuNet, "retinaface": RetinaFace})
"""Face detectors: `long_side`, `min_score` and `threads` are their options."""

LANDMARKERS: Final[Registry[Landmarker]] = Registry("landmark network", {"mediapipe": MediaPipeLandmarker})
"""Landmark networks: `threads` is their option."""

READERS: Final[Registry[Reader]] = Registry("expression reader", {"mien": ExpressionReader})
"""Expression readers."""

PERSON_DETECTORS: Final[Registry[PersonDetector]] = Registry("detector of people", {"nanodet": NanoDet})
"""Detectors of people: `long_side`, `min_score` and `threads` are their options."""
