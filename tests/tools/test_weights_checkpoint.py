"""A checkpoint gives its tensors and never runs code."""

import os
import pickle
import struct

import numpy as np
import pytest
from tools.weights.checkpoint import read_tensors

from mien.errors import ModelError

MAGIC = 0x1950A86A20F9469CFC6C


def literal(value):
    """The pickle of a plain value, as a part of a longer pickle."""
    return pickle.dumps(value, 2)[2:-1]


def tensor(key, count, offset, size, stride, *, storage=b"FloatStorage"):
    """The part of a pickle that PyTorch writes for one tensor."""
    pid = b"(" + literal("storage") + b"ctorch\n" + storage + b"\n" + literal(key) + literal("cpu")
    pid += literal(count) + b"NtQ"
    arguments = literal(offset) + literal(size) + literal(stride) + b"\x89"
    return b"ctorch._utils\n_rebuild_tensor_v2\n(" + pid + arguments + b"tR"


def checkpoint(tensors, storages):
    """A checkpoint as PyTorch before 1.6 wrote it: `tensors` are parts of a pickle, `storages` are arrays."""
    head = b"".join(pickle.dumps(v, 2) for v in (MAGIC, 1001, {"little_endian": True}))
    body = b"\x80\x02}(" + b"".join(literal(name) + part for name, part in tensors.items()) + b"u."
    raw = b"".join(struct.pack("<q", a.size) + a.tobytes() for a in storages.values())
    return head + body + pickle.dumps(list(storages), 2) + raw


@pytest.fixture
def storages():
    return {"a": np.arange(12, dtype="<f4"), "b": np.array([7, 8], "<i8")}


def test_tensors_keep_shape_offset_and_strides(storages):
    data = checkpoint(
        {
            "whole": tensor("a", 12, 0, (3, 4), (4, 1)),
            "turned": tensor("a", 12, 4, (4, 2), (1, 4)),
            "count": tensor("b", 2, 1, (), (), storage=b"LongStorage"),
        },
        storages,
    )
    found = read_tensors(data)
    assert found["whole"].dtype == np.float32
    np.testing.assert_array_equal(found["whole"], np.arange(12).reshape(3, 4))
    np.testing.assert_array_equal(found["turned"], np.arange(4, 12).reshape(2, 4).T)
    assert found["count"] == 8


class MakesFolder:
    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


@pytest.mark.parametrize("position", range(5))
def test_code_in_any_of_the_pickles_is_refused_and_not_run(tmp_path, position):
    marker = tmp_path / "ran"
    values = [MAGIC, 1001, {}, {}, []]
    values[position] = MakesFolder(marker)
    with pytest.raises(ModelError, match=r"mkdir.*do not trust"):
        read_tensors(b"".join(pickle.dumps(v, 2) for v in values))
    assert not marker.exists()


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("os", "system"),
        ("builtins", "eval"),
        ("builtins", "getattr"),
        ("torch", "load"),
        ("torch._utils", "_rebuild_tensor"),
        ("numpy", "load"),
        ("collections", "Counter"),
        ("collections", "OrderedDict.fromkeys"),
    ],
)
def test_names_beside_the_allow_list_are_refused(module, name):
    asked = b"\x80\x04" + literal(module) + literal(name) + b"\x93."
    with pytest.raises(ModelError, match=r"only collections\.OrderedDict"):
        read_tensors(pickle.dumps(MAGIC, 2) + asked)


def test_a_tensor_cannot_reach_beyond_its_storage(storages):
    with pytest.raises(ModelError, match="cannot be read"):
        read_tensors(checkpoint({"far": tensor("a", 12, 8, (3, 4), (4, 1))}, storages))


def test_a_cut_or_foreign_file_is_refused(storages):
    whole = checkpoint({"whole": tensor("a", 12, 0, (3, 4), (4, 1))}, storages)
    for data in (whole[:-4], whole[:60], b"", b"PK\x03\x04", pickle.dumps({"magic": 1})):
        with pytest.raises(ModelError):
            read_tensors(data)


def test_something_else_than_a_dictionary_of_tensors_is_refused():
    data = b"".join(pickle.dumps(v, 2) for v in (MAGIC, 1001, {}, {"epoch": 3}, []))
    with pytest.raises(ModelError, match="not a dictionary of tensors"):
        read_tensors(data)
