"""Face detectors. Each satisfies `mien.vision.protocols.Detector`."""

from mien.vision.detect.retinaface import RetinaFace
from mien.vision.detect.yunet import YuNet

__all__ = ["RetinaFace", "YuNet"]
