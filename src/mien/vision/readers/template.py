"""A manifest to begin with, filled with what the network tells of itself."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from mien.expressions import EXPRESSIONS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mien.vision.readers.tensors import Tensor

_UNKNOWN: Final = "?"
_MIDDLE: Final = 3
"""Places beside the batch: a picture has three, of which one is its channels."""

_TEXT: Final = """\
# A reader for Mien; docs/readers.md explains every key. What is "?" or empty only you can know.
name = {name}
version = "1"
file = {file}  # seen from this manifest
sha256 = "{sha256}"

# Instead of file and sha256, a server on the local network that speaks the Open Inference Protocol:
# [engine]
# url = "http://192.168.1.20:8000"
# model = {name}

[terms]  # shown with every analysis
licence = ""
copyright = ""
origin = ""

[face]
cut = "box"    # the box of the landmarks; "mien" for the alignment of Mien's own reader
margin = 1.2   # side of the square over the longer side of the box: try 1.0 to 1.4 with mien evaluate
level = true   # turned so that the eyes are level

[input]  # (pixel / divide_by - mean) / std, pixels 0 to 255
name = {input}
size = {size}
channels = "{channels}"  # grey, grey3 (grey in three equal channels), rgb or bgr
layout = "{layout}"
type = "{type}"
{scaling}

[output]
name = {output}
gives = "{unknown}"  # logits or probabilities
# In the order of the outputs: {expressions}.
# Any other name must also stand in drop; its share is then left out.
labels = [{labels}]
# drop = []

# [calibration]
# temperature = 1.0
# offset = {{ happiness = 0.0 }}

# [error]: until it is measured, a large one is assumed for every reading.
# mien evaluate SET --reader THIS_FILE measures it and prints the lines.
"""


def template(file: str, stem: str, sha256: str, inputs: Sequence[Tensor], outputs: Sequence[Tensor]) -> str:
    """The text of a manifest for a network; what the network does not tell is a question mark, which is refused.

    Args:
        file: The network's file, seen from the manifest.
        stem: Name of the file without its ending.
        sha256: Of the file.
        inputs: What it takes.
        outputs: What it gives.
    """
    taken = inputs[0] if len(inputs) == 1 else None
    # Expressions are few: of several outputs, a flat one with as many places as there may be labels.
    flat = [o for o in outputs if len(o.shape) == 2 and 2 <= (o.shape[1] or 0) <= 2 * len(EXPRESSIONS)]
    given = flat[0] if len(flat) == 1 else outputs[0] if len(outputs) == 1 else None
    count = given.shape[-1] if given is not None and given.shape else None
    size, channels, layout = _picture(taken)
    whole = taken is not None and taken.type == "uint8"
    return _TEXT.format(
        name=json.dumps(re.sub(r"[^a-z0-9_.-]+", "-", stem.lower()).strip("-_.")[:40] or "mine"),
        file=json.dumps(file, ensure_ascii=False),
        sha256=sha256,
        input=json.dumps(taken.name if taken is not None else _UNKNOWN),
        size=size,
        channels=channels,
        layout=layout,
        type="uint8" if whole else "float32",
        scaling="# pixels go in as they are" if whole else "divide_by = 255.0\nmean = [0.0]\nstd = [1.0]",
        output=json.dumps(given.name if given is not None else _UNKNOWN),
        unknown=_UNKNOWN,
        expressions=", ".join(EXPRESSIONS),
        labels=", ".join([json.dumps(_UNKNOWN)] * (count or 1)),
    )


def _picture(taken: Tensor | None) -> tuple[str, str, str]:
    """Side, channels and layout of the input as far as its shape tells them."""
    sides = taken.shape[1:] if taken is not None else ()
    if len(sides) != _MIDDLE:
        return json.dumps(_UNKNOWN), _UNKNOWN, _UNKNOWN
    last = sides[0] not in (1, 3) and sides[2] in (1, 3)
    depth, side = (sides[2], sides[0]) if last else (sides[0], sides[1])
    channels = {1: "grey", 3: "rgb"}.get(depth or 0, _UNKNOWN)
    return str(side) if side else json.dumps(_UNKNOWN), channels, "nhwc" if last else "nchw"
