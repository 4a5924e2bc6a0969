"""Answers of the Python package `fer`, in an environment of its own; nothing of Mien can be imported here.

Reads from standard input, for each picture, a line of JSON, {"height", "width", "setting"} (the setting only where it
changes), and the grey pixels after it; writes a line of JSON, {"p": [...] or null, "ms": milliseconds}. The first line
written says which labels the numbers of `p` belong to.
"""

from __future__ import annotations

import json
import os
import sys
import time
import warnings
from typing import Any

answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)  # what libraries print must not come between the answers
warnings.simplefilter("ignore")
os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="")

import cv2  # noqa: E402
import facenet_pytorch  # type: ignore[import-not-found]  # noqa: E402, F401 - torch must load first
import numpy as np  # noqa: E402
import tensorflow as tf  # type: ignore[import-untyped]  # noqa: E402
import torch  # noqa: E402
from fer.fer import FER  # type: ignore[import-not-found]  # noqa: E402


class Whole(FER):  # type: ignore[misc]
    """`fer` with its numbers as they are: `detect_emotions` rounds them to two decimals."""

    def _classify_emotions(self, gray_faces: Any) -> Any:  # noqa: ANN401
        self.numbers = np.asarray(super()._classify_emotions(gray_faces))
        return self.numbers


def make(setting: dict[str, Any]) -> Whole:
    """The detector of a setting; where the face is given, its box is the picture and nothing is added to it."""
    options = {key: value for key, value in setting.items() if key not in {"detector"}}
    if setting["detector"] == "given":
        options["offsets"] = (0, 0)
    return Whole(mtcnn=setting["detector"] == "mtcnn", **options)


def largest(found: list[dict[str, Any]]) -> int:
    """Number of the face with the largest box."""
    return max(range(len(found)), key=lambda i: int(found[i]["box"][2]) * int(found[i]["box"][3]))


def main() -> None:
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    names = FER._get_labels()
    print(json.dumps({"labels": [names[i] for i in range(len(names))]}), file=answers, flush=True)
    detector: Whole | None = None
    given = False
    while line := sys.stdin.buffer.readline():
        head = json.loads(line)
        if "setting" in head:
            detector, given = make(head["setting"]), head["setting"]["detector"] == "given"
        assert detector is not None
        height, width = head["height"], head["width"]
        grey = np.frombuffer(sys.stdin.buffer.read(height * width), np.uint8).reshape(height, width)
        picture = np.repeat(grey[..., None], 3, axis=2)
        start = time.perf_counter()
        found = detector.detect_emotions(picture, [[0, 0, width, height]] if given else None)
        spent = 1000.0 * (time.perf_counter() - start)
        p = detector.numbers[largest(found)].tolist() if found else None
        print(json.dumps({"p": p, "ms": spent}), file=answers, flush=True)


main()
