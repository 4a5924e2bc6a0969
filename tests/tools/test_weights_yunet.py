"""The tables of a library are found by name, and YuNet's are put into the right order."""

import struct

import numpy as np
import onnx
import pytest
from onnx import numpy_helper
from tools.weights.elf import exported_data
from tools.weights.networks import yunet

from mien.errors import ModelError
from mien.vision.models import entry

BASE = 0x10000
"""Address at which the generated library's data lies."""


def library(tables, *, unset=()):
    """An ELF-64 library that exports `tables` (name -> bytes); symbols in `unset` lie in memory only."""
    names, symbols, data = b"\0", b"\0" * 24, b""
    for name, content in [*tables.items(), *((n, None) for n in unset)]:
        section = 1 if content is not None else 4
        size = len(content) if content is not None else 8
        symbols += struct.pack("<IBBHQQ", len(names), 0x11, 0, section, BASE + len(data), size)
        names += name.encode() + b"\0"
        data += content or b""
    start = 64
    offsets = [start, start + len(data), start + len(data) + len(symbols)]
    end = offsets[2] + len(names)
    sections = [
        (0, 0, 0, 0, 0),
        (1, BASE, offsets[0], len(data), 0),
        (11, 0, offsets[1], len(symbols), 3),
        (3, 0, offsets[2], len(names), 0),
        (8, BASE + len(data), end, 64, 0),
    ]
    table = b"".join(
        struct.pack("<IIQQQQIIQQ", 0, k, 0, a, o, s, link, 0, 1, 0) for k, a, o, s, link in sections
    )
    header = b"\x7fELF\x02\x01\x01" + b"\0" * 33 + struct.pack("<Q", end) + b"\0" * 10
    header += struct.pack("<HHH", 64, len(sections), 0)
    return header + data + symbols + names + table


def test_symbols_give_their_own_bytes():
    tables = {"first": b"abcd", "second": bytes(range(40)), "third": b"z"}
    assert exported_data(library(tables, unset=["counter"])) == tables


@pytest.mark.parametrize(
    "damage",
    [lambda b: b[:-100], lambda b: b"MZ" + b[2:], lambda b: b[:30], lambda b: b[:0]],
    ids=["cut", "another format", "header cut", "empty"],
)
def test_a_damaged_library_is_refused(damage):
    with pytest.raises(ModelError):
        exported_data(damage(library({"first": b"abcd" * 50})))


def tables_of_bundled():
    """The bundled network's weights, packed the way libfacedetection keeps them."""
    graph = onnx.load(entry("yunet").path).graph
    constants = {t.name: numpy_helper.to_array(t) for t in graph.initializer}
    weights = [constants[name] for node in graph.node if node.op_type == "Conv" for name in node.input[1:]]
    units = ["backbone__model0_dp"]
    units += [f"backbone__model{k}_dp{half}" for k in range(1, 6) for half in (1, 2)]
    units += [f"neck__lateral_convs__{k}" for k in (2, 1, 0)]
    units += [
        f"bbox_head__multi_level_{kind}__{k}" for kind in ("cls", "obj", "bbox", "kps") for k in range(3)
    ]
    stem = np.zeros((16, 32), np.float32)
    stem[:, :27] = weights[0].transpose(0, 2, 3, 1).reshape(16, 27)
    tables = {"backbone__model0_pw_weight": stem, "backbone__model0_pw_bias": weights[1]}
    rows = iter(weights[2:])
    for unit, pointwise, bias, depthwise, second in zip(units, rows, rows, rows, rows, strict=True):
        tables[f"{unit}_pw_weight"], tables[f"{unit}_pw_bias"] = pointwise, bias
        tables[f"{unit}_dw_weight"] = depthwise.reshape(len(bias), 9).T
        tables[f"{unit}_dw_bias"] = second
    return {name: np.ascontiguousarray(v).tobytes() for name, v in tables.items()}


def test_packed_tables_become_the_bundled_network_again():
    assert yunet.build(library(tables_of_bundled())) == entry("yunet").path.read_bytes()


def test_a_library_without_one_of_the_tables_is_refused():
    tables = tables_of_bundled()
    del tables["backbone__model3_dp2_dw_bias"]
    with pytest.raises(ModelError, match="backbone__model3_dp2_dw_bias"):
        yunet.build(library(tables))
