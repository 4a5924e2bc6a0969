"""The networks of calls, loaded once and shared by all calls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from mien.runtime.readers import open_reader
from mien.vision.pipeline import FacePipeline
from mien.vision.registry import DETECTORS, LANDMARKERS
from mien.vision.settings import CameraView, PipelineSettings
from mien.vision.visibility import VisibilityDetector

if TYPE_CHECKING:
    from mien.vision.protocols import Detector, Landmarker, Onlooker, Reader, Seeing


@dataclass(frozen=True, slots=True)
class CallModels:
    """What looks at tiles. None of it remembers anything from picture to picture.

    Attributes:
        settings: How faces are found and judged, as in recordings.
        detector: Finds faces.
        landmarker: Finds their landmarks.
        seeing: Sees covers.
        reader: Reads expressions.
    """

    settings: PipelineSettings
    detector: Detector
    landmarker: Landmarker
    seeing: Seeing
    reader: Reader

    @classmethod
    def load(cls, reader: str = "mien") -> Self:
        """Load them.

        Args:
            reader: Expression reader, by its name or by the path of a manifest.

        Raises:
            SettingError: There is no such reader.
            ModelError: Weights are missing or altered.
        """
        settings = PipelineSettings()
        detector = DETECTORS.make(
            settings.detector, long_side=settings.detect_long_side, min_score=settings.min_score, threads=1
        )
        landmarker = LANDMARKERS.make(settings.landmarker, threads=1)
        return cls(settings, detector, landmarker, VisibilityDetector(), open_reader(reader))

    def pipeline(self, onlooker: Onlooker) -> FacePipeline:
        """A chain that has seen nothing yet.

        Args:
            onlooker: Is shown the faces that count.
        """
        return FacePipeline(
            self.settings,
            CameraView(role="call"),
            detector=self.detector,
            landmarker=self.landmarker,
            seeing=self.seeing,
            reader=self.reader,
            beside=(onlooker,),
        )
