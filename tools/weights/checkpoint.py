"""Read a PyTorch checkpoint (the format before version 1.6) without PyTorch and without running code from it.

A checkpoint is a row of pickles followed by the raw storages. A pickle can call anything it names, so this
reader knows the four names a dictionary of tensors needs and refuses every other.
"""

from __future__ import annotations

import io
import pickle
import struct
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from mien.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

_MAGIC: Final = 0x1950A86A20F9469CFC6C
_PID_PARTS: Final = 6


@dataclass(frozen=True, slots=True)
class _StorageType:
    dtype: str


@dataclass(frozen=True, slots=True)
class _Tensor:
    """A tensor whose storage was not read yet: sizes and strides in elements."""

    storage: tuple[str, str]
    offset: int
    size: tuple[int, ...]
    stride: tuple[int, ...]


def _rebuild_tensor(
    storage: tuple[str, str], offset: int, size: tuple[int, ...], stride: tuple[int, ...], *_: object
) -> _Tensor:
    return _Tensor(storage, offset, size, stride)


_ALLOWED: Final[Mapping[tuple[str, str], Any]] = {
    ("collections", "OrderedDict"): OrderedDict,
    ("torch._utils", "_rebuild_tensor_v2"): _rebuild_tensor,
    ("torch", "FloatStorage"): _StorageType("<f4"),
    ("torch", "LongStorage"): _StorageType("<i8"),
}


class RestrictedUnpickler(pickle.Unpickler):
    """An unpickler that refuses every name but those a dictionary of tensors needs."""

    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401  (the interface of pickle)
        """The stand-in for a name on the allow list.

        Raises:
            ModelError: The name is not on it.
        """
        try:
            return _ALLOWED[module, name]
        except KeyError:
            known = ", ".join(f"{m}.{n}" for m, n in _ALLOWED)
            raise ModelError(
                f"The checkpoint asks for '{module}.{name}'; only {known} are read: do not trust this file."
            ) from None

    def persistent_load(self, pid: Any) -> tuple[str, str]:  # noqa: ANN401  (the interface of pickle)
        """A storage named in the pickle: its key and its dtype."""
        if not isinstance(pid, tuple) or len(pid) != _PID_PARTS or not isinstance(pid[1], _StorageType):
            raise ModelError(f"The checkpoint names a storage as {pid!r}, which this reader does not know.")
        return str(pid[2]), pid[1].dtype


def _storages(stream: io.BytesIO, keys: list[str], dtypes: Mapping[str, str]) -> dict[str, NDArray[Any]]:
    found: dict[str, NDArray[Any]] = {}
    for key in keys:
        dtype = np.dtype(dtypes[key])
        (count,) = struct.unpack("<q", stream.read(8))
        found[key] = np.frombuffer(stream.read(count * dtype.itemsize), dtype, count)
    return found


def read_tensors(data: bytes) -> dict[str, NDArray[Any]]:
    """The tensors of a checkpoint that is a dictionary of tensors.

    Args:
        data: The checkpoint file.

    Returns:
        Name -> array, float32 or int64.

    Raises:
        ModelError: The file is something else, is damaged, or asks for a name that is not on the allow list.
    """
    stream = io.BytesIO(data)
    try:
        if RestrictedUnpickler(stream).load() != _MAGIC:
            raise ModelError("The file does not start as a PyTorch checkpoint before version 1.6 does.")
        RestrictedUnpickler(stream).load()  # version of the protocol
        RestrictedUnpickler(stream).load()  # sizes of integers on the machine that wrote it
        tensors = RestrictedUnpickler(stream).load()
        keys = RestrictedUnpickler(stream).load()
        if not isinstance(tensors, dict) or not all(isinstance(t, _Tensor) for t in tensors.values()):
            raise ModelError(
                "The checkpoint is not a dictionary of tensors, the only kind this reader takes."
            )
        storages = _storages(stream, keys, dict(t.storage for t in tensors.values()))
        return {name: _array(storages[t.storage[0]], t) for name, t in tensors.items()}
    except (pickle.UnpicklingError, struct.error, EOFError, KeyError, TypeError, ValueError) as error:
        raise ModelError(f"The checkpoint cannot be read ({error}): fetch it again.") from error


def _array(storage: NDArray[Any], tensor: _Tensor) -> NDArray[Any]:
    """A tensor as an array of its own; numpy refuses sizes and strides that leave the storage."""
    step = storage.itemsize
    view: NDArray[Any] = np.ndarray(
        tensor.size, storage.dtype, storage, tensor.offset * step, tuple(s * step for s in tensor.stride)
    )
    return view.copy()
