"""Read the data behind the exported symbols of a 64-bit ELF library, without loading it.

Layout of the structures: System V Application Binary Interface, chapter 4 (object files).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

from mien.errors import ModelError

_PROGBITS: Final = 1
_DYNSYM: Final = 11
_SECTION: Final = struct.Struct("<IIQQQQIIQQ")
_SYMBOL: Final = struct.Struct("<IBBHQQ")


@dataclass(frozen=True, slots=True)
class _Section:
    kind: int
    address: int
    offset: int
    size: int
    link: int


def _sections(data: bytes) -> list[_Section]:
    (table,) = struct.unpack_from("<Q", data, 40)
    size, count = struct.unpack_from("<HH", data, 58)
    rows = (_SECTION.unpack_from(data, table + i * size) for i in range(count))
    return [_Section(kind=r[1], address=r[3], offset=r[4], size=r[5], link=r[6]) for r in rows]


def exported_data(data: bytes) -> dict[str, bytes]:
    """The bytes of every exported symbol that has a size and lies in the file.

    Args:
        data: A little-endian ELF-64 shared library.

    Returns:
        Symbol name -> its bytes.

    Raises:
        ModelError: The file is not such a library, or is cut short.
    """
    if data[:6] != b"\x7fELF\x02\x01":
        raise ModelError(
            f"The library starts with {data[:6]!r}, not with the mark of a little-endian 64-bit ELF file: "
            "take the package's x86-64 wheel."
        )
    try:
        sections = _sections(data)
        symbols = next(s for s in sections if s.kind == _DYNSYM)
        names = sections[symbols.link].offset
        found: dict[str, bytes] = {}
        for at in range(symbols.offset, symbols.offset + symbols.size, _SYMBOL.size):
            name, _, _, index, address, size = _SYMBOL.unpack_from(data, at)
            if not size or not 0 < index < len(sections) or sections[index].kind != _PROGBITS:
                continue
            start = address - sections[index].address + sections[index].offset
            if start + size > len(data):
                raise ModelError(
                    f"A symbol ends at byte {start + size} of {len(data)}: fetch the library again."
                )
            label = data[names + name : data.index(b"\0", names + name)].decode("ascii")
            found[label] = data[start : start + size]
    except (struct.error, StopIteration, IndexError, ValueError) as error:
        raise ModelError(
            f"The library's table of exported symbols cannot be read ({error}): fetch it again."
        ) from error
    return found
